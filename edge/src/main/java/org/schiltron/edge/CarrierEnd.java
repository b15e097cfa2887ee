package org.schiltron.edge;

/** Why a carrier of a leg is over; the leg goes on without it where it can. Codes go on the wire and are stable. */
public enum CarrierEnd {
    /** The leg has moved to another, or is over. */
    RETIRED(0),
    /** The connection ended. */
    LOST(1),
    /** The other end answered nothing for too long. */
    SILENT(2),
    /** Its beginning makes no sense. */
    BAD_HEAD(3),
    /** The one who starts is not on the list of nodes, or its proof does not hold. */
    NOT_A_NODE(4),
    /** No such leg is here, or no longer. */
    UNKNOWN_LEG(5),
    /** A beginning that has been here before. */
    REPLAYED(6),
    /** The landing has as many legs as it keeps. */
    FULL(7),
    /** A record was changed, or is not in order. */
    NOT_AUTHENTIC(8),
    /** A frame does not parse, or is not for this place. */
    BAD_FRAME(9),
    /** Bytes are missing. */
    GAP(10),
    /** Bytes came twice over one carrier. */
    REPEATED(11),
    /** More bytes than are kept. */
    OVER_WINDOW(12),
    /** A position that was never reached. */
    BAD_POSITION(13),
    /** The leg went on after its end. */
    AFTER_END(14);

    private final int code;

    CarrierEnd(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** {@link #BAD_HEAD} for a code that is not in use. */
    static CarrierEnd ofCode(int code) {
        for (CarrierEnd end : values())
            if (end.code == code)
                return end;
        return BAD_HEAD;
    }
}
