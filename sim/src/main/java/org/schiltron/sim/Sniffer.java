package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Get;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * Someone who sees all that crosses a link in both directions, can put datagrams there before those it sees, and has a host of
 * its own elsewhere.
 */
public final class Sniffer {
    /** What it does with what it sees. */
    public enum Habit {
        /** Fills what it sees requested, and repeats what it sees delivered, with bodies of its own. */
        RACE,
        /** Requests what it sees requested, from its own address and with a cookie of its own. */
        STEAL,
        /** Sends again what it saw, also later, elsewhere, back, and from its own address. */
        REPLAY
    }

    private static final int RECORDED = 256;

    private record Seen(Path source, Path destination, byte[] bytes) {
    }

    private final Simulation simulation;
    private final Link oneWay;
    private final Link otherWay;
    private final Habit habit;
    private final Node<Void, Attacker> host;
    private final List<Path> everyone;
    private final SeededRandom random;
    private final Map<Path, Long> cookies = new LinkedHashMap<>(); // 0: asked for
    private final List<Seen> recorded = new ArrayList<>();
    private @Nullable Link here; // where it saw what it acts on
    private @Nullable Path hereTo;
    private final Tap up;
    private final Tap down;
    private int stolen;
    private long seen;
    private long sent;

    /** On a node's access link. */
    Sniffer(Simulation simulation, String name, Node<?, ?> victim, Habit habit, List<Path> everyone) {
        this(simulation, name, victim.uplink(), victim.downlink(), habit, everyone);
    }

    /**
     * @param oneWay   a link, and its other direction
     * @param everyone whom it sends to, beside those it sees
     */
    public Sniffer(Simulation simulation, String name, Link oneWay, Link otherWay, Habit habit, List<Path> everyone) {
        this.simulation = simulation;
        this.oneWay = oneWay;
        this.otherWay = otherWay;
        this.habit = habit;
        this.everyone = everyone;
        random = simulation.random(name);
        up = (nowNs, datagram) -> see(oneWay, datagram);
        down = (nowNs, datagram) -> see(otherWay, datagram);
        host = simulation.add(name, new Attacker(this::onDatagram), simulation.newAddress(7_000));
    }

    /** Its own, elsewhere. */
    public Node<Void, Attacker> host() {
        return host;
    }

    /** Packets that came to it in place of those they were for. */
    public int stolen() {
        return stolen;
    }

    /** Datagrams that crossed while it listened. */
    public long seen() {
        return seen;
    }

    /** Datagrams of its own making. */
    public long sent() {
        return sent;
    }

    public void start() {
        oneWay.tap(up);
        otherWay.tap(down);
    }

    public void stop() {
        oneWay.untap(up);
        otherWay.untap(down);
    }

    /** Half of the time it acts before what it sees goes on, else a little later. */
    private long see(Link link, Datagram datagram) {
        seen++;
        if (random.nextInt(3) == 0)
            return Tap.PASS;
        Path source = datagram.source().copy();
        Path destination = datagram.destination().copy();
        byte[] bytes = datagram.bytes();
        if (random.nextInt(2) == 0)
            act(link, source, destination, bytes);
        else
            simulation.after(random.nextLong(1_000_000), () -> act(link, source, destination, bytes));
        return Tap.PASS;
    }

    private void act(Link link, Path source, Path destination, byte[] bytes) {
        here = link;
        hereTo = destination;
        MemorySegment s = MemorySegment.ofArray(bytes);
        if (Wire.checkHeader(s, 0, bytes.length) != null)
            return;
        switch (habit) {
            case RACE -> race(source, destination, s, bytes.length);
            case STEAL -> steal(destination, s, bytes);
            case REPLAY -> replay(new Seen(source, destination, bytes));
        }
    }

    /** Where it sits, if it goes that way; else from its own host. */
    private void send(Path source, Path destination, byte[] bytes) {
        sent++;
        Link link = here;
        if (link != null && hereTo != null && destination.equals(hereTo))
            link.inject(source, destination, bytes);
        else
            simulation.send(host, source, destination, bytes);
    }

    // Races

    private void race(Path source, Path destination, MemorySegment s, int length) {
        switch (Wire.type(s, 0)) {
            case Wire.GET -> {
                if (!Get.wellFormed(length))
                    return;
                int i = random.nextInt(Get.count(length)); // the image is all there is to see
                send(host.address(), destination, put(Get.imageHigh(s, 0, i), Get.imageLow(s, 0, i)));
                send(destination, source, data(s, Get.imageHigh(s, 0, i), Get.imageLow(s, 0, i)));
            }
            case Wire.PUT -> {
                if (Put.wellFormed(length))
                    send(source, destination, put(Put.nonceHigh(s, 0), Put.nonceLow(s, 0)));
            }
            case Wire.DATA -> {
                if (Data.wellFormed(length))
                    send(source, destination, data(s, Data.nonceHigh(s, 0), Data.nonceLow(s, 0)));
            }
            case Wire.IN, Wire.OUT -> {
                if (length < Envelope.INNER)
                    return;
                byte[] changed = Wire.getBytes(s, 0, length);
                changed[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
                send(source, destination, changed);
            }
            default -> {
            }
        }
    }

    private byte[] put(long nonceHigh, long nonceLow) {
        int body = 1 + random.nextInt(Wire.MAX_BODY);
        byte[] bytes = random.bytes(Put.BODY + body);
        Put.write(MemorySegment.ofArray(bytes), 0, 0, 0, 0, nonceHigh, nonceLow);
        return bytes;
    }

    private byte[] data(MemorySegment like, long nonceHigh, long nonceLow) {
        byte[] bytes = random.bytes(Data.BODY + 1 + random.nextInt(Wire.MAX_BODY));
        Data.write(MemorySegment.ofArray(bytes), 0, Wire.shard(like, 0), 0, Wire.tag(like, 0), nonceHigh, nonceLow);
        return bytes;
    }

    // Thefts

    private void steal(Path mailbox, MemorySegment s, byte[] bytes) {
        if (Wire.type(s, 0) != Wire.GET || !Get.wellFormed(bytes.length))
            return;
        Long cookie = cookies.putIfAbsent(mailbox, 0L);
        if (cookie == null) {
            byte[] request = new byte[CookieRequest.LENGTH];
            CookieRequest.write(MemorySegment.ofArray(request), 0, 0, 0, random.nextLong(), random.nextLong());
            send(host.address(), mailbox, request);
        } else if (cookie != 0) {
            Wire.putLong(s, 8, cookie);
            send(host.address(), mailbox, bytes);
        }
    }

    private void onDatagram(Attacker self, long nowNs, Path from, byte[] payload) {
        MemorySegment s = MemorySegment.ofArray(payload);
        if (payload.length == Cookie.LENGTH && Wire.type(s, 0) == Wire.COOKIE)
            cookies.put(from.copy(), Cookie.cookie(s, 0));
        if (payload.length > Data.BODY && Wire.type(s, 0) == Wire.DATA && habit == Habit.STEAL)
            stolen(from, s);
    }

    /** It has the nonce now: it tries to give the packet to those it was for, with a body of its own. */
    private void stolen(Path mailbox, MemorySegment s) {
        stolen++;
        long high = Data.nonceHigh(s, 0);
        long low = Data.nonceLow(s, 0);
        send(host.address(), mailbox, put(high, low));
        send(mailbox, somebody(), data(s, high, low));
    }

    // Replays

    private void replay(Seen seen) {
        if (recorded.size() < RECORDED)
            recorded.add(seen);
        else if (random.nextInt(8) == 0)
            recorded.set(random.nextInt(RECORDED), seen);
        Seen again = random.nextInt(2) == 0 ? seen : recorded.get(random.nextInt(recorded.size()));
        Path source = random.nextInt(4) == 0 ? host.address() : again.source;
        Path destination = switch (random.nextInt(6)) {
            case 0 -> again.source;
            case 1 -> somebody();
            default -> again.destination;
        };
        if (!source.sameAddress(destination))
            send(source, destination, again.bytes);
    }

    private Path somebody() {
        return everyone.get(random.nextInt(everyone.size()));
    }
}
