package org.schiltron.edge;

/** What was wrong with an onion header, a reply or a cell; and what the neighbour is told. */
public enum OnionFault {
    BAD_LENGTH("not of the one length there is", ResetReason.PROTOCOL), NOT_AUTHENTIC(
            "changed, or not for this node", ResetReason.TAMPERED), BAD_BLOCK(
                    "authentic, but says nothing that makes sense", ResetReason.PROTOCOL), EXPIRED(
                            "its time is over, or a clock is wrong", ResetReason.REFUSED), EARLY(
                                    "its time is too far ahead, or a clock is wrong", ResetReason.REFUSED), REPLAYED(
                                            "seen before", ResetReason.REPLAYED), FULL(
                                                    "more headers than can be remembered",
                                                    ResetReason.REFUSED), TAMPERED(
                                                            "a cell was changed, lost, repeated or put out of order",
                                                            ResetReason.TAMPERED), CUT(
                                                                    "the stream ended before its end was said",
                                                                    ResetReason.TAMPERED);

    private final String meaning;
    private final ResetReason reset;

    OnionFault(String meaning, ResetReason reset) {
        this.meaning = meaning;
        this.reset = reset;
    }

    /** For people. */
    public String meaning() {
        return meaning;
    }

    /** With what to reset the stream. */
    public ResetReason reset() {
        return reset;
    }
}
