package org.schiltron.swarm;

import java.util.Arrays;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;

/**
 * The first-contact gets that services left here, by service and poster, oldest first out. A poster is an address with a
 * tag, so that two processes of one service behind the same ring node count as two; hellos take from the addresses that
 * post for a service in turn, and from an address's posters in turn.
 *
 * <p><b>Bound.</b> A fixed number of services, each with {@value #POSTERS} posters and a fixed number of gets that is
 * set aside for it, so that no service can use up another's. A service keeps its place until the longest lifetime it
 * posted is over, also while all its gets are spent; newcomers never evict it. One address, and one prefix, holds a
 * bounded number of services.
 *
 * <p><b>Who gives way</b> within a service: of its gets, the oldest of the prefix that has most, and in it of the address
 * that has most; of its places for posters, one of the prefix that holds most, or within the newcomer's own prefix of the
 * address that does, as long as it then still holds more than the newcomer did. So all tags of an address, and all
 * addresses of a prefix, together count once, and none who holds no more than its even share loses a place.
 *
 * <p>Posts are not signed yet: whoever knows a service's id can post for it, and swallows the share of the hellos of one
 * address for each prefix he posts from. He cannot read or answer them, and a client goes on to other mailboxes.
 */
final class FirstContacts {
    static final int NONE = IntLists.NONE;
    static final int POSTERS = 8;
    private static final long SWEEP_NS = 50_000_000L;
    private static final int SWEEP = 16;
    /** Of a number of gets of one service: 4,096 at most (MailboxConfig). */
    private static final int WEIGHT_BITS = 13;

    private final int services;
    private final int postsPerService;
    private final int servicesPerAddress;
    private final int servicesPerPrefix;
    private final KeyedHash hash;
    private final Owners owners;
    private final Counters counters;
    private final int[] ownerServices;
    private final int[] prefixServices;

    private final int mask;
    private final int[] chains;
    private final int[] chainNext;
    private final long[] idHigh;
    private final long[] idLow;
    private final long[] serviceExpiryNs;
    private final int[] registrant;
    private final int[] turn;
    private final int[] servicePosts;
    private long hellosTaken;
    private int used;
    private int fresh;
    private int free = NONE;
    private int hand;
    private long nextSweepNs = Long.MAX_VALUE;

    private final Path[] posterPath;
    private final int[] posterTag;
    private final int[] posterOwner;
    private final int[] posterPosts;
    private final long[] posterExpiryNs;
    /** Which hello, of all, it had last; 0 for none. */
    private final long[] posterServed;

    private final IntLists posts;
    private final long[] postNonce;
    private final long[] postExpiryNs;
    private int postsFresh;
    private int postsFree = NONE;
    private int postsUsed;

    FirstContacts(MailboxConfig config, Owners owners, KeyedHash hash, Counters counters) {
        this.owners = owners;
        this.hash = hash;
        this.counters = counters;
        services = config.maxServices();
        postsPerService = config.postsPerService();
        servicesPerAddress = config.servicesPerAddress();
        servicesPerPrefix = config.servicesPerPrefix();
        ownerServices = new int[owners.slots()];
        prefixServices = new int[owners.slots()];
        int size = KeyedHash.chains(services);
        mask = size - 1;
        chains = new int[size];
        Arrays.fill(chains, NONE);
        chainNext = new int[services];
        idHigh = new long[services];
        idLow = new long[services];
        serviceExpiryNs = new long[services];
        registrant = new int[services];
        turn = new int[services];
        servicePosts = new int[services];
        int posters = services * POSTERS;
        posterPath = new Path[posters];
        for (int i = 0; i < posters; i++)
            posterPath[i] = new Path();
        posterTag = new int[posters];
        posterOwner = new int[posters];
        Arrays.fill(posterOwner, NONE);
        posterPosts = new int[posters];
        posterExpiryNs = new long[posters];
        posterServed = new long[posters];
        int capacity = services * postsPerService;
        posts = new IntLists(capacity, posters);
        postNonce = new long[2 * capacity];
        postExpiryNs = new long[capacity];
    }

    private static final int SERVICE_BYTES = 4 * 4 + 3 * 8;
    /** With the {@link Path} object and the reference to it, at most. */
    private static final int POSTER_BYTES = 40 + 8 + 3 * 4 + 2 * 8;
    private static final int POST_BYTES = 3 * 8;

    static long bytes(MailboxConfig config) {
        long services = config.maxServices();
        long posters = services * POSTERS;
        long capacity = services * config.postsPerService();
        return 8L * Owners.slots(config) + 4L * KeyedHash.chains(config.maxServices()) + services * SERVICE_BYTES
                + posters * POSTER_BYTES + capacity * POST_BYTES + IntLists.bytes(capacity, posters);
    }

    long bytes() {
        return 4L * (ownerServices.length + prefixServices.length + chains.length)
                + (long) idHigh.length * SERVICE_BYTES + (long) posterTag.length * POSTER_BYTES
                + (long) postExpiryNs.length * POST_BYTES + posts.bytes();
    }

    int services() {
        return used;
    }

    int posts() {
        return postsUsed;
    }

    /**
     * The poster under whose number gets may be added, or {@link #NONE} if there is no room for it.
     *
     * @param expiryNs when what it is about to add expires
     */
    int poster(long serviceHigh, long serviceLow, Path path, int tag, int owner, long nowNs, long expiryNs) {
        int service = find(serviceHigh, serviceLow);
        if (service == NONE)
            service = register(serviceHigh, serviceLow, owner, nowNs);
        if (service == NONE)
            return NONE;
        int vacant = NONE;
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++) {
            if (posterOwner[i] == NONE || posterExpiryNs[i] <= nowNs)
                vacant = vacant == NONE ? i : vacant;
            else if (posterTag[i] == tag && posterPath[i].sameAddress(path)) {
                posterExpiryNs[i] = Math.max(posterExpiryNs[i], expiryNs);
                serviceExpiryNs[service] = Math.max(serviceExpiryNs[service], expiryNs);
                return i;
            }
        }
        if (vacant == NONE)
            vacant = giveWay(service, owner);
        if (vacant == NONE)
            return NONE;
        vacate(service, vacant, posterExpiryNs[vacant] <= nowNs ? Drop.EXPIRED : Drop.GET_EVICTED);
        posterPath[vacant].set(path);
        posterTag[vacant] = tag;
        posterOwner[vacant] = owner;
        owners.hold(owner);
        posterExpiryNs[vacant] = expiryNs;
        posterServed[vacant] = 0;
        serviceExpiryNs[service] = Math.max(serviceExpiryNs[service], expiryNs);
        return vacant;
    }

    void add(int poster, long nonceHigh, long nonceLow, long expiryNs) {
        int service = poster / POSTERS;
        if (servicePosts[service] == postsPerService) {
            counters.drop(Drop.GET_EVICTED);
            remove(heaviest(service));
        }
        int post = postsFree;
        if (post == NONE)
            post = postsFresh++;
        else
            postsFree = (int) postNonce[2 * post];
        postsUsed++;
        servicePosts[service]++;
        posterPosts[poster]++;
        postNonce[2 * post] = nonceHigh;
        postNonce[2 * post + 1] = nonceLow;
        postExpiryNs[post] = expiryNs;
        posts.append(poster, post);
    }

    /**
     * A poster that has a live get and may be sent {@code bytes}: of the address that had its turn longest ago the poster
     * that did; or {@link #NONE}, counted under the reason.
     */
    int next(long serviceHigh, long serviceLow, int bytes, long nowNs) {
        int service = find(serviceHigh, serviceLow);
        int next = NONE;
        boolean capped = false;
        for (int k = 1; service != NONE && k <= POSTERS; k++) {
            int poster = POSTERS * service + (turn[service] + k) % POSTERS;
            while (!posts.isEmpty(poster) && postExpiryNs[posts.first(poster)] <= nowNs) {
                counters.drop(Drop.EXPIRED);
                remove(poster);
            }
            if (posts.isEmpty(poster))
                continue;
            if (!owners.mayEgress(posterOwner[poster], nowNs))
                capped = true;
            else if (next == NONE || comesBefore(service, poster, next))
                next = poster;
        }
        if (next == NONE) {
            counters.drop(capped ? Drop.EGRESS_CAPPED : Drop.NO_FIRST_CONTACT);
            return NONE;
        }
        owners.takeEgress(posterOwner[next], bytes, nowNs);
        turn[service] = next % POSTERS;
        posterServed[next] = ++hellosTaken;
        return next;
    }

    private boolean comesBefore(int service, int a, int b) {
        long ofA = ownerServed(service, posterOwner[a]);
        long ofB = ownerServed(service, posterOwner[b]);
        return ofA != ofB ? ofA < ofB : posterServed[a] < posterServed[b];
    }

    private long ownerServed(int service, int owner) {
        long served = 0;
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++)
            if (posterOwner[i] == owner)
                served = Math.max(served, posterServed[i]);
        return served;
    }

    Path path(int poster) {
        return posterPath[poster];
    }

    int tag(int poster) {
        return posterTag[poster];
    }

    /** Of the oldest get of a poster that has one. */
    long nonceHigh(int poster) {
        return postNonce[2 * posts.first(poster)];
    }

    long nonceLow(int poster) {
        return postNonce[2 * posts.first(poster) + 1];
    }

    /** Takes away the oldest get of a poster that has one. */
    void remove(int poster) {
        int post = posts.first(poster);
        posts.remove(poster, post);
        postNonce[2 * post] = postsFree;
        postsFree = post;
        postsUsed--;
        servicePosts[poster / POSTERS]--;
        posterPosts[poster]--;
    }

    /** Of the prefix with most gets the address with most, and of that the poster with most. */
    private int heaviest(int service) {
        int heaviest = NONE;
        long most = 0;
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++) {
            if (posterPosts[i] == 0)
                continue;
            int ofPrefix = 0;
            int ofOwner = 0;
            for (int k = POSTERS * service; k < POSTERS * (service + 1); k++) {
                if (posterOwner[k] == NONE || owners.prefix(posterOwner[k]) != owners.prefix(posterOwner[i]))
                    continue;
                ofPrefix += posterPosts[k];
                ofOwner += posterOwner[k] == posterOwner[i] ? posterPosts[k] : 0;
            }
            long weight = ((long) ofPrefix << WEIGHT_BITS | ofOwner) << WEIGHT_BITS | posterPosts[i];
            if (weight > most) {
                most = weight;
                heaviest = i;
            }
        }
        return heaviest;
    }

    /** Where all places are taken: the one that {@code owner} may have, or {@link #NONE}. */
    private int giveWay(int service, int owner) {
        int prefix = owners.prefix(owner);
        int victim = NONE;
        int most = 1 + held(service, prefix, NONE);
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++) {
            int held = held(service, owners.prefix(posterOwner[i]), NONE);
            if (held > most || held == most && victim != NONE && yieldsBefore(service, i, victim)) {
                most = held;
                victim = i;
            }
        }
        if (victim != NONE)
            return victim;
        most = 1 + held(service, prefix, owner);
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++) {
            int held = owners.prefix(posterOwner[i]) == prefix ? held(service, prefix, posterOwner[i]) : 0;
            if (held > most || held == most && victim != NONE && yieldsBefore(service, i, victim)) {
                most = held;
                victim = i;
            }
        }
        return victim;
    }

    /** Of two whose prefixes hold as many places: the one of the heavier address, then the one that ends first. */
    private boolean yieldsBefore(int service, int a, int b) {
        int ofA = held(service, owners.prefix(posterOwner[a]), posterOwner[a]);
        int ofB = held(service, owners.prefix(posterOwner[b]), posterOwner[b]);
        return ofA != ofB ? ofA > ofB : posterExpiryNs[a] < posterExpiryNs[b];
    }

    /** Places of a prefix, or of one {@code owner} in it. */
    private int held(int service, int prefix, int owner) {
        int held = 0;
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++)
            if (posterOwner[i] != NONE && owners.prefix(posterOwner[i]) == prefix
                    && (owner == NONE || posterOwner[i] == owner))
                held++;
        return held;
    }

    private int find(long high, long low) {
        for (int i = chains[hash.chain(high, low, mask)]; i != NONE; i = chainNext[i])
            if (idHigh[i] == high && idLow[i] == low)
                return i;
        return NONE;
    }

    private int register(long high, long low, int owner, long nowNs) {
        if (free == NONE && fresh == services)
            sweep(nowNs);
        int prefix = owners.prefix(owner);
        if ((free == NONE && fresh == services) || ownerServices[owner] >= servicesPerAddress
                || prefixServices[prefix] >= servicesPerPrefix)
            return NONE;
        int service = free;
        if (service == NONE)
            service = fresh++;
        else
            free = chainNext[service];
        used++;
        if (nextSweepNs == Long.MAX_VALUE)
            nextSweepNs = nowNs + SWEEP_NS;
        idHigh[service] = high;
        idLow[service] = low;
        int chain = hash.chain(high, low, mask);
        chainNext[service] = chains[chain];
        chains[chain] = service;
        serviceExpiryNs[service] = nowNs;
        registrant[service] = owner;
        owners.hold(owner);
        ownerServices[owner]++;
        prefixServices[prefix]++;
        turn[service] = 0;
        return service;
    }

    /** Looks at {@value #SWEEP} places for services that are over. */
    void sweep(long nowNs) {
        for (int i = 0; i < SWEEP && i < fresh; i++) {
            hand = hand + 1 < fresh ? hand + 1 : 0;
            if (registrant[hand] != NONE && serviceExpiryNs[hand] <= nowNs)
                forget(hand);
        }
        nextSweepNs = used == 0 ? Long.MAX_VALUE : nowNs + SWEEP_NS;
    }

    /** When {@link #sweep} is wanted next. */
    long deadlineNs() {
        return nextSweepNs;
    }

    private void forget(int service) {
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++)
            vacate(service, i, Drop.EXPIRED);
        int chain = hash.chain(idHigh[service], idLow[service], mask);
        if (chains[chain] == service) {
            chains[chain] = chainNext[service];
        } else {
            int before = chains[chain];
            while (chainNext[before] != service)
                before = chainNext[before];
            chainNext[before] = chainNext[service];
        }
        int owner = registrant[service];
        ownerServices[owner]--;
        prefixServices[owners.prefix(owner)]--;
        owners.release(owner);
        registrant[service] = NONE;
        chainNext[service] = free;
        free = service;
        used--;
    }

    private void vacate(int service, int poster, Drop why) {
        assert poster / POSTERS == service;
        if (posterOwner[poster] == NONE)
            return;
        while (!posts.isEmpty(poster)) {
            counters.drop(why);
            remove(poster);
        }
        owners.release(posterOwner[poster]);
        posterOwner[poster] = NONE;
    }
}
