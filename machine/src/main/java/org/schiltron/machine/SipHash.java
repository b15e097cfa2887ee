package org.schiltron.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012), 64 and 128 bits out, over primitives and memory segments without
 * allocating: the keyed hash of the packet path (cookies, message authentication between ring and customer, hash
 * tables an attacker may choose keys for). Libraries offer it over byte arrays only.
 *
 * <p>As a pseudorandom function of its key it is also used the other way round: {@link #imageHigh} and
 * {@link #imageLow} take a nonce as the <em>key</em>, so that finding the nonce from its image is finding the key,
 * which is what SipHash is designed to prevent. The reference vectors are in the tests.
 */
public final class SipHash {
    private static final ValueLayout.OfLong LE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long C0 = 0x736f6d6570736575L;
    private static final long C1 = 0x646f72616e646f6dL;
    private static final long C2 = 0x6c7967656e657261L;
    private static final long C3 = 0x7465646279746573L;
    /** What a nonce is the key to: "Schiltr1". */
    public static final long IMAGE_TWEAK = 0x53_63_68_69_6c_74_72_31L; // "Schiltr1"

    private final long k0;
    private final long k1;

    /** A 128-bit key as its two little-endian words. */
    public SipHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    public static SipHash keyed(RandomSource random) {
        return new SipHash(random.nextLong(), random.nextLong());
    }

    /** A 128-bit key from 16 bytes at {@code offset}. */
    public static SipHash fromKey(byte[] key, int offset) {
        MemorySegment k = MemorySegment.ofArray(key);
        return new SipHash(k.get(LE, offset), k.get(LE, offset + 8L));
    }

    /** 64-bit hash of {@code length} bytes. */
    public long hash(MemorySegment data, long offset, long length) {
        long v0 = k0 ^ C0;
        long v1 = k1 ^ C1;
        long v2 = k0 ^ C2;
        long v3 = k1 ^ C3;
        long words = length >>> 3;
        long last = length << 56;
        long tail = offset + (words << 3);
        for (int i = 0; i < (length & 7); i++) {
            last |= (data.get(ValueLayout.JAVA_BYTE, tail + i) & 0xffL) << (8 * i);
        }
        for (long w = 0; w <= words; w++) {
            long m = w < words ? data.get(LE, offset + (w << 3)) : last;
            v3 ^= m;
            for (int r = 0; r < 2; r++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        v2 ^= 0xff;
        for (int r = 0; r < 4; r++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /** 64-bit hash of three words, as {@link #hash(MemorySegment, long, long)} of their 24 little-endian bytes. */
    public long hash(long a, long b, long c) {
        long v0 = k0 ^ C0;
        long v1 = k1 ^ C1;
        long v2 = k0 ^ C2;
        long v3 = k1 ^ C3;
        for (int w = 0; w < 4; w++) {
            long m = w == 0 ? a : w == 1 ? b : w == 2 ? c : 24L << 56;
            v3 ^= m;
            for (int r = 0; r < 2; r++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        v2 ^= 0xff;
        for (int r = 0; r < 4; r++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /** First word of the 128-bit image of a nonce: SipHash-2-4-128 keyed with the nonce, of the 8-byte tweak. */
    public static long imageHigh(long nonceHigh, long nonceLow) {
        return image(nonceHigh, nonceLow, false);
    }

    /** Second word of the 128-bit image of a nonce. */
    public static long imageLow(long nonceHigh, long nonceLow) {
        return image(nonceHigh, nonceLow, true);
    }

    /** Both words of the 128-bit image of a nonce, {@link #imageHigh} first, from {@code offset} on; for the price of one. */
    public static void image(long nonceHigh, long nonceLow, long[] into, int offset) {
        long v0 = nonceHigh ^ C0;
        long v1 = nonceLow ^ C1 ^ 0xee;
        long v2 = nonceHigh ^ C2;
        long v3 = nonceLow ^ C3;
        for (int w = 0; w < 4; w++) { // two words of input, then two of output
            long m = w == 0 ? IMAGE_TWEAK : 8L << 56;
            if (w < 2)
                v3 ^= m;
            else if (w == 2)
                v2 ^= 0xee;
            else
                v1 ^= 0xdd;
            for (int r = 0; r < (w < 2 ? 2 : 4); r++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            if (w < 2)
                v0 ^= m;
            else
                into[offset + w - 2] = v0 ^ v1 ^ v2 ^ v3;
        }
    }

    private static long image(long key0, long key1, boolean second) {
        return hash128(key0, key1, IMAGE_TWEAK, second);
    }

    /** One half of SipHash-2-4-128 of the 8 bytes of {@code word}. */
    static long hash128(long key0, long key1, long word, boolean second) {
        long v0 = key0 ^ C0;
        long v1 = key1 ^ C1 ^ 0xee;
        long v2 = key0 ^ C2;
        long v3 = key1 ^ C3;
        int finalRounds = second ? 8 : 4;
        for (int w = 0; w < 2; w++) {
            long m = w == 0 ? word : 8L << 56;
            v3 ^= m;
            for (int r = 0; r < 2; r++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        v2 ^= 0xee;
        for (int r = 0; r < finalRounds; r++) {
            if (r == 4)
                v1 ^= 0xdd;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
