package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.wire.Data;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Wire;

/**
 * A flood of well-formed datagrams at a ring node that nobody there has requested, several times as much as its link
 * takes: data from the mailboxes' addresses and with customers' numbers, envelopes, pings and requests to enrol.
 */
final class RingFlood {
    private static final int LENGTH = 1_000;

    private final Simulation simulation;
    private final Node<?, ?> ring;
    private final Path target;
    private final List<Path> mailboxes;
    private final Node<Void, Attacker> host;
    private final SeededRandom random;
    private int number; // a customer's, as a mailbox sees it
    private final Tap tap = this::see;
    private long gapNs;
    private long endNs;

    RingFlood(Simulation simulation, String name, Node<?, ?> ring, Path target, List<Path> mailboxes) {
        this.simulation = simulation;
        this.ring = ring;
        this.target = target;
        this.mailboxes = mailboxes;
        random = simulation.random(name);
        host = simulation.add(name, new Attacker(), simulation.newAddress(7_000));
    }

    /** Floods for so long, with so many times what the link takes. */
    void start(double times, long durationNs) {
        ring.uplink().tap(tap);
        long rate = ring.downlink().config().rateBytesPerSecond();
        gapNs = (long) (LENGTH / (times * rate) * 1e9);
        endNs = simulation.nowNs() + durationNs;
        step();
    }

    private long see(long nowNs, Datagram datagram) {
        if (datagram.length() >= Wire.HEADER && datagram.at(0) == Wire.GET)
            number = Wire.tag(datagram.segment(), datagram.offset());
        return Tap.PASS;
    }

    private void step() {
        if (simulation.nowNs() >= endNs) {
            ring.uplink().untap(tap);
            return;
        }
        byte[] bytes = random.bytes(LENGTH);
        MemorySegment s = MemorySegment.ofArray(bytes);
        Path from = mailboxes.get(random.nextInt(mailboxes.size()));
        switch (random.nextInt(8)) {
            case 0 -> Envelope.write(s, 0, Wire.OUT, 0, number, random.nextLong(), from);
            case 1 -> Wire.header(s, 0, Wire.PING, 0, 0, number);
            case 2 -> {
                bytes = random.bytes(EnrolRequest.LENGTH);
                Wire.header(MemorySegment.ofArray(bytes), 0, Wire.ENROL_REQUEST, 0, 0, 0);
                from = simulation.newAddress(1 + random.nextInt(60_000)); // nobody there
            }
            default -> Data.write(s, 0, 0, 0, number, random.nextLong(), random.nextLong());
        }
        simulation.send(host, from, target, bytes);
        simulation.after(gapNs, this::step);
    }
}
