package org.schiltron.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What OpenSSL makes of SHA-256 on this machine now: its {@code speed}, two seconds on one core. */
final class OpensslSpeed {
    private OpensslSpeed() {
    }

    /**
     * Hashes of so many bytes a second.
     *
     * @throws IOException if there is no {@code openssl}, or it says something else
     */
    static double sha256PerSecond(int bytes) throws IOException {
        Process speed = new ProcessBuilder("openssl", "speed", "-seconds", "2", "-bytes", String.valueOf(bytes), "-mr",
                "sha256").redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(speed.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return out.lines().filter(line -> line.startsWith("+F:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(':') + 1)) / bytes).findFirst()
                .orElseThrow(() -> new IOException("openssl speed says: " + out));
    }
}
