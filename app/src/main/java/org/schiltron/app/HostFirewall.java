package org.schiltron.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Whether this host drops what it did not ask for, as far as nftables will tell this user. */
final class HostFirewall {
    private HostFirewall() {
    }

    /** False where it cannot be found out: better to claim too little. */
    static boolean dropsByDefault() {
        try {
            Process nft = new ProcessBuilder("nft", "list", "chains").redirectErrorStream(true).start();
            nft.getOutputStream().close();
            String text = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return nft.waitFor(5, TimeUnit.SECONDS) && nft.exitValue() == 0 && dropsInput(text);
        } catch (IOException e) {
            return false; // no nftables here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** @param chains what {@code nft list chains} prints: each base chain's hook and policy on one line */
    static boolean dropsInput(String chains) {
        return chains.lines().anyMatch(line -> line.contains("hook input") && line.contains("policy drop"));
    }
}
