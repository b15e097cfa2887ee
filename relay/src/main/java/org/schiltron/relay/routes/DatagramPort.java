package org.schiltron.relay.routes;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ResetReason;
import org.schiltron.relay.DatagramLeg;

/**
 * The backend's side of a leg of datagrams at its egress: takes them out of the way's bytes, where each has two bytes of
 * length before it, and puts those that come back in. What the way has no room for is lost, as datagrams are.
 */
final class DatagramPort implements Port, DatagramLeg.Events {
    /** Bytes that wait for the way. */
    static final int MOST_WAITING = 64 << 10;
    private static final int HEAD = 2;

    private final Executor loop;
    private final DatagramFrames frames;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(); // each with its length before it
    private int waitingBytes;
    private int at; // of the first that waits
    private @Nullable DatagramLeg leg;
    private Events events = NOBODY;
    private boolean ended;
    private boolean readerWaits = true;

    DatagramPort(Executor loop) {
        this.loop = loop;
        frames = new DatagramFrames(this::send);
    }

    void opened(DatagramLeg with) {
        leg = with;
    }

    private void send(ByteBuffer datagram) {
        if (leg != null)
            leg.send(datagram);
    }

    @Override
    public void received(ByteBuffer datagram) {
        int length = datagram.remaining();
        if (ended || waitingBytes + HEAD + length > MOST_WAITING)
            return;
        byte[] framed = new byte[HEAD + length];
        ByteBuffer.wrap(framed).putShort((short) length).put(datagram);
        waiting.add(framed);
        waitingBytes += framed.length;
        tell();
    }

    private void tell() {
        if (!readerWaits)
            return;
        readerWaits = false;
        events.readable();
    }

    @Override
    public void events(Events told) {
        events = told;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        int got = 0;
        for (byte[] first = waiting.peek(); first != null && got < length; first = waiting.peek()) {
            int part = Math.min(length - got, first.length - at);
            System.arraycopy(first, at, into, offset + got, part);
            got += part;
            at += part;
            waitingBytes -= part;
            if (at < first.length)
                break;
            waiting.remove();
            at = 0;
        }
        readerWaits = got == 0;
        return got == 0 && ended ? -1 : got;
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        frames.read(ByteBuffer.wrap(from, offset, length));
        return length;
    }

    @Override
    public int writable() {
        return MOST_WAITING;
    }

    /** Who asks no more gets no more. */
    @Override
    public void end() {
        close();
        loop.execute(() -> events.readable()); // the end
    }

    @Override
    public void reset(ResetReason reason) {
        close();
        events = NOBODY;
    }

    @Override
    public void close() {
        DatagramLeg open = leg;
        leg = null;
        if (open != null)
            open.close();
        ended = true;
    }

    /** Both sides are told. */
    void giveUp(ResetReason reason) {
        Events told = events;
        reset(reason);
        told.failed(reason);
    }
}
