package org.schiltron.edge;

/**
 * How routes are drawn. The same at all nodes of an overlay, but for {@code differentEgress}.
 *
 * @param beacons         1 to 16 of a service
 * @param servlets        1 to 256: egresses of a service, and for {@link Route#DOUBLY_INDIRECT} of each of its beacons
 * @param randomHops      1 to 8 nodes before the egress of a {@link Route#RANDOM}
 * @param mixHops         1 to 4 nodes before the egress of a {@link Route#MIX}
 * @param differentEgress another egress for each request than for the one before, which keeps the time a request takes
 *                        from showing which node the egress is (Mayday, section 4.2); else always the same while it is up
 * @param salt            for the {@link HashRing}; may be empty
 */
public record RouteSettings(int beacons, int servlets, int randomHops, int mixHops, boolean differentEgress,
        byte[] salt) {
    public static final RouteSettings DEFAULT = new RouteSettings(2, 4, 3, 3, true, new byte[0]);

    public RouteSettings {
        within("beacons", beacons, 16);
        within("servlets", servlets, 256);
        within("random-hops", randomHops, 8);
        within("mix-hops", mixHops, 4);
        salt = salt.clone();
    }

    private static void within(String name, int value, int most) {
        if (value < 1 || value > most)
            throw new IllegalArgumentException(name + ": " + value + " is not one of 1-" + most);
    }
}
