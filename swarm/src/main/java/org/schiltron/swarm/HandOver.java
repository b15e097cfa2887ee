package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.proof.ClientId;

/**
 * The sessions of a service between two machines (docs/decisions/0011-moving.md): its mailboxes, since sets name them by
 * their place in the list, and for each session its client, its keys, where its two directions stand, and which streams
 * it has had. Bytes under way in streams are not kept, and their TCP connections are not either.
 */
public final class HandOver {
    private static final int FORMAT = 1;
    private static final int CLIENT = 10;

    private final byte[] bytes;
    private final int sessionsAt;
    private final List<Path> mailboxes = new ArrayList<>();
    private final int sessions;

    /**
     * @param bytes of {@link ServiceEndpoint#handOver}
     * @throws IllegalArgumentException with the reason, if they are none or of another version
     */
    public HandOver(byte[] bytes) {
        this.bytes = bytes.clone();
        FrameReader from = new FrameReader().over(this.bytes, 0, bytes.length);
        if (from.u8() != FORMAT)
            throw new IllegalArgumentException("of another version of Schiltron");
        int count = from.varintUpTo(MailboxDirectory.MAX_SIZE);
        for (int i = 0; i < count; i++) {
            byte[] address = HandOverWriter.counted(from, 16);
            int port = from.u16();
            if (from.failed() || address.length != 4 && address.length != 16)
                throw new IllegalArgumentException("malformed");
            mailboxes.add(Path.of(0, address, port));
        }
        sessions = from.varintUpTo(1_000_000);
        sessionsAt = bytes.length - from.remaining();
        if (from.failed())
            throw new IllegalArgumentException("malformed");
    }

    static byte[] write(List<MailboxLink> mailboxes, List<Session> sessions) {
        HandOverWriter to = new HandOverWriter();
        to.bytes(new byte[]{FORMAT}).number(mailboxes.size());
        for (MailboxLink link : mailboxes) {
            int port = link.address.port();
            to.counted(link.address.addressBytes()).bytes(new byte[]{(byte) (port >>> 8), (byte) port});
        }
        to.number(sessions.size());
        for (Session session : sessions) {
            to.bytes(session.peer().bytes());
            session.writeTo(to);
        }
        return to.toBytes();
    }

    /** The service's mailboxes there, in order; here there must be the same, and more only behind them. */
    public List<Path> mailboxes() {
        return List.copyOf(mailboxes);
    }

    public int sessions() {
        return sessions;
    }

    /** Whether a service with these mailboxes can go on with the sessions. */
    public boolean fits(List<Path> others) {
        if (others.size() < mailboxes.size())
            return false;
        for (int i = 0; i < mailboxes.size(); i++)
            if (!mailboxes.get(i).sameAddress(others.get(i)))
                return false;
        return true;
    }

    List<Session> resume(long nowNs, ServiceEndpoint endpoint) {
        FrameReader from = new FrameReader().over(bytes, sessionsAt, bytes.length - sessionsAt);
        List<Session> resumed = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            byte[] client = from.take(CLIENT);
            Session session = from.failed()
                    ? null
                    : Session.resume(nowNs, endpoint, ClientId.ofBytes(client), endpoint.directory(), from);
            if (session == null)
                throw new IllegalArgumentException("malformed at session " + (i + 1) + " of " + sessions);
            resumed.add(session);
        }
        return resumed;
    }
}
