package org.schiltron.ring;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Wire;

/**
 * Gates that prove an OUT or a PING to come from the customer whose number it bears: form, number, MAC, counter. A
 * PING that has passed moves the customer's address to its source, if it is the newest and shows a proof of it.
 */
final class CustomerGates {
    private final CustomerTable customers;
    private final Enrolment enrolment;
    private final Consumer<RingEvent> events;

    CustomerGates(CustomerTable customers, Enrolment enrolment, Consumer<RingEvent> events) {
        this.customers = customers;
        this.enrolment = enrolment;
        this.events = events;
    }

    Gate row() {
        return Gate.row(CustomerGates::form, this::number, this::authentic);
    }

    static int form(RingPacket p) {
        if (p.length < Envelope.INNER)
            return Drop.TRUNCATED.code();
        if (Wire.type(p.segment, p.offset) == Wire.PING && p.length != Envelope.INNER)
            return Drop.OVERSIZED.code();
        return Gate.FORWARD;
    }

    int number(RingPacket p) {
        Customer customer = customers.byNumber(Wire.tag(p.segment, p.offset));
        if (customer == null)
            return Drop.WRONG_CUSTOMER.code();
        p.customer(customer);
        return Gate.FORWARD;
    }

    /** MAC, counter, address. One gate, since the session whose key fits is the one whose counters count. */
    int authentic(RingPacket p) {
        Customer customer = p.customer();
        RingSession active = customer.active();
        RingSession session = fits(p, active) ? active : customer.pending();
        if (session == null || session != active && !fits(p, session))
            return Drop.BAD_MAC.code();
        long counter = Envelope.counter(p.segment, p.offset);
        boolean newest = counter > session.window.highest();
        if (!session.window.accept(counter))
            return Drop.REPLAYED.code();
        if (newest && !session.address.sameAddress(p.source) && isProved(p))
            session.address.set(p.source);
        customer.heard(p.nowNs);
        if (session != active) {
            customer.activate(session);
            events.accept(new RingEvent.Joined(customer.number(), customer.key(), p.source.copy()));
        }
        return Gate.FORWARD;
    }

    private boolean isProved(RingPacket p) {
        if (Wire.type(p.segment, p.offset) != Wire.PING)
            return false;
        Envelope.mailbox(p.segment, p.offset, 0, p.mailbox);
        return enrolment.isProof(p.nowNs, p.source, p.mailbox.addressHigh());
    }

    private static boolean fits(RingPacket p, @Nullable RingSession session) {
        return session != null && Envelope.authentic(p.segment, p.offset, p.length, session.outKey);
    }
}
