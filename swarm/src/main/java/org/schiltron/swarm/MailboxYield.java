package org.schiltron.swarm;

/**
 * What the first-contact nonces left at a mailbox lead to: sessions. What is long ago counts less and less, half as much after
 * {@value #HALF_LIFE_NS} ns.
 */
final class MailboxYield {
    private static final double HALF_LIFE_NS = 20e9;
    /** Nonces that a mailbox of which nothing is known is trusted with. */
    private static final double UNKNOWN_ISSUED = 50;
    private static final double UNKNOWN_OPENED = 1;

    /** May be posted now, in parts of a nonce. */
    double credit;
    private double issued;
    private double opened;
    private long sinceNs;

    void onIssued(long nowNs, int count) {
        age(nowNs);
        issued += count;
    }

    void onOpened(long nowNs) {
        age(nowNs);
        opened++;
    }

    /** Sessions a nonce, as far as is known. */
    double perNonce(long nowNs) {
        age(nowNs);
        return (opened + UNKNOWN_OPENED) / (issued + UNKNOWN_ISSUED);
    }

    private void age(long nowNs) {
        double left = Math.exp(-Math.log(2) * (nowNs - sinceNs) / HALF_LIFE_NS);
        issued *= left;
        opened *= left;
        sinceNs = nowNs;
    }
}
