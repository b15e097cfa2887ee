package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.machine.SeededRandom;

/**
 * A session, the driver it needs, and the peer at the other end: keeps what the session announces as a router would,
 * and insists on the order of calls that the session asks for.
 */
final class FakePeer {
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;
    static final int LOCAL_ID = 0x0a00_0001;
    static final int PEER_ID = 0x0a00_0002;

    final BgpSession session;
    final List<BgpEvent> events = new ArrayList<>();
    /** What the session has said on this connection, one line a message. */
    final List<String> said = new ArrayList<>();
    final List<Integer> lengths = new ArrayList<>();
    final Map<FlowRule, List<FlowAction>> table = new LinkedHashMap<>();
    long nowNs = 5 * SECOND;
    boolean fourOctetAs = true;
    private final Messages messages = new Messages();
    private int connection;

    FakePeer(BgpConfig config) {
        session = new BgpSession(nowNs, config, new SeededRandom(7));
    }

    /** AS 65001 to AS 65002, with hold time 90 s. */
    static BgpConfig external() {
        return BgpConfig.of(65_001, 65_002, LOCAL_ID);
    }

    static Open open(BgpConfig config) {
        return new Open(config.peerAs(), 90, PEER_ID, List.of(FlowFamily.values()), true, true);
    }

    /** Up to ESTABLISHED, all sent. */
    static FakePeer established(BgpConfig config) {
        FakePeer peer = new FakePeer(config);
        peer.establish(open(config));
        return peer;
    }

    void establish(Open open) {
        connect();
        fourOctetAs = open.fourOctetAs();
        send(open);
        sendKeepalive();
    }

    void connect() {
        connection = session.connectionWanted();
        if (connection == BgpSession.NO_CONNECTION)
            throw new AssertionError("no connection is wanted");
        messages.clear();
        said.clear();
        lengths.clear();
        table.clear();
        session.onConnected(nowNs);
        drain();
    }

    /** Waits until another connection is wanted. */
    void awaitAttempt() {
        while (session.connectionWanted() == BgpSession.NO_CONNECTION)
            pass(session.nextDeadlineNs() - nowNs);
    }

    void send(Open open) {
        ByteBuffer out = ByteBuffer.allocate(4_096);
        open.write(out);
        send(out.flip());
    }

    void sendKeepalive() {
        ByteBuffer out = ByteBuffer.allocate(19);
        MessageType.KEEPALIVE.write(out, 0);
        send(out.flip());
    }

    void sendNotification(Notification notification) {
        ByteBuffer out = ByteBuffer.allocate(4_096);
        notification.write(out);
        send(out.flip());
    }

    void sendRefresh(FlowFamily family) {
        ByteBuffer out = ByteBuffer.allocate(23);
        MessageType.ROUTE_REFRESH.write(out, 4);
        send(out.putShort((short) family.afi()).put((byte) 0).put((byte) FlowFamily.SAFI).flip());
    }

    void sendUpdate(String hexBody) {
        byte[] body = TestRules.hex(hexBody);
        ByteBuffer out = ByteBuffer.allocate(19 + body.length);
        MessageType.UPDATE.write(out, body.length);
        send(out.put(body).flip());
    }

    void send(ByteBuffer bytes) {
        sendWithoutReading(bytes);
        drain();
    }

    /** The peer's window is closed: it takes nothing. */
    void sendWithoutReading(ByteBuffer bytes) {
        session.onReceived(nowNs, bytes);
        if (bytes.hasRemaining())
            throw new AssertionError("bytes are left");
        drainEvents();
    }

    void disconnect(String reason) {
        session.onDisconnected(nowNs, reason);
        drain();
    }

    /** Lets time pass, firing each timer when it is due. */
    void pass(long ns) {
        passWithoutReading(ns, true);
    }

    void passWithoutReading(long ns, boolean read) {
        long until = nowNs + ns;
        for (int i = 0; session.nextDeadlineNs() <= until; i++) {
            if (i == 100_000)
                throw new AssertionError("a deadline stays in the past");
            nowNs = Math.max(nowNs, session.nextDeadlineNs());
            session.onTimer(nowNs);
            if (read)
                drain();
            else
                drainEvents();
        }
        nowNs = until;
    }

    /** Everything there is, in pieces of a driver's buffer. */
    void drain() {
        drain(1_000, Integer.MAX_VALUE);
    }

    /** @param most octets, in pieces of so many */
    void drain(int piece, int most) {
        ByteBuffer room = ByteBuffer.allocate(piece);
        int left = most;
        while (left > 0) {
            room.clear().limit(Math.min(piece, left));
            session.pollTransmit(room);
            left -= room.position();
            boolean last = room.hasRemaining();
            take(room.flip());
            if (last)
                break;
        }
        drainEvents();
    }

    private void drainEvents() {
        for (BgpEvent event = session.pollEvent(); event != null; event = session.pollEvent())
            events.add(event);
    }

    private void take(ByteBuffer bytes) {
        try {
            for (var message = messages.next(bytes); message != null; message = messages.next(bytes)) {
                lengths.add(19 + message.body().remaining());
                said.add(read(message));
            }
        } catch (MalformedException e) {
            throw new AssertionError("the session says what no peer understands", e);
        }
    }

    private String read(Messages.Message message) throws MalformedException {
        return switch (message.type()) {
            case OPEN -> Open.read(message.body()).toString();
            case NOTIFICATION -> Notification.read(message.body()).text();
            case UPDATE -> apply(Update.read(message.body(), fourOctetAs));
            case KEEPALIVE, ROUTE_REFRESH -> message.type().toString();
        };
    }

    private String apply(Update update) {
        for (FlowRule rule : update.withdrawn())
            if (table.remove(rule) == null)
                throw new AssertionError("withdraws what was never announced: " + rule);
        for (FlowRule rule : update.reached())
            table.put(rule, update.actions());
        if (update.endOfRib())
            return "end of " + update.family();
        return "+" + update.reached().size() + " -" + update.withdrawn().size();
    }

    /** What was said since the last time. */
    List<String> heard() {
        List<String> heard = List.copyOf(said);
        said.clear();
        return heard;
    }

    /** The events since the last time. */
    List<BgpEvent> told() {
        List<BgpEvent> told = List.copyOf(events);
        events.clear();
        return told;
    }

    BgpEvent.Down down() {
        return (BgpEvent.Down) told().getLast();
    }
}
