package org.schiltron.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.schiltron.host.Entropy;
import org.schiltron.machine.SipHash;

/**
 * A source as key of a hash table: the first bits of an address, or an address and a port. Sources are chosen by those
 * who attack, so the hash is keyed; it would cost them nothing to find thousands that fall together otherwise.
 */
final class SourceKey implements Comparable<SourceKey> {
    private static final SipHash HASH = SipHash.keyed(new Entropy());

    private final long high;
    private final long low;
    private final int port;
    private final int hash;

    private SourceKey(long high, long low, int port) {
        this.high = high;
        this.low = low;
        this.port = port;
        this.hash = (int) HASH.hash(high, low, port);
    }

    /** The first bits of an address; an IPv4 address counts as IPv4-mapped. */
    static SourceKey prefix(InetAddress source, int bitsV4, int bitsV6) {
        byte[] bytes = source.getAddress();
        int bits = bytes.length == 4 ? 96 + bitsV4 : bitsV6;
        long high = high(bytes);
        long low = low(bytes);
        return new SourceKey(bits >= 64 ? high : high & -1L << 64 - bits, bits <= 64 ? 0 : low & -1L << 128 - bits, 0);
    }

    static SourceKey of(InetSocketAddress source) {
        byte[] bytes = source.getAddress().getAddress();
        return new SourceKey(high(bytes), low(bytes), source.getPort());
    }

    private static long high(byte[] bytes) {
        return bytes.length == 4 ? 0 : word(bytes, 0);
    }

    private static long low(byte[] bytes) {
        return bytes.length == 4 ? 0xffff_0000_0000L | word(bytes, -4) & 0xffff_ffffL : word(bytes, 8);
    }

    /** Eight bytes as they stand, or the last of them where the first are not there. */
    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = Math.max(0, from); i < from + 8; i++)
            word = word << 8 | bytes[i] & 0xff;
        return word;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourceKey key && key.low == low && key.high == high && key.port == port;
    }

    /** For hash tables, which search in trees where keys fall together. */
    @Override
    public int compareTo(SourceKey other) {
        int byHigh = Long.compare(high, other.high);
        int byLow = byHigh != 0 ? byHigh : Long.compare(low, other.low);
        return byLow != 0 ? byLow : Integer.compare(port, other.port);
    }
}
