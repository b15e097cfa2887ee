package org.schiltron.swarm;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.ClientId;

/**
 * One client at one service: two directions of packets through mailboxes, and over them reliable streams and unreliable
 * datagrams. Its methods are commands of the endpoint's machine: call them on its thread only, then drain the endpoint.
 */
public final class Session extends Timed {
    /** Under the 25 s after which a NAT forgets. */
    static final long KEEPALIVE_NS = 20_000_000_000L;

    private final Endpoint endpoint;
    private final boolean client;
    private final ClientId peer;
    private final SessionKeys keys;
    private final MailboxDirectory directory;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Streams streams;
    private final Datagrams datagrams;
    private final ControlFrames control = new ControlFrames(this::control);
    private final SendShare.Sender sender = new SendShare.Sender();
    private boolean pingDue;
    private boolean open;
    private boolean closed;
    private @Nullable CloseReason closing; // said to the peer with the next packet
    private @Nullable ListTransfer list;
    private @Nullable ClientAllowance allowance; // service: of its client, once that has proved itself
    private long lastHeardNs;
    private long lastSentNs;
    long startedNs;
    long packetsIn;
    long packetsOut;
    long bytesIn;
    long bytesOut;

    Session(Endpoint endpoint, boolean client, ClientId peer, SessionKeys keys, MailboxDirectory directory,
            MailboxSet set) {
        this.endpoint = endpoint;
        this.client = client;
        this.peer = peer;
        this.directory = directory;
        this.keys = keys;
        inbound = new Inbound(this, endpoint, keys, set, new SetSteering(keys.order(), endpoint.limits().initialSet()));
        outbound = new Outbound(this, endpoint, keys, set);
        streams = new Streams(this, client);
        datagrams = new Datagrams(this, endpoint.counters());
    }

    /** Client: the service has answered. */
    void start(long nowNs) {
        start(nowNs, 0);
        pingDue = true; // proves this client to the service
    }

    /** Service: the client's first authentic packet has come, for {@code first}. */
    void begin(long nowNs, Outstanding first, MailboxLink from, byte[] plain, int length) {
        start(nowNs, first.index + 1);
        onPacket(nowNs, inbound.asked(first.index), from, false, plain, length);
    }

    private void start(long nowNs, long askAtLeast) {
        open(nowNs);
        inbound.start(nowNs, askAtLeast);
        outbound.start(nowNs);
    }

    private void open(long nowNs) {
        open = true;
        startedNs = nowNs;
        lastHeardNs = nowNs;
        lastSentNs = nowNs;
        endpoint.touch(this);
    }

    // Moving

    /** Service: all that another endpoint of the service needs to go on with it. What streams carry is not. */
    void writeTo(HandOverWriter to) {
        keys.writeTo(to);
        inbound.writeTo(to);
        outbound.writeTo(to);
        streams.writeTo(to);
        datagrams.writeTo(to);
        control.writeTo(to, outbound.flight());
    }

    /** Service: goes on where {@link #writeTo} stopped; the client's streams are reset. Null if malformed. */
    static @Nullable Session resume(long nowNs, Endpoint endpoint, ClientId peer, MailboxDirectory directory,
            FrameReader from) {
        SessionKeys keys = SessionKeys.read(from, endpoint.ciphers());
        if (keys == null)
            return null;
        Session session = new Session(endpoint, false, peer, keys, directory, MailboxSet.even(new int[]{0}));
        session.open(nowNs);
        boolean sound = session.inbound.resume(nowNs, from) && session.outbound.resume(nowNs, from)
                && session.streams.resume(from);
        session.datagrams.resume(from);
        session.control.resume(from);
        return sound && !from.failed() ? session : null;
    }

    // What programs do with it

    /** The client's lasting name: at the service the peer's, at the client its own. */
    public ClientId peer() {
        return peer;
    }

    /** The handshake is complete and the session has not ended. */
    public boolean isOpen() {
        return open && !closed;
    }

    /**
     * Client: opens a stream to a backend of the service.
     *
     * @param target its name, at most 200 bytes of UTF-8; empty for the default
     * @return the stream's id, or -1 if no more may be open now
     */
    public long openStream(long nowNs, String target) {
        if (!client || !isOpen())
            return -1;
        endpoint.command(nowNs, this);
        return streams.open(target);
    }

    /** Takes up to {@code length} bytes for the stream; if it takes less, StreamWritable follows. 0 for an unknown stream. */
    public int write(long nowNs, long stream, byte[] source, int offset, int length) {
        endpoint.command(nowNs, this);
        return streams.write(stream, source, offset, length);
    }

    /** Ends this direction after what was written. */
    public void finish(long nowNs, long stream) {
        endpoint.command(nowNs, this);
        streams.finish(stream);
    }

    /** Bytes read; 0 if there are none now; -1 at the end, or for an unknown stream. */
    public int read(long nowNs, long stream, byte[] into, int offset, int length) {
        endpoint.command(nowNs, this);
        return streams.read(stream, into, offset, length);
    }

    /** Abandons both directions. */
    public void reset(long nowNs, long stream) {
        endpoint.command(nowNs, this);
        streams.reset(stream);
    }

    /**
     * Sends a datagram, best effort; longer than {@value Datagrams#MAX_PAYLOAD} bytes is dropped and counted.
     *
     * @param flow chosen by the client, 0 to 2^62 - 1; answers carry the same
     */
    public void sendDatagram(long nowNs, long flow, String target, byte[] payload, int offset, int length) {
        if (!isOpen())
            return;
        endpoint.command(nowNs, this);
        datagrams.send(flow, target, payload, offset, length);
    }

    /** Ends the session in order; the peer is told once, best effort. */
    public void close(long nowNs, CloseReason reason) {
        if (closed)
            return;
        closing = reason;
        endpoint.command(nowNs, this);
    }

    /** What is to be known about it now. */
    public SessionStatus status() {
        return new SessionStatus(peer.text(), isOpen(), outbound.rtt.smoothedNs(), outbound.loss(), inbound.rate(),
                inbound.deliveredRate(), outbound.advertised(), inbound.set().size(), outbound.set().size(),
                inbound.openGets(), streams.count(), packetsIn, packetsOut, bytesIn, bytesOut);
    }

    // What its parts ask of it

    /** Service: shared with the client's other sessions. */
    void allow(ClientAllowance shared) {
        allowance = shared;
    }

    @Nullable
    ClientAllowance allowance() {
        return allowance;
    }

    /** Packets a second that this session may have for its client's sake, each way. */
    double mostRate() {
        ClientAllowance of = allowance;
        return of == null ? Double.MAX_VALUE : of.rateOfEach();
    }

    int streams() {
        return streams.count();
    }

    boolean mayOpenStream() {
        return allowance == null || allowance.mayOpenStream();
    }

    /** False if there is none. */
    boolean resetNewestStream() {
        return streams.resetNewest();
    }

    MailboxDirectory directory() {
        return directory;
    }

    MailboxSet inboundSet() {
        return inbound.set();
    }

    Inbound inbound() {
        return inbound;
    }

    Outbound outbound() {
        return outbound;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isIdle() {
        return inbound.idle();
    }

    long lastHeardNs() {
        return lastHeardNs;
    }

    long rttNs() {
        return outbound.rtt.smoothedNs();
    }

    long minRttNs() {
        return outbound.rtt.minNs();
    }

    /** How long a mailbox's first cookie is waited for before its packets are given up: a few of the fastest's round trips. */
    long cookiePatienceNs() {
        long fastest = endpoint.fastestCookieNs();
        return fastest < 0 ? 300_000_000L : Math.min(300_000_000L, 4 * fastest + 20_000_000L);
    }

    void event(SessionEvent event) {
        endpoint.event(event);
    }

    /** Bytes of memory that its streams' buffers and its packets under way take. */
    long held() {
        return streams.held() + outbound.flight().held();
    }

    void onHeld(long change) {
        endpoint.onHeld(change);
    }

    boolean memoryIsShort() {
        return endpoint.memoryIsShort();
    }

    /** Cookies of these mailboxes are needed from now on. */
    void want(long nowNs, MailboxSet members) {
        for (int i = 0; i < members.size(); i++) {
            MailboxLink link = directory.get(members.member(i));
            if (link == null)
                continue;
            link.want(nowNs);
            endpoint.touch(link);
        }
    }

    /** A control frame that is sent until it arrives. */
    void control(byte[] frame) {
        if (control.add(frame))
            endpoint.touch(this);
        else
            close(lastHeardNs, CloseReason.PROTOCOL); // a peer that makes us owe it so much is not reading
    }

    void ping() {
        pingDue = true;
        endpoint.touch(this);
    }

    /** Nothing is heard in answer: {@code probes} timeouts in a row. */
    void onSilence(long nowNs, int probes) {
        endpoint.onSilence(nowNs, this, probes);
    }

    // Sending

    boolean hasDue(long nowNs) {
        return pingDue || closing != null || !control.isEmpty() || inbound.acks.due(nowNs) || datagrams.hasDue()
                || streams.hasDue();
    }

    void fill(long nowNs, PacketBuilder packet, boolean askForAck) {
        lastSentNs = nowNs;
        packetsOut++;
        endpoint.onPacketOut(nowNs, sender);
        if (inbound.acks.wanted(nowNs) && packet.room() >= Acknowledger.MIN_ROOM)
            inbound.writeAck(nowNs, packet);
        control.fill(packet);
        datagrams.fill(packet);
        streams.fill(packet);
        CloseReason reason = closing;
        if (reason != null && packet.room() >= 2)
            packet.unreliable(Frames.close(reason));
        if ((pingDue || askForAck || packet.length() == 0) && packet.room() >= 1 && !packet.eliciting())
            packet.ping();
        pingDue = false;
        if (packet.eliciting())
            inbound.acks.isSure();
        bytesOut += packet.length();
    }

    @Override
    void pollTransmit(long nowNs, TransmitSink sink, PacketBuilder packet) {
        if (closed)
            return;
        outbound.pollTransmit(nowNs, sink, packet);
        CloseReason reason = closing;
        if (reason != null)
            end(reason); // said once; a peer that misses it finds out by silence
    }

    // Receiving

    /** An authentic packet: its frames are at {@code plain[0..length)}. */
    void onPacket(long nowNs, Outstanding get, MailboxLink from, boolean congested, byte[] plain, int length) {
        lastHeardNs = nowNs;
        packetsIn++;
        bytesIn += length;
        FrameReader reader = endpoint.reader().over(plain, 0, length);
        boolean eliciting = false;
        boolean waking = false;
        boolean sound = true;
        while (sound && reader.hasMore() && !closed) {
            int type = reader.u8();
            eliciting |= type != Frames.ACK && type != Frames.PADDING && type != Frames.CLOSE;
            waking |= type > Frames.ACK;
            sound = onFrame(nowNs, type, reader) && !reader.failed();
        }
        if (closed)
            return;
        inbound.onPacket(nowNs, get, from, congested, eliciting, waking);
        outbound.onHeard(nowNs);
        if (!sound) {
            endpoint.counters().drop(Drop.BAD_FRAME);
            close(nowNs, CloseReason.PROTOCOL);
        }
        endpoint.touch(this);
    }

    /** False if malformed or against the protocol. */
    private boolean onFrame(long nowNs, int type, FrameReader reader) {
        return switch (type) {
            case Frames.PADDING, Frames.PING -> true;
            case Frames.ACK -> outbound.onAck(nowNs, reader);
            case Frames.STREAM -> onStream(reader);
            case Frames.OPEN -> {
                long id = reader.varint();
                byte[] target = reader.take(reader.u8());
                yield !reader.failed() && streams.onOpen(id, new String(target, StandardCharsets.UTF_8));
            }
            case Frames.RESET -> {
                long id = reader.varint();
                if (!reader.failed())
                    streams.onReset(id);
                yield true;
            }
            case Frames.CREDIT -> {
                long id = reader.varint();
                long limit = reader.varint();
                if (!reader.failed())
                    streams.onCredit(id, limit);
                yield true;
            }
            case Frames.DATAGRAM -> datagrams.onFrame(reader);
            case Frames.SET -> {
                SetChange proposal = SetChange.read(reader);
                if (proposal != null)
                    outbound.onSetChange(nowNs, proposal);
                yield proposal != null;
            }
            case Frames.LIST -> onListPart(nowNs, reader);
            case Frames.CLOSE -> {
                CloseReason reason = CloseReason.ofCode(reader.u8());
                if (!reader.failed())
                    end(reason);
                yield true;
            }
            default -> false;
        };
    }

    private boolean onStream(FrameReader reader) {
        long id = reader.varint();
        long offset = reader.varint();
        int lengthAndEnd = reader.u16();
        int length = lengthAndEnd & 0x7fff;
        int at = reader.skip(length);
        return !reader.failed() && streams.onData(id, offset, reader.array(), at, length, (lengthAndEnd & 0x8000) != 0);
    }

    private boolean onListPart(long nowNs, FrameReader reader) {
        ListTransfer transfer = ListTransfer.onFrame(reader, list);
        if (transfer == null || !client)
            return false;
        byte[] whole = transfer.complete();
        list = whole == null ? transfer : null;
        if (whole != null)
            endpoint.onList(nowNs, this, whole);
        return true;
    }

    /** Service: sends the list the set changes refer to, instead of what is left of an earlier one. */
    void sendList(byte[][] frames) {
        control.removeList();
        for (byte[] frame : List.of(frames))
            control(frame);
    }

    /** The session is over now, without a word. */
    void end(CloseReason reason) {
        if (closed)
            return;
        closed = true;
        streams.resetAll();
        inbound.stop();
        outbound.stop();
        control.clear();
        endpoint.onEnded(this, reason);
    }

    // Time

    @Override
    long nextDeadlineNs(long nowNs) {
        if (closed)
            return Machine.NO_DEADLINE;
        long next = Math.min(inbound.nextDeadlineNs(nowNs), outbound.nextDeadlineNs(nowNs));
        next = Math.min(next, lastHeardNs + endpoint.idleTimeoutNs(this));
        if (client && !pingDue)
            next = Math.min(next, lastSentNs + KEEPALIVE_NS);
        return next;
    }

    @Override
    void onTimer(long nowNs) {
        if (closed)
            return;
        if (nowNs >= lastHeardNs + endpoint.idleTimeoutNs(this)) {
            end(CloseReason.IDLE);
            return;
        }
        if (client && nowNs >= lastSentNs + KEEPALIVE_NS)
            pingDue = true;
        inbound.onTimer(nowNs);
        outbound.onTimer(nowNs);
        endpoint.touch(this);
    }
}
