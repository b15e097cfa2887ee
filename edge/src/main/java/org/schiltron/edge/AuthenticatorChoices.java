package org.schiltron.edge;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * From what a schedule draws each part of an authenticator. A part with an empty list is no part of it; one with a
 * single value is always that.
 *
 * @param sources          addresses of egresses: which one may pass changes with the authenticator. At most 4,096
 * @param sourcePorts      at most 64 ranges that do not overlap
 * @param destinations     addresses of the service, of the family of {@code sources}. At most 4,096
 * @param destinationPorts at most 64 ranges that do not overlap
 * @param keyBits          of the secondary key, 1 to 32; 0 without one
 */
public record AuthenticatorChoices(List<IpAddress> sources, List<PortRange> sourcePorts,
        List<IpAddress> destinations, List<PortRange> destinationPorts, int keyBits) {
    public static final int MAX_ADDRESSES = 4_096;
    public static final int MAX_RANGES = 64;

    /** @throws IllegalArgumentException that says what is wrong */
    public AuthenticatorChoices {
        sources = addresses("source", sources);
        destinations = addresses("destination", destinations);
        sourcePorts = ranges("source-port", sourcePorts);
        destinationPorts = ranges("destination-port", destinationPorts);
        if (keyBits < 0 || keyBits > Integer.SIZE)
            throw new IllegalArgumentException("a key has at most 32 bits, not " + keyBits);
        if (sources.isEmpty() && destinations.isEmpty() && sourcePorts.isEmpty() && destinationPorts.isEmpty()
                && keyBits == 0)
            throw new IllegalArgumentException("an authenticator is drawn from at least one list, or has a key");
        if (!sources.isEmpty() && !destinations.isEmpty()
                && sources.getFirst().isIpv4() != destinations.getFirst().isIpv4())
            throw new IllegalArgumentException("source and destination addresses are not of one family");
    }

    /** Which parts the authenticators have. */
    public Set<AuthenticatorField> fields() {
        Set<AuthenticatorField> fields = EnumSet.noneOf(AuthenticatorField.class);
        for (AuthenticatorField field : AuthenticatorField.values())
            if (size(field) > 0)
                fields.add(field);
        return fields;
    }

    /** How many values there are; 0 for what is no part. */
    public long size(AuthenticatorField field) {
        return switch (field) {
            case SOURCE_ADDRESS -> sources.size();
            case SOURCE_PORT -> sourcePorts.stream().mapToInt(PortRange::size).sum();
            case DESTINATION_ADDRESS -> destinations.size();
            case DESTINATION_PORT -> destinationPorts.stream().mapToInt(PortRange::size).sum();
            case KEY -> keyBits == 0 ? 0 : 1L << keyBits;
        };
    }

    /**
     * How large the space is in which an attacker has to search, as the logarithm to base 2: what the rounds of his
     * adaptive flooding are measured against (Mayday, section 4.3). Parts that he knows anyway (nodes' addresses with
     * proximity routing, say) are counted like all others.
     */
    public double keySpaceBits() {
        double bits = 0;
        for (AuthenticatorField field : fields())
            bits += Math.log((double) size(field)) / Math.log(2);
        return bits;
    }

    /** The port of that number, counted through all ranges. */
    static int port(List<PortRange> ranges, long number) {
        long left = number;
        for (PortRange range : ranges) {
            if (left < range.size())
                return range.first() + (int) left;
            left -= range.size();
        }
        throw new IllegalArgumentException("no port of number " + number);
    }

    private static List<IpAddress> addresses(String name, List<IpAddress> given) {
        List<IpAddress> addresses = List.copyOf(given);
        if (addresses.size() > MAX_ADDRESSES)
            throw new IllegalArgumentException(name + ": at most 4096 addresses, not " + addresses.size());
        if (addresses.stream().distinct().count() < addresses.size())
            throw new IllegalArgumentException(name + ": an address stands there twice");
        if (addresses.stream().map(IpAddress::isIpv4).distinct().count() > 1)
            throw new IllegalArgumentException(name + ": the addresses are not of one family");
        return addresses;
    }

    private static List<PortRange> ranges(String name, List<PortRange> given) {
        List<PortRange> ranges = List.copyOf(given);
        if (ranges.size() > MAX_RANGES)
            throw new IllegalArgumentException(name + ": at most 64 ranges, not " + ranges.size());
        for (PortRange a : ranges)
            for (PortRange b : ranges)
                if (a != b && a.first() <= b.last() && b.first() <= a.last())
                    throw new IllegalArgumentException(name + ": " + a + " and " + b + " overlap");
        return ranges;
    }
}
