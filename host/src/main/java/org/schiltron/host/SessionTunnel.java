package org.schiltron.host;

import org.schiltron.proof.ClientId;
import org.schiltron.swarm.Session;

/** A real session as the relay sees it. Equal when it is the same session: a session has no other equality. */
record SessionTunnel(Session session) implements Tunnel {
    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public ClientId client() {
        return session.peer();
    }

    @Override
    public long openStream(long nowNs, String target) {
        return session.openStream(nowNs, target);
    }

    @Override
    public int write(long nowNs, long stream, byte[] source, int offset, int length) {
        return session.write(nowNs, stream, source, offset, length);
    }

    @Override
    public void finish(long nowNs, long stream) {
        session.finish(nowNs, stream);
    }

    @Override
    public int read(long nowNs, long stream, byte[] target, int offset, int length) {
        return session.read(nowNs, stream, target, offset, length);
    }

    @Override
    public void reset(long nowNs, long stream) {
        session.reset(nowNs, stream);
    }

    @Override
    public void sendDatagram(long nowNs, long flow, String target, byte[] payload, int offset, int length) {
        session.sendDatagram(nowNs, flow, target, payload, offset, length);
    }
}
