package org.schiltron.edge;

/**
 * When a {@link ModeSwitch} switches. What lies between the two levels changes nothing by itself.
 *
 * @param utilisationUp   of the access link, from here on it is pressed; above 0, at most 1
 * @param utilisationDown below it may be calm; at most 0.8 of {@code utilisationUp}, so that a load that swings by a tenth
 *                        around one level never reaches the other
 * @param lossUp          of packets at the link, from here on it is pressed; above 0, at most 1
 * @param lossDown        below it may be calm; at most 0.8 of {@code lossUp}
 * @param upNs            how long it is pressed before the switch to secure: 0 to 10 s
 * @param downNs          how long it is calm before the switch back: at least {@code upNs}, at most a day
 * @param mostDownNs      what that grows to, doubling, where the flood is back soon after each return
 */
public record ModeThresholds(double utilisationUp, double utilisationDown, double lossUp, double lossDown, long upNs,
        long downNs, long mostDownNs) {
    private static final long SECOND_NS = 1_000_000_000L;

    /** 0.9 and 0.6 of the link, 5 % and 1 % loss, 0.4 s up, 60 s down, up to an hour. */
    public static final ModeThresholds DEFAULT = new ModeThresholds(0.9, 0.6, 0.05, 0.01, 400_000_000L,
            60 * SECOND_NS, 3_600 * SECOND_NS);

    /** @throws IllegalArgumentException that says what is wrong */
    public ModeThresholds {
        levels("utilisation", utilisationUp, utilisationDown);
        levels("loss", lossUp, lossDown);
        if (upNs < 0 || upNs > 10 * SECOND_NS)
            throw new IllegalArgumentException("the time before secure mode is not one of 0-10 s");
        if (downNs < upNs || mostDownNs < downNs || mostDownNs > 86_400 * SECOND_NS)
            throw new IllegalArgumentException(
                    "the times before normal mode are not in order: up, down, most down, a day");
    }

    private static void levels(String name, double up, double down) {
        if (!(up > 0 && up <= 1))
            throw new IllegalArgumentException(name + "-up: " + up + " is not above 0 and at most 1");
        if (!(down >= 0 && down <= 0.8 * up))
            throw new IllegalArgumentException(
                    name + "-down: " + down + " is not 0 to 0.8 of " + name + "-up (" + up + ")");
    }
}
