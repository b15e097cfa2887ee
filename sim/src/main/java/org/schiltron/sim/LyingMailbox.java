package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.swarm.Mailbox;
import org.schiltron.wire.Wire;

/** A mailbox that works against those who use it. Cookies it gives honestly, so that it is used. */
public final class LyingMailbox extends HoldingMailbox {
    /** What it does. */
    public enum Lie {
        /** Flips bits in what it delivers. */
        CORRUPT,
        /** Delivers late, up to 3 s. */
        LATE,
        /** Delivers everything two or three times. */
        TWICE,
        /** Delivers to others who have asked for something. */
        TO_OTHERS,
        /** Delivers well until it is trusted, then nothing. */
        LURE,
        /** Keeps everything until the next full second, and then releases all of it at once, with others of its kind. */
        HOARD
    }

    private static final int TRUSTED_AFTER = 60;
    private static final long SECOND_NS = 1_000_000_000;

    private final Lie lie;
    private final RandomSource random;
    private final List<Path> others = new ArrayList<>();
    private int delivered;

    public LyingMailbox(Mailbox mailbox, Lie lie, RandomSource random) {
        super(mailbox);
        this.lie = lie;
        this.random = random;
    }

    @Override
    void deliver(Path to, byte[] bytes) {
        if (bytes[0] != Wire.DATA) {
            hold(0, to, bytes);
            return;
        }
        if (others.size() < 64 && !others.contains(to))
            others.add(to);
        delivered++;
        switch (lie) {
            case CORRUPT -> {
                int at = 24 + random.nextInt(bytes.length - 24);
                if (random.nextInt(4) > 0)
                    bytes[at] ^= (byte) (1 + random.nextInt(255));
                hold(0, to, bytes);
            }
            case LATE -> hold(random.nextLong(3_000_000_000L), to, bytes);
            case TWICE -> {
                hold(0, to, bytes);
                hold(0, to, bytes);
                hold(random.nextLong(200_000_000L), to, bytes);
            }
            case TO_OTHERS -> hold(0, others.get(random.nextInt(others.size())), bytes);
            case HOARD -> hold(SECOND_NS - nowNs() % SECOND_NS, to, bytes);
            case LURE -> {
                if (delivered < TRUSTED_AFTER)
                    hold(0, to, bytes);
            }
        }
    }
}
