package org.schiltron.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.filter.Prefix;

/** Rows of gates: what passes, what does not, and what is counted where. */
class GatesTest {

    @TempDir
    Path directory;

    private Result run(String text) throws IOException {
        return Texts.run(directory, text);
    }

    /** A bot and a victim, with such a row before the victim. */
    private static String flooded(String row, String more) {
        return """
                duration = "10s"
                [router.core]
                [router.edge]
                gates = [ROW]
                [link.transit]
                between = ["core", "edge"]
                delay = "5ms"
                [host.mailbox]
                machine = "mailbox"
                router = "core"
                [host.victim]
                machine = "mailbox"
                router = "edge"
                [host.bot]
                machine = "flood"
                router = "core"
                target = "victim"
                rate = "8Mbit"
                payload = "972B"
                """.replace("ROW", row) + more;
    }

    private static Map<String, Long> refused(Result result, int gate) {
        return result.routers().get(1).gates().get(gate).refused();
    }

    private static long reached(Result result, String host) {
        return result.links().stream().filter(link -> link.to().equals(host)).findFirst().orElseThrow().bytes();
    }

    /** Token bucket: burst + rate t, less what does not fill a whole packet. */
    @Test
    void aRateIsKeptToTheByte() throws IOException {
        Result all = run(flooded("{ gate = \"rate\", rate = \"2Mbit\", burst = \"50kB\", per = \"all\" }", ""));
        assertThat(reached(all, "victim")).isCloseTo(50_000 + 250_000L * 10, within(3_000L));
        assertThat(refused(all, 0).keySet()).containsExactly("over_rate");
        assertThat(refused(all, 0).get("over_rate")).isCloseTo(10_000 - 2_550, within(5L));
    }

    @Test
    void aRateOfEachSourceIsEachSources() throws IOException {
        String more = """
                count = 3
                [host.other]
                machine = "flood"
                router = "core"
                target = "victim"
                rate = "400kbit"
                payload = "972B"
                """;
        Result each = run(flooded("{ gate = \"rate\", rate = \"800kbit\", burst = \"10kB\", to = \"victim\" }", more));
        assertThat(reached(each, "victim")).isCloseTo(3 * (10_000 + 100_000L * 10) + 50_000 * 10, within(5_000L));
        Result bots = run(flooded(
                "{ gate = \"rate\", rate = \"800kbit\", burst = \"10kB\", per = \"all\", from = \"bot\" }", more));
        assertThat(reached(bots, "victim")).isCloseTo(10_000 + 100_000L * 10 + 50_000 * 10, within(5_000L));
        Result nobody = run(flooded("{ gate = \"rate\", rate = \"800kbit\", to = \"mailbox\" }", more));
        assertThat(nobody.routers().get(1).refused()).isZero();
    }

    @Test
    void listsLookAtHostsAndPrefixes() throws IOException {
        assertThat(reached(run(flooded("{ gate = \"drop\", from = \"bot\" }", "")), "victim")).isZero();
        assertThat(reached(run(flooded("{ gate = \"drop\", to = \"32.0.1.0/24\" }", "")), "victim")).as("its prefix")
                .isZero();
        assertThat(reached(run(flooded("{ gate = \"drop\", to = \"32.0.2.0/24\" }", "")), "victim")).isPositive();
        assertThat(reached(run(flooded("{ gate = \"drop\", from = \"2001:db8::/32\" }", "")), "victim")).isPositive();
        assertThat(reached(run(flooded("{ gate = \"only\", to = \"victim\", from = \"32.0.0.0/22\" }", "")), "victim"))
                .isPositive();
        assertThat(reached(run(flooded("{ gate = \"only\", to = \"victim\", from = \"32.0.0.0/24\" }", "")), "victim"))
                .isZero();
    }

    /** The same file that XDP and nftables enforce. */
    @Test
    void aFileOfRulesIsAGate() throws IOException {
        Path rules = Files.writeString(directory.resolve("rules.toml"), """
                protects = ["32.0.1.0/24"]
                otherwise = "allow"
                [[rule]]
                do = "limit"
                protocol = "udp"
                rate = "2Mbit"
                burst = "50kB"
                """);
        Result limited = run(flooded("{ gate = \"rules\", file = \"rules.toml\" }", ""));
        assertThat(reached(limited, "victim")).isCloseTo(50_000 + 250_000L * 10, within(3_000L));
        assertThat(refused(limited, 0).keySet()).containsExactly("rate_limited");
        Files.writeString(rules, "protects = [\"32.0.1.0/24\"]\n");
        Result closed = run(flooded("{ gate = \"rules\", file = \"rules.toml\" }", ""));
        assertThat(reached(closed, "victim")).isZero();
        assertThat(refused(closed, 0).keySet()).containsExactly("not_allowed");
        assertThatThrownBy(() -> run(flooded("{ gate = \"rules\", file = \"none.toml\" }", "")))
                .hasMessageContaining("none.toml cannot be read");
        Files.writeString(rules, "protects = []\n");
        assertThatThrownBy(() -> run(flooded("{ gate = \"rules\", file = \"rules.toml\" }", "")))
                .hasMessageContaining("rules.toml:1");
    }

    @Test
    void theFirstGateThatRefusesCounts() throws IOException {
        Result result = run(flooded("{ gate = \"drop\", from = \"mailbox\" }, { gate = \"drop\", from = \"bot\" }, "
                + "{ gate = \"only\", to = \"victim\", from = \"mailbox\" }", ""));
        assertThat(result.routers().get(1).gates()).containsExactly(new Result.Gate("drop", Map.of()),
                new Result.Gate("drop", Map.of("listed", result.routers().get(1).refused())),
                new Result.Gate("only", Map.of()));
        assertThat(result.routers().get(1).refused()).isGreaterThan(9_900);
    }

    /** Addresses from behind another link do not pass, neither where the bot is attached nor one router on; its own does. */
    @ParameterizedTest
    @ValueSource(strings = {"core", "edge"})
    void reversePathStopsForgedAddresses(String at) throws IOException {
        String text = flooded("", "").replace("gates = []\n", "").replace("[router." + at + "]",
                "[router." + at + "]\ngates = [{ gate = \"reverse-path\" }]");
        assertThat(reached(run(text), "victim")).as("under its own").isCloseTo(10_000_000L, within(10_000L));
        Result forged = run(text + "as = \"victim\"\n");
        assertThat(reached(forged, "victim")).as("under the victim's").isZero();
        assertThat(forged.routers()).anySatisfy(router -> assertThat(router.gates())
                .containsExactly(new Result.Gate("reverse-path", Map.of("not_behind_link", router.refused()))));
        Result neighbour = run(text + "as = \"mailbox\"\n");
        if (at.equals("core"))
            assertThat(reached(neighbour, "victim")).as("at its own access link its neighbour's is another's").isZero();
        else
            assertThat(reached(neighbour, "victim")).as("further on both are behind one link").isPositive();
    }

    private static final String ASKING = """
            duration = "6s"
            [router.core]
            [router.provider]
            [link.transit]
            between = ["core", "provider"]
            rate = "100Mbit"
            delay = "5ms"
            loss = 0.01
            [host.mailbox]
            machine = "mailbox"
            count = 4
            router = "core"
            [host.service]
            machine = "service"
            router = "provider"
            link = { rate = "10Mbit", queue = "50ms" }
            [host.client]
            machine = "client"
            count = 2
            router = "core"
            patience = "1s"
            [host.bot]
            machine = "flood"
            router = "core"
            target = "service"
            rate = "40Mbit"
            payload = "100B"
            start = "2s"
            """;

    @Test
    void aRingOnThePathLetsInWhatTheServiceAskedForAndNothingElse() throws IOException {
        String guarded = ASKING.replace("[router.provider]",
                "[router.provider]\ngates = [{ gate = \"requested\", service = \"service\" }]");
        for (String kind : List.of("random", "data")) {
            Result open = run(ASKING + "as = \"mailbox\"\nkind = \"" + kind + "\"\n");
            Result kept = run(guarded + "as = \"mailbox\"\nkind = \"" + kind + "\"\n");
            assertThat(kept.success()).as("with it, " + kind).isGreaterThan(0.97);
            assertThat(answered(kept)).as("of " + answered(open) + " without").isGreaterThan(2 * answered(open));
            Map<String, Long> refused = refused(kept, 0);
            assertThat(refused.get(kind.equals("data") ? "unrequested" : "malformed")).isGreaterThan(150_000);
            long flood = 40_000_000L / 8 / 128 * 4;
            assertThat(refused.values().stream().mapToLong(Long::longValue).sum())
                    .as("of the flood of " + flood).isGreaterThan(flood * 98 / 100);
        }
    }

    private static long answered(Result result) {
        return result.clients().stream().mapToLong(Result.Client::answered).sum();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,10.255.1.2:5,true", "10.0.0.0/8,11.0.0.0:5,false", "0.0.0.0/0,9.9.9.9:1,true",
            "192.0.2.7,192.0.2.7:1,true", "192.0.2.7,192.0.2.6:1,false"})
    void prefixesContainWhatBeginsAlike(String prefix, String address, boolean contained) {
        String[] parts = address.split("[.:]", -1);
        int word = 0;
        for (int i = 0; i < 4; i++)
            word = word << 8 | Integer.parseInt(parts[i]);
        assertThat(Prefix.parse(prefix).contains(org.schiltron.machine.Path.ofIpv4(word, 1))).isEqualTo(contained);
    }

    @Test
    void prefixesOfIpv6AreRead() {
        assertThat(Prefix.parse("2001:db8::/32")).isEqualTo(new Prefix(0x2001_0db8_0000_0000L, 0, 32));
        assertThat(Prefix.parse("::1")).isEqualTo(new Prefix(0, 1, 128));
        assertThat(Prefix.parse("1:2:3:4:5:6:7:8"))
                .isEqualTo(new Prefix(0x1_0002_0003_0004L, 0x5_0006_0007_0008L, 128));
        for (String bad : List.of("1::2::3", "1:2:3", "1:2:3:4:5:6:7:8:9", "12345::", "1.2.3", "1.2.3.4/33",
                "1.2.3.4/8", "::/129", "1:2:3:4:5:6:7::8:9"))
            assertThatThrownBy(() -> Prefix.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
    }
}
