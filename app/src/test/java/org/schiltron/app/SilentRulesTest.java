package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilentRulesTest {
    private static List<InetSocketAddress> rings() {
        return List.of(new InetSocketAddress("192.0.2.1", 4600), new InetSocketAddress("2001:db8::2", 4601));
    }

    @Test
    void theyNameEachRingNodeInItsFamily() throws UnknownHostException {
        assertThat(SilentRules.nftables(rings())).contains("ip saddr 192.0.2.1 udp sport 4600 accept",
                "ip6 saddr 2001:db8:0:0:0:0:0:2 udp sport 4601 accept", "policy drop");
        assertThat(SilentRules.accessList(rings())).contains("permit udp host 192.0.2.1 eq 4600 host THIS-HOST",
                "deny   ip any host THIS-HOST");
    }

    /** Programs of the host itself are refused and answered as ever: silence is for others. */
    @Test
    void bothChainsLetLoopbackPassBeforeTheyDropAnything() {
        String rules = SilentRules.nftables(rings());
        String input = rules.substring(rules.indexOf("chain input"), rules.indexOf("chain output"));
        String output = rules.substring(rules.indexOf("chain output"));
        assertThat(input).containsPattern("policy drop;\\s+iif lo accept\\s");
        assertThat(output).containsPattern("policy accept;\\s+oif lo accept\\s");
    }

    /** Where nft is and may ask the kernel. */
    @Test
    void nftTakesThem() throws IOException, InterruptedException {
        assumeTrue(run("table inet t {\n}\n").isEmpty(), "no nft here, or it may not ask the kernel");
        assertThat(run(SilentRules.nftables(rings()))).isEmpty();
    }

    /** What {@code nft -c} says about the rules, nothing if they are well. */
    private static String run(String rules) throws InterruptedException {
        try {
            Process nft = new ProcessBuilder("nft", "-c", "-f", "-").redirectErrorStream(true).start();
            nft.getOutputStream().write(rules.getBytes(StandardCharsets.US_ASCII));
            nft.getOutputStream().close();
            String said = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return nft.waitFor() == 0 && said.isEmpty() ? "" : "exit " + nft.exitValue() + ": " + said;
        } catch (IOException e) {
            return "no nft";
        }
    }
}
