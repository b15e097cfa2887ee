package org.schiltron.scenario;

import java.util.List;
import java.util.Map;
import org.schiltron.sim.DropCause;

/**
 * What a run came to. Equal for equal runs.
 *
 * @param traceHash of every event
 * @param datagrams sent by all hosts
 */
public record Result(String scenario, long seed, long durationNs, long events, long datagrams, long traceHash,
        List<Link> links, List<Router> routers, List<Tap> taps, List<Client> clients, List<Machine> machines,
        List<Second> seconds) {

    /**
     * One direction of a link.
     *
     * @param group          the host's group, or the trunk's name
     * @param link           the trunk's name, or that of the host whose access link it is
     * @param rate           in bytes a second; 0 for none
     * @param packets        offered, as {@code bytes}: of IP packets
     * @param carriedPackets taken and not lost, as {@code carriedBytes}
     * @param drops          by cause, none without
     * @param utilisation    the share of the rate that was used; NaN without a rate
     */
    public record Link(String group, String link, String from, String to, long rate, long packets, long bytes,
            long carriedPackets,
            long carriedBytes, Map<DropCause, Long> drops, double utilisation) {
    }

    /**
     * @param refused by its gates
     * @param gates   in their order
     */
    public record Router(String router, long forwarded, long refused, List<Gate> gates) {
    }

    /** @param refused by reason, none without */
    public record Gate(String gate, Map<String, Long> refused) {
    }

    /**
     * @param seen  datagrams that crossed the link, both ways, while it listened
     * @param acted of those it dropped, changed or delayed, or datagrams of its own that it sent
     */
    public record Tap(String link, String habit, long seen, long acted) {
    }

    /**
     * @param connectedNs after its start; -1 for never
     * @param sessions    1 if it lost none
     * @param waiting     asked so late that they are neither answered nor given up
     * @param bytes       received, of all answers
     * @param p50Ns       from asking to the last byte; -1 if nothing was answered, as {@code p99Ns}
     */
    public record Client(String group, String client, long connectedNs, int sessions, long asked, long answered,
            long failed,
            long waiting, long bytes, long p50Ns, long p99Ns) {
    }

    /** @param drops by the reason's label, none without; empty also where nothing is counted */
    public record Machine(String group, String host, String machine, String address, long datagramsIn,
            long datagramsOut,
            Map<String, Long> drops) {
    }

    /**
     * All clients together.
     *
     * @param second   from this second to the next
     * @param answered of those asked in it, as {@code failed}
     * @param bytes    received in it
     */
    public record Second(int second, long asked, long answered, long failed, long bytes) {
    }

    public Result {
        links = List.copyOf(links);
        routers = List.copyOf(routers);
        taps = List.copyOf(taps);
        clients = List.copyOf(clients);
        machines = List.copyOf(machines);
        seconds = List.copyOf(seconds);
    }

    /** All clients together: the share of their requests that was answered; NaN if nothing is decided. */
    public double success() {
        long answered = clients.stream().mapToLong(Client::answered).sum();
        return (double) answered / (answered + clients.stream().mapToLong(Client::failed).sum());
    }
}
