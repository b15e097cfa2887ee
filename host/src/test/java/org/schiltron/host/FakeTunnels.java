package org.schiltron.host;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ClientId;

/**
 * Sessions in memory: a client's relay and a service's, joined by streams with a bounded window, on one thread. Writes
 * are at times taken in part, and it asserts what a machine asks: no call but from a command, none before the events
 * of the last command are out.
 */
final class FakeTunnels implements SessionThread, AutoCloseable {
    /** Unread bytes per direction of a stream. */
    static final int WINDOW = 32 * 1024;

    static final ClientId CLIENT = new ClientId(0x0102030405060708L, 0x090a);

    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("fake-session").factory());
    private final ArrayDeque<Runnable> events = new ArrayDeque<>();
    private final Random random;
    private boolean inCommand;
    private volatile @Nullable Throwable bug;
    private @Nullable StreamRelay client;
    private @Nullable StreamRelay service;
    private @Nullable Session current;
    private int maxStreams = Integer.MAX_VALUE;

    FakeTunnels(long seed) {
        random = new Random(seed);
    }

    void join(StreamRelay clientRelay, StreamRelay serviceRelay) {
        client = clientRelay;
        service = serviceRelay;
    }

    @Override
    public boolean execute(LongConsumer command) {
        try {
            Future<?> ignored = executor.submit(() -> run(command));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void run(LongConsumer command) {
        try {
            inCommand = true;
            command.accept(System.nanoTime());
            inCommand = false;
            Runnable event = events.poll();
            while (event != null) {
                event.run();
                event = events.poll();
            }
        } catch (Throwable t) {
            bug = t;
            throw t;
        }
    }

    /** What went wrong on the session's thread. */
    @Nullable
    Throwable bug() {
        return bug;
    }

    void open() {
        execute(nowNs -> {
            Session session = new Session();
            current = session;
            event(() -> relay(client).opened(session.clientSide));
            event(() -> relay(service).opened(session.serviceSide));
        });
    }

    void closeSession() {
        execute(nowNs -> {
            Session session = current;
            if (session == null)
                return;
            session.open = false;
            for (long stream : session.streams.keySet()) {
                event(() -> relay(client).reset(session.clientSide, stream));
                event(() -> relay(service).reset(session.serviceSide, stream));
            }
            event(() -> relay(client).closed(session.clientSide));
            event(() -> relay(service).closed(session.serviceSide));
        });
    }

    void allowStreams(int most) {
        execute(nowNs -> maxStreams = most);
    }

    private static StreamRelay relay(@Nullable StreamRelay relay) {
        if (relay == null)
            throw new AssertionError("join first");
        return relay;
    }

    private void event(Runnable event) {
        events.add(event);
    }

    @Override
    public void close() {
        executor.shutdown();
    }

    private static final class Direction {
        final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
        int unread;
        int headTaken;
        boolean finished;
        boolean readerWaits = true;
        boolean writerWaits;
    }

    private final class Session {
        final Side clientSide = new Side(this, true);
        final Side serviceSide = new Side(this, false);
        final Map<Long, Direction[]> streams = new HashMap<>();
        boolean open = true;
        long opened;
    }

    private final class Side implements Tunnel {
        private final Session session;
        private final boolean isClient;

        Side(Session session, boolean isClient) {
            this.session = session;
            this.isClient = isClient;
        }

        private Side peer() {
            return isClient ? session.serviceSide : session.clientSide;
        }

        private StreamRelay own() {
            return relay(isClient ? client : service);
        }

        private StreamRelay other() {
            return relay(isClient ? service : client);
        }

        private void mutate() {
            if (!inCommand)
                throw new AssertionError("a call from an event or another thread");
            if (!session.open)
                throw new AssertionError("a call on a closed session");
        }

        @Override
        public boolean isOpen() {
            return session.open;
        }

        @Override
        public ClientId client() {
            return CLIENT;
        }

        @Override
        public long openStream(long nowNs, String target) {
            mutate();
            if (session.streams.size() >= maxStreams)
                return -1;
            long id = 4 * session.opened++;
            session.streams.put(id, new Direction[]{new Direction(), new Direction()});
            event(() -> other().streamOpened(peer(), id, target));
            return id;
        }

        @Override
        public int write(long nowNs, long stream, byte[] source, int offset, int length) {
            mutate();
            Direction[] both = session.streams.get(stream);
            if (both == null)
                return 0;
            Direction out = both[isClient ? 0 : 1];
            if (out.finished)
                throw new AssertionError("writes after the end");
            int taken = Math.min(length, WINDOW - out.unread);
            if (random.nextInt(8) == 0)
                taken = random.nextInt(taken + 1);
            if (taken > 0) {
                byte[] chunk = new byte[taken];
                System.arraycopy(source, offset, chunk, 0, taken);
                out.chunks.add(chunk);
                out.unread += taken;
                wakeReader(out, stream);
            }
            if (taken < length) {
                out.writerWaits = true;
                if (out.unread < WINDOW)
                    wakeWriter(out, stream, own(), this);
            }
            return taken;
        }

        private void wakeReader(Direction direction, long stream) {
            if (direction.readerWaits) {
                direction.readerWaits = false;
                event(() -> other().readable(peer(), stream));
            }
        }

        private void wakeWriter(Direction direction, long stream, StreamRelay relay, Tunnel side) {
            if (direction.writerWaits) {
                direction.writerWaits = false;
                event(() -> relay.writable(side, stream));
            }
        }

        @Override
        public void finish(long nowNs, long stream) {
            mutate();
            Direction[] both = session.streams.get(stream);
            if (both == null)
                return;
            both[isClient ? 0 : 1].finished = true;
            wakeReader(both[isClient ? 0 : 1], stream);
        }

        @Override
        public int read(long nowNs, long stream, byte[] target, int offset, int length) {
            mutate();
            Direction[] both = session.streams.get(stream);
            if (both == null)
                return 0;
            Direction in = both[isClient ? 1 : 0];
            byte[] head = in.chunks.peek();
            if (head == null) {
                if (in.finished)
                    return -1;
                in.readerWaits = true;
                return 0;
            }
            int count = Math.min(length, head.length - in.headTaken);
            System.arraycopy(head, in.headTaken, target, offset, count);
            in.headTaken += count;
            in.unread -= count;
            if (in.headTaken == head.length) {
                in.chunks.poll();
                in.headTaken = 0;
            }
            wakeWriter(in, stream, other(), peer());
            return count;
        }

        @Override
        public void reset(long nowNs, long stream) {
            mutate();
            if (session.streams.remove(stream) != null)
                event(() -> other().reset(peer(), stream));
        }

        @Override
        public void sendDatagram(long nowNs, long flow, String target, byte[] payload, int offset, int length) {
            mutate();
            byte[] copy = new byte[length];
            System.arraycopy(payload, offset, copy, 0, length);
            event(() -> other().datagramArrived(peer(), flow, target, copy));
        }
    }
}
