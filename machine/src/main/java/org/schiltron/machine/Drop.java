package org.schiltron.machine;

/**
 * Why a packet went no further. The same value is a gate's verdict, the counter and the metric's label. Codes are
 * stable; a retired code stays reserved.
 */
public enum Drop {
    // Form: any role
    TRUNCATED(1, "shorter than its layout"), OVERSIZED(2, "longer than its layout allows"), WRONG_VERSION(3,
            "not this protocol version"), UNKNOWN_TYPE(4, "message type not known"), UNEXPECTED_TYPE(5,
                    "message type not for this role"), MALFORMED(6, "a field out of its range"),

    // Mailbox
    BAD_COOKIE(10, "cookie missing, expired or for another address"), QUOTA_ADDRESS(11,
            "the sender's own quota is full"), QUOTA_PREFIX(12,
                    "the quota of the sender's prefix is full"), QUOTA_UNPROVED(13,
                            "the small share for senders without a cookie is full"), STORE_EVICTED(14,
                                    "stored packet bumped by a newer one before its get came"), GET_EVICTED(15,
                                            "get bumped by a newer one before its packet came"), EXPIRED(16,
                                                    "older than its lifetime"), DUPLICATE_GET(17,
                                                            "a get for this image stands already, from another address"), DUPLICATE_PUT(
                                                                    18,
                                                                    "a packet for this nonce is stored already"), TOO_LONG_FOR_GET(
                                                                            19,
                                                                            "packet longer than its get allows"), EGRESS_CAPPED(
                                                                                    20,
                                                                                    "bytes per second to one proved address spent"), NO_FIRST_CONTACT(
                                                                                            21,
                                                                                            "no first-contact get of that service is here"), REGISTRATION_FULL(
                                                                                                    22,
                                                                                                    "no room for another service"), SERVICE_NOT_LISTED(
                                                                                                            23,
                                                                                                            "the mailbox takes other services only"), STALE_CHALLENGE(
                                                                                                                    24,
                                                                                                                    "its challenge is over or was answered before"), TOO_LITTLE_EFFORT(
                                                                                                                            25,
                                                                                                                            "others have done more, or it is less than was asked"), PROOF_REFUSED(
                                                                                                                                    26,
                                                                                                                                    "the proof does not hold, or the service takes none of its kind"),

    // Ring
    UNREQUESTED(30, "no request for it stands, or it passed before"), WRONG_CUSTOMER(31,
            "names a customer that is not enrolled"), BAD_MAC(32, "message authentication failed"), REPLAYED(33,
                    "counter seen before or too old"), QUOTA_CUSTOMER(34,
                            "the customer's quota is spent"), NOT_ENROLLED(35,
                                    "key is not on the customer list"), ENROL_FULL(36,
                                            "no room or processor budget for another enrolment"), FORBIDDEN_DESTINATION(
                                                    37, "destination is not one a ring sends to"), FILTERED(38,
                                                            "a rule drops it"), NOT_ALLOWED(39,
                                                                    "no rule allows it"), FRAGMENT(40,
                                                                            "a fragment, which the rules do not let pass"), TIME_EXCEEDED(
                                                                                    41,
                                                                                    "tells, or would, that a packet ran out of hops"),

    // Session
    UNKNOWN_NONCE(50, "no such nonce was requested"), WRONG_MAILBOX(51,
            "came from another mailbox than asked"), NOT_AUTHENTIC(52, "authenticated decryption failed"), BAD_FRAME(53,
                    "authentic, but its frames do not parse"), HANDSHAKE_REFUSED(54,
                            "hello does not open, is stale, or the client is banned"), SESSIONS_FULL(55,
                                    "the most sessions are open"), RATE_LIMITED(56,
                                            "over the rate set for it"), FORBIDDEN_ADDRESS(57,
                                                    "a peer named a private, loopback or multicast address"), FLOW_CONTROL(
                                                            58,
                                                            "peer sent beyond the credit it was given"), DATAGRAM_QUEUE_FULL(
                                                                    59,
                                                                    "no room for another datagram, the oldest went");

    private static final Drop[] BY_CODE = new Drop[64];

    static {
        for (Drop drop : values())
            BY_CODE[drop.code] = drop;
    }

    private final int code;
    private final String meaning;

    Drop(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** Stable, 1 to 63. */
    public int code() {
        return code;
    }

    /** For people: completes "dropped: ". */
    public String meaning() {
        return meaning;
    }

    /** The metric label: lower case with underscores. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** @throws IllegalArgumentException for a code that is not in use */
    public static Drop ofCode(int code) {
        Drop drop = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (drop == null)
            throw new IllegalArgumentException("no drop reason has code " + code);
        return drop;
    }
}
