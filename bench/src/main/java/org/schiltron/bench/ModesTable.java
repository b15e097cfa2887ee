package org.schiltron.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code bench/run modes}: a service with secure addresses behind a border whose ring decides about its mode, an edge before it, wrk
 * through the edge, and a flood that the rules let through and that is more than the access link carries: how long until the service
 * is in secure mode, and what fails. Then a flood around the threshold: whether the mode flaps. All of it in namespaces of its own.
 */
final class ModesTable {
    private static final double WANTED_SECONDS = 1;
    private static final double AFTER_SECONDS = 0.4;
    private static final double UTILISATION_UP = 0.9; // the default of utilisation-up, as docs/EDGES.md has it
    private static final int PORT = 8080;
    private static final int DATAGRAM = 1_200;
    private static final int WIRE = DATAGRAM + 8 + 20 + 14; // UDP, IPv4, Ethernet: what the interface counts
    private static final int FLOOD_MS = 3_000;
    private static final int SAMPLE_MS = 200;
    private static final Pattern LOST = Pattern.compile(
            "Socket errors: connect ([0-9]+), read ([0-9]+), write ([0-9]+), timeout ([0-9]+)");
    private static final Pattern WRONG = Pattern.compile("Non-2xx or 3xx responses: ([0-9]+)");
    private static final Pattern DONE = Pattern.compile("([0-9]+) requests in ");
    private static final Pattern SLOWEST = Pattern.compile("Latency +[^ ]+ +[^ ]+ +([0-9.]+)(us|ms|s) ");
    private static final String NGINX = """
            user root; daemon off; master_process off; pid nginx.pid; error_log stderr;
            events { worker_connections 2000; }
            http {
            map $server_addr $secure { default 1; $INSIDE 0; }
            log_format when "$msec";
            access_log secure.log when if=$secure;
            client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
            keepalive_requests 100000000;
            server { listen $PORT; location / { return 200 "from $server_addr"; } }
            }
            """;
    private static final String RULES = """
            protects = ["10.77.2.0/24"]
            [[rule]]
            do = "allow"
            protocol = ["tcp", "udp"]
            port = $PORT
            """;
    private static final String MODES = """
            service = "service"
            secret = "mode.key"
            normal = "$INSIDE:$PORT"
            secure = ["$ONE:$PORT", "$OTHER:$PORT"]
            tell = ["$EDGE:4700"]
            watch = "out"
            rate = "$LINKMbit"
            after = "$AFTERms"
            overlap = "2s"
            back-after = "2s"
            """;

    /** What wrk said of its requests. */
    private record Load(long requests, long failed, double slowestMs) {
        static Load of(String said) throws IOException {
            Matcher done = DONE.matcher(said);
            Matcher slowest = SLOWEST.matcher(said);
            if (!done.find() || !slowest.find())
                throw new IOException("wrk says: " + said);
            long failed = 0;
            Matcher lost = LOST.matcher(said);
            if (lost.find())
                for (int i = 1; i <= lost.groupCount(); i++)
                    failed += Long.parseLong(lost.group(i));
            Matcher wrong = WRONG.matcher(said);
            if (wrong.find())
                failed += Long.parseLong(wrong.group(1));
            double unit = slowest.group(2).equals("us") ? 0.001 : slowest.group(2).equals("ms") ? 1 : 1_000;
            return new Load(Long.parseLong(done.group(1)), failed, unit * Double.parseDouble(slowest.group(1)));
        }
    }

    /**
     * One flood and the calm after it.
     *
     * @param secureSeconds from its first datagram until the ring says that the mode is secure
     * @param servedSeconds until the first request was answered at a secure address
     */
    private record Flooded(double secureSeconds, double servedSeconds, int switches, Load load) {
    }

    /**
     * A flood around the threshold.
     *
     * @param calm  wrk alone, of the threshold
     * @param least of the threshold, wrk and flood, in a tenth of all {@value #SAMPLE_MS} ms; the others have more
     * @param most  likewise, in nine tenths; the others have less
     */
    private record Swing(int periodMs, double calm, double least, double most, int switches, Load load) {
    }

    private final Options options;
    private final BorderSpaces spaces;
    private final String wrk;
    private final Child ring;
    private final Path answered;

    private ModesTable(Options options, Scene scene) throws IOException, InterruptedException {
        this.options = options;
        String found = Scene.find("wrk");
        String nginx = Scene.find("nginx");
        if (found == null || nginx == null || Scene.find("nft") == null || Scene.find("tc") == null)
            throw new IOException(
                    "needs wrk, nginx, nft and tc (Debian: wrk, nginx-light, nftables, iproute2), and root");
        wrk = found;
        spaces = new BorderSpaces(scene, options.get("link-mbit") + "mbit");
        Path config = scene.write("nginx.conf", fill(NGINX));
        answered = scene.directory().resolve("secure.log");
        spaces.start("inside", "nginx",
                List.of(nginx, "-p", scene.directory().toString(), "-c", config.toString(), "-e", "stderr"));
        scene.run(Scene.schiltron("key", "new", "mode.key").toArray(String[]::new));
        String modes = scene.write("modes.toml", fill(MODES)).toString();
        String rules = scene.write("rules.toml", fill(RULES)).toString();
        ring = spaces.start("border", "ring",
                Scene.schiltron("ring", "--rules", rules, "--nft", "--modes", modes, "--metrics", "off"));
        ring.awaitLine("rules: ");
        Child edge = spaces.start("outside", "edge",
                Scene.schiltron("edge", "--listen", "127.0.0.1:8081", "--to", BorderSpaces.INSIDE + ":" + PORT,
                        "--verify", "http", "--modes", modes, "--metrics", "off", "--set",
                        "tune.new-connections-per-second-per-source=1000000", "--set",
                        "tune.connections-per-source=1000000"));
        edge.awaitLine("edge: ");
    }

    private String fill(String file) {
        return file.replace("$INSIDE", BorderSpaces.INSIDE).replace("$ONE", BorderSpaces.MORE_INSIDE.getFirst())
                .replace("$OTHER", BorderSpaces.MORE_INSIDE.getLast()).replace("$EDGE", BorderSpaces.OUTSIDE)
                .replace("$PORT", Integer.toString(PORT)).replace("$LINK", Integer.toString(options.get("link-mbit")))
                .replace("$AFTER", Long.toString(Math.round(1e3 * AFTER_SECONDS)));
    }

    public static void main(String[] args) throws InterruptedException {
        Options options = new Options("modes").number("rounds", 5, 1, 50).number("connections", 8, 1, 1_000)
                .number("link-mbit", 100, 10, 300).number("flood-percent", 150, 100, 300)
                .number("swing-seconds", 12, 4, 100).read(args);
        boolean reached;
        try (Scene scene = new Scene()) {
            reached = new ModesTable(options, scene).measure();
        } catch (IOException e) {
            System.err.println("bench/run modes: " + e.getMessage());
            reached = false;
        }
        if (!reached)
            System.exit(1);
    }

    private boolean measure() throws IOException, InterruptedException {
        Load warm = load(wrk(6)); // the JVM compiles what it has run often
        if (warm.failed() > 0)
            throw new IOException(warm.failed() + " of " + warm.requests() + " requests fail in calm");
        List<Flooded> floods = new ArrayList<>();
        for (int i = 1; i <= options.get("rounds"); i++) {
            System.err.println("flood " + i + " of " + options.get("rounds"));
            floods.add(flooded());
        }
        List<Swing> swings = new ArrayList<>();
        for (int periodMs : new int[]{400, 1_000, 4_000}) {
            System.err.println("a flood around the threshold, period " + periodMs + " ms");
            swings.add(swing(periodMs));
        }
        boolean reached = floods.stream().allMatch(f -> f.secureSeconds <= WANTED_SECONDS && f.load.failed == 0
                && f.switches == 2) && swings.stream().allMatch(s -> s.switches <= 1 && s.load.failed == 0);
        System.out.print(options.json() ? json(floods, swings) : table(floods, swings));
        if (!reached)
            System.err.println("bench/run modes: a target is missed");
        return reached;
    }

    private Child wrk(int seconds) throws IOException {
        return spaces.start("outside", "wrk", List.of(wrk, "-t1", "-c" + options.get("connections"),
                "-d" + seconds + "s", "http://127.0.0.1:8081/"));
    }

    private static Load load(Child wrk) throws IOException, InterruptedException {
        return Load.of(wrk.awaitExit());
    }

    private double bytesPerSecond(int ms) throws IOException, InterruptedException {
        long bytes = spaces.bytesFromOutside();
        long startNs = System.nanoTime();
        Thread.sleep(ms);
        bytes = spaces.bytesFromOutside() - bytes;
        return bytes / ((System.nanoTime() - startNs) * 1e-9);
    }

    private double linkBytes() {
        return options.get("link-mbit") * 125_000.0;
    }

    private Child flood(double leastBytes, double mostBytes, int periodMs, int ms) throws IOException {
        return spaces.start("outside", "flood",
                Scene.java(64, SpaceFlood.class, BorderSpaces.ATTACKER, BorderSpaces.INSIDE, Integer.toString(PORT),
                        Integer.toString(DATAGRAM), Double.toString(leastBytes / WIRE),
                        Double.toString(mostBytes / WIRE), Integer.toString(periodMs), Integer.toString(ms)));
    }

    private Flooded flooded() throws IOException, InterruptedException {
        int before = ring.count("mode: ");
        Child load = wrk(11);
        Thread.sleep(1_500);
        double bytes = linkBytes() * options.get("flood-percent") / 100;
        Child flood = flood(bytes, bytes, 1_000, FLOOD_MS);
        long beganMs = Long.parseLong(flood.awaitLine("began "));
        ring.awaitNextLine("mode: secure, ");
        double secure = (System.currentTimeMillis() - beganMs) / 1e3;
        flood.awaitLine("sent ");
        ring.awaitNextLine("mode: normal, ");
        Load said = load(load);
        double served = (firstAnswerMs(beganMs) - beganMs) / 1e3;
        Thread.sleep(2_500); // a flood sooner after the return would make the next return late, as it should
        return new Flooded(secure, served, ring.count("mode: ") - before, said);
    }

    /** When the first request after that time was answered at a secure address: the web server's own word. */
    private double firstAnswerMs(long afterMs) throws IOException {
        try (var lines = Files.lines(answered)) {
            return lines.mapToDouble(line -> 1e3 * Double.parseDouble(line)).filter(ms -> ms >= afterMs).findFirst()
                    .orElseThrow(() -> new IOException("no request was answered at a secure address"));
        }
    }

    private Swing swing(int periodMs) throws IOException, InterruptedException {
        int seconds = options.get("swing-seconds");
        double threshold = UTILISATION_UP * linkBytes();
        int before = ring.count("mode: ");
        Child load = wrk(seconds + 6);
        Thread.sleep(1_000);
        double calmBytes = bytesPerSecond(2_000);
        Child flood = flood(Math.max(1, 0.9 * threshold - calmBytes), Math.max(1, 1.1 * threshold - calmBytes),
                periodMs, 1_000 * seconds);
        flood.awaitLine("began ");
        List<Double> samples = new ArrayList<>();
        long untilNs = System.nanoTime() + (seconds - 1) * 1_000_000_000L;
        while (System.nanoTime() < untilNs)
            samples.add(bytesPerSecond(SAMPLE_MS) / threshold);
        samples.sort(null);
        int switches = ring.count("mode: ") - before;
        flood.awaitLine("sent ");
        Load said = load(load);
        while (ring.count("mode: secure, ") > ring.count("mode: normal, "))
            ring.awaitNextLine("mode: normal, ");
        Thread.sleep(2_500);
        return new Swing(periodMs, calmBytes / threshold, samples.get(samples.size() / 10),
                samples.get(samples.size() * 9 / 10), switches, said);
    }

    private static double median(List<Flooded> floods, ToDoubleFunction<Flooded> value) {
        double[] sorted = floods.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double worst(List<Flooded> floods, ToDoubleFunction<Flooded> value) {
        return floods.stream().mapToDouble(value).max().orElseThrow();
    }

    private String table(List<Flooded> floods, List<Swing> swings) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                """
                        | a flood of %d %% of the link | median | worst | wanted |
                        |---|---|---|---|
                        | from its first packet until the ring says "secure", s | %.2f | %.2f | %.0f |
                        | until the first request is answered at a secure address, s | %.2f | %.2f | |
                        | limit: samples have to be pressed for `after`, s | %.2f | | |
                        | requests that failed | %.0f | %.0f | 0 |
                        | of so many | %,.0f | | |
                        | slowest request, ms | %,.0f | %,.0f | |
                        | switches, there and back | %.0f | %.0f | 2 |

                        | a flood around the threshold, period | wrk alone, of the threshold | with the flood, 8 of 10 samples | switches | requests | failed |
                        |---|---|---|---|---|---|
                        """,
                options.get("flood-percent"), median(floods, Flooded::secureSeconds),
                worst(floods, Flooded::secureSeconds), WANTED_SECONDS, median(floods, Flooded::servedSeconds),
                worst(floods, Flooded::servedSeconds), AFTER_SECONDS, median(floods, f -> f.load.failed),
                worst(floods, f -> f.load.failed), median(floods, f -> f.load.requests),
                median(floods, f -> f.load.slowestMs), worst(floods, f -> f.load.slowestMs),
                median(floods, Flooded::switches), worst(floods, Flooded::switches)));
        for (Swing swing : swings)
            text.append(String.format(Locale.ROOT, "| %d ms | %.2f | %.2f to %.2f | %d | %,d | %d |%n", swing.periodMs,
                    swing.calm, swing.least, swing.most, swing.switches, swing.load.requests, swing.load.failed));
        return text.append(String.format(Locale.ROOT,
                "%n%d floods of %.0f s; then %d s each around the threshold. wrk: %d connections; a link of %d Mbit/s. At most one switch is wanted around the threshold.%n",
                floods.size(), FLOOD_MS / 1e3, options.get("swing-seconds"), options.get("connections"),
                options.get("link-mbit"))).toString();
    }

    private String json(List<Flooded> floods, List<Swing> swings) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "{\"table\":\"modes\",\"floods\":%d,\"secureSeconds\":%.3f,\"secureSecondsWorst\":%.3f,"
                        + "\"servedSeconds\":%.3f,\"servedSecondsWorst\":%.3f,\"afterSeconds\":%.3f,\"failedWorst\":%.0f,"
                        + "\"slowestMsWorst\":%.1f,\"switchesWorst\":%.0f,\"swings\":[",
                floods.size(), median(floods, Flooded::secureSeconds),
                worst(floods, Flooded::secureSeconds), median(floods, Flooded::servedSeconds),
                worst(floods, Flooded::servedSeconds), AFTER_SECONDS, worst(floods, f -> f.load.failed),
                worst(floods, f -> f.load.slowestMs), worst(floods, Flooded::switches)));
        for (Swing swing : swings)
            text.append(swing == swings.getFirst() ? "" : ",").append(String.format(Locale.ROOT,
                    "{\"periodMs\":%d,\"calm\":%.3f,\"least\":%.3f,\"most\":%.3f,\"switches\":%d,\"requests\":%d,\"failed\":%d}",
                    swing.periodMs, swing.calm, swing.least, swing.most, swing.switches, swing.load.requests,
                    swing.load.failed));
        return text.append("]}\n").toString();
    }
}
