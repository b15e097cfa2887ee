package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Primitives;

/**
 * The authenticator at a time, which every node that has the secret computes by itself (Mayday, section 4.3: key agility
 * keeps an adaptive flood from converging). The value is a function of one counter,
 *
 * <pre>
 * counter(t) = floor(t / period) + epoch
 * </pre>
 *
 * so a change ahead of time (a larger epoch) takes the value that the next period would have brought, and shifts all that
 * follow. Each part with at least two values differs between neighbours: at even counters it is drawn freely, at odd ones
 * among the values that neither neighbour has; with two values it alternates. So a change always changes something, and
 * an attacker who has seen a value learns only what the next one is not.
 *
 * <p>Time is milliseconds since 1970, since nodes of different machines have to agree; clocks may differ by {@code earlyMs}.
 * Immutable. A value costs up to 15 HMACs, some 20 microseconds: ask once a change, not per connection.
 */
public final class AuthenticatorSchedule {
    /** Shortest and longest period: a second, and 366 days. */
    public static final long MIN_PERIOD_MS = 1_000;
    public static final long MAX_PERIOD_MS = 366L * 86_400_000;
    /** As many changes ahead of time are remembered for their overlaps; of more within one overlap the oldest go. */
    public static final int MAX_CHANGES = 8;

    private static final byte[] LABEL = "schiltron authenticator 1".getBytes(StandardCharsets.US_ASCII);

    /** @param before the epoch until then */
    private record Change(long atMs, int before) {
    }

    private final byte[] secret;
    private final AuthenticatorChoices choices;
    private final long periodMs;
    private final long overlapMs;
    private final long earlyMs;
    private final int epoch;
    private final List<Change> changes; // oldest first

    /**
     * @param secret    32 bytes, of this service's egresses and ring alone
     * @param periodMs  how long an authenticator is the one to use
     * @param overlapMs how long it is accepted after that, at most one period
     * @param earlyMs   how long it is accepted before that, at most half a period
     * @param epoch     how often {@link #changeNow} has been called since the secret was made, at least 0
     */
    public AuthenticatorSchedule(byte[] secret, AuthenticatorChoices choices, long periodMs, long overlapMs,
            long earlyMs, int epoch) {
        this(secret.clone(), choices, periodMs, overlapMs, earlyMs, epoch, List.of());
        if (secret.length != Primitives.KEY)
            throw new IllegalArgumentException("a schedule's secret has 32 bytes, this has " + secret.length);
        if (periodMs < MIN_PERIOD_MS || periodMs > MAX_PERIOD_MS)
            throw new IllegalArgumentException("a period of " + periodMs + " ms is not one of 1 s to 366 days");
        if (overlapMs < 0 || overlapMs > periodMs)
            throw new IllegalArgumentException("an overlap of " + overlapMs + " ms is not one of 0 to the period");
        if (earlyMs < 0 || earlyMs > periodMs / 2)
            throw new IllegalArgumentException("early by " + earlyMs + " ms is not 0 to half the period");
        if (epoch < 0)
            throw new IllegalArgumentException("epoch " + epoch + " is below 0");
    }

    private AuthenticatorSchedule(byte[] secret, AuthenticatorChoices choices, long periodMs, long overlapMs,
            long earlyMs, int epoch, List<Change> changes) {
        this.secret = secret;
        this.choices = choices;
        this.periodMs = periodMs;
        this.overlapMs = overlapMs;
        this.earlyMs = earlyMs;
        this.epoch = epoch;
        this.changes = changes;
    }

    /** How long an authenticator is accepted after another has come into use. */
    public long overlapMs() {
        return overlapMs;
    }

    /** The one an egress uses at that time, at least 0. */
    public Authenticator at(long epochMs) {
        return value(counter(epochMs));
    }

    /**
     * Those the ring lets through at that time, the current one first: before it, those that were current within the
     * overlap; after it, the next one when its time is near.
     */
    public Set<Authenticator> accepted(long epochMs) {
        Set<Authenticator> accepted = new LinkedHashSet<>();
        accepted.add(at(epochMs));
        for (Change change : changes)
            if (change.atMs <= epochMs && epochMs - change.atMs < overlapMs)
                accepted.add(value(change.atMs / periodMs + change.before));
        long begun = epochMs / periodMs * periodMs;
        if (epochMs - begun < overlapMs && begun > 0)
            accepted.add(at(begun - 1));
        long next = nextChange(epochMs);
        if (next - epochMs <= earlyMs)
            accepted.add(at(next));
        return accepted;
    }

    /** When the next period begins: later than {@code epochMs}. */
    public long nextChange(long epochMs) {
        return (time(epochMs) / periodMs + 1) * periodMs;
    }

    /** When {@link #accepted} next gives another answer: later than {@code epochMs}. For who keeps the ring's rules. */
    public long nextRules(long epochMs) {
        long begun = time(epochMs) / periodMs * periodMs;
        long next = begun + periodMs;
        next = sooner(next, begun + overlapMs, epochMs);
        next = sooner(next, begun + periodMs - earlyMs, epochMs);
        for (Change change : changes) {
            next = sooner(next, change.atMs, epochMs);
            next = sooner(next, change.atMs + overlapMs, epochMs);
        }
        return next;
    }

    private static long sooner(long next, long other, long afterMs) {
        return other > afterMs ? Math.min(next, other) : next;
    }

    /**
     * The schedule from now on, with the next authenticator in use at once and the old one accepted for the overlap. All
     * nodes have to be told the new {@link #epoch}.
     *
     * @param epochMs not before an earlier change
     */
    public AuthenticatorSchedule changeNow(long epochMs) {
        if (!changes.isEmpty() && changes.getLast().atMs > epochMs)
            throw new IllegalArgumentException("a change before the last one");
        List<Change> all = new ArrayList<>(changes);
        if (all.size() == MAX_CHANGES)
            all.removeFirst();
        all.add(new Change(time(epochMs), epoch));
        return new AuthenticatorSchedule(secret, choices, periodMs, overlapMs, earlyMs, Math.addExact(epoch, 1),
                List.copyOf(all));
    }

    /** How many changes ahead of time there were. */
    public int epoch() {
        return epoch;
    }

    public AuthenticatorChoices choices() {
        return choices;
    }

    @Override
    public String toString() {
        return "schedule of " + choices.fields() + ", period " + periodMs + " ms, epoch " + epoch;
    }

    /** As it was at that time, which may lie before a change. */
    private long counter(long epochMs) {
        int then = epoch;
        for (int i = changes.size() - 1; i >= 0 && changes.get(i).atMs > epochMs; i--)
            then = changes.get(i).before;
        return time(epochMs) / periodMs + then;
    }

    private static long time(long epochMs) {
        if (epochMs < 0)
            throw new IllegalArgumentException("a time before 1970: set the clock");
        return epochMs;
    }

    private Authenticator value(long counter) {
        return new Authenticator(address(AuthenticatorField.SOURCE_ADDRESS, choices.sources(), counter),
                port(AuthenticatorField.SOURCE_PORT, choices.sourcePorts(), counter),
                address(AuthenticatorField.DESTINATION_ADDRESS, choices.destinations(), counter),
                port(AuthenticatorField.DESTINATION_PORT, choices.destinationPorts(), counter),
                choices.keyBits() > 0 ? (Integer) (int) pick(AuthenticatorField.KEY, counter) : null);
    }

    private @Nullable IpAddress address(AuthenticatorField field, List<IpAddress> from, long counter) {
        return from.isEmpty() ? null : from.get((int) pick(field, counter));
    }

    private int port(AuthenticatorField field, List<PortRange> from, long counter) {
        return from.isEmpty() ? 0 : AuthenticatorChoices.port(from, pick(field, counter));
    }

    /** Which value a part has: 0 to its size - 1, another than at the counters beside this one. */
    private long pick(AuthenticatorField field, long counter) {
        long size = choices.size(field);
        if (size <= 2)
            return size == 1 ? 0 : draw(field, 0, 2) + counter & 1;
        if ((counter & 1) == 0)
            return draw(field, counter, size);
        long before = draw(field, counter - 1, size);
        long after = draw(field, counter + 1, size);
        long low = Math.min(before, after);
        long high = Math.max(before, after);
        long pick = draw(field, counter, low == high ? size - 1 : size - 2);
        if (pick >= low)
            pick++;
        return low != high && pick >= high ? pick + 1 : pick;
    }

    /** HMAC-SHA-256(secret, label || code of the part || counter), its first 64 bits scaled to 0 to size - 1. */
    private long draw(AuthenticatorField field, long counter, long size) {
        byte[] input = ByteBuffer.allocate(1 + Long.BYTES).put((byte) field.code()).putLong(counter).array();
        long word = ByteBuffer.wrap(Primitives.hmac(secret, LABEL, input)).getLong();
        return Math.unsignedMultiplyHigh(word, size);
    }
}
