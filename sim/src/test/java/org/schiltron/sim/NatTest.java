package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;

class NatTest {
    private static final long SECOND = 1_000_000_000;

    private final Simulation simulation = new Simulation(2);
    private final Path serverAt = simulation.newAddress(7);
    private final List<Path> seen = new ArrayList<>();
    private final Node<Void, Attacker> server = simulation.add("server",
            new Attacker((self, nowNs, from, payload) -> seen.add(from.copy())), serverAt);
    private final List<String> got = new ArrayList<>();
    private final Node<Void, Attacker> home = simulation.add("home",
            new Attacker((self, nowNs, from, payload) -> got.add(from.toString())), Path.ofIpv4(10 << 24 | 2, 5_000));
    private final Path publicAt = simulation.newAddress(0);

    NatTest() {
        home.behindNat(publicAt, Simulation.NAT_IDLE_NS);
    }

    private void say(long timeNs, Node<Void, Attacker> from, Path to) {
        simulation.at(timeNs, () -> from.command(a -> a.send(to, new byte[]{1})));
    }

    private Path lastSeen() {
        simulation.runFor(SECOND);
        return seen.getLast();
    }

    @Test
    void theServerSeesThePublicAddressAndItsAnswersComeIn() {
        say(0, home, serverAt);
        Path mapped = lastSeen();
        assertThat(mapped.toString()).startsWith(publicAt.toString().replace(":0", ":"));
        assertThat(mapped.port()).isNotZero().isNotEqualTo(5_000);
        server.command(a -> a.send(mapped, new byte[]{2}));
        simulation.runFor(SECOND);
        assertThat(got).containsExactly(serverAt.toString());
    }

    @Test
    void onlyWhomItWroteToMayWriteBack() {
        var stranger = simulation.add("stranger", new Attacker(), simulation.newAddress(7));
        say(0, home, serverAt);
        Path mapped = lastSeen();
        stranger.command(a -> a.send(mapped, new byte[]{3}));
        simulation.send(stranger, stranger.address(), publicAt, new byte[]{3});
        simulation.runFor(SECOND);
        assertThat(got).isEmpty();
        assertThat(simulation.statistics().drops(DropCause.NAT)).isEqualTo(2);
        home.command(a -> a.send(stranger.address(), new byte[]{1}));
        simulation.runFor(SECOND);
        stranger.command(a -> a.send(mapped, new byte[]{3}));
        simulation.runFor(SECOND);
        assertThat(got).containsExactly(stranger.address().toString());
    }

    @Test
    void itForgetsAfterIdleTimeAndThenMapsAnew() {
        say(0, home, serverAt);
        Path first = lastSeen();
        say(20 * SECOND, server, first); // keeps it alive
        say(44 * SECOND, server, first);
        say(70 * SECOND, server, first); // too late
        simulation.run(80 * SECOND);
        assertThat(got).hasSize(2);
        assertThat(simulation.statistics().drops(DropCause.NAT)).isEqualTo(1);
        say(80 * SECOND, home, serverAt);
        assertThat(lastSeen().port()).isNotEqualTo(first.port());
    }

    @Test
    void aClientThatMovesIsUnreachableAtItsOldAddress() {
        say(0, home, serverAt);
        Path first = lastSeen();
        Path moved = simulation.newAddress(0);
        home.rebind(moved);
        server.command(a -> a.send(first, new byte[]{2}));
        home.command(a -> a.send(serverAt, new byte[]{1}));
        assertThat(lastSeen().addressLow()).isEqualTo(moved.addressLow());
        assertThat(got).isEmpty();
        assertThat(simulation.statistics().drops(DropCause.NO_ROUTE)).isEqualTo(1);
    }

    @Test
    void flowsAreBounded() {
        Nat nat = new Nat(publicAt, 1, SECOND, simulation.random());
        Path source = new Path();
        for (int i = 0; i < 5_000; i++)
            nat.outgoing(i, 0, Path.ofIpv4(i, 9), source);
        assertThat(nat.incoming(5_000, Path.ofIpv4(4_999, 9), source.port())).isZero();
        assertThat(nat.incoming(5_000, Path.ofIpv4(0, 9), source.port())).isEqualTo(Nat.BLOCKED);
    }
}
