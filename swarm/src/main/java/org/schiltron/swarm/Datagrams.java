package org.schiltron.swarm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;

/**
 * Unreliable datagrams over a session: up to {@link #MAX_PAYLOAD} bytes each, split into two parts where they do not fit
 * one packet (a QUIC packet of 1,452 bytes crosses whole). At most {@value #MAX_QUEUED} wait to be sent and {@value
 * #MAX_PARTIAL} wait for their other part; when full, the oldest goes.
 */
final class Datagrams {
    static final int MAX_PAYLOAD = 1_452;
    private static final int MAX_QUEUED = 256;
    private static final int MAX_PARTIAL = 64;
    /** Ranges of numbers remembered as delivered; what lies below the lowest is taken for delivered. */
    private static final int MAX_DELIVERED = 512;

    private record Part(long flow, String target, int part, byte[] bytes) {
    }

    private final Session session;
    private final Counters counters;
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>(); // encoded frames
    private final LinkedHashMap<Long, Part> partial = new LinkedHashMap<>(); // by datagram number
    private final RangeSet delivered = new RangeSet(MAX_DELIVERED); // numbers: under loss copies travel
    private long deliveredBelow;
    private long nextNumber;

    Datagrams(Session session, Counters counters) {
        this.session = session;
        this.counters = counters;
    }

    /** How far both directions have come; what waits is not kept. */
    void writeTo(HandOverWriter to) {
        to.number(nextNumber).number(deliveredBelow);
        delivered.writeTo(to);
    }

    void resume(FrameReader from) {
        nextNumber = from.varint();
        deliveredBelow = from.varint();
        delivered.resume(from);
    }

    boolean hasDue() {
        return !queue.isEmpty();
    }

    void send(long flow, String target, byte[] payload, int offset, int length) {
        byte[] name = target.getBytes(StandardCharsets.UTF_8);
        if (length > MAX_PAYLOAD || name.length > Frames.MAX_TARGET || flow < 0 || flow > Varint.MAX) {
            counters.drop(Drop.OVERSIZED);
            return;
        }
        int room = PacketBuilder.MAX_PLAIN - 64 - name.length;
        int parts = length <= room ? 1 : 2;
        int each = (length + parts - 1) / parts;
        long number = nextNumber++;
        for (int part = 0; part < parts; part++) {
            int from = part * each;
            enqueue(encode(flow, number, part, parts, name, payload, offset + from, Math.min(each, length - from)));
        }
    }

    private void enqueue(byte[] frame) {
        if (queue.size() == MAX_QUEUED) {
            queue.removeFirst();
            counters.drop(Drop.DATAGRAM_QUEUE_FULL);
        }
        queue.addLast(frame);
    }

    private static byte[] encode(long flow, long number, int part, int parts, byte[] name, byte[] payload, int offset,
            int length) {
        byte[] frame = new byte[24 + name.length + length];
        frame[0] = Frames.DATAGRAM;
        int at = Varint.write(frame, Varint.write(frame, 1, flow), number);
        frame[at++] = (byte) part;
        frame[at++] = (byte) parts;
        frame[at++] = (byte) name.length;
        System.arraycopy(name, 0, frame, at, name.length);
        at += name.length;
        frame[at++] = (byte) (length >>> 8);
        frame[at++] = (byte) length;
        System.arraycopy(payload, offset, frame, at, length);
        return Arrays.copyOf(frame, at + length);
    }

    void fill(PacketBuilder packet) {
        while (!queue.isEmpty() && queue.peekFirst().length <= packet.room())
            packet.unreliable(queue.removeFirst());
    }

    /** Reads a DATAGRAM frame after its type. False if malformed. */
    boolean onFrame(FrameReader reader) {
        long flow = reader.varint();
        long number = reader.varint();
        int part = reader.u8();
        int parts = reader.u8();
        String target = new String(reader.take(reader.u8()), StandardCharsets.UTF_8);
        byte[] bytes = reader.take(reader.u16());
        if (reader.failed() || parts < 1 || parts > 2 || part >= parts || bytes.length > MAX_PAYLOAD)
            return false;
        if (isDelivered(number))
            return true;
        if (parts == 1) {
            noteDelivered(number);
            session.event(new SessionEvent.DatagramArrived(session, flow, target, bytes));
            return true;
        }
        Part other = partial.remove(number);
        if (other == null || other.part == part || other.flow != flow) {
            if (partial.size() == MAX_PARTIAL) {
                partial.pollFirstEntry();
                counters.drop(Drop.DATAGRAM_QUEUE_FULL);
            }
            partial.put(number, new Part(flow, target, part, bytes));
            return true;
        }
        byte[] head = part == 0 ? bytes : other.bytes;
        byte[] tail = part == 0 ? other.bytes : bytes;
        if (head.length + tail.length > MAX_PAYLOAD)
            return false;
        noteDelivered(number);
        byte[] whole = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, whole, head.length, tail.length);
        session.event(new SessionEvent.DatagramArrived(session, flow, other.target, whole));
        return true;
    }

    private boolean isDelivered(long number) {
        return number < deliveredBelow || delivered.contains(number);
    }

    private void noteDelivered(long number) {
        if (delivered.add(number, number + 1))
            return;
        deliveredBelow = delivered.end(0);
        delivered.removeFirst();
        if (number >= deliveredBelow)
            delivered.add(number, number + 1);
    }
}
