package org.schiltron.scenario;
import org.schiltron.toml.BadFileException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attackers in a file do what those of the simulator's tests do, and what must hold there holds here. */
class AttackersInScenariosTest {
    private static final String WORLD = """
            duration = "6s"
            [router.core]
            [router.edge]
            [link.transit]
            between = ["core", "edge"]
            rate = "50Mbit"
            delay = "5ms"
            [host.mailbox]
            machine = "mailbox"
            count = 6
            router = "core"
            [host.ring]
            machine = "ring"
            router = "edge"
            [host.service]
            machine = "service"
            router = "edge"
            [host.client]
            machine = "client"
            count = 2
            router = "core"
            [host.bystander]
            machine = "flood"
            router = "core"
            target = "mailbox"
            rate = "1kbit"
            start = "5900ms"
            """;

    @TempDir
    Path directory;

    private Result run(String text) throws IOException {
        return Texts.run(directory, text);
    }

    private static String tap(String link, String habit, String more) {
        return "[[tap]]\nlink = \"" + link + "\"\nhabit = \"" + habit + "\"\n" + more;
    }

    private static long drops(Result result, String host, String reason) {
        return result.machines().stream().filter(machine -> machine.host().equals(host)).findFirst().orElseThrow()
                .drops().getOrDefault(reason, 0L);
    }

    private static void assertServed(Result result) {
        assertThat(result.clients()).allSatisfy(client -> assertThat(client.answered()).isGreaterThan(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"race", "steal", "replay"})
    void whoSniffsBeforeMailboxesStopsNobody(String habit) throws IOException {
        Result result = run(WORLD + tap("mailbox-1", habit, "") + tap("mailbox-2", habit, "start = \"3s\"\n"));
        assertServed(result);
        assertThat(result.taps()).hasSize(2).allSatisfy(tap -> {
            assertThat(tap.seen()).isGreaterThan(50);
            assertThat(tap.acted()).isPositive();
        });
        if (habit.equals("race"))
            assertThat(drops(result, "service", "not_authentic") + drops(result, "client-1", "not_authentic")
                    + drops(result, "client-2", "not_authentic")).as("races won and refused").isPositive();
        if (habit.equals("replay"))
            assertThat(drops(result, "ring", "unrequested")).isPositive();
    }

    @Test
    void whoReplaysOnALinkBetweenRoutersIsRefused() throws IOException {
        Result result = run(WORLD + tap("transit", "replay", ""));
        assertServed(result);
        assertThat(drops(result, "ring", "unrequested") + drops(result, "ring", "replayed")).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"drop,0.2", "change,0.1", "delay,0.2"})
    void whoMeddlesDoesItAsOftenAsSaidAndInItsTime(String habit, double share) throws IOException {
        Result result = run(WORLD + tap("transit", habit, "share = " + share + "\nstart = \"1s\"\n"));
        assertServed(result);
        Result.Tap tap = result.taps().getFirst();
        assertThat((double) tap.acted() / tap.seen()).isCloseTo(share, within(0.05));
        Result.Tap brief = run(WORLD + tap("transit", habit, "start = \"1s\"\nend = \"2s\"\n")).taps().getFirst();
        assertThat(brief.seen()).isBetween(1L, tap.seen() / 2);
        Result all = run(
                WORLD + tap("service", habit, "share = 1\n" + (habit.equals("delay") ? "by = \"60s\"\n" : "")));
        assertThat(all.clients()).as("when it does so with everything")
                .allSatisfy(client -> assertThat(client.answered()).isZero());
    }

    @Test
    void aForgerBetweenMailboxesAndTheWorldHarmsNobodyForLong() throws IOException {
        Result result = run(WORLD + """
                [host.forger]
                machine = "forger"
                router = "core"
                watch = ["mailbox", "ring"]
                every = "4ms"
                """);
        assertServed(result);
        Result.Machine mailbox = result.machines().getFirst();
        assertThat(mailbox.drops()).containsKey("bad_cookie");
        // Nothing is sent to a host that takes no part but what forgers themselves send, an answer to each at most.
        long toBystander = result.links().stream().filter(link -> link.to().equals("bystander")).findFirst()
                .orElseThrow().packets();
        assertThat(toBystander).isLessThan(1_500);
    }

    /** Asked in a bystander's name, a mailbox sends there no more than came. */
    @Test
    void mailboxesReflectNoMoreThanTheyGet() throws IOException {
        Result result = run(WORLD + """
                [host.bot]
                machine = "flood"
                router = "core"
                kind = "cookie-requests"
                target = "mailbox"
                as = "bystander"
                rate = "2Mbit"
                """);
        long sent = result.links().stream().filter(link -> link.from().equals("bot")).findFirst().orElseThrow().bytes();
        long reflected = result.links().stream().filter(link -> link.to().equals("bystander")).findFirst().orElseThrow()
                .bytes();
        assertThat(sent).isCloseTo(2_000_000L / 8 * 6, within(5_000L));
        assertThat(reflected).isPositive().isLessThan(sent);
        assertServed(result);
    }

    @Test
    void aFloodOfWellFormedMessagesAtARingNodeIsRefusedThere() throws IOException {
        Result result = run(WORLD + """
                [host.bot]
                machine = "flood"
                router = "core"
                kind = "ring"
                target = "ring"
                rate = "8Mbit"
                """);
        assertServed(result);
        assertThat(drops(result, "ring", "unrequested")).as("with a customer's number").isGreaterThan(2_000);
        assertThat(drops(result, "ring", "bad_mac")).isPositive();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [[tap]]\\nhabit = "race" | 28 | tap 1: needs a key link, such as link = "transit"
            [[tap]]\\nlink = "transitt"\\nhabit = "race" | 29 | tap 1.link: there is no link transitt; did you mean transit?
            [[tap]]\\nlink = "transit"\\nhabit = "listen" | 30 | tap 1.habit: "listen" is not one of race, steal, replay, drop, change, delay
            [[tap]]\\nlink = "transit"\\nhabit = "race"\\nshare = 0.1 | 31 | tap 1.share: only for drop, change and delay, not for race
            [[tap]]\\nlink = "transit"\\nhabit = "drop"\\nby = "1s" | 31 | tap 1.by: no such key
            [[tap]]\\nlink = "transit"\\nhabit = "drop"\\nstart = "2s"\\nend = "2s" | 32 | tap 1.end: not after the start, 2s
            [host.f]\\nmachine = "forger"\\nrouter = "core"\\nwatch = "mailboxes" | 31 | host.f.watch: there is no host mailboxes; did you mean mailbox?
            [host.f]\\nmachine = "flood"\\nrouter = "core"\\nkind = "ring"\\ntarget = "service"\\nrate = "1Mbit" | 32 | host.f.target: service is not a ring
            [host.f]\\nmachine = "flood"\\nrouter = "core"\\nkind = "cookie-requests"\\ntarget = "service"\\nrate = "1Mbit"\\npayload = "100B" | 34 | host.f.payload: a request for a cookie has 48 bytes
            """)
    void whatIsWrongIsSaidWithItsLine(String more, int line, String message) {
        assertThatThrownBy(() -> run(WORLD + more.replace("\\n", "\n") + "\n")).isInstanceOf(BadFileException.class)
                .hasMessageStartingWith(directory.resolve("s.toml") + ":" + line + ": " + message);
    }
}
