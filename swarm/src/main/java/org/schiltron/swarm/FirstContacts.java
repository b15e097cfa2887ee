package org.schiltron.swarm;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;

/**
 * The first-contact gets that services left here, by service and poster, oldest first out. A poster is an address with a
 * tag, so that two processes of one service behind the same ring node count as two; hellos take from the addresses that
 * post for a service in turn, and from an address's posters in turn. All posts are known to be the service's own.
 *
 * <p><b>Bound.</b> A fixed number of services, each with {@value #POSTERS} posters and a fixed number of gets that is
 * set aside for it, so that no service can use up another's. A service keeps its place until the longest lifetime it
 * posted is over, also while all its gets are spent; newcomers never evict it. One address, and one prefix, holds a
 * bounded number of services. Of a service's gets the oldest of the poster that has most gives way, of its places for
 * posters the one that ends first.
 */
final class FirstContacts {
    static final int NONE = IntLists.NONE;
    static final int POSTERS = 8;
    private static final long SWEEP_NS = 50_000_000L;
    private static final int SWEEP = 64;
    private static final long PUNISHMENT_NS = 5_000_000_000L;
    /** What would end within it may as well be used for whoever comes. */
    private static final long ENDING_NS = 1_500_000_000L;

    private final int services;
    private final int postsPerService;
    private final int servicesPerAddress;
    private final int servicesPerPrefix;
    private final KeyedHash hash;
    private final Owners owners;
    private final HelloQueue queue;
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
    private final @Nullable ContactTerms[] terms;
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
    private final long[] posterNumber;
    private final long[] posterPunishedNs;
    private final long[] ownerPunishedNs;

    private final IntLists posts;
    private final long[] postNonce;
    private final long[] postExpiryNs;
    private int postsFresh;
    private int postsFree = NONE;
    private int postsUsed;

    FirstContacts(MailboxConfig config, Owners owners, KeyedHash hash, HelloQueue queue, Counters counters) {
        this.queue = queue;
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
        terms = new ContactTerms[services];
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
        posterNumber = new long[posters];
        posterPunishedNs = new long[posters];
        Arrays.fill(posterPunishedNs, Long.MIN_VALUE);
        ownerPunishedNs = new long[owners.slots()];
        Arrays.fill(ownerPunishedNs, Long.MIN_VALUE);
        int capacity = services * postsPerService;
        posts = new IntLists(capacity, posters);
        postNonce = new long[2 * capacity];
        postExpiryNs = new long[capacity];
    }

    /** With its {@link ContactTerms} and their keys, at most. */
    private static final int SERVICE_BYTES = 5 * 4 + 3 * 8 + 8 * ContactTerms.REVOKED + 1_000;
    /** With the {@link Path} object and the reference to it, at most. */
    private static final int POSTER_BYTES = 40 + 8 + 3 * 4 + 4 * 8;
    private static final int POST_BYTES = 3 * 8;

    static long bytes(MailboxConfig config) {
        long services = config.maxServices();
        long posters = services * POSTERS;
        long capacity = services * config.postsPerService();
        return 16L * Owners.slots(config) + 4L * KeyedHash.chains(config.maxServices()) + services * SERVICE_BYTES
                + posters * POSTER_BYTES + capacity * POST_BYTES + IntLists.bytes(capacity, posters);
    }

    long bytes() {
        return 8L * ownerPunishedNs.length + 4L * (ownerServices.length + prefixServices.length + chains.length)
                + (long) idHigh.length * SERVICE_BYTES + (long) posterTag.length * POSTER_BYTES
                + (long) postExpiryNs.length * POST_BYTES + posts.bytes();
    }

    int services() {
        return used;
    }

    int posts() {
        return postsUsed;
    }

    ContactTerms terms(int service) {
        return Objects.requireNonNull(terms[service]);
    }

    int service(int poster) {
        return poster / POSTERS;
    }

    /** The poster at that address with that tag, if it has posted before and something of it is not over; or {@link #NONE}. */
    int poster(int service, Path path, int tag, long nowNs) {
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++)
            if (posterOwner[i] != NONE && posterExpiryNs[i] > nowNs && posterTag[i] == tag
                    && posterPath[i].sameAddress(path))
                return i;
        return NONE;
    }

    /** The number of its last post. */
    long number(int poster) {
        return posterNumber[poster];
    }

    /** A place for a poster that is new: a free one, else that of whom ends first. */
    int addPoster(int service, Path path, int tag, int owner, long nowNs) {
        int place = POSTERS * service;
        for (int i = place; i < POSTERS * (service + 1); i++) {
            if (posterOwner[i] == NONE) {
                place = i;
                break;
            }
            if (posterExpiryNs[i] < posterExpiryNs[place])
                place = i;
        }
        vacate(service, place, posterExpiryNs[place] <= nowNs ? Drop.EXPIRED : Drop.GET_EVICTED);
        posterPath[place].set(path);
        posterTag[place] = tag;
        posterOwner[place] = owner;
        owners.hold(owner);
        posterExpiryNs[place] = nowNs;
        posterServed[place] = 0;
        posterPunishedNs[place] = Long.MIN_VALUE;
        return place;
    }

    /** The poster's newest post, with what it says of how long it is good for. */
    void renew(int poster, long number, long expiryNs) {
        posterNumber[poster] = number;
        posterExpiryNs[poster] = Math.max(posterExpiryNs[poster], expiryNs);
        int service = service(poster);
        serviceExpiryNs[service] = Math.max(serviceExpiryNs[service], expiryNs);
    }

    /** A signature that did not hold: for a while none of the poster's is looked at, or of the address's that are new. */
    void punish(int poster, int owner, long nowNs) {
        if (poster == NONE)
            ownerPunishedNs[owner] = nowNs + PUNISHMENT_NS;
        else
            posterPunishedNs[poster] = nowNs + PUNISHMENT_NS;
    }

    boolean isPunished(int poster, long nowNs) {
        return posterPunishedNs[poster] > nowNs;
    }

    boolean isPunishedOwner(int owner, long nowNs) {
        return ownerPunishedNs[owner] > nowNs;
    }

    /** The poster takes back all that it left. */
    void withdraw(int poster, long number) {
        posterNumber[poster] = number;
        while (!posts.isEmpty(poster))
            remove(poster);
    }

    /** Gets of a service that are not over. */
    int stock(int service, long nowNs) {
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++)
            dropOld(i, nowNs);
        return servicePosts[service];
    }

    /** Whether one of them will be over soon. */
    boolean isEnding(int service, long nowNs) {
        for (int i = POSTERS * service; i < POSTERS * (service + 1); i++)
            if (!posts.isEmpty(i) && postExpiryNs[posts.first(i)] <= nowNs + ENDING_NS)
                return true;
        return false;
    }

    private void dropOld(int poster, long nowNs) {
        while (!posts.isEmpty(poster) && postExpiryNs[posts.first(poster)] <= nowNs) {
            counters.drop(Drop.EXPIRED);
            remove(poster);
        }
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
     * that did; or {@link #NONE}.
     */
    int next(int service, int bytes, long nowNs) {
        int next = NONE;
        for (int k = 1; k <= POSTERS; k++) {
            int poster = POSTERS * service + (turn[service] + k) % POSTERS;
            dropOld(poster, nowNs);
            if (!posts.isEmpty(poster) && owners.mayEgress(posterOwner[poster], nowNs)
                    && (next == NONE || comesBefore(service, poster, next)))
                next = poster;
        }
        if (next == NONE)
            return NONE;
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

    private int heaviest(int service) {
        int heaviest = POSTERS * service;
        for (int i = heaviest + 1; i < POSTERS * (service + 1); i++)
            if (posterPosts[i] > posterPosts[heaviest])
                heaviest = i;
        return heaviest;
    }

    /** The service of that id, or {@link #NONE}. */
    int find(long high, long low) {
        for (int i = chains[hash.chain(high, low, mask)]; i != NONE; i = chainNext[i])
            if (idHigh[i] == high && idLow[i] == low)
                return i;
        return NONE;
    }

    /** Whether {@code owner} may register a service that is not known. */
    boolean hasRoom(int owner, long nowNs) {
        for (int i = 0; i < SWEEP && free == NONE && fresh == services; i++)
            turn(nowNs);
        return (free != NONE || fresh < services) && ownerServices[owner] < servicesPerAddress
                && prefixServices[owners.prefix(owner)] < servicesPerPrefix;
    }

    /** Where there {@link #hasRoom is room}: a place for the service of these terms. */
    int register(ContactTerms newTerms, int owner, long nowNs) {
        long high = newTerms.key.idHigh();
        long low = newTerms.key.idLow();
        int prefix = owners.prefix(owner);
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
        terms[service] = newTerms;
        return service;
    }

    /** How many {@link #turn turns} there are now. */
    int sweep(long nowNs) {
        nextSweepNs = used == 0 ? Long.MAX_VALUE : nowNs + SWEEP_NS;
        return Math.min(SWEEP, fresh);
    }

    /** The next service in turn, or {@link #NONE}: nobody is in its place, or it is over. */
    int turn(long nowNs) {
        hand = hand + 1 < fresh ? hand + 1 : 0;
        if (registrant[hand] == NONE)
            return NONE;
        if (serviceExpiryNs[hand] > nowNs)
            return hand;
        forget(hand);
        return NONE;
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
        terms[service] = null;
        queue.forget(service);
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
