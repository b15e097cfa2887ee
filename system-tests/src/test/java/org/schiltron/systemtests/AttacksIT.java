package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The catalogue of docs/ATTACKS.md: each attack finds what it looks for, and with the defence it does not. */
class AttacksIT {
    private static final Path ATTACKS = Launcher.ROOT.resolve("docs/attacks");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    private static Stage stage;

    @BeforeAll
    static void labIsUp() throws IOException {
        Programs.ip();
        for (String program : new String[]{Programs.nmap(), Programs.hping3(), Programs.tcpdump(), Programs.nginx(),
                Programs.curl()})
            assertThat(program).isNotEmpty();
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")) && Files.isWritable(Path.of("/run")),
                "a lab needs root and /dev/net/tun");
        stage = new Stage(directory);
        Path launcher = Files.writeString(directory.resolve("launcher"), "#!/bin/sh\nexec "
                + Launcher.java().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "))
                + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        stage.ok("lab", "up", ATTACKS.resolve("world.toml").toString());
    }

    @AfterAll
    static void labIsDown() {
        Stage ending = stage;
        if (ending == null)
            return;
        try (ending) {
            ending.ok("lab", "down");
        }
    }

    private static Child run(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = ATTACKS.resolve("run").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return stage.start(java.util.List.of(command),
                Map.of("SCHILTRON", directory.resolve("launcher").toString()));
    }

    @ParameterizedTest(name = "{0}, defence {1}")
    @CsvSource(delimiter = '|', value = {"port-scan | off | the port is 8443", "port-scan | on | nothing found",
            "firewalk | off | the port is 8443", "firewalk | on | nothing found",
            "idle-scan | off | the egress is edge-3", "idle-scan | on | nothing found",
            "next-hop-scan | off | the egress is edge-3", "next-hop-scan | on | nothing found"})
    void anAttackFindsWhatTheDefenceHides(String attack, String defence, String outcome) {
        Child child = run(attack, defence);
        assertThat(child.awaitExit()).as(child::toString).isZero();
        assertThat(child.out().getLast()).as(child::toString).matches("outcome: " + outcome);
    }

    /** Up to 20 s each, most of it waiting, or very like another: not in every build (docs/HACKING.md). */
    @ParameterizedTest(name = "{0}, defence {1}")
    @EnabledIfSystemProperty(named = "schiltron.slow", matches = "true", disabledReason = "takes two minutes: -Dschiltron.slow=true")
    @CsvSource(delimiter = '|', value = {
            "prefix-scan | off | the address is [0-9.]+\\.113", "prefix-scan | on | nothing found",
            "slow-read | off | laundered: .*", "slow-read | on | held: .*", "timing | off | the egress is edge-3",
            "timing | on | nothing found", "compromised-edge | off | flooded with port 8000, by any of 8 nodes",
            "compromised-edge | on | it is kiev, after 3 rounds, and its key is worth nothing",
            "adaptive-flooding | off | the port is 8005 after 3 rounds", "adaptive-flooding | on | nothing found"})
    void aSlowAttackDoesToo(String attack, String defence, String outcome) {
        anAttackFindsWhatTheDefenceHides(attack, defence, outcome);
    }

    @Test
    void whatIsNoAttackIsSaid() {
        Child child = run("port-scan", "maybe");
        assertThat(child.awaitExit()).isEqualTo(2);
        assertThat(child.err()).singleElement().asString().startsWith("usage: ").contains("|idle-scan|");
        assertThat(run("../../schiltron", "on").awaitExit()).isEqualTo(2);
    }
}
