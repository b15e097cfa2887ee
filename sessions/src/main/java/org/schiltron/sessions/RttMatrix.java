package org.schiltron.sessions;

/** Round trips between hosts, in milliseconds. A direction takes half of one. */
final class RttMatrix {
    static final int LEAST_HOSTS = 20;
    /** 32 MB of numbers. */
    static final int MOST_HOSTS = 2_000;
    static final double MOST_MS = 60_000;
    /** Hosts closer than this are at one site. */
    static final double ONE_SITE_MS = 2;

    private final int size;
    private final double[] ms; // by row

    /** @param ms row by row, {@code size} times {@code size} of 0 to {@link #MOST_MS}; the diagonal is not looked at */
    RttMatrix(int size, double[] ms) {
        if (ms.length != size * size)
            throw new IllegalArgumentException(ms.length + " round trips between " + size + " hosts");
        this.size = size;
        this.ms = ms.clone();
        for (int i = 0; i < size; i++)
            this.ms[i * size + i] = 0;
    }

    int size() {
        return size;
    }

    /** What a datagram to {@code b} and its answer take. */
    double ms(int a, int b) {
        return (ms[a * size + b] + ms[b * size + a]) / 2;
    }

    long oneWayNs(int from, int to) {
        return Math.round(ms[from * size + to] * 500_000);
    }

    boolean oneSite(int a, int b) {
        return ms(a, b) < ONE_SITE_MS;
    }
}
