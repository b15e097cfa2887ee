package org.schiltron.machine;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a machine counted: each {@link Drop} reason, and datagrams and bytes in and out. Written by the machine's
 * thread alone; another thread may read and sees values that are at most a moment old.
 */
public final class Counters {
    private final long[] drops = new long[64];
    private long datagramsIn;
    private long bytesIn;
    private long datagramsOut;
    private long bytesOut;

    public void drop(Drop reason) {
        drops[reason.code()]++;
    }

    public void in(int bytes) {
        datagramsIn++;
        bytesIn += bytes;
    }

    public void out(int bytes) {
        datagramsOut++;
        bytesOut += bytes;
    }

    public long drops(Drop reason) {
        return drops[reason.code()];
    }

    public long datagramsIn() {
        return datagramsIn;
    }

    public long bytesIn() {
        return bytesIn;
    }

    public long datagramsOut() {
        return datagramsOut;
    }

    public long bytesOut() {
        return bytesOut;
    }

    /** The reasons that occurred, in the order of their codes. */
    public Map<Drop, Long> drops() {
        Map<Drop, Long> seen = new EnumMap<>(Drop.class);
        for (Drop reason : Drop.values()) {
            if (drops(reason) > 0)
                seen.put(reason, drops(reason));
        }
        return seen;
    }
}
