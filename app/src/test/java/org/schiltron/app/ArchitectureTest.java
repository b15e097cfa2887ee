package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The layering and the bans of docs/HACKING.md, read from the compiled classes of every module. A failure says what
 * to use instead.
 */
class ArchitectureTest {
    private static final List<String> MACHINE_MODULES = List.of("machine", "bgp", "wire", "proof", "ring",
            "filter", "edge", "swarm");
    private static final Pattern DESCRIPTOR_CLASS = Pattern.compile("L([\\w/$]+);");

    /**
     * @param what    a member ({@code java/lang/System.nanoTime}), a class, or a package with its last slash
     * @param instead completes "use ..."
     */
    private record Ban(String what, String instead) {
        boolean covers(String reference) {
            return what.endsWith("/") || what.endsWith("*")
                    ? reference.startsWith(what.replace("*", ""))
                    : reference.equals(what) || (!what.contains(".") && reference.startsWith(what + "."));
        }
    }

    private static final String TIME = "the nowNs that every call brings";
    private static final String RANDOM = "the injected RandomSource";
    private static final String THREAD = "a deadline and onTimer: a machine has no thread but its driver's";
    private static final String ORDER = "an array, ArrayList, LinkedHashMap, LinkedHashSet or TreeMap: the order of a run "
            + "must follow from its seed";

    private static final List<Ban> MACHINE_BANS = List.of(new Ban("java/lang/System.nanoTime", TIME),
            new Ban("java/lang/System.currentTimeMillis", TIME), new Ban("java/time/Instant.now", TIME),
            new Ban("java/time/Clock", TIME), new Ban("java/util/Random", RANDOM),
            new Ban("java/util/SplittableRandom", RANDOM), new Ban("java/util/concurrent/ThreadLocalRandom", RANDOM),
            new Ban("java/security/SecureRandom", RANDOM), new Ban("java/util/random/", RANDOM),
            new Ban("java/lang/Math.random", RANDOM), new Ban("java/util/UUID.randomUUID", RANDOM),
            new Ban("java/lang/Thread", THREAD), new Ban("java/util/Timer", THREAD),
            new Ban("java/util/concurrent/Executor*", THREAD),
            new Ban("java/util/concurrent/CompletableFuture", THREAD),
            new Ban("java/net/", "Path for addresses and TransmitSink for sending"),
            new Ban("java/nio/channels/", "onDatagram and TransmitSink"), new Ban("java/util/HashMap", ORDER),
            new Ban("java/util/HashSet", ORDER), new Ban("java/util/IdentityHashMap", ORDER),
            new Ban("java/util/concurrent/ConcurrentHashMap", ORDER), new Ban("java/util/Set.of", ORDER),
            new Ban("java/util/Set.copyOf", ORDER), new Ban("java/util/Map.of*", ORDER),
            new Ban("java/util/Map.copyOf", ORDER), new Ban("java/lang/System.identityHashCode", ORDER));

    private static final List<Ban> MACHINE_LAYERS = List.of(
            new Ban("org/schiltron/host/",
                    "an argument or an interface of the machine module: machines run in any driver"),
            new Ban("org/schiltron/sim/",
                    "an argument or an interface of the machine module: machines run in any driver"),
            new Ban("org/schiltron/app/", "settings handed in: app is the outermost module"));

    @Test
    void machinesHaveNoClockRandomnessThreadSocketOrUnorderedSets() {
        assertKeeps(MACHINE_MODULES, MACHINE_BANS);
    }

    @Test
    void machinesSeeNeitherHostNorSimulatorNorApplication() {
        assertKeeps(MACHINE_MODULES, MACHINE_LAYERS);
    }

    @Test
    void hostAndSimulatorNeverSeeEachOther() {
        assertKeeps(List.of("host"), List.of(
                new Ban("org/schiltron/sim/",
                        "a class both may see, below them: host and sim are two drivers of the same machines"),
                new Ban("org/schiltron/app/", "settings handed in: app is the outermost module")));
        assertKeeps(List.of("sim", "scenario", "sessions"), List.of(
                new Ban("org/schiltron/host/",
                        "a class both may see, below them: host and sim are two drivers of the same machines"),
                new Ban("org/schiltron/app/", "settings handed in: app is the outermost module")));
    }

    @Test
    void theLabJoinsThemAndSeesNoApplication() {
        assertKeeps(List.of("lab"),
                List.of(new Ban("org/schiltron/app/", "settings handed in: app is the outermost module")));
        assertKeeps(List.of("host", "sim", "scenario"), List.of(
                new Ban("org/schiltron/lab/", "an interface of their own: the lab is above them")));
    }

    @Test
    void theSimulatorDecidesEverythingFromItsSeed() {
        assertKeeps(List.of("sim", "scenario", "figures", "internet", "overlays", "sessions"), MACHINE_BANS);
        assertKeeps(List.of("figures"),
                List.of(new Ban("org/schiltron/internet/", "an argument: figures draws what it is given"),
                        new Ban("org/schiltron/overlays/", "an argument: figures draws what it is given"),
                        new Ban("org/schiltron/sessions/", "an argument: figures draws what it is given"),
                        new Ban("org/schiltron/machine/", "an argument: figures draws what it is given")));
    }

    /** It plays with protocols and rules; what sockets and sessions do is for others. */
    @Test
    void overlaysSeeEdgesAndRulesAndNoDriver() {
        String instead = "the machines of edge and filter, or numbers: an experiment of overlays has no network";
        assertKeeps(List.of("overlays"), List.of(new Ban("org/schiltron/host/", instead),
                new Ban("org/schiltron/sim/", instead), new Ban("org/schiltron/swarm/", instead),
                new Ban("org/schiltron/relay/", instead), new Ban("org/schiltron/app/", instead)));
    }

    /** So that a check that sees nothing does not pass for a good one. */
    @Test
    void aBreachIsSeenAndTheReplacementNamed() throws IOException {
        Path breach = Path.of("target", "test-classes", Breach.class.getName().replace('.', '/') + ".class");
        assertThat(breaches(breach, MACHINE_BANS))
                .anySatisfy(line -> assertThat(line).contains("java/lang/System.nanoTime").contains("nowNs"))
                .anySatisfy(line -> assertThat(line).contains("java/lang/Thread").contains("onTimer"))
                .anySatisfy(line -> assertThat(line).contains("java/util/HashMap").contains("LinkedHashMap"))
                .noneMatch(line -> line.contains("java/util/ArrayList"));
    }

    abstract static class Breach {
        abstract Thread inADescriptorOnly();

        long breaks() {
            return System.nanoTime() + new java.util.HashMap<String, String>().size() + new ArrayList<String>().size();
        }
    }

    private static void assertKeeps(List<String> modules, List<Ban> bans) {
        List<String> breaches = new ArrayList<>();
        for (String module : modules) {
            Path classes = Path.of("..", module, "target", "classes");
            assertThat(classes).as("compiled classes (build with mvn -pl app -am)").isDirectory();
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList())
                    breaches.addAll(breaches(file, bans));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertThat(breaches).isEmpty();
    }

    private static List<String> breaches(Path classFile, List<Ban> bans) throws IOException {
        Set<String> references = references(classFile);
        List<String> breaches = new ArrayList<>();
        for (Ban ban : bans) {
            references.stream().filter(ban::covers).findFirst().ifPresent(
                    reference -> breaches
                            .add(classFile.getFileName() + " uses " + reference + "; use " + ban.instead()));
        }
        return breaches;
    }

    /** Classes ({@code a/b/C}) and members ({@code a/b/C.m}) that a class file names, those in descriptors too. */
    private static Set<String> references(Path classFile) throws IOException {
        Set<String> references = new TreeSet<>();
        for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
            switch (entry) {
                case ClassEntry c -> references.add(c.asInternalName());
                case MemberRefEntry m -> references.add(m.owner().asInternalName() + "." + m.name().stringValue());
                case Utf8Entry text -> {
                    Matcher matcher = DESCRIPTOR_CLASS.matcher(text.stringValue());
                    while (matcher.find())
                        references.add(matcher.group(1));
                }
                default -> {
                    // names no class
                }
            }
        }
        return references;
    }
}
