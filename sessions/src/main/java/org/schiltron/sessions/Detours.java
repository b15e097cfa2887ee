package org.schiltron.sessions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.schiltron.machine.SeededRandom;

/**
 * Which hosts are mailboxes between two others. "Only slight detours off the best path ... the greatest path diversity" (Phalanx,
 * section 3.2.2): those over which the round trip is least, each at a site of its own and none at the sites of the two ends. The
 * paper's prototype knows detours from iPlane's predictions, here they are known exactly.
 */
final class Detours {
    static final int MAILBOXES = 10;

    private final RttMatrix rtt;

    Detours(RttMatrix rtt) {
        this.rtt = rtt;
    }

    /** The round trip over a mailbox. */
    double ms(int a, int b, int over) {
        return rtt.ms(a, over) + rtt.ms(over, b);
    }

    /** Over these, one as often as another. */
    double meanMs(int a, int b, int[] over) {
        double sum = 0;
        for (int mailbox : over)
            sum += ms(a, b, mailbox);
        return sum / over.length;
    }

    /** The least detours first; fewer than wanted where there are no more sites. */
    int[] least(int a, int b) {
        return least(a, b, 1);
    }

    /** @param every of so many hosts one could be a mailbox */
    int[] least(int a, int b, int every) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < rtt.size(); i += every)
            all.add(i);
        all.sort(Comparator.comparingDouble(i -> ms(a, b, i)));
        return apart(a, b, all);
    }

    int[] drawn(int a, int b, SeededRandom random) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < rtt.size(); i++)
            all.add(random.nextInt(i + 1), i);
        return apart(a, b, all);
    }

    private int[] apart(int a, int b, List<Integer> order) {
        List<Integer> taken = new ArrayList<>(List.of(a, b));
        for (int host : order) {
            if (taken.size() == 2 + MAILBOXES)
                break;
            if (taken.stream().noneMatch(other -> rtt.oneSite(host, other)))
                taken.add(host);
        }
        return taken.stream().skip(2).mapToInt(Integer::intValue).toArray();
    }
}
