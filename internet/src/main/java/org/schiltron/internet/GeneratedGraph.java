package org.schiltron.internet;

import java.util.Arrays;
import org.schiltron.machine.RandomSource;

/**
 * A graph like the real one, from a seed: a clique of tier-1 ASes, a share of stubs and a number of providers as in CAIDA's
 * graph of August 2024, customers and peers with its tails.
 *
 * <p>Transit ASes get a fitness from the real distribution of customers; an AS picks its providers by fitness, a transit AS
 * among fitter ones, so that there is no circle and the tail of customers follows the fitness's (Caldarelli et al.,
 * "Scale-free networks from varying vertex intrinsic fitness", PRL 2002). Who peers, and how much, is drawn from the real
 * distribution in the same way, the fittest first, give or take; pairs are drawn in proportion to both ends' wish.
 *
 * @param addresses by node, made up
 */
record GeneratedGraph(AsGraph graph, double[] addresses) {
    static final int LEAST = 100;
    static final int MOST = 500_000;
    static final double STUBS = 0.8436;
    private static final int TIER1 = 19;
    /** Share of ASes with at most 1, 2, ... providers, without those that have none. */
    private static final double[] PROVIDERS = {0.418, 0.766, 0.894, 0.947, 0.969, 0.981, 0.987, 0.992, 0.996, 1};
    /** The share of ASes with at least so many customers, and peers; straight on logarithmic scales in between. */
    private static final double[] CUSTOMER_DEGREE = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 6_651};
    private static final double[] CUSTOMER_TAIL = {0.1564, 0.0918, 0.0678, 0.0465, 0.0268, 0.0148, 0.00646, 0.00326,
            0.00124, 0.00044, 0.00018, 0.000013};
    private static final double[] PEER_DEGREE = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 8_400};
    private static final double[] PEER_TAIL = {0.2254, 0.1640, 0.1282, 0.1036, 0.0738, 0.0302, 0.0197, 0.0102, 0.0029,
            0.00155, 0.00052, 0.000013};
    private static final double REAL_SIZE = 77_242;

    static GeneratedGraph of(int ases, RandomSource random) {
        if (ases < LEAST || ases > MOST)
            throw new IllegalArgumentException(ases + " ASes; from " + LEAST + " to " + MOST);
        int transit = (int) Math.round(ases * (1 - STUBS));
        int tier1 = Math.min(TIER1, Math.max(4, transit / 4));
        double[] fitness = new double[transit];
        for (int i = 0; i < transit; i++)
            fitness[i] = degree((i + 0.5) / ases, CUSTOMER_DEGREE, CUSTOMER_TAIL) - 0.9; // one each has anyway
        LinkList links = new LinkList();
        for (int i = 0; i < tier1; i++)
            for (int j = i + 1; j < tier1; j++)
                links.add(number(i), number(j), LinkList.PEER, 0);
        providers(ases, tier1, fitness, random, links);
        peers(ases, tier1, random, links);
        AsGraph graph = new AsGraph(links);
        return new GeneratedGraph(graph, addresses(graph, random));
    }

    /** The fittest have the lowest numbers, spread a little, as if some were never given out. */
    private static int number(int as) {
        return 1 + as + as / 7;
    }

    private static void providers(int ases, int tier1, double[] fitness, RandomSource random, LinkList links) {
        double[] upTo = new double[fitness.length];
        double sum = 0;
        for (int i = 0; i < fitness.length; i++) {
            sum += fitness[i];
            upTo[i] = sum;
        }
        int[] chosen = new int[PROVIDERS.length];
        for (int as = tier1; as < ases; as++) {
            int fitter = Math.min(as, fitness.length);
            // Each transit AS is given one customer, so that it is one: the next stubs, in turn.
            int own = as - fitness.length;
            int count = 0;
            if (own >= 0 && own < fitness.length - tier1)
                chosen[count++] = tier1 + own;
            int wanted = Math.min(fitter, providerCount(random));
            while (count < wanted) {
                int pick = pick(upTo, fitter, random);
                if (isNew(chosen, count, pick))
                    chosen[count++] = pick;
            }
            for (int i = 0; i < count; i++)
                links.add(number(chosen[i]), number(as), LinkList.PROVIDER_CUSTOMER, 0);
        }
    }

    private static boolean isNew(int[] chosen, int count, int pick) {
        for (int i = 0; i < count; i++)
            if (chosen[i] == pick)
                return false;
        return true;
    }

    private static int providerCount(RandomSource random) {
        double at = random.nextDouble();
        int count = 0;
        while (at >= PROVIDERS[count])
            count++;
        return count + 1;
    }

    private static int pick(double[] upTo, int below, RandomSource random) {
        int at = Arrays.binarySearch(upTo, 0, below, random.nextDouble() * upTo[below - 1]);
        return Math.min(at < 0 ? -at - 1 : at, below - 1);
    }

    /** Pairs of ASes in proportion to both wishes; a pair drawn twice or linked already is not drawn again. */
    private static void peers(int ases, int tier1, RandomSource random, LinkList links) {
        double[] upTo = new double[ases];
        double sum = 0;
        for (int as = 0; as < ases; as++) {
            // Transit networks wish for more: their place in the order of fitness is their place in the tail, give or take.
            double place = as < tier1
                    ? 1
                    : Math.min(1, (as + 0.5) / ases * StrictMath.exp(2 * random.nextDouble() - 1));
            sum += Math.min(degree(place, PEER_DEGREE, PEER_TAIL), 0.11 * ases);
            upTo[as] = sum;
        }
        long pairs = (long) (sum / 2);
        long[] taken = new long[Math.toIntExact(pairs) + links.size()];
        int known = links.size();
        for (int i = 0; i < known; i++)
            taken[i] = key(links.first(i), links.second(i));
        for (int i = known; i < taken.length; i++) {
            int a = pick(upTo, ases, random);
            int b = pick(upTo, ases, random);
            taken[i] = a == b ? -1 : key(number(a), number(b));
        }
        long[] before = Arrays.copyOf(taken, known);
        Arrays.sort(before);
        Arrays.sort(taken);
        for (int i = 0; i < taken.length; i++)
            if (taken[i] >= 0 && (i == 0 || taken[i] != taken[i - 1]) && Arrays.binarySearch(before, taken[i]) < 0)
                links.add((int) (taken[i] >>> 32), (int) taken[i], LinkList.PEER, 0);
    }

    private static long key(int one, int other) {
        return (long) Math.min(one, other) << 32 | Math.max(one, other);
    }

    /** What a share of {@code place} of all ASes has at least. */
    private static double degree(double place, double[] degrees, double[] tail) {
        if (place > tail[0])
            return 0;
        int i = 1;
        while (i < tail.length - 1 && tail[i] > place)
            i++;
        double part = StrictMath.log(place / tail[i - 1]) / StrictMath.log(tail[i] / tail[i - 1]);
        return degrees[i - 1] * StrictMath.pow(degrees[i] / degrees[i - 1], Math.min(part, 1));
    }

    /** Heavy-tailed, more with more customers: 3.7 thousand million in all for a graph of the real one's size. */
    static double[] addresses(AsGraph graph, RandomSource random) {
        double[] addresses = new double[graph.size()];
        double sum = 0;
        for (int u = 0; u < addresses.length; u++) {
            addresses[u] = StrictMath.sqrt(1 + graph.customerCount(u)) / (random.nextDouble() + 1.0 / graph.size());
            sum += addresses[u];
        }
        for (int u = 0; u < addresses.length; u++)
            addresses[u] = Math.max(256, Math.rint(addresses[u] / sum * 3.7e9 * graph.size() / REAL_SIZE));
        return addresses;
    }
}
