package org.schiltron.scenario;

import java.util.List;
import java.util.Map;

/** What happens at a time, as a file has it. Hosts are single ones here, members of groups each by its name. */
sealed interface EventSpec {
    /** Links become so, by what {@link Scenario#links} names. */
    record Links(Map<String, LinkFields.Pair> links) implements EventSpec {
    }

    /** Their machines stop without a word. */
    record Kill(List<String> hosts) implements EventSpec {
    }

    /** Their machines begin anew: those that were killed, and those that run. */
    record Restart(List<String> hosts) implements EventSpec {
    }

    /** These are cut off from all others. */
    record Partition(List<String> hosts) implements EventSpec {
    }

    /** All partitions end. */
    record Heal() implements EventSpec {
    }

    /** Their NATs forget everything and have other addresses. */
    record Rebind(List<String> hosts) implements EventSpec {
    }

    /** @param rate of IP packets, in bytes a second, of each; 0 for none */
    record FloodRate(List<String> hosts, long rate) implements EventSpec {
    }
}
