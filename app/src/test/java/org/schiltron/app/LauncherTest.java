package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real launcher in a source tree made up for the test, with JDKs and a Maven that only say what they got. */
class LauncherTest {
    private static final String SAYS_ARGS = "#!/bin/sh\necho \"$0\"; for a in \"$@\"; do echo \"[$a]\"; done; exit 42\n";

    @TempDir
    Path work;

    private Path root;
    private Path jdks;
    private Path bin;

    private record Result(int exit, String output) {
    }

    @BeforeEach
    void makeTree() throws IOException {
        root = Files.createDirectories(work.resolve("a tree"));
        jdks = Files.createDirectories(work.resolve("jdks"));
        bin = Files.createDirectories(work.resolve("bin"));
        Path launcher = Path.of("").toAbsolutePath().resolveSibling("schiltron");
        Files.copy(launcher.toRealPath(), root.resolve("schiltron"));
        for (String module : List.of("machine", "wire", "proof", "ring", "swarm", "host", "sim", "app"))
            Files.createDirectories(root.resolve(module + "/src/main/java"));
        Files.writeString(root.resolve("wire/src/main/java/Wire.java"), "");
        Files.writeString(root.resolve("pom.xml"), "");
    }

    @Test
    void choosesJdk25AmongOthersAndPassesArguments() throws Exception {
        built();
        jdk("jdk-17", "17.0.15");
        jdk("jdk-25", "25.0.3");
        jdk("jdk-250", "250.0.1");
        Result result = run(root.resolve("schiltron"), Map.of(), "mailbox", "--listen", "two words");
        assertThat(result.exit).isEqualTo(42);
        assertThat(result.output).startsWith(jdks.resolve("jdk-25/bin/java").toString())
                .contains("[--enable-native-access=org.schiltron.host,org.schiltron.xdp]")
                .endsWith("[org.schiltron.app/org.schiltron.app.Schiltron]\n[mailbox]\n[--listen]\n[two words]\n")
                .doesNotContain("building");
    }

    @Test
    void theOptionalModuleIsLoadedIfItIsWholeAndNotLeftOut() throws Exception {
        built();
        jdk("jdk-25", "25.0.3");
        Path launcher = root.resolve("schiltron");
        Path lib = Files.createDirectories(root.resolve("dht/target/lib"));
        Files.writeString(root.resolve("dht/target/dht-0.1.0-SNAPSHOT.jar"), "");
        assertThat(run(launcher, Map.of()).output).as("without its library it would end the start")
                .contains("[--enable-native-access=org.schiltron.host,org.schiltron.xdp]", "/app/target/lib]");
        Files.writeString(lib.resolve("libtorrent4j-1.jar"), "");
        assertThat(run(launcher, Map.of()).output).contains(
                "[--enable-native-access=org.schiltron.host,org.schiltron.xdp,libtorrent4j]",
                "/app/target/lib:" + root.resolve("dht/target/dht-0.1.0-SNAPSHOT.jar") + ":" + lib + "]");
        assertThat(run(launcher, Map.of("SCHILTRON_DHT", "off")).output)
                .contains("[--enable-native-access=org.schiltron.host,org.schiltron.xdp]", "/app/target/lib]");
    }

    @Test
    void theOptionalModuleIsBuiltUnlessLeftOut() throws Exception {
        jdk("jdk-25", "25.0.3");
        Files.createDirectories(root.resolve("dht/src/main/java"));
        maven("echo \"$@\" >>../builds; mkdir -p app/target/lib; : >app/target/app-1.jar");
        run(root.resolve("schiltron"), Map.of("SCHILTRON_DHT", "off"));
        run(root.resolve("schiltron"), Map.of("SCHILTRON_DHT", "off"));
        run(root.resolve("schiltron"), Map.of());
        assertThat(Files.readAllLines(work.resolve("builds"))).hasSize(2);
        assertThat(work.resolve("builds")).content().contains("-pl app -am").contains("-pl app,dht -am");
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        built();
        jdk("jdk-25", "25");
        Path first = Files.createSymbolicLink(work.resolve("first"), Path.of("a tree/schiltron"));
        Path second = Files.createSymbolicLink(bin.resolve("schiltron"), first);
        assertThat(run(second, Map.of()).exit).isEqualTo(42);
    }

    @Test
    void javaHomeIsUsedOnlyIfItFits() throws Exception {
        built();
        Path seventeen = jdk("jdk-17", "17.0.15");
        jdk("jdk-25", "25.0.3");
        Path mine = jdk("elsewhere/mine", "25.0.9");
        assertThat(run(root.resolve("schiltron"), Map.of("JAVA_HOME", seventeen.toString())).output)
                .startsWith(jdks.resolve("jdk-25").toString());
        assertThat(run(root.resolve("schiltron"), Map.of("JAVA_HOME", mine.toString())).output)
                .startsWith(mine.toString());
    }

    @Test
    void withoutJdk25OneLineSaysWhatToDo() throws Exception {
        built();
        jdk("jdk-17", "17.0.15");
        Files.createDirectories(jdks.resolve("empty"));
        Result result = run(root.resolve("schiltron"), Map.of());
        assertThat(result.exit).isEqualTo(Exit.ENVIRONMENT.code());
        assertThat(result.output).startsWith("schiltron: no JDK 25 found").contains("set JAVA_HOME").hasLineCount(1);
    }

    @Test
    void withoutMavenOneLineSaysWhatToDo() throws Exception {
        jdk("jdk-25", "25.0.3");
        Result result = run(root.resolve("schiltron"), Map.of());
        assertThat(result.exit).isEqualTo(Exit.ENVIRONMENT.code());
        assertThat(result.output).startsWith("schiltron: Maven is needed").hasLineCount(1);
    }

    @Test
    void aFailedBuildIsOneLineMore() throws Exception {
        jdk("jdk-25", "25.0.3");
        maven("echo '[ERROR] no such symbol'; exit 1");
        Result result = run(root.resolve("schiltron"), Map.of());
        assertThat(result.exit).isEqualTo(Exit.ENVIRONMENT.code());
        assertThat(result.output).hasLineCount(2).contains("schiltron: building")
                .contains("schiltron: the build failed: [ERROR] no such symbol");
    }

    @Test
    void buildsOnlyWhatIsOutOfDate() throws Exception {
        jdk("jdk-25", "25.0.3");
        maven("echo built >>../builds; mkdir -p app/target/lib; : >app/target/app-1.jar");
        assertThat(run(root.resolve("schiltron"), Map.of()).output).contains("schiltron: building");
        assertThat(run(root.resolve("schiltron"), Map.of()).output).doesNotContain("building");
        Files.setLastModifiedTime(root.resolve("wire/src/main/java/Wire.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run(root.resolve("schiltron"), Map.of()).output).contains("schiltron: building");
        assertThat(work.resolve("builds")).hasContent("built\nbuilt");
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        jdk("jdk-25", "25.0.3");
        maven("echo built >>../builds; sleep 0.5; mkdir -p app/target/lib; : >app/target/app-1.jar");
        List<Process> started = new ArrayList<>();
        for (int i = 0; i < 2; i++)
            started.add(start(root.resolve("schiltron"), Map.of()));
        for (Process process : started)
            assertThat(finish(process).exit).isEqualTo(42);
        assertThat(work.resolve("builds")).hasContent("built");
    }

    private void built() throws IOException {
        Files.createDirectories(root.resolve("app/target/lib"));
        Path jar = Files.writeString(root.resolve("app/target/app-1.jar"), "");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(jdks.resolve(name));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/java"), SAYS_ARGS);
        executable(home.resolve("bin/javac"), SAYS_ARGS);
        return home;
    }

    private void maven(String script) throws IOException {
        executable(bin.resolve("mvn"), "#!/bin/sh\n" + script + "\n");
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result run(Path launcher, Map<String, String> environment, String... args) throws Exception {
        return finish(start(launcher, environment, args));
    }

    private Process start(Path launcher, Map<String, String> environment, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "bash", launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("HOME", work.toString());
        builder.environment().put("SCHILTRON_JDK_DIRS", jdks + "/*");
        builder.environment().put("PATH", bin + ":" + toolsWithoutMaven());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** The tools the launcher may use, and no more: a Maven of this machine must not be seen. */
    private Path toolsWithoutMaven() throws IOException {
        Path tools = work.resolve("tools");
        if (Files.isDirectory(tools))
            return tools;
        Files.createDirectory(tools);
        for (String tool : List.of("bash", "sh", "readlink", "dirname", "grep", "find", "head", "cut", "rm", "mv",
                "mkdir", "flock", "sleep")) {
            for (String directory : List.of("/usr/bin", "/bin")) {
                Path at = Path.of(directory, tool);
                if (Files.exists(at) && !Files.exists(tools.resolve(tool)))
                    Files.createSymbolicLink(tools.resolve(tool), at);
            }
        }
        return tools;
    }

    private static Result finish(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output);
    }
}
