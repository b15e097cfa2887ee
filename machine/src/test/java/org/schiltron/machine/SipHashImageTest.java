package org.schiltron.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashImageTest {
    @Test
    void bothWordsAtOnceAreTheTwoWordsApart() {
        SeededRandom random = new SeededRandom(5);
        long[] image = new long[3];
        for (int i = 0; i < 1_000; i++) {
            long high = random.nextLong();
            long low = random.nextLong();
            SipHash.image(high, low, image, 1);
            assertThat(image).containsExactly(0, SipHash.imageHigh(high, low), SipHash.imageLow(high, low));
        }
    }
}
