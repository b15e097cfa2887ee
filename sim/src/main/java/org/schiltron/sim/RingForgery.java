package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.wire.Data;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Wire;

/**
 * Well-formed datagrams for a ring node that nobody there has requested: data from the mailboxes' addresses and with customers'
 * numbers, envelopes, pings, and requests to enrol from where nobody is.
 */
public final class RingForgery {
    private final Simulation simulation;
    private final List<Path> mailboxes;
    private final int length;
    private final RandomSource random;
    private final Path nobody;
    private final Tap tap = this::see;
    private int number; // a customer's, as a mailbox sees it

    /** @param length bytes of a datagram, but for requests to enrol; at least an envelope's */
    public RingForgery(Simulation simulation, List<Path> mailboxes, int length, RandomSource random) {
        this.simulation = simulation;
        this.mailboxes = mailboxes;
        this.length = length;
        this.random = random;
        nobody = simulation.newAddress(1);
    }

    /** Learns the numbers of customers from what this ring node sends. */
    public void watch(Node<?, ?> ring) {
        ring.uplink().tap(tap);
    }

    public void unwatch(Node<?, ?> ring) {
        ring.uplink().untap(tap);
    }

    private long see(long nowNs, Datagram datagram) {
        if (datagram.length() >= Wire.HEADER && datagram.at(0) == Wire.GET)
            number = Wire.tag(datagram.segment(), datagram.offset());
        return Tap.PASS;
    }

    /** One more. */
    public void send(Node<?, ?> host, Path ring) {
        byte[] bytes = random.bytes(length);
        MemorySegment s = MemorySegment.ofArray(bytes);
        Path from = mailboxes.get(random.nextInt(mailboxes.size()));
        switch (random.nextInt(8)) {
            case 0 -> Envelope.write(s, 0, Wire.OUT, 0, number, random.nextLong(), from);
            case 1 -> Wire.header(s, 0, Wire.PING, 0, 0, number);
            case 2 -> {
                bytes = random.bytes(EnrolRequest.LENGTH);
                Wire.header(MemorySegment.ofArray(bytes), 0, Wire.ENROL_REQUEST, 0, 0, 0);
                from = new Path(0, nobody.addressHigh(), nobody.addressLow(), 1 + random.nextInt(60_000));
            }
            default -> Data.write(s, 0, 0, 0, number, random.nextLong(), random.nextLong());
        }
        simulation.send(host, from, ring, bytes);
    }
}
