package org.schiltron.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.schiltron.filter.Action;
import org.schiltron.filter.Hiding;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;
import org.schiltron.filter.RuleSet;
import org.schiltron.machine.SeededRandom;

/** The nonce filter of the real program in the real kernel: over several blocks, at the load that it is sized for, and through turns. */
class NonceLinesTest {
    private static final int LINES = 4 * Layouts.BLOCK_LINES + 1;
    private static final int REQUESTS = 6 * LINES;
    private static final int IMAGES = 72;
    private static final int PASS = 2;

    private final RuleSet rules = new RuleSet("test", "test", List.of(Prefix.parse("192.0.2.0/24")), false, false,
            Hiding.NOTHING,
            List.of(new Rule("asked", 1, new Action.Requested(), List.of(), List.of(Prefix.parse("192.0.2.80")),
                    List.of(), List.of(), List.of(), List.of())));
    private XdpRing ring;

    @BeforeAll
    static void thisMachineCan() {
        assumeTrue(XdpRing.isCompiled(), "needs clang at build time");
        assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "needs root on Linux");
    }

    @BeforeEach
    void open() throws Exception {
        ring = new XdpRing(rules, LINES, new SeededRandom(7));
    }

    @AfterEach
    void close() {
        ring.close();
    }

    @Test
    void atDesignLoadAllButAFewInAThousandPassAndEachOnce() throws Exception {
        for (int from = 0; from < REQUESTS; from += IMAGES)
            ask(from, Math.min(REQUESTS, from + IMAGES));
        int passed = 0;
        int again = 0;
        for (int number = 0; number < REQUESTS; number++)
            passed += answer(number) ? 1 : 0;
        for (int number = 0; number < REQUESTS; number++)
            again += answer(number) ? 1 : 0;
        assertThat(passed).isGreaterThan(REQUESTS - REQUESTS * 3 / 1_000);
        assertThat(again).isZero();
    }

    @Test
    void nothingElsePassesWhereMuchIsAskedFor() throws Exception {
        for (int from = 0; from < REQUESTS; from += IMAGES)
            ask(from, Math.min(REQUESTS, from + IMAGES));
        int passed = 0;
        for (int number = 0; number < 50_000; number++)
            passed += answer(REQUESTS + number) ? 1 : 0;
        assertThat(passed).isZero();
    }

    @Test
    void anAnswerPassesAfterOneTurnButNotAfterTwoOrMore() throws Exception {
        ask(0, 40);
        ring.turn();
        assertThat(answer(0)).isTrue();
        assertThat(answer(0)).isFalse();
        for (int turn = 2; turn < 40; turn++) {
            ring.turn();
            assertThat(answer(turn)).as("turn %d", turn).isFalse();
            ask(1_000, 1_001); // else the mailbox is forgotten as a whole
        }
    }

    @Test
    void aMailboxIsKnownAgainAfterASilence() throws Exception {
        for (int turn = 0; turn < 5; turn++)
            ring.turn();
        ask(0, 1);
        assertThat(answer(0)).isTrue();
    }

    @Test
    void whatWasAskedForStandsAcrossAChangeOfRules() throws Exception {
        ask(0, 2);
        ring.change(rules);
        assertThat(answer(1)).isTrue();
    }

    private void ask(int from, int to) throws Exception {
        String numbers = IntStream.range(from, to).mapToObj(Integer::toString).collect(Collectors.joining(","));
        MemorySegment frame = Frames.of("udp 192.0.2.80:4000 > 203.0.113.1:4500 get=" + numbers);
        assertThat(ring.bpf().testRun(ring.program().inside, frame, 1).retval()).isEqualTo(PASS);
    }

    private boolean answer(int number) throws Exception {
        MemorySegment frame = Frames.of("udp 203.0.113.1:4500 > 192.0.2.80:4000 answer=" + number);
        return ring.bpf().testRun(ring.program().outside, frame, 1).retval() == PASS;
    }
}
