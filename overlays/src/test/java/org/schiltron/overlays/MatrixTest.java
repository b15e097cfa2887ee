package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.edge.AuthenticatorField;
import org.schiltron.edge.Route;
import org.schiltron.figures.Experiment;
import org.schiltron.machine.SeededRandom;

/** The matrix as the documents have it, and the parts of its games. */
class MatrixTest {
    private static Experiment experiment;

    @BeforeAll
    static void play() {
        experiment = Experiments.MATRIX.run(new Setup(1, Experiments.MATRIX.trials(), Setup.NODES, Setup.PER_ROLE,
                Setup.twentieths(Setup.NODES), Setup.KEYS, Setup.NOISE));
    }

    /** A change here is a change of what the defence is worth: look at it before the table is put right. */
    @Test
    void everyCellIsAsExpected() throws IOException {
        try (InputStream in = Objects.requireNonNull(MatrixTest.class.getResourceAsStream("matrix.md"))) {
            assertThat(experiment.tables().getFirst().markdown())
                    .isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** {@code schiltron sim overlays --figure matrix --markdown} writes what belongs there. */
    @Test
    void theDocumentsSayWhatWasPlayed() throws IOException {
        String security = Files.readString(Path.of("..", "docs", "SECURITY.md"));
        assertThat(security).contains("\n\n" + experiment.tables().getFirst().markdown() + "\n");
        String papers = Files.readString(Path.of("..", "docs", "PAPERS.md"));
        assertThat(papers).contains("\n\n" + experiment.tables().getLast().markdown() + "\n");
        String markdown = experiment.markdown();
        assertThat(papers).contains(markdown.substring(markdown.indexOf("\n| claim of the paper")));
    }

    /** What no draw changes. */
    @Test
    void anotherSeedKeepsWhatIsNoMatterOfLuck() {
        long seed = Draws.seed();
        Matrix matrix = new Matrix(3, new SeededRandom(seed));
        for (Shows shows : Shows.values()) {
            for (Route route : Route.values()) {
                boolean near = route == Route.PROXIMITY || shows == Shows.SOURCE;
                assertThat(matrix.cell(route, shows, Attacker.TARGETED_COMPROMISE).text())
                        .as("%s, %s; seed %d", route, shows, seed).isEqualTo(near ? "1" : "2");
                assertThat(matrix.cell(route, shows, Attacker.BLIND).holds())
                        .as("%s, %s; seed %d", route, shows, seed).isEqualTo(shows != Shows.SOURCE);
            }
            assertThat(matrix.cell(Route.PROXIMITY, shows, Attacker.RANDOM_EAVESDROPPER).text()).isEqualTo("1");
            assertThat(matrix.cell(Route.SINGLY_INDIRECT, shows, Attacker.TARGETED_EAVESDROPPER).text())
                    .as("%s; seed %d", shows, seed).isEqualTo(shows == Shows.SOURCE ? "1" : "2");
        }
    }

    /** The ring lets pass what egresses show, in any round, and nothing that differs in what it asks for. */
    @ParameterizedTest
    @EnumSource(Shows.class)
    void theRingLetsPassWhatIsShownAndNothingElse(Shows shows) {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        int[] egresses = {Overlay.address(7), Overlay.address(30)};
        Ring ring = new Ring(shows, egresses, random);
        for (int round = 0; round < 9; round++) {
            double share = 0;
            for (Ring.Moment moment : ring.moments(round)) {
                share += moment.share();
                assertThat(moment.clients()).as("seed %d", seed).isEqualTo(1);
                Probe probe = new Probe();
                int passing = 0;
                for (int change = 0; change < 4; change++) {
                    moment.show(egresses[1], probe);
                    switch (change) {
                        case 0 -> probe.from(Overlay.address(8));
                        case 1 -> probe.fromPort(1_023);
                        case 2 -> probe.toPort(1_023);
                        default -> probe.word(moment.shown().key() == null ? 1 : moment.shown().key() + 1);
                    }
                    passing += probe.passes(moment.gates()) ? 1 : 0;
                }
                int asked = (int) Arrays.stream(AuthenticatorField.values())
                        .filter(field -> field != AuthenticatorField.DESTINATION_ADDRESS)
                        .filter(shows::has).count();
                assertThat(passing).as("seed %d", seed).isEqualTo(4 - asked);
                moment.show(egresses[0], probe);
                probe.to(Objects.requireNonNull(moment.shown().destination()).low() == (0xffff_0000_0000L
                        | Ring.NETWORK & 0xffff_ffffL) ? Ring.NETWORK + 1 : Ring.NETWORK);
                boolean other = probe.passes(moment.gates());
                if (!shows.changes()) // what changes may accept two addresses
                    assertThat(other).as("seed %d", seed).isFalse();
            }
            assertThat(share).isCloseTo(1, offset(1e-9));
        }
    }

    /** Every key has one number, so that a search ends. */
    @Test
    void guessesAreAllKeysOnce() {
        int[] sources = {Overlay.address(1), Overlay.address(2), Overlay.address(3)};
        Guesses guesses = new Guesses(Shows.ADDRESS, sources, new SeededRandom(4));
        assertThat(guesses.keys()).isEqualTo(256);
        Ring.Moment moment = new Ring(Shows.ADDRESS, sources, new SeededRandom(5)).moments(0).getFirst();
        Probe probe = new Probe();
        int passing = 0;
        for (int number = 0; number < 256; number++) {
            guesses.write(number, probe);
            passing += probe.passes(moment.gates()) ? 1 : 0;
        }
        assertThat(passing).isEqualTo(1);
        assertThat(new Guesses(Shows.SOURCE_AND_PORT, sources, new SeededRandom(4)).keys()).isEqualTo(3 * 64_512);
        assertThat(new Guesses(Shows.WORD, sources, new SeededRandom(4)).keys()).isEqualTo(1L << 32);
    }

    @Test
    void aSearchFindsTheKeyWhereverItIsAndAfterAChangeTheNext() {
        for (int keys : new int[]{1, 2, 3, 19, 20, 100, 256}) {
            for (int valid = 0; valid < keys; valid++) {
                KeySearch search = new KeySearch(keys, 19);
                int rounds = find(search, valid);
                assertThat(rounds).as("%d of %d", valid, keys).isLessThanOrEqualTo(valid / 19 + 7);
                assertThat(search.low()).isEqualTo(valid);
                assertThat(find(search, keys - 1 - valid)).isLessThanOrEqualTo(2 * (keys / 19 + 1) + 7);
            }
        }
        KeySearch none = new KeySearch(40, 19);
        for (int i = 0; i < 3; i++)
            none.saw(false);
        assertThat(none.exhausted()).isTrue();
    }

    /** Rounds until the valid key is flooded alone, and that has been seen. */
    private static int find(KeySearch search, long valid) {
        int rounds = 0;
        while (true) {
            boolean slow = valid >= search.low() && valid < search.low() + search.count();
            boolean alone = slow && search.count() == 1;
            search.saw(slow);
            rounds++;
            if (alone && search.count() == 1 && search.low() == valid)
                return rounds;
            assertThat(rounds).isLessThan(1_000);
        }
    }

    /** Whatever the compromised do, agreed or not, as long as they cannot guess keys: nobody else is accused, and each flood costs them. */
    @Test
    void splittingKeysFindsTheGuiltyAndNobodyElse() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        for (int game = 0; game < 300; game++) {
            int nodes = 2 + random.nextInt(200);
            TreeSet<Integer> bad = new TreeSet<>();
            for (int left = 1 + random.nextInt(Math.min(nodes, 6)); left > 0; left--)
                bad.add(random.nextInt(nodes));
            KeySplit search = new KeySplit(nodes);
            int floods = 0;
            while (!search.found().containsAll(bad)) {
                int[] keys = search.deal();
                boolean[] flooded = new boolean[search.keys()];
                boolean any = false;
                List<Integer> able = new ArrayList<>(bad);
                able.removeAll(search.found());
                for (int node : able) {
                    assertThat(keys[node]).isBetween(0, flooded.length - 1);
                    if (random.nextInt(3) == 0) {
                        flooded[keys[node]] = true;
                        any = true;
                    }
                }
                search.saw(flooded);
                floods += any ? 1 : 0;
                assertThat(bad).as("seed %d", seed).containsAll(search.found());
                assertThat(search.keys()).as("seed %d", seed).isLessThanOrEqualTo(2 * bad.size() + 1);
                assertThat(floods).as("seed %d", seed).isLessThanOrEqualTo(bad.size() * 9);
            }
        }
    }
}
