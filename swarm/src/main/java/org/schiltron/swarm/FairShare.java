package org.schiltron.swarm;

import java.util.Arrays;

/**
 * Whose turn it is to give way when a shared store is full: the longest queue's (Suter, Lakshman, Stiliadis, Choudhury,
 * "Buffer management schemes for supporting TCP in gigabit routers with per-flow queueing", 1999: longest queue drop),
 * on two levels. Of all prefixes the one that holds most, and of that prefix's owners the one that holds most.
 *
 * <p><b>What it guarantees.</b> Let C units be shared by P prefixes that hold anything. The heaviest holds at least
 * C/P. Prefixes are kept in classes whose bounds are a quarter of an octave apart, so the victim, taken from the highest
 * class, holds at least 4/5 of the heaviest. Hence <em>a prefix that holds less than 4/5 C/P never loses anything to
 * others</em>, whatever they do and in whatever order. Within a prefix, classes are whole octaves: an owner that holds
 * less than half the mean of its prefix's owners loses nothing to its neighbours.
 *
 * <p><b>What an adversary could do.</b> One address, or one prefix with all its addresses, counts once among P: it takes
 * at most its share from anyone. Only proved addresses in many prefixes raise P, one at a time; a botnet of P prefixes
 * against C units leaves everyone C/P, which is what fairness between strangers can give, and the reason why a mailbox
 * has many more units than peers it expects.
 *
 * <p>Constant time per change and per choice.
 */
final class FairShare {
    /** Counts stay below 2^26. */
    private static final int OCTAVES = 26;
    private static final int CLASSES = 4 * OCTAVES;
    private static final int UNRANKED = -1;

    private final Owners owners;
    private final int[] ownerCount;
    private final int[] prefixCount;
    private final byte[] ownerOctave;
    private final byte[] prefixClass;
    private final IntLists ownersByOctave;
    private final IntLists prefixesByClass;
    /** Which octaves of a prefix have owners in them. */
    private final int[] octavesUsed;
    private long classesUsedLow;
    private long classesUsedHigh;

    FairShare(Owners owners) {
        this.owners = owners;
        int slots = owners.slots();
        ownerCount = new int[slots];
        prefixCount = new int[slots];
        ownerOctave = new byte[slots];
        prefixClass = new byte[slots];
        Arrays.fill(ownerOctave, (byte) UNRANKED);
        Arrays.fill(prefixClass, (byte) UNRANKED);
        ownersByOctave = new IntLists(slots, slots * OCTAVES);
        prefixesByClass = new IntLists(slots, CLASSES);
        octavesUsed = new int[slots];
    }

    static long bytes(long slots) {
        return slots * (3 * 4 + 2) + IntLists.bytes(slots, slots * OCTAVES) + IntLists.bytes(slots, CLASSES);
    }

    long bytes() {
        return 4L * (ownerCount.length + prefixCount.length + octavesUsed.length) + ownerOctave.length
                + prefixClass.length + ownersByOctave.bytes() + prefixesByClass.bytes();
    }

    int ownerCount(int owner) {
        return ownerCount[owner];
    }

    int prefixCount(int prefix) {
        return prefixCount[prefix];
    }

    /** {@code owner} holds {@code units} more, or fewer if negative. */
    void add(int owner, int units) {
        int count = ownerCount[owner] += units;
        assert count >= 0;
        if (owner == Owners.UNPROVED)
            return; // ranked by nobody: PutStore lets it give way first
        int prefix = owners.prefix(owner);
        prefixCount[prefix] += units;
        int octave = count == 0 ? UNRANKED : 31 - Integer.numberOfLeadingZeros(count);
        if (octave != ownerOctave[owner])
            moveOwner(owner, prefix, octave);
        int rank = rank(prefixCount[prefix]);
        if (rank != prefixClass[prefix])
            movePrefix(prefix, rank);
    }

    /** The owner that gives way first of all; only while anyone but the unproved holds something. */
    int heaviestOwner() {
        int rank = classesUsedHigh != 0
                ? 127 - Long.numberOfLeadingZeros(classesUsedHigh)
                : 63 - Long.numberOfLeadingZeros(classesUsedLow);
        return heaviestOwner(prefixesByClass.first(rank));
    }

    /** The owner of this prefix that gives way first; only while one holds something. */
    int heaviestOwner(int prefix) {
        int octave = 31 - Integer.numberOfLeadingZeros(octavesUsed[prefix]);
        return ownersByOctave.first(prefix * OCTAVES + octave);
    }

    private void moveOwner(int owner, int prefix, int octave) {
        int old = ownerOctave[owner];
        if (old != UNRANKED) {
            ownersByOctave.remove(prefix * OCTAVES + old, owner);
            if (ownersByOctave.isEmpty(prefix * OCTAVES + old))
                octavesUsed[prefix] &= ~(1 << old);
        }
        if (octave != UNRANKED) {
            ownersByOctave.append(prefix * OCTAVES + octave, owner);
            octavesUsed[prefix] |= 1 << octave;
        }
        ownerOctave[owner] = (byte) octave;
    }

    private void movePrefix(int prefix, int rank) {
        int old = prefixClass[prefix];
        if (old != UNRANKED) {
            prefixesByClass.remove(old, prefix);
            if (prefixesByClass.isEmpty(old))
                useClass(old, false);
        }
        if (rank != UNRANKED) {
            prefixesByClass.append(rank, prefix);
            useClass(rank, true);
        }
        prefixClass[prefix] = (byte) rank;
    }

    private void useClass(int rank, boolean used) {
        long bit = 1L << rank; // modulo 64
        if (rank < 64)
            classesUsedLow = used ? classesUsedLow | bit : classesUsedLow & ~bit;
        else
            classesUsedHigh = used ? classesUsedHigh | bit : classesUsedHigh & ~bit;
    }

    /** Classes 1, 2, 3, then four to an octave: 4, 5, 6, 7, 8-9, 10-11, 12-13, 14-15, 16-19, ... */
    private static int rank(int count) {
        if (count < 4)
            return count == 0 ? UNRANKED : count;
        int octave = 31 - Integer.numberOfLeadingZeros(count);
        return (octave - 1) << 2 | count >>> (octave - 2) & 3;
    }
}
