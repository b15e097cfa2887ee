package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Habits of docs/HACKING.md that a compiler does not check, over the text of every module. */
class TidyTest {
    private static final int MAX_LINES = 500;
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules", ".idea");
    private static final Pattern TEXT = Pattern.compile(".*\\.(java|md|xml|toml|sh|c|h|yml)|schiltron|run");
    // Spelt in two halves, so that this file passes its own test.
    private static final Pattern PROMISE = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
    private static final Pattern ABSOLUTE = Pattern.compile("(?<![\\w.~}-])/(ho" + "me|wo" + "rk|ro" + "ot)/");
    private static final Pattern EMPTY_NAME = Pattern.compile(".*(Manager|Helper|Helpers|Util|Utils|Impl)\\.java");

    @Test
    void nothingIsPromisedInAComment() throws IOException {
        assertThat(lines((line, say) -> {
            if (PROMISE.matcher(line).find())
                say.add("do it, or write it into an issue: " + line.strip());
        })).isEmpty();
    }

    @Test
    void noPathOfSomeonesMachine() throws IOException {
        assertThat(lines((line, say) -> {
            if (ABSOLUTE.matcher(line).find())
                say.add("name it relative to the repository or take it from the environment: " + line.strip());
        })).isEmpty();
    }

    @Test
    void noFileIsTooLongToRead() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : files()) {
            int lines = Files.readAllLines(file, StandardCharsets.UTF_8).size();
            if (file.toString().endsWith(".java") && lines > MAX_LINES)
                tooLong.add(file + " has " + lines + " lines: split it at most at " + MAX_LINES);
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void classesAreNamedAfterWhatTheyAre() throws IOException {
        assertThat(files()).as("name the thing: Registry, Codec, Clock, ...")
                .noneMatch(file -> EMPTY_NAME.matcher(file.getFileName().toString()).matches());
    }

    /** The launcher builds without tests, which skips test jars unless told otherwise; the modules that need one then do not build. */
    @Test
    void theLauncherCanBuildWhatNeedsATestJar() throws IOException {
        for (Path file : files()) {
            String text = file.endsWith("pom.xml") ? Files.readString(file) : "";
            if (text.contains("<goal>test-jar</goal>"))
                assertThat(text).as(file.toString()).contains("<skip>false</skip>");
        }
    }

    @Test
    void theWholeTreeIsLookedAt() throws IOException {
        assertThat(files()).extracting(file -> file.getFileName().toString()).contains("TidyTest.java", "Machine.java",
                "Simulation.java", "HACKING.md");
    }

    private static List<String> lines(BiConsumer<String, List<String>> check) throws IOException {
        List<String> all = new ArrayList<>();
        for (Path file : files()) {
            int number = 0;
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                number++;
                List<String> said = new ArrayList<>();
                check.accept(line, said);
                for (String what : said)
                    all.add(file + ":" + number + ": " + what);
            }
        }
        return all;
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(Path.of("..").toRealPath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return NOT_OURS.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && TEXT.matcher(file.getFileName().toString()).matches())
                    files.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }
}
