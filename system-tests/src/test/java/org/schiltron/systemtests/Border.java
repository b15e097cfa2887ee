package org.schiltron.systemtests;

/**
 * Three network namespaces in a row: {@code outside} (10.77.1.2, 2001:db8:77:1::2), a border that routes between its interfaces {@code out} and {@code in}, and {@code inside} (10.77.2.2,
 * 2001:db8:77:2::2).
 */
final class Border extends Namespaces {
    static final String OUTSIDE = "10.77.1.2";
    static final String INSIDE = "10.77.2.2";

    Border(Stage stage) {
        super(stage, "outside", "border", "inside");
        attachOutside();
        attach("inside", "in", 2);
    }

    final void attachOutside() {
        attach("outside", "out", 1);
    }

    private void attach(String host, String side, int net) {
        join("border", side, host, "eth0", "10.77." + net, "2001:db8:77:" + net);
        route(host, "default via 10.77." + net + ".1");
        route(host, "default via 2001:db8:77:" + net + "::1");
    }

    /** Lets no more than that through to the inside: the link that would fill up. */
    void narrow(String rate) {
        ok("border", "tc", "qdisc", "add", "dev", "in", "root", "tbf", "rate", rate, "burst", "16kb", "latency",
                "20ms");
    }
}
