package org.schiltron.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.sim.DropCause;

/** What happens at a time happens then, and ends when it is ended. */
class EventsTest {

    @TempDir
    Path directory;

    private Result run(String text) throws IOException {
        return Texts.run(directory, text);
    }

    private static final String WORLD = """
            duration = "12s"
            [router.core]
            [router.edge]
            [link.transit]
            between = ["core", "edge"]
            rate = "10Mbit"
            delay = "5ms"
            [host.mailbox]
            machine = "mailbox"
            count = 4
            router = "core"
            [host.service]
            machine = "service"
            router = "edge"
            [host.client]
            machine = "client"
            router = "core"
            every = "100ms"
            patience = "1s"
            """;

    private static String at(String time, String what) {
        return "[[at]]\ntime = \"" + time + "\"\n" + what + "\n";
    }

    private static long answered(Result result, int from, int to) {
        return result.seconds().subList(from, to).stream().mapToLong(Result.Second::answered).sum();
    }

    /** Served until 4 s, not from 5 to 7, and again at the end. */
    private static void assertInterrupted(Result result) {
        assertThat(answered(result, 1, 4)).as("before").isGreaterThanOrEqualTo(28);
        assertThat(answered(result, 5, 7)).as("while").isZero();
        int end = result.seconds().size();
        assertThat(answered(result, end - 2, end)).as("afterwards").isGreaterThanOrEqualTo(9); // the last second's wait
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill = \"service\" restart = \"service\"", "partition = \"mailbox\" heal = true",
            "partition = \"service\" heal = true", "partition = [\"client\",\"service\"] heal = true",
            "link = \"transit\"; state = \"down\" link = \"transit\"; state = \"up\"",
            "link = \"client\"; up = {loss=1} link = \"client\"; up = {loss=0}"})
    void whatIsCutIsMendedAgain(String events) throws IOException {
        String[] both = events.split(" (?=restart|heal|link)", 2);
        assertInterrupted(run(WORLD.replace("12s", "30s") + at("4s", both[0].replace("; ", "\n"))
                + at("7s", both[1].replace("; ", "\n"))));
    }

    @Test
    void aKilledClientAsksNothingAndARestartedOneConnectsAnew() throws IOException {
        Result result = run(WORLD + at("4s", "kill = \"client\"") + at("7s", "restart = \"client\""));
        Result.Client client = result.clients().getFirst();
        assertThat(client.sessions()).isEqualTo(2);
        assertThat(client.asked()).isBetween(85L, 92L);
        assertInterrupted(result);
        long got = result.machines().stream().filter(machine -> machine.host().equals("client")).findFirst()
                .orElseThrow().datagramsIn();
        assertThat(got).as("of both lives").isCloseTo(Texts.link(result, "core", "client").carriedPackets(),
                within(got / 20));
    }

    @Test
    void whatHappensToAClientBeforeItComesHappensWhenItComes() throws IOException {
        String late = WORLD + "start = \"5s\"\n";
        assertThat(run(late + at("1s", "kill = \"client\"")).clients())
                .allSatisfy(client -> assertThat(client.asked()).isZero());
        assertThat(run(late + at("1s", "kill = \"client\"") + at("2s", "restart = \"client\"")).clients().getFirst()
                .answered()).isPositive();
        assertThat(answered(run(late + at("1s", "partition = \"client\"")), 0, 12)).isZero();
        assertThat(answered(run(late + at("1s", "partition = \"client\"") + at("2s", "heal = true")), 0, 12))
                .isPositive();
        Result slow = run(late + at("1s", "link = \"client\"\nrate = \"100kbit\""));
        assertThat(Texts.link(slow, "core", "client").rate()).isEqualTo(12_500);
    }

    private static final String FLOOD = """
            [host.bot]
            machine = "flood"
            count = 2
            router = "core"
            target = "service"
            rate = "4Mbit"
            payload = "972B"
            """;

    /** Two at 4 Mbit/s for 3 s, at 1 for 4 s, at none for 2, and one at 2 for 3. */
    @ParameterizedTest
    @ValueSource(strings = {"", "kind = \"data\"\n"})
    void aFloodsRateChanges(String kind) throws IOException {
        Result result = run(WORLD + FLOOD + kind + at("3s", "flood = \"bot\"\nrate = \"1Mbit\"")
                + at("7s", "flood = \"bot\"\nrate = \"0Mbit\"") + at("9s", "flood = \"bot-2\"\nrate = \"2Mbit\""));
        assertThat(Texts.link(result, "bot-1", "core").bytes() * 8e-6).isCloseTo(4 * 3 + 1 * 4, within(0.05));
        assertThat(Texts.link(result, "bot-2", "core").bytes() * 8e-6).isCloseTo(4 * 3 + 1 * 4 + 2 * 3, within(0.05));
        Result killed = run(
                WORLD + FLOOD + kind + at("3s", "kill = \"bot\"") + at("4s", "flood = \"bot\"\nrate = \"1Mbit\"")
                        + at("9s", "restart = \"bot-1\""));
        assertThat(Texts.link(killed, "bot-1", "core").bytes() * 8e-6).isCloseTo(4 * 3 + 1 * 3, within(0.05));
        assertThat(Texts.link(killed, "bot-2", "core").bytes() * 8e-6).isCloseTo(4 * 3, within(0.05));
    }

    @Test
    void aLinksRateChanges() throws IOException {
        Result result = run(WORLD + FLOOD + at("2s", "link = \"transit\"\nthere = { rate = \"4Mbit\" }"));
        Result.Link there = Texts.link(result, "core", "edge");
        assertThat(there.rate()).isEqualTo(500_000);
        assertThat(there.carriedBytes() * 8e-6).isBetween(16 + 39.0, 18 + 42.0);
        assertThat(there.drops()).containsKey(DropCause.QUEUE);
        assertThat(Texts.link(result, "edge", "core").rate()).isEqualTo(1_250_000);
    }

    @Test
    void theSeedDecidesWithEventsToo() throws IOException {
        String text = WORLD + FLOOD + at("2s", "kill = \"mailbox-2\"")
                + at("3s", "partition = [\"mailbox-1\", \"client\"]")
                + at("4s", "restart = [\"mailbox\", \"service\"]") + at("5s", "flood = \"bot\"\nrate = \"3Mbit\"")
                + at("6s", "heal = true") + at("6s", "link = \"transit\"\nloss = 0.1");
        assertThat(run(text)).isEqualTo(run(text));
        assertThat(run(text).machines()).extracting(Result.Machine::drops).isNotEqualTo(List.of(Map.of()));
    }
}
