package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashRingTest {
    private static final int KEYS = 20_000;

    private static List<String> names(int count) {
        return new ArrayList<>(IntStream.range(0, count).mapToObj(i -> "node-" + i).toList());
    }

    private static String owner(HashRing ring, int key) {
        return ring.owners("service-" + key, 1, _ -> true).getFirst();
    }

    @Test
    void theOrderOfTheListDoesNotMatter() {
        List<String> shuffled = names(50);
        Collections.reverse(shuffled);
        HashRing a = new HashRing(names(50));
        HashRing b = new HashRing(shuffled);
        for (int key = 0; key < 1_000; key++)
            assertThat(a.owners("s" + key, 4, _ -> true)).isEqualTo(b.owners("s" + key, 4, _ -> true));
    }

    @Test
    void theSharesAreAboutEven() {
        HashRing ring = new HashRing(names(20));
        int[] shares = new int[20];
        for (int key = 0; key < KEYS; key++)
            shares[Integer.parseInt(owner(ring, key).substring(5))]++;
        for (int share : shares)
            assertThat(share).isBetween(KEYS / 20 * 6 / 10, KEYS / 20 * 14 / 10);
    }

    @Test
    void aNodeThatLeavesMovesOnlyItsShare() {
        HashRing before = new HashRing(names(20));
        List<String> left = names(20);
        left.remove("node-7");
        HashRing after = new HashRing(left);
        int moved = 0;
        List<String> heirs = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            String old = owner(before, key);
            if (old.equals("node-7")) {
                moved++;
                heirs.add(owner(after, key));
                assertThat(owner(after, key)).as("it goes to the next in line")
                        .isEqualTo(before.owners("service-" + key, 2, _ -> true).get(1));
            } else
                assertThat(owner(after, key)).isEqualTo(old);
        }
        assertThat(moved).isBetween(KEYS / 20 * 6 / 10, KEYS / 20 * 14 / 10);
        assertThat(heirs.stream().distinct().count()).as("many share what it had").isGreaterThan(10);
    }

    @Test
    void aNodeThatIsDownIsPassedOverAsIfItHadLeft() {
        HashRing all = new HashRing(names(20));
        List<String> left = names(20);
        left.remove("node-3");
        HashRing without = new HashRing(left);
        for (int key = 0; key < 2_000; key++)
            assertThat(all.owners("s" + key, 3, name -> !name.equals("node-3")))
                    .isEqualTo(without.owners("s" + key, 3, _ -> true));
    }

    @Test
    void asManyOwnersAsThereAreAndEachOnce() {
        HashRing ring = new HashRing(names(5));
        assertThat(ring.owners("s", 100, _ -> true)).containsExactlyInAnyOrderElementsOf(names(5));
        assertThat(ring.owners("s", 100, _ -> false)).isEmpty();
        assertThat(ring.owners("s", 0, _ -> true)).isEmpty();
        assertThat(new HashRing(List.of()).owners("s", 3, _ -> true)).isEmpty();
        assertThat(new HashRing(List.of("one"), 1, new byte[0]).owners("", 3, _ -> true)).containsExactly("one");
    }

    @Test
    void aSaltGivesAnotherRing() {
        HashRing plain = new HashRing(names(50));
        HashRing salted = new HashRing(names(50), HashRing.POINTS, new byte[]{1});
        int same = 0;
        for (int key = 0; key < 1_000; key++)
            if (owner(plain, key).equals(owner(salted, key)))
                same++;
        assertThat(same).isLessThan(100);
    }

    @Test
    void absurdRingsAreRefused() {
        assertThatThrownBy(() -> new HashRing(List.of("a", "a"))).hasMessageContaining("twice");
        assertThatThrownBy(() -> new HashRing(names(2), 0, new byte[0])).hasMessageContaining("1 to 1024");
        assertThatThrownBy(() -> new HashRing(names(2), 1_025, new byte[0])).hasMessageContaining("1 to 1024");
        assertThatThrownBy(() -> new HashRing(names(2_000), 1_024, new byte[0])).hasMessageContaining("points");
    }
}
