package org.schiltron.sim;

/** What went into a link or a network and what became of it. Counts only grow. */
public final class LinkStatistics {
    private static final int CAUSES = DropCause.values().length;

    private static final long[] NO_DROPS = new long[CAUSES];

    private long[] drops = NO_DROPS;
    private long packetsIn;
    private long bytesIn;
    private long packetsOut;
    private long bytesOut;
    private long duplicated;
    private long corrupted;
    private long reordered;

    void in(int bytes) {
        packetsIn++;
        bytesIn += bytes;
    }

    void out(int bytes) {
        packetsOut++;
        bytesOut += bytes;
    }

    void drop(DropCause cause) {
        if (drops == NO_DROPS)
            drops = new long[CAUSES];
        drops[cause.code()]++;
    }

    void duplicated() {
        duplicated++;
    }

    void corrupted() {
        corrupted++;
    }

    void reordered() {
        reordered++;
    }

    /** Offered. */
    public long packetsIn() {
        return packetsIn;
    }

    public long bytesIn() {
        return bytesIn;
    }

    /** Let through, copies of duplicated ones included. */
    public long packetsOut() {
        return packetsOut;
    }

    public long bytesOut() {
        return bytesOut;
    }

    public long drops(DropCause cause) {
        return drops[cause.code()];
    }

    /** For every cause. */
    public long drops() {
        long sum = 0;
        for (long count : drops)
            sum += count;
        return sum;
    }

    /** Copies made. */
    public long duplicates() {
        return duplicated;
    }

    public long corruptions() {
        return corrupted;
    }

    /** Held back so that later ones overtook them. */
    public long reorderings() {
        return reordered;
    }

    /** Only what is not zero. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(packetsIn).append(" in, ").append(packetsOut).append(" out");
        for (DropCause cause : DropCause.values()) {
            if (drops(cause) > 0)
                text.append(", ").append(drops(cause)).append(' ')
                        .append(cause.name().toLowerCase(java.util.Locale.ROOT));
        }
        if (duplicated > 0)
            text.append(", ").append(duplicated).append(" duplicated");
        if (corrupted > 0)
            text.append(", ").append(corrupted).append(" corrupted");
        if (reordered > 0)
            text.append(", ").append(reordered).append(" reordered");
        return text.toString();
    }
}
