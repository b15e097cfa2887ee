package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class HandOverSealTest {
    private static final long NOW = 1_800_000_000L;
    private static final byte[] SESSIONS = {1, 2, 3, 4, 5};
    private final SeededRandom random = new SeededRandom(7);
    private final Identity key = Identity.generate(random);
    private final String sealed = HandOverSeal.seal(key, NOW, SESSIONS, random);

    private void refused(String reason, Identity by, long at, String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HandOverSeal.open(by, at, text))
                .withMessageContaining(reason);
    }

    @Test
    void onlyWhoHoldsTheKeyReadsItAndOnlyForTenMinutes() {
        assertThat(HandOverSeal.open(key, NOW + 600, sealed)).isEqualTo(SESSIONS);
        assertThat(HandOverSeal.open(key, NOW - 60, sealed)).isEqualTo(SESSIONS);
        refused("601 s ago", key, NOW + 601, sealed);
        refused("clocks", key, NOW - 61, sealed);
        refused("another key", Identity.generate(random), NOW, sealed);
    }

    @Test
    void aBitThatDiffersIsSeen() {
        refused("does not begin", key, NOW, "schiltron-token-1-abc");
        refused("cut off", key, NOW, sealed.substring(0, 60));
        refused("damaged", key, NOW, sealed.substring(0, sealed.length() - 4));
        for (int i = "schiltron-hand-over-1-".length(); i < sealed.length(); i++) {
            char[] other = sealed.toCharArray();
            other[i] = other[i] == 'A' ? 'g' : 'A';
            String damaged = String.valueOf(other);
            assertThatIllegalArgumentException().as("at %d", i).isThrownBy(() -> HandOverSeal.open(key, NOW, damaged));
        }
    }
}
