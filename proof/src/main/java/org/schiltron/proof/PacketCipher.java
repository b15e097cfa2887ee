package org.schiltron.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals or opens the packets of one direction of a session: AES-128-GCM, the index in the initialisation vector, the
 * nonce that the packet travels under as associated data, so that a packet opens only at its place.
 *
 * <p><b>Key update.</b> Epoch e = index / 2^18 has its own key, derived from a secret that is ratcheted one way from
 * epoch to epoch: secret(e + 1) = HKDF-Expand(secret(e), "schiltron packet update"). The keys of the previous, current
 * and next epoch are held, so that packets may arrive out of order across a boundary; the older ones are erased (the
 * JDK's cipher keeps its copy until it is next keyed). The current epoch moves on with the first packet of the next that
 * is sealed, or opened and authentic; an index two epochs ahead is refused. 2^18 packets stay far below what AES-GCM
 * allows under a key (RFC 9001, section 6.6: 2^23 for its confidentiality).
 *
 * <p>An index must be sealed once only, or the two packets give away their difference and the authentication key;
 * {@link #seal} insists on it. Opening is not counted: replay is for the caller to find.
 *
 * <p>Two to three JDK objects, about 1 KB, are made per packet (the JDK's parameters and GCM engine): the price of the
 * JDK's cipher, see docs/decisions/0002-cryptography.md. Not for use by more than one thread.
 */
public final class PacketCipher {
    /** Bytes a sealed packet is longer than a plain one. */
    public static final int OVERHEAD = 16;
    /** Indices per key: 2^{@value}. */
    public static final int EPOCH_BITS = 18;
    /** Bytes of {@link #toBytes}. */
    public static final int STATE = 2 * Long.BYTES + Primitives.KEY + 3 * EpochKey.LENGTH;
    /** How far behind the highest sealed index another may still be sealed. */
    public static final int SEAL_WINDOW = 1_024;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Cipher cipher;
    private final byte[] associated = new byte[16];
    private final @Nullable EpochKey[] keys = new @Nullable EpochKey[3]; // of epochs epoch - 1, epoch, epoch + 1
    private final byte[] secret; // of epoch + 1
    private long epoch;
    private long @Nullable [] sealed; // one bit for each of the SEAL_WINDOW indices up to highestSealed
    private long highestSealed = -1;

    /** With a cipher of its own. */
    public PacketCipher(byte[] secret32) {
        this(secret32, new CipherPool(1));
    }

    /**
     * @param secret32 32 bytes, of this direction alone
     * @param pool     of the thread that will use this
     */
    public PacketCipher(byte[] secret32, CipherPool pool) {
        if (secret32.length != Primitives.KEY)
            throw new IllegalArgumentException("a secret of " + secret32.length + " bytes");
        cipher = pool.next();
        secret = secret32.clone();
        keys[1] = new EpochKey(secret);
        ratchet();
        keys[2] = new EpochKey(secret);
    }

    private PacketCipher(ByteBuffer state, CipherPool pool) {
        cipher = pool.next();
        epoch = state.getLong();
        highestSealed = state.getLong();
        secret = new byte[Primitives.KEY];
        state.get(secret);
        if (epoch < 0 || highestSealed < -1)
            throw new IllegalArgumentException("no state of a cipher");
        for (int i = 0; i < keys.length; i++)
            keys[i] = new EpochKey(state);
        if (epoch == 0)
            keys[0] = null;
        sealed = new long[SEAL_WINDOW / 64];
        Arrays.fill(sealed, -1); // below the highest, none was surely left out
    }

    /**
     * Goes on where the cipher stopped that gave this state, with higher indices only: of two that go on from one state,
     * packets of the same index would give each other away.
     *
     * @param state of {@link #toBytes}, {@value #STATE} bytes
     * @throws IllegalArgumentException if it cannot be one
     */
    public static PacketCipher resume(byte[] state, CipherPool pool) {
        if (state.length != STATE)
            throw new IllegalArgumentException("a cipher's state of " + state.length + " bytes");
        return new PacketCipher(ByteBuffer.wrap(state), pool);
    }

    /** Its keys and where it stands, {@value #STATE} bytes: as secret as they. */
    public byte[] toBytes() {
        ByteBuffer state = ByteBuffer.allocate(STATE).putLong(epoch).putLong(highestSealed).put(secret);
        for (int i = 0; i < keys.length; i++) {
            EpochKey key = keys[i];
            if (key == null)
                state.position(state.position() + EpochKey.LENGTH); // of before the first epoch
            else
                key.writeTo(state);
        }
        return state.array();
    }

    /**
     * Seals {@code length} bytes.
     *
     * @param index at least 0, never sealed before, no more than {@link #SEAL_WINDOW} behind the highest that was and
     *              at most one epoch ahead of it
     * @param out   has room for {@code length + OVERHEAD}; may be {@code plain}
     * @return {@code length + OVERHEAD}
     */
    public int seal(long index, long nonceHigh, long nonceLow, byte[] plain, int plainOffset, int length, byte[] out,
            int outOffset) {
        EpochKey key = key(index);
        if (key == null)
            throw new IllegalArgumentException(
                    "index " + index + " is not within an epoch of " + (epoch << EPOCH_BITS));
        markSealed(index);
        try {
            int written = run(Cipher.ENCRYPT_MODE, key, index, nonceHigh, nonceLow, plain, plainOffset, length, out,
                    outOffset);
            advance(index);
            return written;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot seal " + length + " bytes", e);
        }
    }

    /**
     * Opens {@code length} bytes.
     *
     * @param out may be {@code sealed}
     * @return the length of the plain text, or -1 if the packet is not authentic, does not belong at this index and
     *         nonce, is malformed, lies outside the epochs held, or does not fit into {@code out}
     */
    public int open(long index, long nonceHigh, long nonceLow, byte[] sealed, int offset, int length, byte[] out,
            int outOffset) {
        EpochKey key = key(index);
        if (key == null || length < OVERHEAD || out.length - outOffset < length - OVERHEAD)
            return -1;
        try {
            int opened = run(Cipher.DECRYPT_MODE, key, index, nonceHigh, nonceLow, sealed, offset, length, out,
                    outOffset);
            advance(index);
            return opened;
        } catch (GeneralSecurityException e) {
            return -1;
        }
    }

    /**
     * Moves on to the epoch of {@code index} without a packet: for a receiver that, all being lost, asked its way past
     * the epochs held. Only for an index of its own choosing. Does nothing if that epoch is not ahead.
     */
    public void skipTo(long index) {
        while (epoch < index >>> EPOCH_BITS)
            nextEpoch();
    }

    private int run(int mode, EpochKey key, long index, long nonceHigh, long nonceLow, byte[] in, int offset,
            int length, byte[] out, int outOffset) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(8 * OVERHEAD, key.iv(index)));
        LONG.set(associated, 0, nonceHigh);
        LONG.set(associated, 8, nonceLow);
        cipher.updateAAD(associated);
        return cipher.doFinal(in, offset, length, out, outOffset);
    }

    private @Nullable EpochKey key(long index) {
        long ahead = (index >>> EPOCH_BITS) - epoch;
        return index < 0 || ahead < -1 || ahead > 1 ? null : keys[(int) ahead + 1];
    }

    private void advance(long index) {
        if (index >>> EPOCH_BITS > epoch)
            nextEpoch();
    }

    private void nextEpoch() {
        EpochKey oldest = keys[0];
        if (oldest != null)
            oldest.erase();
        keys[0] = keys[1];
        keys[1] = keys[2];
        ratchet();
        keys[2] = new EpochKey(secret);
        epoch++;
    }

    private void ratchet() {
        byte[] next = Primitives.expand(secret, "schiltron packet update", Primitives.KEY);
        System.arraycopy(next, 0, secret, 0, next.length);
        Arrays.fill(next, (byte) 0);
    }

    private void markSealed(long index) {
        if (sealed == null)
            sealed = new long[SEAL_WINDOW / 64];
        long[] window = Objects.requireNonNull(sealed);
        if (index > highestSealed) {
            long fresh = Math.min(index - highestSealed, SEAL_WINDOW);
            for (long i = index - fresh + 1; i <= index; i++)
                window[word(i)] &= ~(1L << i);
            highestSealed = index;
        } else if (index <= highestSealed - SEAL_WINDOW || (window[word(index)] & 1L << index) != 0)
            throw new IllegalArgumentException("index " + index + " has been sealed");
        window[word(index)] |= 1L << index;
    }

    private static int word(long index) {
        return (int) (index >>> 6) & SEAL_WINDOW / 64 - 1;
    }
}
