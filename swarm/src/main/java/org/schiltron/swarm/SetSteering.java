package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SipHash;

/**
 * When and how a receiver changes its mailbox set (Phalanx 3.2.2): new weights when they differ enough, dead mailboxes
 * replaced, widened for path diversity when much is lost, narrowed to the nearest again after a long calm.
 */
final class SetSteering {
    private static final long MIN_PAUSE_NS = 400_000_000L;
    private static final long CALM_NS = 30_000_000_000L;
    private static final int ENOUGH_SAMPLES = 8;
    private static final double WIDEN_LOSS = 0.15;
    private static final double CALM_LOSS = 0.02;
    private static final double WORTH_CHANGE = 0.3;

    private final SipHash order; // the session's own order of the swarm list
    private final int initialSize;
    private long version;
    private long nextNs;
    private long calmSinceNs = Long.MAX_VALUE;

    SetSteering(SipHash order, int initialSize) {
        this.order = order;
        this.initialSize = initialSize;
    }

    /** Of the last change proposed. */
    long version() {
        return version;
    }

    /** Goes on with higher versions than this. */
    void resume(long lastVersion) {
        version = lastVersion;
    }

    long nextVersion() {
        return ++version;
    }

    /** The set to begin with: reachable mailboxes in the session's order. Empty if the directory is. */
    int[] firstMembers(MailboxDirectory directory) {
        List<Integer> members = new ArrayList<>();
        addSpares(0, members, initialSize, directory, null);
        for (int i = 0; i < directory.size() && members.isEmpty(); i++)
            if (directory.get(i) != null)
                members.add(i);
        return members.stream().mapToInt(Integer::intValue).toArray();
    }

    void onDecided(long nowNs, boolean taken) {
        nextNs = nowNs + (taken ? MIN_PAUSE_NS : MIN_PAUSE_NS / 4);
    }

    /** A better set, or null if the present one will do. */
    @Nullable
    MailboxSet consider(long nowNs, MailboxSet set, PathScores scores, Session session) {
        if (nowNs < nextNs || scores.samples() < ENOUGH_SAMPLES)
            return null;
        nextNs = nowNs + Math.max(MIN_PAUSE_NS, 3 * session.rttNs());
        MailboxDirectory directory = session.directory();
        double loss = scores.loss();
        if (loss > CALM_LOSS)
            calmSinceNs = nowNs;
        else
            calmSinceNs = Math.min(calmSinceNs, nowNs);

        List<Integer> members = new ArrayList<>();
        for (int i = 0; i < set.size(); i++) {
            MailboxLink link = directory.get(set.member(i));
            if (link != null && !link.unreachable())
                members.add(set.member(i));
        }
        if (members.isEmpty())
            return null; // all unreachable at once is our own link's trouble
        int size = set.size();
        if (loss > WIDEN_LOSS) {
            size = 2 * size;
        } else if (size > initialSize && nowNs - calmSinceNs > CALM_NS) {
            size = Math.max(initialSize, size / 2);
            narrow(members, size, directory, scores);
            calmSinceNs = nowNs;
        }
        addSpares(nowNs, members, Math.min(size, MailboxSet.MAX_SIZE), directory, scores);
        for (int i = 0; i < set.size() && members.size() < Math.min(initialSize, set.size()); i++) {
            if (!members.contains(set.member(i)))
                members.add(set.member(i)); // no spare: keep even a dead one
        }
        int[] chosen = members.stream().mapToInt(Integer::intValue).toArray();
        MailboxSet better = new MailboxSet(chosen, scores.weights(nowNs, chosen, directory));
        scores.resetCounts();
        return worthIt(set, better) ? better : null;
    }

    private static void narrow(List<Integer> members, int size, MailboxDirectory directory, PathScores scores) {
        members.sort(Comparator.comparingDouble((Integer m) -> -Math.round(8 * scores.of(m).delivery))
                .thenComparingLong(m -> rttOf(directory, m)));
        while (members.size() > size)
            members.removeLast();
    }

    private static long rttOf(MailboxDirectory directory, int member) {
        MailboxLink link = directory.get(member);
        return link == null || link.rttNs() < 0 ? Long.MAX_VALUE : link.rttNs();
    }

    /**
     * Those that have not been seen to lose come first; of each kind one of every prefix, then a second, and so on; else in
     * the session's own order.
     */
    private void addSpares(long nowNs, List<Integer> members, int size, MailboxDirectory directory,
            @Nullable PathScores scores) {
        List<Integer> spares = new ArrayList<>();
        for (int i = 0; i < directory.size(); i++) {
            MailboxLink link = directory.get(i);
            if (link != null && !link.unreachable() && !members.contains(i))
                spares.add(i);
        }
        spares.sort(Comparator.comparingLong(i -> order.hash(i, 0, 0)));
        Map<Long, Integer> inPrefix = new LinkedHashMap<>();
        for (int member : members)
            inPrefix.merge(prefix(directory, member), 1, Integer::sum);
        for (boolean good : new boolean[]{true, false}) {
            List<Integer> left = new ArrayList<>();
            for (int spare : spares)
                if (good == (scores == null || scores.isGood(nowNs, spare, directory)))
                    left.add(spare);
            for (int most = 0; members.size() < size && !left.isEmpty(); most++)
                for (Iterator<Integer> next = left.iterator(); members.size() < size && next.hasNext();) {
                    int spare = next.next();
                    long prefix = prefix(directory, spare);
                    if (inPrefix.getOrDefault(prefix, 0) > most)
                        continue;
                    inPrefix.merge(prefix, 1, Integer::sum);
                    members.add(spare);
                    next.remove();
                }
        }
    }

    private static long prefix(MailboxDirectory directory, int member) {
        MailboxLink link = directory.get(member);
        return link == null ? ~member : link.address.prefix();
    }

    private static boolean worthIt(MailboxSet old, MailboxSet better) {
        if (old.size() != better.size())
            return true;
        double oldTotal = 0;
        double newTotal = 0;
        for (int i = 0; i < old.size(); i++) {
            oldTotal += old.weight(i);
            newTotal += better.weight(i);
        }
        double moved = 0;
        for (int i = 0; i < better.size(); i++) {
            int before = old.position(better.member(i));
            double was = before < 0 ? 0 : old.weight(before) / oldTotal;
            moved += Math.max(0, better.weight(i) / newTotal - was);
        }
        return moved > WORTH_CHANGE / 4;
    }
}
