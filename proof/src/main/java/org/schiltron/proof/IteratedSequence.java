package org.schiltron.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The paper's sequence (Phalanx, section 3.2.1): x_0 = h(x || x), x_i = h(x_{i-1} || x), with h = SHA-256 cut to 16
 * bytes. Whoever knows some nonces cannot go on without x.
 *
 * <p>It must be walked: index i costs a hash for each index since the last one generated. To go back, every 64th nonce
 * is kept for the last 4,096 indices (1 KiB), so that re-asking costs at most 63 hashes more. Indices before those are
 * gone. The nonces are distinct only with probability: n of them hold two alike with about n^2 / 2^129.
 */
public final class IteratedSequence implements NonceSequence {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int STRIDE = 64;
    private static final int CHECKPOINTS = 64;
    /** How far behind the highest generated index {@link #generate} may begin. */
    public static final int MEMORY = STRIDE * (CHECKPOINTS - 1);

    private final MessageDigest sha256;
    private final byte[] input; // a nonce, then the secret
    private final byte[] output = new byte[Primitives.HASH];
    private final long[] checkpoints = new long[2 * CHECKPOINTS];
    private long highestCheckpoint = -1; // index / STRIDE
    private long current = -1;
    private long high;
    private long low;

    /** @param secret x, 16 to 64 bytes */
    public IteratedSequence(byte[] secret) {
        if (secret.length < 16 || secret.length > 64)
            throw new IllegalArgumentException("a secret of " + secret.length + " bytes");
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        input = new byte[16 + secret.length];
        System.arraycopy(secret, 0, input, 16, secret.length);
    }

    /** @throws IllegalArgumentException if {@code first} lies more than {@link #MEMORY} behind the highest index */
    @Override
    public void generate(long first, int count, long[] into, int offset) {
        if (first < 0)
            throw new IllegalArgumentException("index " + first);
        if (count == 0)
            return;
        if (first <= current)
            goBack(first);
        for (long index = current; index < first; index++)
            step();
        for (int i = 0; i < count; i++) {
            if (i > 0)
                step();
            into[offset + 2 * i] = high;
            into[offset + 2 * i + 1] = low;
        }
    }

    private void goBack(long index) {
        long checkpoint = index / STRIDE;
        if (checkpoint <= highestCheckpoint - CHECKPOINTS)
            throw new IllegalArgumentException("index " + index + " is forgotten");
        int at = 2 * (int) (checkpoint % CHECKPOINTS);
        current = checkpoint * STRIDE;
        high = checkpoints[at];
        low = checkpoints[at + 1];
    }

    private void step() {
        int secretLength = input.length - 16;
        try {
            if (current < 0) {
                sha256.update(input, 16, secretLength);
                sha256.update(input, 16, secretLength);
            } else {
                LONG.set(input, 0, high);
                LONG.set(input, 8, low);
                sha256.update(input, 0, input.length);
            }
            sha256.digest(output, 0, output.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
        high = (long) LONG.get(output, 0);
        low = (long) LONG.get(output, 8);
        current++;
        if (current % STRIDE == 0 && current / STRIDE > highestCheckpoint) {
            highestCheckpoint = current / STRIDE;
            int at = 2 * (int) (highestCheckpoint % CHECKPOINTS);
            checkpoints[at] = high;
            checkpoints[at + 1] = low;
        }
    }
}
