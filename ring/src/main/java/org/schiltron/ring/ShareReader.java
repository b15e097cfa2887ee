package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.machine.ReplayWindow;
import org.schiltron.machine.SipHash;
import org.schiltron.wire.Wire;

/**
 * What other borders tell ({@link ShareWriter}): believed from whoever has the secret, once. A copy of a datagram would ask again for what has been answered, so it is
 * taken for {@value #MAX_AGE_MS} ms at most and remembered for as long: by the number that each run of a sender gives it, of {@value #RUNS} runs. Only who has the secret
 * can be a run, so that nobody else can push one out. One thread.
 */
public final class ShareReader {
    /** Clocks of borders may differ by less. */
    public static final long MAX_AGE_MS = 10_000;
    /** Senders, each start of one anew, that are known at once; past it the one not heard of the longest goes. 300 bytes each. */
    public static final int RUNS = 256;

    private final SipHash mac;
    private final long own;
    private final LinkedHashMap<Long, ReplayWindow> runs = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, ReplayWindow> eldest) {
            return size() > RUNS;
        }
    };

    /** Takes each packet of a datagram. */
    @FunctionalInterface
    public interface Packets {
        void take(MemorySegment segment, long at, int length);
    }

    /**
     * @param secret 32 bytes, of all borders
     * @param own    {@link ShareWriter#run} of who reads: what comes back to it is no news
     */
    public ShareReader(byte[] secret, long own) {
        mac = ShareWriter.mac(secret);
        this.own = own;
    }

    /**
     * A datagram has come. Says nothing about its packets, which are the sender's word.
     *
     * @return null, and its packets have been taken; else why none was: {@link Drop#TRUNCATED}, {@link Drop#OVERSIZED}, {@link Drop#BAD_MAC}, {@link Drop#EXPIRED}
     *         (or from too far ahead), {@link Drop#REPLAYED}, {@link Drop#MALFORMED} (by who has the secret)
     */
    public @Nullable Drop read(long epochMs, MemorySegment segment, long at, int length, Packets packets) {
        if (length < ShareWriter.PACKETS + ShareWriter.LENGTH + 1 + ShareWriter.MAC)
            return Drop.TRUNCATED;
        if (length > ShareWriter.MAX_DATAGRAM)
            return Drop.OVERSIZED;
        int end = length - ShareWriter.MAC;
        if (mac.hash(segment, at, end) != Wire.getLong(segment, at + end))
            return Drop.BAD_MAC;
        long saidMs = Wire.getLong(segment, at + 16);
        if (saidMs < epochMs - MAX_AGE_MS || saidMs > epochMs + MAX_AGE_MS)
            return Drop.EXPIRED;
        long run = Wire.getLong(segment, at);
        if (run == own
                || !runs.computeIfAbsent(run, key -> new ReplayWindow()).accept(Wire.getLong(segment, at + 8)))
            return Drop.REPLAYED;
        if (!wellFormed(segment, at, end))
            return Drop.MALFORMED;
        for (int offset = ShareWriter.PACKETS; offset < end;) {
            int bytes = Wire.getU16(segment, at + offset);
            packets.take(segment, at + offset + ShareWriter.LENGTH, bytes);
            offset += ShareWriter.LENGTH + bytes;
        }
        return null;
    }

    private static boolean wellFormed(MemorySegment segment, long at, int end) {
        int offset = ShareWriter.PACKETS;
        while (offset + ShareWriter.LENGTH < end) {
            int bytes = Wire.getU16(segment, at + offset);
            if (bytes == 0)
                return false;
            offset += ShareWriter.LENGTH + bytes;
        }
        return offset == end;
    }
}
