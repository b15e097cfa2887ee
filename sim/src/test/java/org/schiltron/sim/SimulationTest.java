package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

class SimulationTest {
    private static final long MS = 1_000_000;

    private final Simulation simulation = new Simulation(1);
    private final Path echoAt = simulation.newAddress(7);
    private final Node<Void, Echo> echo = simulation.add("echo", new Echo(), echoAt);
    private final Node<Pinger.Answer, Pinger> pinger = simulation.add("pinger",
            new Pinger(0, List.of(echoAt), 0, simulation.random()), simulation.newAddress(9));
    private final List<Pinger.Answer> answers = new ArrayList<>();

    SimulationTest() {
        pinger.onEvent(answers::add);
    }

    private void pingAt(long timeNs) {
        simulation.at(timeNs, () -> pinger.command(Pinger::ping));
    }

    @Test
    void anAnswerTakesBothDirectionsOfLinksAndCore() {
        echo.links(LinkConfig.ofDelayNs(MS));
        pinger.links(LinkConfig.ofDelayNs(2 * MS));
        simulation.coreDelay((from, to) -> from == echo ? 30 * MS : 20 * MS);
        pingAt(5 * MS);
        simulation.run(1_000 * MS);
        assertThat(answers).containsExactly(new Pinger.Answer((5 + 3 + 20 + 3 + 30) * MS, 0, echoAt));
        assertThat(simulation.nowNs()).isEqualTo(1_000 * MS);
    }

    @Test
    void ipv6NodesAndWholeAddressesReachEachOther() {
        Path whole = simulation.newIpv6Address(0);
        Path port = new Path(0, whole.addressHigh(), whole.addressLow(), 4_500);
        Node<Void, Echo> second = simulation.add("second", new Echo(), whole);
        Node<Pinger.Answer, Pinger> third = simulation.add("third",
                new Pinger(0, List.of(port), 0, simulation.random()), simulation.newIpv6Address(1));
        third.onEvent(answers::add);
        third.command(Pinger::ping);
        simulation.run(100 * MS);
        assertThat(second.machine().echoed()).isEqualTo(1);
        assertThat(answers).hasSize(1);
    }

    @Test
    void runUntilStopsAtTheEventThatMakesItTrue() {
        pingAt(5 * MS);
        assertThat(simulation.runUntil(() -> !answers.isEmpty(), 1_000 * MS)).isTrue();
        assertThat(simulation.nowNs()).isEqualTo(25 * MS);
        assertThat(simulation.runUntil(() -> answers.size() > 1, 1_000 * MS)).isFalse();
        assertThat(simulation.nowNs()).isEqualTo(1_000 * MS);
    }

    @Test
    void aKilledNodeIsSilentUntilRestarted() {
        simulation.at(MS, echo::kill);
        pingAt(2 * MS);
        simulation.at(50 * MS, () -> echo.restart(new Echo()));
        pingAt(60 * MS);
        simulation.run(100 * MS);
        assertThat(answers).extracting(Pinger.Answer::number).containsExactly(1L);
        assertThat(simulation.statistics().drops(DropCause.DEAD)).isEqualTo(1);
        assertThat(echo.machine().echoed()).isEqualTo(1);
    }

    @Test
    void aKilledNodesTimerIsGone() {
        var periodic = simulation.add("periodic", new Pinger(0, List.of(echoAt), MS, simulation.random()),
                simulation.newAddress(9));
        simulation.run(50 * MS);
        periodic.kill();
        long sent = periodic.machine().sent();
        simulation.run(100 * MS);
        assertThat(sent).isPositive();
        assertThat(periodic.machine().sent()).isEqualTo(sent);
        assertThatThrownBy(() -> periodic.command(Pinger::ping)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("periodic");
    }

    @Test
    void aPartitionCutsAndHealMends() {
        simulation.at(MS, () -> simulation.partition(List.of(echo)));
        pingAt(2 * MS);
        simulation.at(50 * MS, simulation::heal);
        pingAt(60 * MS);
        simulation.run(100 * MS);
        assertThat(answers).extracting(Pinger.Answer::number).containsExactly(1L);
        assertThat(simulation.statistics().drops(DropCause.PARTITION)).isEqualTo(1);
    }

    @Test
    void aLinkChangesAtATime() {
        simulation.at(10 * MS, () -> pinger.uplink().configure(LinkConfig.PERFECT.withUp(false)));
        pingAt(5 * MS);
        pingAt(15 * MS);
        simulation.run(100 * MS);
        assertThat(answers).hasSize(1);
        assertThat(pinger.uplink().statistics().drops(DropCause.DOWN)).isEqualTo(1);
    }

    @Test
    void aHandlerMayCommandItsOwnAndOtherNodes() {
        pinger.onEvent(answer -> {
            answers.add(answer);
            if (answer.number() < 5)
                pinger.command(Pinger::ping);
        });
        pinger.command(Pinger::ping);
        simulation.run(1_000 * MS);
        assertThat(answers).hasSize(6);
    }

    @Test
    void aNodeMovesToAnotherAddress() {
        Path moved = simulation.newAddress(7);
        echo.readdress(0, moved);
        pingAt(MS);
        simulation.run(50 * MS);
        assertThat(simulation.statistics().drops(DropCause.NO_ROUTE)).isEqualTo(1);
        assertThatThrownBy(() -> pinger.readdress(0, moved)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("echo");
    }

    @Test
    void whatIsUnderWayToAnAddressThatMovesIsLost() {
        pingAt(MS);
        simulation.at(5 * MS, () -> echo.readdress(0, simulation.newAddress(7))); // it is between the links
        simulation.run(50 * MS);
        assertThat(simulation.statistics().drops(DropCause.NO_ROUTE)).isEqualTo(1);
        assertThat(echo.machine().echoed()).isZero();
    }

    @Test
    void aFloodFillsALinkAndNotMore() {
        echo.downlink().configure(LinkConfig.ofMegabits(8));
        var flood = simulation.add("flood",
                new Flood(List.of(echoAt), 10_000, 972, 0, 1_000 * MS, new SeededRandom(3)),
                simulation.newAddress(1));
        simulation.run(2_000 * MS);
        assertThat(flood.machine().sent()).isEqualTo(10_000);
        // 1 MB/s and 100 kB of queue, in packets of 1,000 bytes
        assertThat(echo.downlink().statistics().packetsOut()).isBetween(1_099L, 1_101L);
        assertThat(echo.downlink().statistics().drops(DropCause.QUEUE)).isBetween(8_899L, 8_901L);
    }

    @Test
    void aFailureNamesSeedAndTime() {
        simulation.invariant(() -> assertThat(answers).isEmpty());
        pingAt(5 * MS);
        assertThatThrownBy(() -> simulation.run(1_000 * MS)).isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("seed 1").hasMessageContaining("at 25000000 ns");
    }

    @Test
    void namesAndAddressesAreUnique() {
        assertThatThrownBy(() -> simulation.add("echo", new Echo())).hasMessageContaining("echo");
        assertThatThrownBy(() -> simulation.add("other", new Echo(), echoAt)).hasMessageContaining("taken by echo");
    }
}
