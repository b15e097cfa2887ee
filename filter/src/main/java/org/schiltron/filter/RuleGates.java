package org.schiltron.filter;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.ring.SeenRequests;
import org.schiltron.ring.TokenBucket;

/**
 * A rule set in Java: the enforcer that works everywhere, and the reference for the others. One thread; allocates nothing a packet, but for the first
 * of a source under a limit of its own.
 */
public final class RuleGates {
    /** The verdict that lets a packet go on; every other is the code of a {@link Drop}. */
    public static final int FORWARD = 0;
    /** What {@link #rule} answers when no rule has decided. */
    public static final int NO_RULE = -1;

    private final RuleSet rules;
    private final PrefixTable protects;
    private final PrefixTable behind;
    private final RandomSource random;
    private final Classifier classifier;
    private final IpHeaders packet = new IpHeaders();
    private final @Nullable Requests[] requests;
    private final @Nullable TokenBucket[] buckets;
    private final @Nullable SourceBuckets[] sourceBuckets;
    private final long[] matched;
    private final long[] dropped = new long[64]; // by the code of a Drop
    private long forwarded;
    private int rule;

    /** What the addresses of one rule have asked for. */
    private record Requests(PrefixTable services, SeenRequests seen) {
    }

    /**
     * @param random for the keys of nonce filters
     * @param memory of nonce filters
     */
    public RuleGates(RuleSet rules, RandomSource random, SegmentAllocator memory, long nowNs) {
        this.rules = rules;
        List<Rule> all = rules.rules();
        this.random = random;
        protects = new PrefixTable(rules.protects());
        behind = new PrefixTable(rules.hides().behind(rules.protects()));
        classifier = new Classifier(all);
        requests = new Requests[all.size()];
        buckets = new TokenBucket[all.size()];
        sourceBuckets = new SourceBuckets[all.size()];
        matched = new long[all.size()];
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).action() instanceof Action.Requested)
                requests[i] = new Requests(
                        new PrefixTable(all.get(i).to().isEmpty() ? rules.protects() : all.get(i).to()),
                        new SeenRequests(random, memory));
            else if (all.get(i).action() instanceof Action.Limit limit && limit.each())
                sourceBuckets[i] = new SourceBuckets((double) limit.rate(), (double) limit.burst());
            else if (all.get(i).action() instanceof Action.Limit limit)
                buckets[i] = new TokenBucket((double) limit.rate(), (double) limit.burst(), nowNs);
        }
    }

    /**
     * Judges one IP packet, from either side: what comes from the protected addresses passes, and its requests are remembered. Where ids are
     * hidden, it writes another into a packet from behind the ring.
     *
     * @param available bytes there are from {@code offset} on; the packet may be shorter
     * @return {@link #FORWARD}, or the code of a {@link Drop}
     */
    public int verdict(long nowNs, MemorySegment segment, long offset, int available) {
        rule = NO_RULE;
        boolean whole = packet.read(segment, offset, available);
        int verdict = whole ? judge(nowNs) : Drop.MALFORMED.code();
        if (verdict == FORWARD)
            forwarded++;
        else
            dropped[verdict]++;
        return verdict;
    }

    private int judge(long nowNs) {
        if (rules.hides().ids() && packet.isIpv4() && !packet.fragment
                && packet.protocol != IpHeaders.AUTHENTICATION && behind.contains(packet.source))
            packet.setId(random.nextInt(1 << 16));
        if (rules.hides().hops() && tellsOfHops())
            return Drop.TIME_EXCEEDED.code();
        if (protects.contains(packet.source))
            remember(nowNs);
        if (!protects.contains(packet.destination))
            return FORWARD;
        if (packet.fragment && !rules.judgeFragments())
            return Drop.FRAGMENT.code();
        classifier.look(packet);
        for (int next = classifier.next(0); next >= 0; next = classifier.next(next + 1)) {
            matched[next]++;
            rule = next;
            int verdict = apply(nowNs, next);
            if (verdict != FORWARD || rules.rules().get(next).decides())
                return verdict;
        }
        rule = NO_RULE;
        return rules.allowsRest() ? FORWARD : Drop.NOT_ALLOWED.code();
    }

    /** Also what would end here by itself: this router, too, would say so. */
    private boolean tellsOfHops() {
        return (protects.contains(packet.destination) && packet.hops() <= 1)
                || (packet.isTimeExceeded() && protects.contains(packet.quoted));
    }

    private int apply(long nowNs, int number) {
        return switch (rules.rules().get(number).action()) {
            case Action.Allow allow -> FORWARD;
            case Action.Drop drop -> Drop.FILTERED.code();
            case Action.Limit limit -> {
                long amount = limit.packets() ? 1 : packet.length;
                TokenBucket all = buckets[number];
                SourceBuckets each = sourceBuckets[number];
                boolean within = all != null
                        ? all.take(nowNs, amount)
                        : each == null || each.take(nowNs, packet.source, amount);
                yield within ? FORWARD : Drop.RATE_LIMITED.code();
            }
            case Action.Requested requested -> answers(nowNs, number);
        };
    }

    private int answers(long nowNs, int number) {
        Requests asked = requests[number];
        int length = packet.protocol == Rule.UDP && !packet.fragment ? packet.udpLength() : -1;
        if (asked == null || length < 0)
            return Drop.MALFORMED.code();
        return asked.seen.verdict(nowNs, withPort(packet.source, packet.sourcePort), packet.segment(),
                packet.payloadOffset(), length);
    }

    private void remember(long nowNs) {
        if (packet.protocol != Rule.UDP || packet.fragment)
            return;
        int length = packet.udpLength();
        for (Requests asked : requests) {
            if (asked != null && length >= 0 && asked.services.contains(packet.source))
                asked.seen.remember(nowNs, withPort(packet.destination, packet.port), packet.segment(),
                        packet.payloadOffset(), length);
        }
    }

    private static Path withPort(Path address, int port) {
        address.set(0, address.addressHigh(), address.addressLow(), port);
        return address;
    }

    /** The number of the rule that decided the last packet, from 0, or {@link #NO_RULE}. */
    public int rule() {
        return rule;
    }

    // Counters

    public long forwarded() {
        return forwarded;
    }

    /** Packets that have met a rule's conditions. */
    public long matched(int rule) {
        return matched[rule];
    }

    /** By the label of the reason, those that came up. */
    public Map<String, Long> dropped() {
        Map<String, Long> all = new TreeMap<>();
        for (Drop reason : Drop.values()) {
            if (dropped[reason.code()] > 0)
                all.put(reason.label(), dropped[reason.code()]);
        }
        return all;
    }
}
