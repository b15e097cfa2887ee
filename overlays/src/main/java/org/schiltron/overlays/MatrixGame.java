package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.AuthenticatorField;
import org.schiltron.edge.Route;
import org.schiltron.filter.RuleGates;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;

/**
 * One attacker against one pairing, round by round. At the beginning of a round he may take a node (watch it, or have it);
 * then he floods with what may be the authenticator as far as he knows, and, unless he is blind, sees whether the service is slow.
 * The ring's gates judge a packet for each value that he floods with.
 */
final class MatrixGame {
    /** Twenty minutes, of which the second half counts. */
    static final int ROUNDS = 80;
    /** Mayday, section 5: 10,000 full-size packets/s against a link of 10 Mbit/s. */
    static final double FORCE = 12;
    /** What clients send, of the link. */
    static final double LOAD = 0.5;
    /** Below this share of clients' packets the service is slow, and does not count as held. */
    static final double HELD = 0.9;
    /** Below this it is down. */
    static final double DOWN = 0.5;
    /** As many values at once slow the service if one of them is valid. */
    static final int AT_ONCE = (int) (FORCE / (1 / HELD - LOAD));
    /** Values that stand for all, where all are flooded with: judged once, or again with each change. */
    private static final int SAMPLE = 1_024;
    private static final int SAMPLE_OF_CHANGES = 64;

    private final Overlay overlay;
    private final Shows shows;
    private final Attacker attacker;
    private final boolean searches;
    private final RandomSource lots;
    private final RandomSource order;
    private final Probe probe = new Probe();

    private final boolean[] taken = new boolean[Overlay.NODES];
    /** Packets that he has seen go to a node. */
    private final int[] followed = new int[Overlay.NODES];
    /** The same, as far as the node may be an egress by the rules of the route. */
    private final int[] suspected = new int[Overlay.NODES];
    /** A node whose packets to the service he sees, or whose secrets he has; -1: none. */
    private int exact = -1;
    private @Nullable Probe frozen;
    private int[] sources;
    private Guesses guesses;
    private KeySearch search;

    private @Nullable RuleGates judgedBy;
    private double judged;
    private boolean frozenFails;
    private double delivered;
    private double steady;
    private int down;

    /**
     * @param down   the first round in which less than half came through, from 1; 0: none
     * @param steady share of clients' packets that came through in the second half
     */
    record Result(int down, double steady) {
        boolean held() {
            return steady >= HELD;
        }
    }

    /**
     * @param searches whether he floods with what he only guesses
     * @param seed     of what is drawn; games with one seed draw the same nodes, so that cells differ by what they are about alone
     */
    MatrixGame(Overlay overlay, Shows shows, Attacker attacker, boolean searches, long seed) {
        this.searches = searches;
        this.overlay = overlay;
        this.shows = shows;
        this.attacker = attacker;
        SeededRandom random = new SeededRandom(seed);
        lots = random.split();
        order = random.split();
        sources = overlay.suspects().stream().mapToInt(Overlay::address).toArray();
        guesses = new Guesses(shows, sources, order);
        search = new KeySearch(guesses.keys(), AT_ONCE);
    }

    void begin() {
        delivered = 0;
        if (exact >= 0)
            return;
        if (attacker.byLot())
            take(drawn(IntStream.range(0, Overlay.NODES).filter(node -> !taken[node]).boxed().toList()));
        else if (attacker == Attacker.TARGETED_EAVESDROPPER)
            take(followedNode());
        else if (attacker == Attacker.TARGETED_COMPROMISE)
            take(listedNode());
    }

    private int drawn(List<Integer> nodes) {
        return nodes.get(lots.nextInt(nodes.size()));
    }

    /** Where most of what he saw went; without anything seen, an ingress, which is known, or, where that shows nothing, what may be an egress. */
    private int followedNode() {
        int most = -1;
        for (int node = 0; node < Overlay.NODES; node++)
            if (!taken[node] && followed[node] > 0 && (most < 0 || followed[node] > followed[most]))
                most = node;
        if (most >= 0)
            return most;
        boolean first = IntStream.range(0, Overlay.NODES).noneMatch(node -> taken[node]);
        return drawn(first && !overlay.isCovered()
                ? overlay.ingresses()
                : overlay.suspects().stream().filter(node -> !taken[node]).toList());
    }

    /** First an ingress, which is known. It has the list of nodes, and in it the egresses. */
    private int listedNode() {
        boolean first = IntStream.range(0, Overlay.NODES).noneMatch(node -> taken[node]);
        return drawn(first ? overlay.ingresses() : overlay.egresses());
    }

    private void take(int node) {
        taken[node] = true;
        if (overlay.sendsToService(node)) {
            exact = node;
            judgedBy = null;
        } else if (attacker.compromises()) {
            suspect(overlay.egresses()); // from its list of nodes
        } else {
            watch(node);
        }
    }

    private void watch(int node) {
        for (int other = 0; other < Overlay.NODES; other++) {
            int seen = overlay.seen(node, other);
            followed[other] += seen;
            // An access node's next hop is a beacon in SOS; a beacon's is a servlet.
            if (overlay.route() != Route.DOUBLY_INDIRECT || !overlay.isIngress(node))
                suspected[other] += seen;
        }
        List<Integer> most = new ArrayList<>(
                overlay.suspects().stream().filter(other -> suspected[other] > 0).toList());
        most.sort((a, b) -> suspected[b] - suspected[a]);
        if (!most.isEmpty())
            suspect(most.subList(0, Math.min(Overlay.EGRESSES, most.size())));
    }

    /** From now on he takes these nodes for the egresses. */
    private void suspect(List<Integer> nodes) {
        int[] next = nodes.stream().mapToInt(Overlay::address).sorted().toArray();
        if (!shows.has(AuthenticatorField.SOURCE_ADDRESS) || Arrays.equals(next, sources))
            return;
        searchAmong(next);
    }

    private void searchAmong(int[] among) {
        sources = among;
        guesses = new Guesses(shows, sources, order);
        search = new KeySearch(guesses.keys(), AT_ONCE);
        judgedBy = null;
    }

    /** Floods, and clients' packets come too. */
    void play(Ring.Moment moment) {
        if (attacker == Attacker.ONE_PACKET && frozen == null) {
            frozen = new Probe();
            moment.show(Overlay.address(overlay.egresses().getFirst()), frozen);
        }
        if (judgedBy != moment.gates()) {
            judgedBy = moment.gates();
            judged = flood(moment);
        }
        delivered += moment.share() * moment.clients() * Math.min(1, 1 / (LOAD + judged));
    }

    /** What of the flood comes through the ring, of the link. */
    private double flood(Ring.Moment moment) {
        if (exact >= 0) {
            moment.show(Overlay.address(exact), probe);
            return probe.passes(moment.gates()) ? FORCE : 0;
        }
        if (frozen != null && !frozenFails)
            return frozen.passes(moment.gates()) ? FORCE : 0;
        if (!searches && sources.length > Overlay.EGRESSES)
            return 0;
        boolean all = attacker == Attacker.BLIND;
        int count = all
                ? (int) Math.min(shows.changes() ? SAMPLE_OF_CHANGES : SAMPLE, guesses.keys())
                : search.count();
        Probe guess = new Probe();
        int passing = 0;
        for (int i = 0; i < count; i++) {
            guesses.write(all ? i : search.low() + i, guess);
            passing += guess.passes(moment.gates()) ? 1 : 0;
        }
        return FORCE * passing / count;
    }

    void end(int round) {
        if (delivered < DOWN && down == 0)
            down = round + 1;
        if (round >= ROUNDS / 2)
            steady += delivered / (ROUNDS - ROUNDS / 2);
        boolean slow = delivered < HELD;
        if (exact >= 0 || attacker == Attacker.BLIND)
            return;
        if (frozen != null && !frozenFails) {
            frozenFails = !slow;
            judgedBy = slow ? judgedBy : null;
            return;
        }
        long low = search.low();
        int count = search.count();
        search.saw(slow);
        if (search.exhausted() && sources.length < overlay.suspects().size() && !attacker.compromises())
            searchAmong(overlay.suspects().stream().mapToInt(Overlay::address).toArray()); // they were others
        if (low != search.low() || count != search.count())
            judgedBy = null;
    }

    Result result() {
        return new Result(down, steady);
    }
}
