package org.schiltron.relay;

import java.nio.ByteBuffer;

/** Holds a client's bytes back until its {@link Opening} has decided, which sees all of them each time. */
final class OpeningGate implements Flow.Gate {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Connection connection;
    private final Opening opening;
    private boolean wantsMore;

    OpeningGate(Connection connection, Opening opening) {
        this.connection = connection;
        this.opening = opening;
    }

    /** Before the first byte, or again with none. */
    void lookAtNothing() {
        look(NOTHING.duplicate());
    }

    @Override
    public int allow(ByteBuffer bytes) {
        look(bytes);
        return 0; // once it has decided, another gate or none takes its place
    }

    @Override
    public boolean wantsMore() {
        return wantsMore;
    }

    private void look(ByteBuffer bytes) {
        Opening.Verdict verdict = opening.look(bytes);
        wantsMore = verdict == Opening.Verdict.MORE;
        switch (verdict) {
            case MORE, LATER -> {
            }
            case OK -> connection.admit(opening);
            case REFUSED -> connection.refuse(opening.reason(), opening.answer());
        }
    }
}
