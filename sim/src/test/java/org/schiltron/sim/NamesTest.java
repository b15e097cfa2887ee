package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void givesNamesBackAndTakesNoneTwice() {
        Names names = new Names();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < 20_000; i++)
            places.add(names.add(name(i)));
        for (int i = 0; i < 20_000; i++) {
            assertThat(names.get(places.get(i))).isEqualTo(name(i));
            assertThat(names.add(name(i))).isEqualTo(Names.TAKEN);
        }
        assertThat(names.get(names.add(""))).isEmpty();
        assertThatThrownBy(() -> names.add("x".repeat(4_097))).isInstanceOf(IllegalArgumentException.class);
    }

    private static String name(int i) {
        return i % 100 == 0 ? "x".repeat(4_000) + i : "Höst " + i;
    }
}
