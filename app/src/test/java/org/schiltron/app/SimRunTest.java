package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SimRunTest {
    private static final String SCENARIO = """
            duration = "3s"
            [router.core]
            [host.mailbox]
            machine = "mailbox"
            count = 3
            link = { rate = "10Mbit", delay = "3ms", loss = 0.01 }
            [host.service]
            machine = "service"
            [host.client]
            machine = "client"
            """;

    @TempDir
    Path directory;

    private String run(String... more) throws IOException {
        Path file = directory.resolve("s.toml");
        Files.writeString(file, SCENARIO);
        String[] args = new String[3 + more.length];
        args[0] = "sim";
        args[1] = "run";
        args[2] = file.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(Schiltron.run(new PrintWriter(out, true), new PrintWriter(err, true), args)).isZero();
        assertThat(err.toString()).isEmpty();
        return out.toString();
    }

    @Test
    void aReplayGivesTheSameBytes() throws IOException {
        Path first = directory.resolve("a.pcap");
        Path second = directory.resolve("b.pcap");
        String once = run("--seed", "9", "--json", "--pcap", "service=" + first);
        String again = run("--replay", "9", "--json", "--pcap", "service=" + second);
        assertThat(again).isEqualTo(once);
        assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first)).hasSizeGreaterThan(10_000);
        assertThat(run("--seed", "10", "--json")).isNotEqualTo(once);
        JsonNode json = Json.MAPPER.readTree(once);
        assertThat(json.get("seed").asLong()).isEqualTo(9);
        assertThat(json.get("clients").get(0).get("answered").asLong()).isPositive();
        assertThat(json.get("links")).hasSize(10); // both directions of five hosts'
    }

    @Test
    void aPersonReadsTheSeedAndWhatClientsGot() throws IOException {
        assertThat(run()).contains("s.toml, seed 1: 3.0 s").contains("core > mailbox").contains("client ")
                .contains("clients' requests answered in time: ");
    }
}
