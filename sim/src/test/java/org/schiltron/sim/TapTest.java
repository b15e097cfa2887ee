package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;

class TapTest {
    private static final long MS = 1_000_000;

    private record Got(long nowNs, Path from, int first) {
    }

    private final Simulation simulation = new Simulation(3);
    private final List<Got> got = new ArrayList<>();
    private final Node<Void, Attacker> server = simulation.add("server",
            new Attacker((self, nowNs, from, payload) -> got.add(new Got(nowNs, from.copy(), payload[0]))),
            simulation.newAddress(7));
    private final Node<Void, Attacker> client = simulation.add("client", new Attacker(), simulation.newAddress(8));

    private void say(int first) {
        client.command(a -> a.send(server.address(), new byte[]{(byte) first}));
    }

    private List<Integer> order() {
        simulation.run(1_000 * MS);
        return got.stream().map(Got::first).toList();
    }

    @Test
    void seesDropsAndHoldsBack() {
        List<String> seen = new ArrayList<>();
        client.uplink().tap((nowNs, datagram) -> {
            seen.add(datagram.source() + " " + datagram.destination() + " " + datagram.bytes()[0]);
            return switch (datagram.at(0)) {
                case 1 -> Tap.DROP;
                case 2 -> 50 * MS;
                default -> Tap.PASS;
            };
        });
        say(1);
        say(2);
        say(3);
        assertThat(order()).containsExactly(3, 2);
        assertThat(got.getLast().nowNs()).isEqualTo(60 * MS);
        assertThat(seen).hasSize(3).contains(client.address() + " " + server.address() + " 2");
        assertThat(simulation.statistics().drops(DropCause.TAP)).isEqualTo(1);
        assertThat(simulation.inFlight()).isZero();
    }

    @Test
    void holdsBackOnTheDownlinkToo() {
        server.downlink().tap((nowNs, datagram) -> datagram.at(0) == 1 ? 5 * MS : Tap.PASS);
        say(1);
        say(2);
        assertThat(order()).containsExactly(2, 1);
    }

    @Test
    void changesBytesInPlace() {
        client.uplink().tap((nowNs, datagram) -> {
            datagram.segment().set(ValueLayout.JAVA_BYTE, datagram.offset(), (byte) 9);
            return Tap.PASS;
        });
        say(1);
        assertThat(order()).containsExactly(9);
    }

    @Test
    void replaysUnderTheSameSource() {
        server.downlink().tap((nowNs, datagram) -> {
            Path source = datagram.source().copy();
            Path destination = datagram.destination().copy();
            byte[] bytes = datagram.bytes();
            simulation.after(30 * MS, () -> server.downlink().inject(source, destination, bytes));
            return Tap.PASS;
        });
        say(4);
        assertThat(order()).containsExactly(4, 4);
        assertThat(got.getLast()).isEqualTo(new Got(40 * MS, client.address(), 4));
    }

    @Test
    void aSnifferNearTheServerWinsTheRaceWithASpoofedSource() {
        client.uplink().configure(LinkConfig.ofDelayNs(20 * MS));
        var sniffer = simulation.add("sniffer", new Attacker(), simulation.newAddress(1));
        simulation.coreDelay((from, to) -> from == sniffer ? MS : 10 * MS);
        client.uplink().tap((nowNs, datagram) -> {
            simulation.send(sniffer, datagram.source(), datagram.destination(), new byte[]{66});
            return Tap.PASS;
        });
        say(1);
        assertThat(order()).containsExactly(66, 1);
        assertThat(got.getFirst().from()).isEqualTo(client.address());
    }

    @Test
    void mayCommandTheNodeThatIsSending() {
        client.uplink().tap((nowNs, datagram) -> {
            if (datagram.at(0) == 1)
                say(2);
            return Tap.PASS;
        });
        say(1);
        assertThat(order()).containsExactly(1, 2);
    }

    @Test
    void anUntappedLinkIsPrivateAgain() {
        List<Integer> seen = new ArrayList<>();
        Tap tap = (nowNs, datagram) -> {
            seen.add(datagram.at(0));
            return Tap.PASS;
        };
        client.uplink().tap(tap);
        say(1);
        client.uplink().untap(tap);
        say(2);
        assertThat(order()).containsExactly(1, 2);
        assertThat(seen).containsExactly(1);
    }
}
