package org.schiltron.app;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Entropy;
import org.schiltron.host.ShortTurns;
import org.schiltron.machine.Drop;
import org.schiltron.ring.ShareReader;
import org.schiltron.ring.ShareWriter;
import org.schiltron.xdp.SeenPackets;
import org.schiltron.xdp.XdpRing;

/**
 * One border of a ring tells the others what it saw asked for, and believes them (docs/RULES.md, Several borders). A request goes out as soon as it is there, with those that
 * came meanwhile; nothing is sent again: what does not arrive is a lost answer, and sessions bear those.
 */
final class BorderSharing implements AutoCloseable {
    private static final int WAIT_MS = 200;
    private static final int BUFFER_BYTES = 1 << 22; // for bursts; the kernel gives what it allows
    private static final long STOP_MS = 2_000;

    private final XdpRing ring;
    private final DatagramChannel socket;
    private final List<InetSocketAddress> peers;
    private final ShareWriter writer;
    private final ShareReader reader;
    private final @Nullable SeenPackets seen;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong told = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private final AtomicLong heard = new AtomicLong();
    private final Map<Drop, AtomicLong> refused = new EnumMap<>(Drop.class);
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile boolean closed;

    private BorderSharing(XdpRing ring, byte[] secret, DatagramChannel socket, List<InetSocketAddress> peers)
            throws IOException {
        this.ring = ring;
        this.socket = socket;
        this.peers = peers;
        writer = new ShareWriter(secret, new Entropy(), Arena.ofAuto());
        reader = new ShareReader(secret, writer.run());
        for (Drop drop : Drop.values())
            refused.put(drop, new AtomicLong());
        seen = peers.isEmpty() ? null : ring.seen();
    }

    /**
     * @param listen where others tell, resolved; null if none does
     * @param peers  who is told, resolved
     */
    static BorderSharing open(XdpRing ring, byte[] secret, @Nullable InetSocketAddress listen,
            List<InetSocketAddress> peers) throws IOException {
        DatagramChannel socket = DatagramChannel.open();
        try {
            socket.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
            socket.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            if (listen != null)
                socket.bind(listen);
            BorderSharing sharing = new BorderSharing(ring, secret, socket, peers);
            if (!peers.isEmpty())
                sharing.start("tells borders", sharing::tell);
            if (listen != null)
                sharing.start("hears borders", sharing::hear);
            return sharing;
        } catch (IOException e) {
            socket.close();
            throw listen == null ? e : new IOException("--share-listen " + listen + ": " + Reason.of(e), e);
        }
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(() -> {
            ShortTurns.ask(); // whoever waits for the processor here loses answers
            work.run();
        }, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void tell() {
        SeenPackets packets = seen;
        ByteBuffer datagram = writer.datagram().asByteBuffer();
        while (packets != null && !closed) {
            packets.await(WAIT_MS);
            int waiting = 0;
            while (packets.next()) {
                MemorySegment packet = packets.packet();
                if (!writer.add(packet, 0, (int) packet.byteSize())) {
                    send(datagram, waiting);
                    waiting = 0;
                    writer.add(packet, 0, (int) packet.byteSize());
                }
                waiting++;
            }
            if (waiting > 0)
                send(datagram, waiting);
        }
    }

    private void send(ByteBuffer datagram, int requests) {
        int length = writer.finish(System.currentTimeMillis());
        for (InetSocketAddress peer : peers) {
            try {
                socket.send(datagram.clear().limit(length), peer);
                told.addAndGet(requests);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                unsent.addAndGet(requests);
                say("cannot tell " + peer + ": " + Reason.of(e));
            }
        }
    }

    private void hear() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(ShareWriter.MAX_DATAGRAM + 1);
        MemorySegment segment = MemorySegment.ofBuffer(buffer);
        while (!closed) {
            try {
                socket.receive(buffer.clear());
                Drop why = reader.read(System.currentTimeMillis(), segment, 0, buffer.position(), this::remember);
                if (why != null)
                    count(why);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                say("cannot hear other borders: " + Reason.of(e));
            }
        }
    }

    private void remember(MemorySegment packet, long at, int length) {
        try {
            ring.told(packet, at, length);
            heard.incrementAndGet();
        } catch (IOException e) {
            say("cannot remember what another border has seen: " + Reason.of(e));
        }
    }

    private void count(Drop why) {
        AtomicLong counter = refused.get(why);
        if (counter != null && counter.getAndIncrement() == 0)
            System.err.println("schiltron: from another border, or who would be one: " + why.label() + ", "
                    + why.meaning() + (why == Drop.EXPIRED ? "; are the clocks right?" : "")
                    + "; counted from here on");
    }

    /** Once: the counters say the rest. */
    private void say(String what) {
        if (!closed && failing.compareAndSet(false, true))
            System.err.println("schiltron: " + what);
    }

    /** Requests told to others, those that could not be, those there was no room for, those heard of others, and what was refused, by the reason's label. */
    Map<String, Long> counts() throws IOException {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("told", told.get());
        counts.put("unsent", unsent.get());
        counts.put("unshared", ring.unshared());
        counts.put("heard", heard.get());
        refused.forEach((why, counter) -> {
            if (counter.get() > 0)
                counts.put("refused_" + why.label(), counter.get());
        });
        return counts;
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
            for (Thread thread : threads)
                thread.join(STOP_MS);
        } catch (IOException e) {
            // nothing is left to be done with it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (seen != null && threads.stream().noneMatch(Thread::isAlive))
            seen.close();
    }
}
