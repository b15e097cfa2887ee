package org.schiltron.swarm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.schiltron.wire.Hello;

/**
 * Hellos that wait for a first-contact get of their service, best first: tokens, then by effort, then by age.
 *
 * <p><b>Bound.</b> A fixed number of places with room for the longest hello. <b>When full</b>, a newcomer of a service that
 * holds less than its even part takes the place of the least of the service that holds most; else of the least of its own
 * service, if that is less than it. So no service's flood takes another's part, and work is outbid by work alone.
 *
 * <p><b>Good once.</b> A challenge has at most one place, whose holder may do better; when its hello has gone on the
 * challenge is spent, and remembered in a ring of fixed size, oldest forgotten first.
 */
final class HelloQueue {
    static final int NONE = IntLists.NONE;
    /** Ranks are 0 to this; tokens have it to themselves. */
    static final int TOKEN_RANK = 63;

    enum Outcome {
        QUEUED, OUTBID, SPENT
    }

    private final int places;
    private final long waitNs;
    private final MemorySegment contents;
    private final IntLists ranked; // list: service x 64 + rank
    private final IntLists byAge;
    private final IntLists vacant;
    private final long[] ranks; // of each service: bit r if somebody of rank r waits
    private final int[] waiting; // of each service
    private int services; // that have somebody waiting
    private int used;
    private final int[] service;
    private final int[] rank;
    private final int[] length;
    private final long[] challengeHigh;
    private final long[] challengeLow;
    private final long[] expiryNs;
    private final int[] chains;
    private final int[] chainNext;

    private final int spentMask;
    private final int[] spentChains;
    private final int[] spentNext;
    private final long[] spentHigh;
    private final long[] spentLow;
    private int spentHand;
    private int spentUsed;

    HelloQueue(ContactConfig config, int maxServices) {
        places = config.queue();
        waitNs = config.waitMs() * 1_000_000L;
        contents = Arena.ofAuto().allocate((long) places * Hello.MAX_CONTENT);
        ranked = new IntLists(places, 64 * maxServices);
        byAge = new IntLists(places, 1);
        vacant = new IntLists(places, 1);
        for (int i = 0; i < places; i++)
            vacant.append(0, i);
        ranks = new long[maxServices];
        waiting = new int[maxServices];
        service = new int[places];
        rank = new int[places];
        length = new int[places];
        challengeHigh = new long[places];
        challengeLow = new long[places];
        expiryNs = new long[places];
        chains = new int[KeyedHash.chains(places)];
        Arrays.fill(chains, NONE);
        chainNext = new int[places];
        spentMask = KeyedHash.chains(config.spent()) - 1;
        spentChains = new int[spentMask + 1];
        Arrays.fill(spentChains, NONE);
        spentNext = new int[config.spent()];
        spentHigh = new long[config.spent()];
        spentLow = new long[config.spent()];
    }

    static long bytes(ContactConfig config, int maxServices) {
        long places = config.queue();
        return places * (Hello.MAX_CONTENT + 4 * 4 + 3 * 8) + IntLists.bytes(places, 64L * maxServices)
                + 2 * IntLists.bytes(places, 1) + 12L * maxServices + 4L * KeyedHash.chains(config.queue())
                + 4L * KeyedHash.chains(config.spent()) + 20L * config.spent();
    }

    long bytes() {
        return contents.byteSize() + ranked.bytes() + byAge.bytes() + vacant.bytes() + 12L * ranks.length
                + 16L * service.length + 24L * expiryNs.length + 4L * chains.length + 4L * spentChains.length
                + 20L * spentHigh.length;
    }

    int size() {
        return used;
    }

    int waiting(int ofService) {
        return waiting[ofService];
    }

    /** Whether an answer to this challenge has gone on. The challenge is of our own making, so its bits are a hash. */
    boolean isSpent(long high, long low) {
        for (int i = spentChains[(int) high & spentMask]; i != NONE; i = spentNext[i])
            if (spentHigh[i] == high && spentLow[i] == low)
                return true;
        return false;
    }

    private int find(long high, long low) {
        for (int i = chains[(int) high & chains.length - 1]; i != NONE; i = chainNext[i])
            if (challengeHigh[i] == high && challengeLow[i] == low)
                return i;
        return NONE;
    }

    /** The rank at which a place could be had now: 0, or one above the least of those that would have to go. */
    int leastRank(int ofService) {
        if (used < places || waiting[ofService] < evenPart(ofService))
            return 0;
        return Math.min(TOKEN_RANK, Long.numberOfTrailingZeros(ranks[ofService]) + 1);
    }

    private int evenPart(int ofService) {
        return Math.max(1, places / Math.max(1, services + (waiting[ofService] == 0 ? 1 : 0)));
    }

    /** Content of {@code bytes} at {@code at}, whose proof has been checked. */
    Outcome offer(int ofService, int newRank, long high, long low, MemorySegment s, long at, int bytes, long nowNs) {
        if (isSpent(high, low))
            return Outcome.SPENT;
        int place = find(high, low);
        if (place != NONE) {
            if (newRank <= rank[place] && isSame(place, s, at, bytes))
                return Outcome.QUEUED;
            remove(place);
        } else if (used == places) {
            int victim = victim(ofService, newRank);
            if (victim == NONE)
                return Outcome.OUTBID;
            remove(victim);
        }
        place = vacant.first(0);
        vacant.remove(0, place);
        used++;
        MemorySegment.copy(s, at, contents, contentAt(place), bytes);
        service[place] = ofService;
        rank[place] = newRank;
        length[place] = bytes;
        challengeHigh[place] = high;
        challengeLow[place] = low;
        expiryNs[place] = nowNs + waitNs;
        int chain = (int) high & chains.length - 1;
        chainNext[place] = chains[chain];
        chains[chain] = place;
        byAge.append(0, place);
        ranked.append(64 * ofService + newRank, place);
        ranks[ofService] |= 1L << newRank;
        if (waiting[ofService]++ == 0)
            services++;
        return Outcome.QUEUED;
    }

    /** Whether it is the same sealed hello: one that its client has given up gives way to its next. */
    private boolean isSame(int place, MemorySegment s, long at, int bytes) {
        long end = contentAt(place) + length[place];
        return MemorySegment.mismatch(contents, end - Hello.MIN_SEALED, end, s, at + bytes - Hello.MIN_SEALED,
                at + bytes) < 0;
    }

    private int victim(int ofService, int newRank) {
        if (waiting[ofService] < evenPart(ofService)) {
            int most = ofService;
            for (int i = 0; i < waiting.length; i++)
                if (waiting[i] > waiting[most])
                    most = i;
            if (most != ofService)
                return ranked.first(64 * most + Long.numberOfTrailingZeros(ranks[most]));
        }
        int least = Long.numberOfTrailingZeros(ranks[ofService]);
        return least < newRank ? ranked.first(64 * ofService + least) : NONE;
    }

    /** The best of a service that waits, a token only if {@code tokens}; or {@link #NONE}. */
    int best(int ofService, boolean tokens) {
        long ofRanks = tokens ? ranks[ofService] : ranks[ofService] & ~(1L << TOKEN_RANK);
        return ofRanks == 0 ? NONE : ranked.first(64 * ofService + 63 - Long.numberOfLeadingZeros(ofRanks));
    }

    boolean hasToken(int ofService) {
        return (ranks[ofService] & 1L << TOKEN_RANK) != 0;
    }

    int rank(int place) {
        return rank[place];
    }

    int length(int place) {
        return length[place];
    }

    MemorySegment contents() {
        return contents;
    }

    long contentAt(int place) {
        return (long) place * Hello.MAX_CONTENT;
    }

    /** It goes on: its place is free after the next {@link #offer} at the earliest, its challenge spent. */
    void spend(int place) {
        spend(challengeHigh[place], challengeLow[place]);
        remove(place);
    }

    void spend(long high, long low) {
        int at = spentHand;
        spentHand = spentHand + 1 == spentHigh.length ? 0 : spentHand + 1;
        if (spentUsed == spentHigh.length)
            unchain(spentChains, spentNext, (int) spentHigh[at] & spentMask, at);
        else
            spentUsed++;
        spentHigh[at] = high;
        spentLow[at] = low;
        int chain = (int) high & spentMask;
        spentNext[at] = spentChains[chain];
        spentChains[chain] = at;
    }

    private void remove(int place) {
        unchain(chains, chainNext, (int) challengeHigh[place] & chains.length - 1, place);
        byAge.remove(0, place);
        int of = service[place];
        int list = 64 * of + rank[place];
        ranked.remove(list, place);
        if (ranked.isEmpty(list))
            ranks[of] &= ~(1L << rank[place]);
        if (--waiting[of] == 0)
            services--;
        used--;
        vacant.append(0, place);
    }

    private static void unchain(int[] heads, int[] next, int chain, int entry) {
        if (heads[chain] == entry) {
            heads[chain] = next[entry];
            return;
        }
        int before = heads[chain];
        while (next[before] != entry)
            before = next[before];
        next[before] = next[entry];
    }

    /** Removes whoever has waited too long. */
    void expire(long nowNs) {
        for (int oldest = byAge.first(0); oldest != NONE && expiryNs[oldest] <= nowNs; oldest = byAge.first(0))
            remove(oldest);
    }

    /** The service is gone from here. */
    void forget(int ofService) {
        for (int place = best(ofService, true); place != NONE; place = best(ofService, true))
            remove(place);
    }
}
