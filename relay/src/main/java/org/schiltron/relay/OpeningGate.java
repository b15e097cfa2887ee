package org.schiltron.relay;

import java.nio.ByteBuffer;

/** Holds what a client sends until its {@link Opening} says what becomes of it. */
final class OpeningGate implements Flow.Gate {
    private final Opening opening;
    private final Outcome outcome;
    private boolean wantsMore;

    /** Who is told. */
    interface Outcome {
        void admit(Opening admitted);

        /** @param answer for the client; may be empty */
        void refuse(EdgeDrop reason, ByteBuffer answer);
    }

    OpeningGate(Opening opening, Outcome outcome) {
        this.opening = opening;
        this.outcome = outcome;
    }

    @Override
    public int allow(ByteBuffer bytes) {
        look(bytes);
        return 0;
    }

    @Override
    public boolean wantsMore() {
        return wantsMore;
    }

    /** Before there are bytes too: some openings need none. */
    void look(ByteBuffer bytes) {
        Opening.Verdict verdict = opening.look(bytes);
        wantsMore = verdict == Opening.Verdict.MORE;
        switch (verdict) {
            case MORE, LATER -> {
            }
            case OK -> outcome.admit(opening);
            case REFUSED -> outcome.refuse(opening.reason(), opening.answer());
        }
    }
}
