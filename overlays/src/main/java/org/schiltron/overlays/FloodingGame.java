package org.schiltron.overlays;

import org.schiltron.machine.SeededRandom;

/**
 * Adaptive flooding (Mayday, section 4.3), round by round. Of all keys one lets traffic through to the service. The attacker
 * floods with half of those that may be it, sees whether the service slows down, keeps the half that this leaves, and so on;
 * with the last one left he floods with all his force for as long as the service is slow, then begins anew. The service
 * changes its key at set times, which have nothing to do with rounds; the new one is drawn from all others.
 */
final class FloodingGame {
    static final double FOR_EVER = Double.POSITIVE_INFINITY;

    /**
     * @param keys   how many there are, at least 2
     * @param atOnce with so many at most, what comes through with one is still more than the service has in reserve
     * @param life   of a key, in rounds
     * @param noise  chance that the attacker takes a round for the opposite of what it was
     * @param looks  rounds that he decides by, the majority of an odd number
     */
    record Rules(int keys, int atOnce, double life, double noise, int looks) {
        /** All force, keys for good, every round seen right. */
        static Rules plain(int keys) {
            return new Rules(keys, keys, FOR_EVER, 0, 1);
        }
    }

    /**
     * @param foundAfter rounds before the first whole round with all force on the valid key; -1: none came
     * @param foundBy    which search that was, from 1
     * @param slow       rounds in which the service was slow, parts added up
     * @param full       rounds under all force, likewise
     */
    record Result(int rounds, int foundAfter, int foundBy, double slow, double full) {
    }

    private final Rules rules;
    private final SeededRandom random;
    private int key;
    /** When it changes next, in rounds. */
    private double change;
    /** The valid key is taken to be one of these. */
    private int low;
    private int high;
    private int rounds;
    private int searches;
    private int foundAfter = -1;
    private int foundBy;
    private double slow;
    private double full;

    FloodingGame(Rules rules, SeededRandom random) {
        this.rules = rules;
        this.random = random;
        key = random.nextInt(rules.keys());
        change = rules.life() == FOR_EVER ? FOR_EVER : random.nextDouble() * rules.life();
    }

    /** Until all force has been on the valid key for a whole round, or for {@code most} rounds (and those that a decision under way takes). */
    Result untilFound(int most) {
        begin();
        while (foundAfter < 0 && rounds < most)
            step();
        return result();
    }

    /** For {@code most} rounds, and those that a decision under way takes. */
    Result toTheEnd(int most) {
        begin();
        while (rounds < most)
            step();
        return result();
    }

    private Result result() {
        return new Result(rounds, foundAfter, foundBy, slow, full);
    }

    private void begin() {
        low = 0;
        high = rules.keys();
        searches++;
    }

    private void step() {
        if (high - low == 1) {
            if (!slows(low, high))
                begin();
            return;
        }
        int half = low + Math.min((high - low) / 2, rules.atOnce());
        if (slows(low, half))
            high = half;
        else
            low = half;
    }

    /** Floods with some keys until the majority of looks is known. */
    private boolean slows(int from, int to) {
        int yes = 0;
        int no = 0;
        while (yes <= rules.looks() / 2 && no <= rules.looks() / 2) {
            if (round(from, to))
                yes++;
            else
                no++;
        }
        return yes > no;
    }

    /** Whether the attacker takes the service for slow. */
    private boolean round(int from, int to) {
        double through = 0;
        double at = rounds;
        double end = ++rounds;
        while (change < end) {
            through += valid(from, to) ? change - at : 0;
            at = change;
            change += rules.life();
            int other = random.nextInt(rules.keys() - 1);
            key = other < key ? other : other + 1;
        }
        through += valid(from, to) ? end - at : 0;
        slow += through;
        if (to - from == 1 && high - low == 1) {
            full += through;
            if (through == 1 && foundAfter < 0) {
                foundAfter = rounds - 1;
                foundBy = searches;
            }
        }
        return (through >= 0.5) != (random.nextDouble() < rules.noise());
    }

    private boolean valid(int from, int to) {
        return key >= from && key < to;
    }
}
