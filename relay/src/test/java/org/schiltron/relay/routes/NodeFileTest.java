package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.edge.NodeList;
import org.schiltron.edge.NodeRole;
import org.schiltron.proof.Identity;

class NodeFileTest {
    private static String key(int i) {
        byte[] seed = new byte[32];
        seed[0] = (byte) i;
        return Identity.ofSeed(seed).publicKey().text();
    }

    @Test
    void aListIsRead(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("nodes"), """
                # name address key roles
                paris  192.0.2.1:4434     %s  ingress,egress   # the old one

                oslo\t[2001:db8::7]:4434  %s  beacon\r
                lima   lima.example:4434  %s  -
                """.formatted(key(1), key(2), key(3)));
        NodeList list = NodeFile.read(file);
        assertThat(list.nodes()).extracting(Object::toString).containsExactly("paris", "oslo", "lima");
        assertThat(list.with(NodeRole.EGRESS)).extracting(Object::toString).containsExactly("paris");
        assertThat(list.nodes().getLast().roles()).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidWithItsLine() {
        String good = "paris 192.0.2.1:4434 " + key(1) + " -\n";
        for (String bad : new String[]{"oslo", "oslo 192.0.2.2:4434 " + key(2), "Oslo! 192.0.2.2:4434 " + key(2) + " -",
                "oslo 192.0.2.2 " + key(2) + " -", "oslo 192.0.2.2:99999 " + key(2) + " -",
                "oslo 192.0.2.2:4434 abc -", "oslo 192.0.2.2:4434 " + key(2) + " chief",
                "oslo 192.0.2.2:4434 " + key(2) + " egress,egress", "oslo 192.0.2.2:4434 " + key(2) + " egress,",
                "oslo 192.0.2.2:4434 " + key(2) + " - more"})
            assertThatThrownBy(() -> NodeFile.parse("nodes", good + bad)).as(bad)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("nodes:2: ");
        for (String twice : new String[]{"paris 192.0.2.2:4434 " + key(2) + " -",
                "oslo 192.0.2.1:4434 " + key(2) + " -", "oslo 192.0.2.2:4434 " + key(1) + " -"})
            assertThatThrownBy(() -> NodeFile.parse("nodes", good + twice)).as(twice)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("nodes: ");
    }
}
