package org.schiltron.bgp;

import java.nio.ByteBuffer;
import org.schiltron.machine.Machine;

/**
 * What a session has said and its driver has not taken yet: at most one UPDATE, one KEEPALIVE and one NOTIFICATION or
 * OPEN, below {@value #BYTES} octets. Also watches whether the driver takes anything at all.
 */
final class Outbox {
    static final int BYTES = 5_120;

    private final ByteBuffer out = ByteBuffer.allocate(BYTES);
    private int keepaliveEnd; // where one that waits ends, 0 if none does
    private long taken;
    private long takenAtLook;
    private long stuckSinceNs = Machine.NO_DEADLINE;

    /** To put messages at the end of. */
    ByteBuffer buffer() {
        return out;
    }

    boolean isEmpty() {
        return out.position() == 0;
    }

    void keepalive() {
        if (keepaliveEnd > 0)
            return; // a second one would say no more
        MessageType.KEEPALIVE.write(out, 0);
        keepaliveEnd = out.position();
    }

    /** As many octets as there are and {@code room} takes. */
    void moveTo(ByteBuffer room) {
        int count = Math.min(out.position(), room.remaining());
        room.put(room.position(), out.array(), 0, count).position(room.position() + count);
        out.flip().position(count).compact();
        taken += count;
        keepaliveEnd = Math.max(0, keepaliveEnd - count);
    }

    /** For how long nothing has been taken though there was something, as far as was seen; 0 if all is well. */
    long stuckNs(long nowNs) {
        if (isEmpty() || taken != takenAtLook)
            stuckSinceNs = Machine.NO_DEADLINE;
        else if (stuckSinceNs == Machine.NO_DEADLINE)
            stuckSinceNs = nowNs;
        takenAtLook = taken;
        return stuckSinceNs == Machine.NO_DEADLINE ? 0 : nowNs - stuckSinceNs;
    }

    void clear() {
        out.clear();
        keepaliveEnd = 0;
        stuckSinceNs = Machine.NO_DEADLINE;
    }
}
