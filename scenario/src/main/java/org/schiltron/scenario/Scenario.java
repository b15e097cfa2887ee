package org.schiltron.scenario;
import org.schiltron.toml.BadFileException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.sim.LinkConfig;

/**
 * A scenario as its file has it, checked: every name in it exists, every router can be reached from every other.
 *
 * @param file       its name, for people
 * @param durationNs virtual time that is run
 */
public record Scenario(String file, long durationNs, List<Router> routers, List<Trunk> trunks, List<Host> hosts,
        List<Event> events, List<TapSpec> taps) {
    /** Most hosts, members of groups counted each. */
    public static final int MAX_HOSTS = 20_000;
    static final int MAX_ROUTERS = 1_000;
    static final int MAX_TRUNKS = 10_000;
    /** Most requests that clients may ask in a run, all together. */
    static final long MAX_REQUESTS = 10_000_000;
    static final long MAX_DURATION_NS = 3_600_000_000_000L;

    /** @param gates asked one after another, up to the first that refuses */
    record Router(String name, List<GateSpec> gates) {
    }

    record Trunk(String name, String a, String b, LinkConfig there, LinkConfig back) {
    }

    /**
     * One host or several alike.
     *
     * @param router where their access links end
     * @param ipv6   whether their addresses are
     * @param nat    whether each is behind one of its own
     */
    record Group(String name, int count, String router, LinkConfig up, LinkConfig down, boolean ipv6, boolean nat) {
        /** Of IP and UDP, in bytes. */
        int headers() {
            return ipv6 ? 48 : 28;
        }

        /** The name itself for one, else with a number from 1. */
        List<String> members() {
            if (count == 1)
                return List.of(name);
            List<String> members = new ArrayList<>();
            for (int i = 1; i <= count; i++)
                members.add(name + "-" + i);
            return members;
        }
    }

    /** A group and what runs on each of it. */
    record Host(Group group, Role role) {
    }

    /** Something that happens at a time of the run. */
    record Event(long timeNs, EventSpec what) {
    }

    public Scenario {
        routers = List.copyOf(routers);
        trunks = List.copyOf(trunks);
        hosts = List.copyOf(hosts);
        events = List.copyOf(events);
        taps = List.copyOf(taps);
    }

    /** @throws BadFileException with line and reason */
    public static Scenario read(Path file) throws IOException {
        return ScenarioFile.read(file);
    }

    /** What can be captured: trunks by their names, access links by those of their hosts. */
    public List<String> links() {
        List<String> names = new ArrayList<>();
        for (Trunk trunk : trunks)
            names.add(trunk.name);
        for (Host host : hosts)
            names.addAll(host.group().members());
        return names;
    }
}
