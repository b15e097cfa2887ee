package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.schiltron.machine.ContractCheck;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
import org.schiltron.machine.ArraySink;
import org.schiltron.proof.Identity;
import org.schiltron.ring.NonceFilter;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import org.schiltron.ring.RingNode;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Get;
import org.schiltron.wire.Wire;

/**
 * One customer, one ring node, some mailboxes that answer everything, and a network between them that loses, reorders,
 * duplicates and corrupts, and repeats what it has seen from addresses of its choice.
 */
final class RingWorld {
    static final long MS = 1_000_000;
    static final Path RING = Path.ofIpv4(0x09090909, 4_600);
    private static final Identity RING_KEY = Identity.generate(new SeededRandom(1));
    private static final Identity CUSTOMER_KEY = Identity.generate(new SeededRandom(2));
    private static final int MAILBOXES = 3;

    /** A filter without errors, so that every packet too many is the node's fault. */
    private static final class Exact implements NonceFilter {
        private final Map<Long, Integer> standing = new HashMap<>();

        @Override
        public void remember(long nowNs, long[] keys, int offset, int count) {
            for (int i = 0; i < count; i++)
                standing.merge(keys[offset + i], 1, Integer::sum);
        }

        @Override
        public void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted) {
            for (int i = 0; i < count; i++) {
                admitted[i] = standing.containsKey(keys[offset + i]);
                standing.computeIfPresent(keys[offset + i], (key, times) -> times == 1 ? null : times - 1);
            }
        }

        @Override
        public long bytes() {
            return 0;
        }
    }

    private static final class Flight {
        final long atNs;
        final long order;
        final Path from;
        final Path to;
        final byte[] bytes;

        Flight(long atNs, long order, Path from, Path to, byte[] bytes) {
            this.atNs = atNs;
            this.order = order;
            this.from = from;
            this.to = to;
            this.bytes = bytes;
        }
    }

    final SeededRandom random;
    double loss;
    double duplicates;
    double corruption;
    double replays;
    long delayMs = 5;

    long nowNs = 77;
    Path home = Path.ofIpv4(0x0b000001, 5_000);
    final Counters linkCounters = new Counters();
    final RingLink link;
    boolean ringUp = true;
    int answersPerGet = 1;
    int received;
    int forged;
    private ContractCheck<RingEvent> ring;
    private RingNode node;
    private long order;
    private final PriorityQueue<Flight> flights = new PriorityQueue<>((a, b) -> a.atNs != b.atNs
            ? Long.compare(a.atNs, b.atNs)
            : Long.compare(a.order, b.order));
    private final List<Flight> recorded = new ArrayList<>();
    /** Nonce by image, and how often each nonce was requested of each mailbox and how often it came. */
    private final Map<Long, Long> nonces = new HashMap<>();
    private final Map<String, Integer> requested = new HashMap<>();
    private final Map<String, Integer> arrived = new HashMap<>();
    private final Set<Integer> granted = new HashSet<>();
    private int grantsOfNumber;
    private long nextNonce = 1_000;
    private long nextActionNs;

    RingWorld(long seed) {
        random = new SeededRandom(seed);
        link = new RingLink(CUSTOMER_KEY, RING_KEY.publicKey(), RING, random.split(), linkCounters);
        node = newNode();
        ring = new ContractCheck<>(node);
    }

    private RingNode newNode() {
        RingConfig config = RingConfig.defaults().withCustomers(List.of(CUSTOMER_KEY.publicKey()))
                .withOwn(List.of(RING));
        return new RingNode(nowNs, RING_KEY, config, requests -> new Exact(), random.split());
    }

    RingNode node() {
        return node;
    }

    void restartRing() {
        node = newNode();
        ring = new ContractCheck<>(node);
        ringUp = true;
    }

    static Path mailbox(int i) {
        return Path.ofIpv4(0x08080800 + i, 4_500);
    }

    void run(long ms) {
        long until = nowNs + ms * MS;
        while (true) {
            Flight next = flights.peek();
            long atNs = Math.min(Math.min(link.nextDeadlineNs(), nextActionNs),
                    Math.min(ringUp ? ring.nextDeadlineNs() : Long.MAX_VALUE,
                            next == null ? Long.MAX_VALUE : next.atNs));
            if (atNs > until)
                break;
            nowNs = Math.max(nowNs, atNs);
            if (next != null && next.atNs <= nowNs)
                deliver(flights.remove());
            else if (ringUp && ring.nextDeadlineNs() <= nowNs)
                drainRing(() -> ring.onTimer(nowNs));
            else if (nextActionNs <= nowNs)
                act();
            else
                link.onTimer(nowNs);
            link.pollTransmit(sink(home));
        }
        nowNs = until;
    }

    /** Every 20 ms the owner of the link asks for a cookie or for packets. */
    private void act() {
        nextActionNs = nowNs + 20 * MS;
        if (link.number() != grantsOfNumber) {
            granted.clear();
            grantsOfNumber = link.number();
        }
        int mailbox = random.nextInt(MAILBOXES);
        if (granted.contains(mailbox))
            get(mailbox, 1 + random.nextInt(4));
        else
            askForCookie(mailbox);
    }

    private void askForCookie(int mailbox) {
        TransmitSink sink = sink(home);
        long at = link.begin(sink, 0, mailbox(mailbox));
        long nonce = nextNonce++;
        link.end(sink, CookieRequest.write(sink.segment(), at, 0, 0, nonce, ~nonce));
        requested.merge(mailbox + ":" + nonce, 1, Integer::sum);
    }

    private void get(int mailbox, int count) {
        TransmitSink sink = sink(home);
        long at = link.begin(sink, 0, mailbox(mailbox));
        for (int i = 0; i < count; i++) {
            long nonce = nextNonce++;
            long image = SipHash.imageHigh(nonce, ~nonce);
            nonces.put(image, nonce);
            Get.putImage(sink.segment(), at, i, image, SipHash.imageLow(nonce, ~nonce));
            requested.merge(mailbox + ":" + nonce, 1, Integer::sum);
        }
        link.end(sink, Get.write(sink.segment(), at, 0, 0, 5, 2_000, 1_152, count));
    }

    private void deliver(Flight flight) {
        MemorySegment s = MemorySegment.ofArray(flight.bytes);
        if (flight.to.sameAddress(RING)) {
            if (ringUp)
                drainRing(() -> ring.onDatagram(nowNs, flight.from, s, 0, flight.bytes.length));
        } else if (flight.to.sameAddress(home)) {
            if (flight.from.sameAddress(RING))
                receive(s, flight.bytes.length);
        } else {
            answer(flight, s);
        }
    }

    private void drainRing(Runnable mutation) {
        mutation.run();
        ring.pollTransmit(sink(RING));
        for (RingEvent event = ring.pollEvent(); event != null; event = ring.pollEvent()) {
            if (event instanceof RingEvent.FirstCustomer)
                throw new AssertionError("takes customers without a list");
        }
    }

    private void receive(MemorySegment s, int length) {
        int inner = link.onDatagram(nowNs, s, 0, length);
        if (inner <= 0)
            return;
        Path from = new Path();
        Envelope.mailbox(s, 0, 0, from);
        long at = Envelope.INNER;
        String key = (from.addressLow() & 0xff) + ":" + Data.nonceHigh(s, at);
        int times = arrived.merge(key, 1, Integer::sum);
        if (times > requested.getOrDefault(key, 0))
            throw new AssertionError(key + " came " + times + " times, requested " + requested.get(key));
        received++;
        if (Wire.type(s, at) == Wire.COOKIE)
            granted.add((int) from.addressLow() & 0xff);
    }

    /** A mailbox: answers whatever comes, more often than it should. */
    private void answer(Flight flight, MemorySegment s) {
        if (!flight.from.sameAddress(RING) || Wire.checkHeader(s, 0, flight.bytes.length) != null)
            return;
        TransmitSink sink = sink(flight.to);
        if (Wire.type(s, 0) == Wire.COOKIE_REQUEST && flight.bytes.length == CookieRequest.LENGTH) {
            long at = sink.claim(Cookie.LENGTH);
            sink.commit(RING, Cookie.write(sink.segment(), at, 0, Wire.tag(s, 0), CookieRequest.nonceHigh(s, 0),
                    CookieRequest.nonceLow(s, 0), 5, 60, 1, 0, 2_000));
        } else if (Wire.type(s, 0) == Wire.GET && Get.wellFormed(flight.bytes.length)) {
            for (int i = 0; i < Get.count(flight.bytes.length) * answersPerGet; i++) {
                Long nonce = nonces.get(Get.imageHigh(s, 0, i / answersPerGet));
                if (nonce == null)
                    continue;
                Path from = random.nextInt(10) > 0 ? flight.to : mailbox(random.nextInt(MAILBOXES));
                TransmitSink out = sink(from);
                long at = out.claim(Data.BODY + 50);
                Data.write(out.segment(), at, 0, 0, Wire.tag(s, 0), nonce, ~nonce);
                out.commit(RING, Data.BODY + 50);
            }
        }
    }

    /** What is sent from {@code from} goes through the network. */
    private TransmitSink sink(Path from) {
        return new ArraySink((to, bytes) -> network(from, to, bytes));
    }

    private void network(Path from, Path to, byte[] bytes) {
        int copies = (random.nextDouble() < loss ? 0 : 1) + (random.nextDouble() < duplicates ? 1 : 0);
        for (int i = 0; i < copies; i++)
            fly(from, to, random.nextDouble() < corruption ? corrupted(bytes) : bytes);
        if (replays > 0) {
            Flight seen = new Flight(0, 0, from.copy(), to.copy(), bytes);
            if (recorded.size() < 500)
                recorded.add(seen);
            else
                recorded.set(random.nextInt(500), seen);
        }
        if (random.nextDouble() < replays) {
            Flight again = recorded.get(random.nextInt(recorded.size()));
            boolean reflected = random.nextInt(4) == 0;
            Path claimed = random.nextInt(2) == 0 ? again.from : Path.ofIpv4(random.nextInt(1 << 30), 1_234);
            fly(claimed, reflected ? again.from : again.to, again.bytes);
            forged++;
        }
    }

    private byte[] corrupted(byte[] bytes) {
        byte[] bad = bytes.clone();
        if (random.nextInt(4) == 0)
            return Arrays.copyOf(bad, random.nextInt(bad.length + 20));
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        return bad;
    }

    private void fly(Path from, Path to, byte[] bytes) {
        long at = nowNs + (delayMs + random.nextInt((int) delayMs * 3)) * MS;
        flights.add(new Flight(at, order++, from.copy(), to.copy(), bytes));
    }

    /** Sends the customer a datagram that claims to come from the ring node. */
    void toLink(byte[] bytes) {
        link.onDatagram(nowNs, MemorySegment.ofArray(bytes), 0, bytes.length);
        link.pollTransmit(sink(home));
    }

    String state() {
        return "link " + linkCounters.drops() + " ring " + node.counters().drops() + " received " + received;
    }
}
