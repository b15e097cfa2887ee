package org.schiltron.swarm;

import java.util.Arrays;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

/**
 * Who holds something at a mailbox: the addresses that proved themselves, with their prefixes, what they may still be
 * sent, and how many hellos they may still leave.
 *
 * <p>An owner is an IPv4 address or an IPv6 /64 (a host commonly has all of one); its prefix is {@link Path#prefix}. A
 * port makes no owner, since one host has 65,535 of them, except on loopback, where it tells programs of one host
 * apart and which nobody outside can send from; there each port also counts as a prefix.
 *
 * <p><b>Bound.</b> A fixed number of slots. An owner that holds nothing is idle; when no slot is free, the owner idle
 * for longest goes. When none is idle, newcomers share {@value #CROWDS} slots between them, picked by a keyed hash of
 * their prefix: they are served, but as a crowd that counts once each in {@link FairShare}. So more attackers than slots
 * cost newcomers quality, and those who are in nothing. A prefix has at most a quarter of the slots, so that one IPv6
 * prefix with its 65,536 owners cannot take them all; the rest of it shares one more.
 */
final class Owners {
    /** All senders without a cookie together. */
    static final int UNPROVED = 0;
    static final int CROWDS = 64;
    private static final int NAMED = 1 + CROWDS;
    private static final int NONE = IntLists.NONE;
    /** No address's second half of a key: of the owner that stands for the rest of a prefix. */
    private static final long REST_OF_PREFIX = -1;

    private final int slots;
    private final int mostOfPrefix;
    private final KeyedHash hash;
    private final int mask;
    private final int[] chains;
    private final int[] chainNext;
    private final long[] keyHigh;
    private final long[] keyLow;
    private final int[] prefixOf;
    private final int[] holdings;
    private final IntLists idle;
    private int unused = NAMED;
    private int named;

    private final int[] prefixChains;
    private final int[] prefixNext;
    private final long[] prefixKey;
    private final int[] prefixMembers;
    private int prefixUnused = NAMED;
    private int prefixFree = NONE;

    /** When each bucket is empty again (a leaky bucket as a meter, ITU-T I.371 virtual scheduling). */
    private final long[] egressEmptyNs;
    private final long[] hellosEmptyNs;
    private final double egressNsPerByte;
    private final long egressBurstNs;
    private final long nsPerHello;
    private final long helloBurstNs;

    Owners(MailboxConfig config, RandomSource random) {
        slots = slots(config);
        mostOfPrefix = config.maxOwners() / 4;
        hash = new KeyedHash(random);
        int size = KeyedHash.chains(slots);
        mask = size - 1;
        chains = new int[size];
        Arrays.fill(chains, NONE);
        chainNext = new int[slots];
        keyHigh = new long[slots];
        keyLow = new long[slots];
        prefixOf = new int[slots];
        holdings = new int[slots];
        idle = new IntLists(slots, 1);
        prefixChains = new int[size];
        Arrays.fill(prefixChains, NONE);
        prefixNext = new int[slots];
        prefixKey = new long[slots];
        prefixMembers = new int[slots];
        egressEmptyNs = new long[slots];
        hellosEmptyNs = new long[slots];
        Arrays.fill(egressEmptyNs, Long.MIN_VALUE);
        Arrays.fill(hellosEmptyNs, Long.MIN_VALUE);
        for (int i = 0; i < NAMED; i++)
            prefixOf[i] = i;
        egressNsPerByte = 1e9 / config.egressBytesPerSecondPerAddress();
        egressBurstNs = config.egressBurstMs() * 1_000_000L;
        nsPerHello = 1_000_000_000L / config.hellosPerSecondPerAddress();
        helloBurstNs = nsPerHello * (config.helloBurst() - 1);
    }

    static int slots(MailboxConfig config) {
        return NAMED + config.maxOwners();
    }

    static long bytes(MailboxConfig config) {
        long slots = slots(config);
        return 8L * KeyedHash.chains((int) slots) + slots * (5 * 4 + 5 * 8) + IntLists.bytes(slots, 1);
    }

    long bytes() {
        return 4L * (chains.length + prefixChains.length) + 4L * chainNext.length + 8L * keyHigh.length
                + 8L * keyLow.length + 4L * prefixOf.length + 4L * holdings.length + idle.bytes()
                + 4L * prefixNext.length + 8L * prefixKey.length + 4L * prefixMembers.length + 8L * egressEmptyNs.length
                + 8L * hellosEmptyNs.length;
    }

    int slots() {
        return slots;
    }

    /** Owners known, idle ones included, crowds not. */
    int size() {
        return named;
    }

    int prefix(int owner) {
        return prefixOf[owner];
    }

    /** The slot of a proved sender, made if need be. It stays while it holds something, else until the next call. */
    int of(Path path, long nowNs) {
        boolean loopback = isLoopback(path);
        boolean whole = loopback || path.isIpv4();
        long high = path.addressHigh() | (loopback ? (long) path.port() << 48 : 0);
        long low = whole ? path.addressLow() : 0;
        int owner = find(high, low);
        if (owner != NONE)
            return owner;
        long prefixName = loopback ? ~(long) path.port() : path.prefix();
        int known = findPrefix(prefixName);
        if (known != NONE && prefixMembers[known] >= mostOfPrefix) {
            high = prefixName;
            low = REST_OF_PREFIX;
            owner = find(high, low);
            if (owner != NONE)
                return owner;
        }
        if (unused == slots && idle.isEmpty(0))
            return 1 + hash.chain(prefixName, 0, CROWDS - 1);
        return add(high, low, prefixName, nowNs);
    }

    private int find(long high, long low) {
        for (int i = chains[hash.chain(high, low, mask)]; i != NONE; i = chainNext[i]) {
            if (keyHigh[i] == high && keyLow[i] == low) {
                if (holdings[i] == 0) {
                    idle.remove(0, i);
                    idle.append(0, i);
                }
                return i;
            }
        }
        return NONE;
    }

    private int add(long high, long low, long prefix, long nowNs) {
        int owner;
        if (unused < slots) {
            owner = unused++;
        } else {
            owner = idle.first(0);
            forget(owner);
        }
        named++;
        keyHigh[owner] = high;
        keyLow[owner] = low;
        int chain = hash.chain(high, low, mask);
        chainNext[owner] = chains[chain];
        chains[chain] = owner;
        idle.append(0, owner);
        prefixOf[owner] = joinPrefix(prefix);
        egressEmptyNs[owner] = nowNs;
        hellosEmptyNs[owner] = nowNs;
        return owner;
    }

    private void forget(int owner) {
        assert holdings[owner] == 0;
        named--;
        idle.remove(0, owner);
        unchain(chains, chainNext, hash.chain(keyHigh[owner], keyLow[owner], mask), owner);
        int prefix = prefixOf[owner];
        if (--prefixMembers[prefix] == 0) {
            unchain(prefixChains, prefixNext, hash.chain(prefixKey[prefix], 0, mask), prefix);
            prefixNext[prefix] = prefixFree;
            prefixFree = prefix;
        }
    }

    private int findPrefix(long key) {
        for (int i = prefixChains[hash.chain(key, 0, mask)]; i != NONE; i = prefixNext[i])
            if (prefixKey[i] == key)
                return i;
        return NONE;
    }

    private int joinPrefix(long key) {
        int prefix = findPrefix(key);
        if (prefix != NONE) {
            prefixMembers[prefix]++;
            return prefix;
        }
        prefix = prefixFree; // there are never more prefixes than owners
        if (prefix == NONE)
            prefix = prefixUnused++;
        else
            prefixFree = prefixNext[prefix];
        prefixKey[prefix] = key;
        prefixMembers[prefix] = 1;
        int chain = hash.chain(key, 0, mask);
        prefixNext[prefix] = prefixChains[chain];
        prefixChains[chain] = prefix;
        return prefix;
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

    /** {@code owner} holds one thing more. */
    void hold(int owner) {
        if (holdings[owner]++ == 0 && owner >= NAMED)
            idle.remove(0, owner);
    }

    /** {@code owner} holds one thing less. */
    void release(int owner) {
        assert holdings[owner] > 0;
        if (--holdings[owner] == 0 && owner >= NAMED)
            idle.append(0, owner);
    }

    /** Whether anything may be sent to this owner now. */
    boolean mayEgress(int owner, long nowNs) {
        return Math.max(egressEmptyNs[owner], nowNs) - nowNs <= egressBurstNs;
    }

    /** Whether {@code bytes} may be sent to this owner now; if so they are counted as sent. */
    boolean takeEgress(int owner, int bytes, long nowNs) {
        if (!mayEgress(owner, nowNs))
            return false;
        egressEmptyNs[owner] = Math.max(egressEmptyNs[owner], nowNs) + (long) (bytes * egressNsPerByte);
        return true;
    }

    /** Whether this owner may leave another hello now; if so it is counted. */
    boolean takeHello(int owner, long nowNs) {
        long busyUntilNs = Math.max(hellosEmptyNs[owner], nowNs);
        if (busyUntilNs - nowNs > helloBurstNs)
            return false;
        hellosEmptyNs[owner] = busyUntilNs + nsPerHello;
        return true;
    }

    private static boolean isLoopback(Path path) {
        return path.isIpv4()
                ? (path.addressLow() >>> 24 & 0xff) == 127
                : path.addressHigh() == 0 && path.addressLow() == 1;
    }
}
