package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Primitives;

/**
 * What who decides about a service's mode tells its edges, in a datagram, again and again: the last one counts, and a lost
 * one is made good by the next (Mayday, section 3.7). Docs/LEGS.md.
 *
 * <pre>
 *  0 version 1 (1)   1 mode (1): 0 normal, 1 secure   2 which of the secure addresses (1)   3 length (1)
 *  4 milliseconds since 1970 (8)   12 the service's name (1 to 63)   then HMAC-SHA-256 of all that, its first 16 bytes
 * </pre>
 *
 * Only who has the secret can say so. A copy of an old word says nothing: words are taken in the order of their times,
 * and none that is older than {@value #MAX_AGE_MS} ms.
 *
 * @param secure  which of the secure addresses, 0 to 255
 * @param epochMs when it was said
 */
public record ModeWord(String service, ServiceMode mode, int secure, long epochMs) {
    /** Clocks may differ by less. */
    public static final long MAX_AGE_MS = 10_000;
    /** The longest. */
    public static final int MAX_BYTES = 12 + 63 + 16;

    private static final byte VERSION = 1;
    private static final int HEAD = 12;
    private static final int MAC = 16;

    public ModeWord {
        int length = service.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > 63 || secure < 0 || secure > 255 || epochMs < 0)
            throw new IllegalArgumentException("no word about a mode");
    }

    /** @param secret 32 bytes, of the ring and the edges of this service */
    public byte[] encode(byte[] secret) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(HEAD + name.length + MAC);
        out.put(VERSION).put((byte) (mode == ServiceMode.SECURE ? 1 : 0)).put((byte) secure).put((byte) name.length)
                .putLong(epochMs).put(name);
        out.put(mac(secret, Arrays.copyOf(out.array(), out.position())));
        return out.array();
    }

    private static byte[] mac(byte[] secret, byte[] said) {
        byte[] key = Primitives.expand(secret, "schiltron mode 1", Primitives.KEY);
        return Arrays.copyOf(Primitives.hmac(key, said), MAC);
    }

    /** Null if it is none, or not said by who has the secret. Says nothing about its time. */
    public static @Nullable ModeWord decode(byte[] secret, ByteBuffer in) {
        byte[] all = new byte[in.remaining()];
        in.duplicate().get(all);
        if (all.length < HEAD + 1 + MAC || all[0] != VERSION || all[1] < 0 || all[1] > 1
                || all.length != HEAD + all[3] + MAC || all[3] < 1)
            return null;
        byte[] said = Arrays.copyOf(all, all.length - MAC);
        if (!MessageDigest.isEqual(mac(secret, said), Arrays.copyOfRange(all, said.length, all.length)))
            return null;
        long epochMs = ByteBuffer.wrap(all).getLong(4);
        if (epochMs < 0)
            return null;
        return new ModeWord(new String(said, HEAD, said.length - HEAD, StandardCharsets.UTF_8),
                all[1] == 1 ? ServiceMode.SECURE : ServiceMode.NORMAL, all[2] & 0xff, epochMs);
    }

    /**
     * Whether it counts.
     *
     * @param lastMs the time of the last that did, -1 for none
     */
    public boolean isNews(long lastMs, long nowMs) {
        return epochMs > lastMs && Math.abs(nowMs - epochMs) <= MAX_AGE_MS;
    }
}
