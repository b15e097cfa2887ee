package org.schiltron.systemtests;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;

/**
 * Requests at an even pace, and what answers them, as often as it is told to: of the copies of an answer a ring lets the first pass that comes after the request is known. Programs of the tests' own
 * namespaces.
 *
 * <pre>
 * ask FROM MAILBOX PORT COUNT A-SECOND QUIET-MS      says "asked N", and when nothing has come for so long "answered M" and "after-us P50 P90 P99 MAX"
 * answer ADDRESS PORT DELAY-US COPIES EVERY-US       says "listening"; copies of one answer, so far apart
 * </pre>
 */
final class AskedFlow {
    private static final int MAX_COUNT = 100_000;
    private static final int MAX_PENDING = 100_000;

    private AskedFlow() {
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("ask"))
            ask(InetAddress.ofLiteral(args[1]), new InetSocketAddress(InetAddress.ofLiteral(args[2]),
                    Integer.parseInt(args[3])), Integer.parseInt(args[4]), Integer.parseInt(args[5]),
                    Long.parseLong(args[6]));
        else
            new Mailbox(Integer.parseInt(args[3]) * 1_000L, Integer.parseInt(args[4]),
                    Integer.parseInt(args[5]) * 1_000L)
                    .serve(new InetSocketAddress(InetAddress.ofLiteral(args[1]), Integer.parseInt(args[2])));
    }

    private static void ask(InetAddress from, InetSocketAddress mailbox, int count, int perSecond, long quietMs)
            throws IOException {
        if (count > MAX_COUNT)
            throw new IllegalArgumentException("at most " + MAX_COUNT);
        long[] afterNs = new long[count];
        Arrays.fill(afterNs, -1);
        try (DatagramChannel socket = DatagramChannel.open().bind(new InetSocketAddress(from, 0))) {
            socket.configureBlocking(false);
            ByteBuffer request = ByteBuffer.allocate(CookieRequest.LENGTH);
            ByteBuffer answer = ByteBuffer.allocate(2_000);
            long startNs = System.nanoTime();
            long quietNs = startNs;
            for (int asked = 0; asked < count || System.nanoTime() - quietNs < quietMs * 1_000_000;) {
                long nowNs = System.nanoTime();
                if (asked < count && nowNs - startNs >= asked * 1_000_000_000L / perSecond) {
                    CookieRequest.write(MemorySegment.ofBuffer(request.clear()), 0, 0, asked,
                            startNs ^ asked * 0x9e3779b97f4a7c15L,
                            asked);
                    socket.send(request, mailbox);
                    quietNs = nowNs;
                    if (++asked == count)
                        System.out.println("asked " + asked);
                }
                if (socket.receive(answer.clear()) == null) {
                    LockSupport.parkNanos(20_000);
                    continue;
                }
                MemorySegment got = MemorySegment.ofBuffer(answer.flip());
                quietNs = System.nanoTime();
                int which = (int) Cookie.nonceLow(got, 0);
                if (answer.limit() == Cookie.LENGTH && which >= 0 && which < count && afterNs[which] < 0)
                    afterNs[which] = Cookie.cookie(got, 0);
            }
        }
        long[] all = Arrays.stream(afterNs).filter(ns -> ns >= 0).sorted().toArray();
        System.out.println("answered " + all.length);
        if (all.length > 0)
            System.out
                    .println(String.format(Locale.ROOT, "after-us %d %d %d %d", quantile(all, 0.5), quantile(all, 0.9),
                            quantile(all, 0.99), all[all.length - 1] / 1_000));
    }

    private static long quantile(long[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))] / 1_000;
    }

    /** What stands in an answer as the cookie: how long after the request it was sent, ns. */
    private record Mailbox(long delayNs, int copies, long everyNs) {
        private record Due(long atNs, long askedNs, int copy, byte[] request, SocketAddress to) {
        }

        void serve(InetSocketAddress address) throws IOException {
            PriorityQueue<Due> pending = new PriorityQueue<>(Comparator.comparingLong(Due::atNs));
            Map<SocketAddress, Integer> heard = new HashMap<>();
            try (DatagramChannel socket = DatagramChannel.open().bind(address)) {
                socket.configureBlocking(false);
                System.out.println("listening");
                ByteBuffer request = ByteBuffer.allocate(2_000);
                ByteBuffer answer = ByteBuffer.allocate(Cookie.LENGTH);
                while (!Thread.interrupted()) {
                    SocketAddress from = socket.receive(request.clear());
                    long nowNs = System.nanoTime();
                    if (from != null && request.position() == CookieRequest.LENGTH && pending.size() < MAX_PENDING) {
                        if (heard.merge(from, 1, Integer::sum) == 1)
                            System.out.println("from " + ((InetSocketAddress) from).getAddress().getHostAddress());
                        pending.add(new Due(nowNs + delayNs, nowNs, 1,
                                Arrays.copyOf(request.array(), CookieRequest.LENGTH), from));
                    }
                    Due due = pending.peek();
                    if (due != null && due.atNs - nowNs <= 0) {
                        pending.remove();
                        MemorySegment asked = MemorySegment.ofArray(due.request);
                        Cookie.write(MemorySegment.ofBuffer(answer.clear()), 0, 0, 0, CookieRequest.nonceHigh(asked, 0),
                                CookieRequest.nonceLow(asked, 0), System.nanoTime() - due.askedNs, 60, 1, 0, 1_000);
                        socket.send(answer, due.to);
                        if (due.copy < copies)
                            pending.add(new Due(due.atNs + everyNs, due.askedNs, due.copy + 1, due.request, due.to));
                    } else if (from == null && (due == null || due.atNs - nowNs > 200_000)) {
                        LockSupport.parkNanos(50_000);
                    }
                }
            }
        }
    }
}
