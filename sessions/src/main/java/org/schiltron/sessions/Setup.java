package org.schiltron.sessions;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment is run with.
 *
 * @param rtt   a file of round trips, null for a matrix made up
 * @param seed  decides everything that is drawn
 * @param pairs of hosts measured, or runs
 * @param loss  share lost on the way from one host to another, in the mean
 */
public record Setup(@Nullable Path rtt, long seed, int pairs, double loss) {
    public static final double LOSS = LossModel.MEAN;
    private static final int MOST_PAIRS = 100_000;

    public Setup {
        if (pairs < 1 || pairs > MOST_PAIRS)
            throw new IllegalArgumentException("pairs " + pairs + ": from 1 to " + MOST_PAIRS);
        if (!(loss >= 0 && loss <= LossModel.MOST_MEAN))
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "loss %s: from 0 to %s", loss, LossModel.MOST_MEAN));
    }

    Scene scene() throws IOException {
        return new Scene(rtt == null ? GeneratedRtt.of(GeneratedRtt.HOSTS, seed) : RttFile.load(rtt),
                rtt == null ? "round trips made up" : "round trips of " + rtt.getFileName(), seed, loss);
    }
}
