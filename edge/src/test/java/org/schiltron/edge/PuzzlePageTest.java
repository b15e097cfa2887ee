package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.machine.SeededRandom;

/** The script of the pages as node runs it, with a stand-in for what it uses of a browser. */
class PuzzlePageTest {
    private static final String HTML = "Host: shop.example~Accept: text/html~";

    private final SourceGrants grants = new SourceGrants(2);

    @TempDir
    private Path directory;

    @BeforeEach
    void nodeIsHere() {
        assumeTrue(Pattern.compile(Pattern.quote(File.pathSeparator)).splitAsStream(System.getenv("PATH"))
                .anyMatch(d -> Files.isExecutable(Path.of(d, "node"))), "node is not installed");
    }

    private Doorkeeper door(Authentication method, Authentication earn) {
        return new Doorkeeper(new DoorSettings("Shop", method, earn, 14, 3_600, 1_800, true, null),
                new EdgeKey(new byte[32]), new Credentials(null, null, null, grants), new SeededRandom(1));
    }

    /** What the page's script does, a line each. */
    private List<String> run(String html) throws Exception {
        Path page = Files.writeString(directory.resolve("page.html"), html);
        Path script = directory.resolve("page-in-node.js");
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("page-in-node.js"))) {
            Files.write(script, in.readAllBytes());
        }
        Process node = new ProcessBuilder("node", script.toString()).redirectInput(page.toFile())
                .redirectErrorStream(true).start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    private static String post(String line) {
        String[] words = line.split(" ", 3);
        return "POST " + words[1] + " HTTP/1.1~" + HTML + "Content-Length: " + words[2].length() + "~~" + words[2];
    }

    @Test
    void itSolvesThePuzzleAndLoadsThePageAgain() throws Exception {
        Doorkeeper door = door(Authentication.PUZZLE, Authentication.NONE);
        List<String> did = run(DoorkeeperTest
                .ask(door, "GET /x HTTP/1.1~" + HTML + "~", DoorkeeperTest.HERE, DoorkeeperTest.NOW).body());
        assertThat(did).hasSize(3);
        assertThat(did.get(0)).startsWith("post /.schiltron/puzzle ");
        assertThat(did.subList(1, 3)).containsExactly("get /.schiltron/cookie", "reload");
        DoorkeeperTest.Reply reply = DoorkeeperTest.ask(door, post(did.get(0)), DoorkeeperTest.HERE,
                DoorkeeperTest.NOW);
        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.cookie()).startsWith("schiltron=");
    }

    @Test
    void itEarnsAGrantAndGoesOn() throws Exception {
        Doorkeeper door = door(Authentication.GRANT, Authentication.PUZZLE);
        List<String> did = run(DoorkeeperTest
                .ask(door, "GET /x?y=1&z='2' HTTP/1.1~" + HTML + "~", DoorkeeperTest.HERE, DoorkeeperTest.NOW).body());
        assertThat(did).hasSize(2);
        assertThat(did.get(1)).isEqualTo("go /.schiltron/?to=/x%3fy%3d1%26z%3d%272%27");
        assertThat(DoorkeeperTest.ask(door, post(did.get(0)), DoorkeeperTest.HERE, DoorkeeperTest.NOW).status())
                .isEqualTo(204);
        assertThat(grants.granted(DoorkeeperTest.HERE.source(), DoorkeeperTest.NOW)).isTrue();
    }
}
