package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.schiltron.proof.Primitives;

/**
 * Consistent hashing (Karger et al., "Consistent hashing and random trees", STOC 1997): each member has many points on a
 * circle of 2^64, a key belongs to the member of the first point at or after its own. Who holds the list computes the
 * same, without a lookup that could be attacked (Mayday, section 4.5), and a member that leaves moves only what was its.
 *
 * <p>With m members of p points, the largest share is about 1 + sqrt(2 ln(m) / p) of an even one. An attacker who may
 * choose names can choose his points: a salt that he does not know when names are given keeps him from it.
 */
public final class HashRing {
    /** Default number of points of each member. */
    public static final int POINTS = 128;
    /** Most points in all, 12 bytes each. */
    public static final int MAX_POINTS = 1 << 20;

    private final List<String> members;
    private final byte[] salt;
    private final long[] positions; // ascending as signed numbers
    private final int[] owners;

    /** @param position the hash with its sign turned, so that the circle begins with the lowest signed number */
    private record Point(long position, int owner) {
    }

    public HashRing(List<String> members) {
        this(members, POINTS, new byte[0]);
    }

    /**
     * @param members names, each once
     * @param points  1 to 1,024 of each member
     * @param salt    hashed before everything; may be empty
     */
    public HashRing(List<String> members, int points, byte[] salt) {
        if (points < 1 || points > 1_024)
            throw new IllegalArgumentException(points + " points of each member are not 1 to 1024");
        if ((long) members.size() * points > MAX_POINTS)
            throw new IllegalArgumentException("a ring of more than " + MAX_POINTS + " points");
        this.members = List.copyOf(members);
        this.salt = salt.clone();
        if (new LinkedHashSet<>(members).size() < members.size())
            throw new IllegalArgumentException("a member stands on the ring twice");
        List<Point> all = new ArrayList<>(members.size() * points);
        for (int owner = 0; owner < members.size(); owner++)
            for (int i = 0; i < points; i++)
                all.add(new Point(position("point " + i + " ", members.get(owner)), owner));
        // Where two points fall together, names decide, so that the order of the list does not.
        all.sort((a, b) -> a.position != b.position
                ? Long.compare(a.position, b.position)
                : members.get(a.owner).compareTo(members.get(b.owner)));
        positions = all.stream().mapToLong(Point::position).toArray();
        owners = all.stream().mapToInt(Point::owner).toArray();
    }

    /**
     * The first members from the key's point on, each once, for which {@code up} holds: the key's owner and those that
     * stand in for it.
     *
     * @param count how many at most
     */
    public List<String> owners(String key, int count, Predicate<String> up) {
        Set<Integer> seen = new LinkedHashSet<>();
        List<String> found = new ArrayList<>();
        if (owners.length == 0)
            return found;
        int at = Arrays.binarySearch(positions, position("key ", key));
        int start = at >= 0 ? at : -at - 1;
        while (start > 0 && at >= 0 && positions[start - 1] == positions[at])
            start--;
        for (int i = 0; i < owners.length && found.size() < count && seen.size() < members.size(); i++) {
            int owner = owners[(start + i) % owners.length];
            if (seen.add(owner) && up.test(members.get(owner)))
                found.add(members.get(owner));
        }
        return found;
    }

    public List<String> members() {
        return members;
    }

    private long position(String kind, String name) {
        return ByteBuffer.wrap(Primitives.sha256(salt, kind.getBytes(UTF_8), name.getBytes(UTF_8))).getLong()
                ^ Long.MIN_VALUE;
    }
}
