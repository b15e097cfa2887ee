package org.schiltron.internet;

/**
 * What a service has to hold out against.
 *
 * @param attackBits  bit/s of all bots, 1 Mbit/s to 1 Pbit/s
 * @param trafficBits bit/s of all clients, both directions together, 10 kbit/s to 10 Tbit/s
 * @param linkBits    of the service's own link, at least as much
 * @param loss        the share of packets that may be lost, 0.001 to 0.5
 * @param attackHours of a month, 0 to 720
 */
public record SizeQuestion(double attackBits, double trafficBits, double linkBits, double loss, double attackHours) {
    public static final double HOURS = 720;

    public SizeQuestion {
        within("attack", attackBits, 1e6, 1e15, "1Mbps to 1Pbps");
        within("traffic", trafficBits, 1e4, 1e13, "10kbps to 10Tbps");
        within("link", linkBits, trafficBits, 1e15, "at least the traffic");
        within("loss", loss, 0.001, 0.5, "0.001 to 0.5");
        within("hours", attackHours, 0, HOURS, "0 to 720 a month");
    }

    private static void within(String what, double value, double least, double most, String words) {
        if (!(value >= least && value <= most))
            throw new IllegalArgumentException(what + ": " + words);
    }
}
