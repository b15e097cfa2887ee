package org.schiltron.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Identity;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolChallenge;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Enrolled;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Wire;

/**
 * One node of a filtering ring, off path (Phalanx, section 3.3; docs/PROTOCOL.md, "Ring node"): the address that a
 * customer's requests leave from and their answers come to. It stands upstream of the link it protects. Nothing gets to
 * a customer that the customer did not request, from the very mailbox it asked; each request admits one packet; and
 * nothing leaves for an address that has not granted that customer a cookie, except a few requests for cookies.
 *
 * <p>It answers nobody but enrolled customers, except that an ENROL_REQUEST gets an answer of its own length. It keeps no
 * state for anyone who has not shown a listed key and a proved address.
 *
 * <p>Each datagram causes at most one: it is written from the datagram that came in straight into the sink.
 *
 * <p>An adversary between customer and node can delay and drop. Sending a customer's datagrams from another address draws
 * no answer there but a PONG of the length of its PING: everything else goes to the address that the customer proved last.
 * One who sees a request cannot
 * fill it (it shows the image of the nonce, not the nonce); one who sees the answer can race it with a false body, which
 * the customer's decryption refuses; the true one is then lost.
 */
public final class RingNode implements Machine<RingEvent> {
    private enum Output {
        NONE, CHALLENGE, ENROLLED, PONG, OUT, IN
    }

    private final RingConfig config;
    private final byte[] ringKey;
    private final Counters counters = new Counters();
    private final ArrayDeque<RingEvent> events = new ArrayDeque<>(); // at most one per slot, and two
    private final CustomerTable customers;
    private final Enrolment enrolment;
    private final RingPacket packet = new RingPacket();
    private final Gate pingRow;
    private final Gate outRow;
    private final Gate inRow;

    private Output output = Output.NONE;
    private long sweepNs = NO_DEADLINE;

    /** With the nonce filter that measured best. */
    public RingNode(long nowNs, Identity identity, RingConfig config, RandomSource random) {
        this(nowNs, identity, config, requests -> NonceFilter.sized(requests, Arena.ofAuto()), random);
    }

    /**
     * @param nowNs    the time it begins
     * @param identity the node's key
     * @param filters  makes a filter for so many requests standing at once
     */
    public RingNode(long nowNs, Identity identity, RingConfig config, IntFunction<NonceFilter> filters,
            RandomSource random) {
        this.config = config;
        this.ringKey = identity.publicKey().bytes();
        customers = new CustomerTable(config, filters, random);
        enrolment = new Enrolment(nowNs, identity, config, random, customers, events::add);
        RequestKeys keys = new RequestKeys(random);
        int cookies = config.cookieRequestsPerAddressPerSecond();
        pingRow = new CustomerGates(customers, enrolment, events::add).row();
        outRow = Gate.row(pingRow,
                new OutGates(config, keys, new KeyedBuckets(cookies, 8.0 * cookies, nowNs, random)).row());
        inRow = new InGates(config, customers, keys).row();
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
        counters.in(length);
        output = Output.NONE;
        Drop header = Wire.checkHeader(segment, offset, length);
        if (header != null) {
            counters.drop(header);
            return;
        }
        packet.set(nowNs, path, segment, offset, length);
        byte type = Wire.type(segment, offset);
        boolean fromOutside = type == Wire.COOKIE || type == Wire.DATA || type == Wire.FIRST;
        if (path.socket() != (fromOutside ? config.outsideSocket() : config.insideSocket())) {
            counters.drop(Drop.UNEXPECTED_TYPE);
            return;
        }
        switch (type) {
            case Wire.OUT -> pass(outRow, Output.OUT);
            case Wire.COOKIE, Wire.DATA, Wire.FIRST -> pass(inRow, Output.IN);
            case Wire.PING -> pass(pingRow, Output.PONG);
            case Wire.ENROL_REQUEST -> challenge();
            case Wire.ENROL -> enrol();
            default -> counters.drop(known(type) ? Drop.UNEXPECTED_TYPE : Drop.UNKNOWN_TYPE);
        }
    }

    private void pass(Gate row, Output forward) {
        int verdict = row.verdict(packet);
        if (verdict == Gate.FORWARD)
            output = forward;
        else
            counters.drop(Drop.ofCode(verdict));
    }

    private boolean ofLength(int length, Output right) {
        if (packet.length == length)
            output = right;
        else
            counters.drop(packet.length < length ? Drop.TRUNCATED : Drop.OVERSIZED);
        return packet.length == length;
    }

    private void challenge() {
        if (ofLength(EnrolRequest.LENGTH, Output.CHALLENGE) && !enrolment.mayChallenge(packet.nowNs, packet.source)) {
            output = Output.NONE;
            counters.drop(Drop.QUOTA_ADDRESS);
        }
    }

    private void enrol() {
        if (!ofLength(Enrol.LENGTH, Output.ENROLLED))
            return;
        Customer customer = enrolment.enrol(packet.nowNs, packet.source, packet.segment, packet.offset);
        if (customer == null) {
            output = Output.NONE;
            counters.drop(enrolment.why());
            return;
        }
        packet.customer(customer);
        if (sweepNs == NO_DEADLINE)
            sweepNs = packet.nowNs + config.idleNs() / 4;
    }

    private static boolean known(byte type) {
        return switch (type) {
            case Wire.COOKIE_REQUEST, Wire.GET, Wire.PUT, Wire.POST, Wire.HELLO, Wire.ENROL_CHALLENGE, Wire.ENROLLED,
                    Wire.IN, Wire.PONG ->
                true;
            default -> false;
        };
    }

    /**
     * Command: these keys may enrol from now on, and no others. Processes of a key that is gone are dropped at once, with
     * all they had asked for; those of the others stay as they are, with their requests and quotas. Ends the waiting for
     * whoever comes first.
     *
     * @param keys made with this node's identity, at least one
     */
    public void setCustomers(long nowNs, CustomerKeys keys) {
        if (keys.size() == 0)
            throw new IllegalArgumentException("a ring node without customers");
        output = Output.NONE;
        enrolment.list(nowNs, keys);
        customers.not(enrolment::isListed).forEach(this::drop);
    }

    private void drop(Customer customer) {
        events.add(new RingEvent.Left(customer.number()));
        customers.remove(customer);
    }

    @Override
    public void onTimer(long nowNs) {
        output = Output.NONE;
        if (nowNs < sweepNs)
            return;
        customers.idle(nowNs).forEach(this::drop);
        sweepNs = customers.open() == 0 ? NO_DEADLINE : nowNs + config.idleNs() / 4;
    }

    @Override
    public long nextDeadlineNs() {
        return sweepNs;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        switch (output) {
            case NONE -> {
            }
            case CHALLENGE -> {
                long at = sink.claim(EnrolChallenge.LENGTH);
                send(sink, packet.source, EnrolChallenge.write(sink.segment(), at,
                        EnrolRequest.randomHigh(packet.segment, packet.offset),
                        EnrolRequest.randomLow(packet.segment, packet.offset),
                        enrolment.cookie(packet.nowNs, packet.source), ringKey));
            }
            case ENROLLED -> {
                long at = sink.claim(Enrolled.LENGTH);
                Customer customer = packet.customer();
                send(sink, packet.source,
                        Enrolled.write(sink.segment(), at, customer.number(), customer.enrolled()));
            }
            case PONG -> pong(sink);
            case OUT -> out(sink);
            case IN -> in(sink);
        }
        output = Output.NONE;
    }

    /** To where the PING came from, whose 8 bytes come back, with what proves that address when the next PING shows it. */
    private void pong(TransmitSink sink) {
        long at = sink.claim(Envelope.INNER);
        Envelope.mailbox(packet.segment, packet.offset, 0, packet.mailbox);
        RingSession session = session(packet.customer());
        packet.mailbox.set(0, enrolment.cookie(packet.nowNs, packet.source), packet.mailbox.addressLow(),
                packet.mailbox.port());
        Envelope.write(sink.segment(), at, Wire.PONG, Wire.shard(packet.segment, packet.offset),
                packet.customer().number(), session.nextInCounter(), packet.mailbox);
        Envelope.seal(sink.segment(), at, Envelope.INNER, session.inKey);
        send(sink, packet.source, Envelope.INNER);
    }

    private void out(TransmitSink sink) {
        long at = sink.claim(packet.innerLength);
        MemorySegment.copy(packet.segment, packet.innerOffset, sink.segment(), at, packet.innerLength);
        Wire.setTag(sink.segment(), at, packet.customer().number());
        if (packet.hasOtherHalf)
            CookieRequest.putNonceLow(sink.segment(), at, packet.otherHalf);
        send(sink, packet.mailbox, packet.innerLength);
    }

    private void in(TransmitSink sink) {
        int length = Envelope.INNER + packet.innerLength;
        long at = sink.claim(length);
        MemorySegment s = sink.segment();
        Customer customer = packet.customer();
        RingSession session = session(customer);
        Envelope.write(s, at, Wire.IN, Wire.shard(packet.segment, packet.innerOffset), customer.number(),
                session.nextInCounter(), packet.mailbox);
        MemorySegment.copy(packet.segment, packet.innerOffset, s, at + Envelope.INNER, packet.innerLength);
        if (packet.hasOtherHalf)
            Cookie.putNonceLow(s, at + Envelope.INNER, packet.otherHalf);
        Envelope.seal(s, at, length, session.inKey);
        send(sink, session.address, length);
    }

    private static RingSession session(Customer customer) {
        RingSession active = customer.active();
        if (active == null)
            throw new AssertionError("a gate has let a customer without keys pass");
        return active;
    }

    private void send(TransmitSink sink, Path to, int length) {
        counters.out(length);
        sink.commit(to, length);
    }

    @Override
    public @Nullable RingEvent pollEvent() {
        return events.poll();
    }

    /** Written by the thread that drives this node. */
    public Counters counters() {
        return counters;
    }

    /** Processes enrolled now. */
    public int customers() {
        return customers.open();
    }

    /** Keys that may enrol. */
    public int listed() {
        return enrolment.listed();
    }

    /** What its nonce filters hold; they grow by whole slots, up to the bound in {@link RingConfig}. */
    public long filterBytes() {
        return customers.filterBytes();
    }
}
