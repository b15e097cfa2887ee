package org.schiltron.bgp;

import org.jspecify.annotations.Nullable;

/** The address family of a rule; flow specifications are SAFI 133 in both (RFC 8955 section 4). */
public enum FlowFamily {
    IPV4(1, 32), IPV6(2, 128);

    static final int SAFI = 133;

    private final int afi;
    private final int addressBits;

    FlowFamily(int afi, int addressBits) {
        this.afi = afi;
        this.addressBits = addressBits;
    }

    int afi() {
        return afi;
    }

    /** Of an address: 32 or 128. */
    public int addressBits() {
        return addressBits;
    }

    /** Null for any family but these two. */
    static @Nullable FlowFamily of(int afi, int safi) {
        if (safi != SAFI)
            return null;
        return switch (afi) {
            case 1 -> IPV4;
            case 2 -> IPV6;
            default -> null;
        };
    }

    @Override
    public String toString() {
        return this == IPV4 ? "IPv4" : "IPv6";
    }
}
