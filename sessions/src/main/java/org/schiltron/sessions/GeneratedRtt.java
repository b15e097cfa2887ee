package org.schiltron.sessions;

import org.schiltron.machine.SeededRandom;

/**
 * A matrix made up where no file is given: sites of two hosts around the places where a research testbed has them, the great
 * circle at the speed of light in fibre times a detour drawn for each pair of sites, and what each host's access adds. Its median
 * and its 90th percentile are near those measured between 490 hosts of PlanetLab (135 and 291 ms).
 */
final class GeneratedRtt {
    static final int HOSTS = 490;
    private static final int HOSTS_AT_SITE = 2;
    private static final double EARTH_KM = 6_371;
    private static final double FIBRE_KM_PER_MS = 200;
    private static final double DETOUR = 1.85;
    /** Of a site's own detour, and of that of a pair of sites: most of it is common to all of a site's paths. */
    private static final double SITE_SIGMA = 0.16;
    private static final double PAIR_SIGMA = 0.05;
    private static final double ACCESS_MS = 4;
    private static final double ACCESS_SIGMA = 1.2;
    private static final double WITHIN_SITE_MS = 0.3;

    /** Latitude, longitude, both ways how far around, degrees; weight. */
    private static final double[][] PLACES = {{40, -76, 5, 28}, {34, -84, 5, 9}, {41, -90, 6, 10}, {37, -120, 6, 12},
            {50, 4, 5, 12}, {48, 14, 6, 8}, {42, 0, 6, 4}, {60, 17, 5, 3}, {35, 135, 6, 9}, {31, 115, 8, 9},
            {5, 102, 8, 4}, {-33, 150, 5, 3}, {-22, -46, 7, 5}, {31, 35, 4, 2}, {17, 78, 6, 3}};

    private GeneratedRtt() {
    }

    static RttMatrix of(int hosts, long seed) {
        SeededRandom random = new SeededRandom(seed).split();
        int sites = (hosts + HOSTS_AT_SITE - 1) / HOSTS_AT_SITE;
        double[] latitude = new double[sites];
        double[] longitude = new double[sites];
        double[] detour = new double[sites];
        for (int i = 0; i < sites; i++) {
            double[] place = PLACES[drawn(random)];
            latitude[i] = StrictMath.toRadians(place[0] + place[2] * Draws.normal(random) / 2);
            longitude[i] = StrictMath.toRadians(place[1] + place[2] * Draws.normal(random) / 2);
            detour[i] = Draws.lognormal(DETOUR, SITE_SIGMA, random);
        }
        double[] between = new double[sites * sites];
        for (int i = 0; i < sites; i++) {
            for (int j = 0; j < i; j++) {
                double km = kilometres(latitude[i], longitude[i], latitude[j], longitude[j]);
                double around = (detour[i] + detour[j]) / 2 * Draws.lognormal(1, PAIR_SIGMA, random);
                double ms = 2 * km / FIBRE_KM_PER_MS * Math.max(1, around);
                between[i * sites + j] = ms;
                between[j * sites + i] = ms;
            }
        }
        double[] access = new double[sites];
        for (int i = 0; i < sites; i++)
            access[i] = Draws.lognormal(ACCESS_MS, ACCESS_SIGMA, random);
        double[] ms = new double[hosts * hosts];
        for (int a = 0; a < hosts; a++) {
            for (int b = 0; b < hosts; b++) {
                int i = a / HOSTS_AT_SITE;
                int j = b / HOSTS_AT_SITE;
                ms[a * hosts + b] = i == j ? WITHIN_SITE_MS : between[i * sites + j] + access[i] + access[j];
            }
        }
        return new RttMatrix(hosts, ms);
    }

    private static int drawn(SeededRandom random) {
        double all = 0;
        for (double[] place : PLACES)
            all += place[3];
        double left = all * random.nextDouble();
        int at = 0;
        while (at < PLACES.length - 1 && (left -= PLACES[at][3]) >= 0)
            at++;
        return at;
    }

    /** Along the great circle, by the haversine formula. */
    private static double kilometres(double latitude1, double longitude1, double latitude2, double longitude2) {
        double a = StrictMath.sin((latitude2 - latitude1) / 2);
        double b = StrictMath.sin((longitude2 - longitude1) / 2);
        double half = a * a + StrictMath.cos(latitude1) * StrictMath.cos(latitude2) * b * b;
        return 2 * EARTH_KM * StrictMath.asin(StrictMath.sqrt(Math.min(1, half)));
    }
}
