package org.schiltron.host;

import java.security.SecureRandom;
import org.schiltron.machine.RandomSource;

/** The operating system's randomness, for machines that run for real. */
public final class Entropy implements RandomSource {
    private final SecureRandom random = new SecureRandom();

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public void fill(byte[] target) {
        random.nextBytes(target);
    }
}
