package org.schiltron.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * BLAKE2b-512 without a key, with a salt (RFC 7693; the parameter block from <em>BLAKE2: simpler, smaller, fast as
 * MD5</em>, section 2.8, since the RFC leaves the salt out). The JDK has no BLAKE2. Reused, for one thread.
 */
final class Blake2b {
    static final int WORDS = 8;
    private static final int BLOCK = 128;
    private static final int ROUNDS = 12;
    /** Digest of 64 bytes, no key, fan-out 1, depth 1: sequential hashing. */
    private static final long SEQUENTIAL_512 = 0x01010040L;
    private static final VarHandle LE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long[] IV = {0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL,
            0xa54ff53a5f1d36f1L, 0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L};

    /** RFC 7693, section 2.7: which message word goes where, a row a round, rounds 10 and 11 as 0 and 1. */
    private static final byte[][] SIGMA = {rows("0123456789abcdef"), rows("ea489fd61c02b753"), rows("b8c052fdae367194"),
            rows("7931dcbe265a40f8"), rows("905724afe1bc683d"), rows("2c6a0b834d75fe19"), rows("c51fed4a0763928b"),
            rows("db7ec13950f4862a"), rows("6fe9b308c2d714a5"), rows("a2847615fb9e3cd0")};

    private final long[] m = new long[16];
    private final long[] v = new long[16];
    private final byte[] last = new byte[BLOCK];

    private static byte[] rows(String hex) {
        byte[] row = new byte[16];
        for (int i = 0; i < row.length; i++)
            row[i] = (byte) Character.digit(hex.charAt(i), 16);
        return row;
    }

    /**
     * Writes the digest's eight little-endian words to {@code digest}.
     *
     * @param salt the first eight bytes of the salt as a little-endian word; the other eight are zero
     */
    void hash(long salt, byte[] data, long[] digest) {
        System.arraycopy(IV, 0, digest, 0, WORDS);
        digest[0] ^= SEQUENTIAL_512;
        digest[4] ^= salt;
        int at = 0;
        for (; data.length - at > BLOCK; at += BLOCK)
            compress(data, at, at + BLOCK, false, digest);
        int rest = data.length - at;
        System.arraycopy(data, at, last, 0, rest);
        Arrays.fill(last, rest, BLOCK, (byte) 0);
        compress(last, 0, data.length, true, digest);
    }

    private void compress(byte[] block, int offset, long total, boolean isLast, long[] h) {
        for (int i = 0; i < 16; i++)
            m[i] = (long) LE.get(block, offset + 8 * i);
        System.arraycopy(h, 0, v, 0, WORDS);
        System.arraycopy(IV, 0, v, WORDS, WORDS);
        v[12] ^= total;
        if (isLast)
            v[14] = ~v[14];
        for (int round = 0; round < ROUNDS; round++) {
            byte[] row = SIGMA[round % 10];
            for (int i = 0; i < 4; i++)
                mix(i, 4 + i, 8 + i, 12 + i, m[row[2 * i]], m[row[2 * i + 1]]);
            for (int i = 0; i < 4; i++)
                mix(i, 4 + (i + 1 & 3), 8 + (i + 2 & 3), 12 + (i + 3 & 3), m[row[8 + 2 * i]], m[row[9 + 2 * i]]);
        }
        for (int i = 0; i < WORDS; i++)
            h[i] ^= v[i] ^ v[i + WORDS];
    }

    private void mix(int a, int b, int c, int d, long x, long y) {
        v[a] += v[b] + x;
        v[d] = Long.rotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = Long.rotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 63);
    }
}
