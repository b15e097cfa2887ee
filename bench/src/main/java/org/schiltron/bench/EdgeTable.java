package org.schiltron.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Requests of wrk through an edge with proximity routing, beside haproxy and nginx stream on the same cores, in turn, round
 * after round; then what idle connections cost an edge, and whether a request fails while its authenticator changes.
 */
final class EdgeTable {
    private static final int MIB = 1 << 20;
    private static final int WEB_PORTS = 8;
    /** Of the web server's; they do not share evenly. */
    private static final int WORKER_CONNECTIONS = 14_000;
    /** Beside connections: what an edge keeps for itself and for UDP (docs/EDGES.md). */
    private static final int SPARE_DESCRIPTORS = 400;
    private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
    private static final Pattern P99 = Pattern.compile(" 99% +([0-9.]+)(us|ms|s)");
    private static final Pattern DONE = Pattern.compile("([0-9]+) requests in ");

    /** One way to the web server. */
    private record Proxy(String name, String does, int port, @Nullable Child process) {
    }

    /**
     * What wrk said.
     *
     * @param wrong what failed, in its words; empty if nothing
     */
    private record Sample(double rate, double p99Ms, String wrong, long requests) {
        static Sample of(String said) throws IOException {
            Matcher rate = RATE.matcher(said);
            Matcher p99 = P99.matcher(said);
            Matcher done = DONE.matcher(said);
            if (!rate.find() || !p99.find() || !done.find())
                throw new IOException("wrk says: " + said);
            double unit = p99.group(2).equals("us") ? 0.001 : p99.group(2).equals("ms") ? 1 : 1_000;
            return new Sample(Double.parseDouble(rate.group(1)), unit * Double.parseDouble(p99.group(1)),
                    said.lines().map(String::strip)
                            .filter(line -> line.startsWith("Socket errors") || line.startsWith("Non-2xx"))
                            .collect(Collectors.joining("; ")),
                    Long.parseLong(done.group(1)));
        }

        boolean failed() {
            return !wrong.isEmpty();
        }
    }

    /**
     * What idle connections cost.
     *
     * @param answered    once more, after they had waited
     * @param descriptors of each edge
     */
    private record Idle(int connections, int answered, int edges, int descriptors, long before, long after) {
    }

    private final Options options;
    private final Scene scene;
    private final String wrk;
    private final int web;
    private final Map<Proxy, List<Sample>> samples = new LinkedHashMap<>();

    private EdgeTable(Options options, Scene scene) throws IOException, InterruptedException {
        this.options = options;
        this.scene = scene;
        String found = Scene.find("wrk");
        if (found == null || Scene.find("nginx") == null)
            throw new IOException("needs wrk and nginx (Debian: wrk, nginx-light)");
        wrk = found;
        web = Scene.freePort();
        web();
    }

    public static void main(String[] args) throws InterruptedException {
        Options options = new Options("edge").number("rounds", 5, 0, 50).number("seconds", 5, 1, 600)
                .number("connections", 32, 1, 1_000).number("bytes", 2_000, 0, 1_000_000)
                .number("idle", 10_000, 0, 100_000).number("idle-seconds", 5, 0, 600)
                .number("authenticator-seconds", 60, 0, 3_600).read(args);
        try (Scene scene = new Scene()) {
            new EdgeTable(options, scene).measure();
        } catch (IOException e) {
            System.err.println("bench/run edge: " + e.getMessage());
            System.exit(1);
        }
    }

    private void measure() throws IOException, InterruptedException {
        if (options.get("rounds") > 0)
            compare();
        Idle idle = options.get("idle") == 0 ? null : idle(options.get("idle"));
        Sample change = options.get("authenticator-seconds") == 0 ? null : change();
        System.out.print(options.json() ? json(idle, change) : table(idle, change));
    }

    private void compare() throws IOException, InterruptedException {
        for (Proxy proxy : Arrays.asList(new Proxy("direct", "no proxy", web, null), haproxy("tcp"), haproxy("http"),
                nginxStream(), edge("edge", "plain TCP"), edge("edge, http", "reads each request", "--verify", "http")))
            if (proxy != null)
                samples.put(proxy, new ArrayList<>());
        for (Proxy proxy : samples.keySet())
            load(proxy.port(), 2 * options.get("seconds")); // the JVM compiles what it has run often
        for (int round = 1; round <= options.get("rounds"); round++) {
            System.err.println("round " + round + " of " + options.get("rounds"));
            for (Map.Entry<Proxy, List<Sample>> row : samples.entrySet())
                row.getValue().add(load(row.getKey().port(), options.get("seconds")));
        }
    }

    private Sample load(int port, int seconds) throws IOException, InterruptedException {
        List<String> command = List.of(wrk, "-t1", "-c" + options.get("connections"), "-d" + seconds + "s", "--latency",
                "--timeout", "10s", // with two, wrk's own, a starved machine would be taken for a failure
                "http://127.0.0.1:" + port + "/page");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        process.waitFor();
        return Sample.of(said);
    }

    private void web() throws IOException, InterruptedException {
        Path files = Files.createDirectories(scene.directory().resolve("files"));
        Files.write(files.resolve("page"), new byte[options.get("bytes")]);
        StringBuilder listen = new StringBuilder();
        for (int i = 0; i < WEB_PORTS; i++)
            listen.append("listen 127.0.0.1:").append(web + i).append(" backlog=4096; ");
        Path config = scene.write("web.conf", """
                user root; daemon off; worker_processes %d; pid web.pid; error_log stderr; worker_rlimit_nofile %d;
                events { worker_connections %d; }
                http { access_log off; keepalive_timeout 600s; keepalive_requests 100000000;
                client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
                server { %s root files; } }
                """.formatted(Math.max(2, Math.ceilDiv(options.get("idle"), WORKER_CONNECTIONS / 2)),
                Math.min(Descriptors.limit(), WORKER_CONNECTIONS + 100), WORKER_CONNECTIONS, listen));
        await(scene.start("nginx", List.of(String.valueOf(Scene.find("nginx")), "-p", scene.directory().toString(),
                "-c", config.toString(), "-e", "stderr")), web);
    }

    private static void await(Child child, int port) throws IOException, InterruptedException {
        for (int i = 0; i < 1_500; i++) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (!child.isAlive())
                    throw new IOException("ended: " + child.awaitExit(), e);
                Thread.sleep(20);
            }
        }
        throw new IOException("nobody listens on port " + port);
    }

    private @Nullable Proxy haproxy(String mode) throws IOException, InterruptedException {
        String program = Scene.find("haproxy");
        if (program == null) {
            System.err.println("without haproxy: it is not installed");
            return null;
        }
        int port = Scene.freePort();
        Path config = scene.write("haproxy-" + mode + ".cfg", """
                global
                    nbthread 2
                    maxconn 4000
                defaults
                    mode %s
                    timeout connect 5s
                    timeout client 1m
                    timeout server 1m
                listen bench
                    bind 127.0.0.1:%d
                    server web 127.0.0.1:%d
                """.formatted(mode, port, web));
        Child child = scene.start("haproxy", List.of(program, "-db", "-q", "-f", config.toString()));
        await(child, port);
        return new Proxy("haproxy, " + mode, Scene.version("version", program, "-v"), port, child);
    }

    private @Nullable Proxy nginxStream() throws IOException, InterruptedException {
        Path module = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
        if (!Files.exists(module)) {
            System.err.println("without nginx stream: no " + module + " (Debian: libnginx-mod-stream)");
            return null;
        }
        int port = Scene.freePort();
        Path config = scene.write("stream.conf", """
                load_module %s;
                daemon off; worker_processes 2; pid stream.pid; error_log stderr;
                events { worker_connections 4000; }
                stream { server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; } }
                """.formatted(module, port, web));
        String program = String.valueOf(Scene.find("nginx"));
        Child child = scene.start("nginx stream", List.of(program, "-p", scene.directory().toString(), "-c",
                config.toString(), "-e", "stderr"));
        await(child, port);
        return new Proxy("nginx stream", Scene.version("version", program, "-v"), port, child);
    }

    private Proxy edge(String name, String does, String... more) throws IOException, InterruptedException {
        int port = Scene.freePort();
        List<String> arguments = new ArrayList<>(List.of("edge", "--metrics", "off", "--listen", "127.0.0.1:" + port,
                "--to", "127.0.0.1:" + web, "--set", "tune.new-connections-per-second-per-source=1000000", "--set",
                "tune.connections-per-source=1000000"));
        arguments.addAll(List.of(more));
        Child child = scene.start(name, Scene.schiltron(arguments.toArray(String[]::new)));
        child.awaitLine("edge: ");
        return new Proxy(name, does, port, child);
    }

    /** Connections that have asked once and then wait, each with its own to the service; of one edge where it may have as many descriptors. */
    private Idle idle(int connections) throws IOException, InterruptedException {
        int needed = 2 * connections + SPARE_DESCRIPTORS;
        int descriptors = Descriptors.mayHave(needed) ? needed : Descriptors.limit();
        int each = (descriptors - SPARE_DESCRIPTORS) / 2;
        long before = 0;
        long after = 0;
        int answered = 0;
        List<Child> edges = new ArrayList<>();
        List<Child> loads = new ArrayList<>();
        List<Integer> shares = new ArrayList<>();
        for (int left = connections; left > 0; left -= each)
            shares.add(Math.min(each, left));
        for (int share : shares) {
            int port = Scene.freePort();
            Child edge = scene.start("edge, idle", Descriptors.with(descriptors, idleEdge(port, share, edges.size())));
            edge.awaitLine("edge: ");
            edges.add(edge);
            before += edge.statusBytes("VmRSS");
            Child load = scene.start("idle", Descriptors.with(descriptors,
                    Scene.java(256, IdleConnections.class, Integer.toString(share), Integer.toString(port))));
            load.awaitLine("open ");
            loads.add(load);
        }
        Thread.sleep(1_000L * options.get("idle-seconds"));
        for (Child edge : edges)
            after += edge.statusBytes("VmRSS");
        for (Child load : loads) // all of them are still there
            answered += Integer.parseInt(load.ask("again", "answered "));
        loads.forEach(Child::end);
        edges.forEach(Child::end);
        return new Idle(connections, answered, edges.size(), descriptors, before, after);
    }

    private List<String> idleEdge(int port, int connections, int number) throws IOException {
        Path services = scene.write("idle" + number + ".toml", """
                [[service]]
                name = "idle"
                listen = "127.0.0.1:%d"
                to = "127.0.0.1:%d"
                verify = "http"
                connections = %d
                """.formatted(port, web + number % WEB_PORTS, connections));
        return Scene.schiltron("edge", "--metrics", "off", "--services", services.toString(), "--set",
                "tune.new-connections-per-second-per-source=1000000", "--set",
                "tune.connections-per-source=1000000");
    }

    /** The service listens at eight ports; which one is shown changes every five seconds. */
    private Sample change() throws IOException, InterruptedException {
        scene.run(Scene.schiltron("key", "new", "shop.key").toArray(String[]::new));
        Path shown = scene.write("shop-auth.toml", """
                destination-port = "%d-%d"
                secret = "shop.key"
                every = "5s"
                overlap = "2s"
                """.formatted(web, web + WEB_PORTS - 1));
        Proxy edge = edge("edge, changing", "", "--verify", "http", "--authenticator", shown.toString());
        return load(edge.port(), options.get("authenticator-seconds"));
    }

    private static double median(List<Sample> list, ToDoubleFunction<Sample> value) {
        double[] values = list.stream().mapToDouble(value).sorted().toArray();
        return values[values.length / 2];
    }

    /** The median over the rounds of the quotient to the better of the peers in the round. */
    private double toPeers(List<Sample> row, ToDoubleFunction<Sample> value, boolean most) {
        List<List<Sample>> peers = samples.entrySet().stream().filter(e -> e.getKey().name().equals("haproxy, tcp")
                || e.getKey().name().equals("nginx stream")).map(Map.Entry::getValue).toList();
        double[] ratios = new double[row.size()];
        for (int i = 0; i < ratios.length; i++) {
            int round = i;
            var values = peers.stream().mapToDouble(list -> value.applyAsDouble(list.get(round)));
            ratios[i] = value.applyAsDouble(row.get(i)) / (most ? values.max() : values.min()).orElse(Double.NaN);
        }
        Arrays.sort(ratios);
        return ratios[ratios.length / 2];
    }

    private String table(@Nullable Idle idle, @Nullable Sample change) {
        StringBuilder text = new StringBuilder();
        if (!samples.isEmpty())
            comparison(text);
        if (idle != null)
            text.append(String.format(Locale.ROOT,
                    "%n%,d idle connections, %,d of them answered again after %d s: %d MiB resident, %d before the first; edges: %d, with %,d descriptors each.%n",
                    idle.connections, idle.answered, options.get("idle-seconds"), idle.after / MIB, idle.before / MIB,
                    idle.edges, idle.descriptors));
        if (change != null)
            text.append(String.format(Locale.ROOT,
                    "%nAnother authenticator every 5 s for %d s: %,d requests, %s, p99 %.2f ms.%n",
                    options.get("authenticator-seconds"), change.requests(),
                    change.failed() ? "FAILED: " + change.wrong() : "none failed", change.p99Ms()));
        return text.toString();
    }

    private void comparison(StringBuilder text) {
        text.append("""
                | way | requests/s | x better of haproxy tcp, nginx stream | p99 ms | x better | errors |
                |---|---|---|---|---|---|
                """);
        samples.forEach((proxy, list) -> text.append(String.format(Locale.ROOT,
                "| %s | %,.0f | %.2f | %.2f | %.2f | %s |%n", proxy.name(), median(list, Sample::rate),
                toPeers(list, Sample::rate, true), median(list, Sample::p99Ms), toPeers(list, Sample::p99Ms, false),
                list.stream().anyMatch(Sample::failed) ? "yes" : "none")));
        text.append('\n');
        samples.keySet().forEach(proxy -> text.append("- ").append(proxy.name()).append(": ").append(proxy.does())
                .append('\n'));
        text.append(String.format(Locale.ROOT,
                "%nMedians of %d rounds of %d s, %d connections, one thread of wrk, %d bytes from nginx.%n",
                options.get("rounds"), options.get("seconds"), options.get("connections"), options.get("bytes")));
    }

    private String json(@Nullable Idle idle, @Nullable Sample change) {
        StringJoiner rows = new StringJoiner(",", "{\"table\":\"edge\",\"rows\":[", "]");
        samples.forEach((proxy, list) -> rows.add(String.format(Locale.ROOT,
                "{\"way\":\"%s\",\"requestsPerSecond\":%.0f,\"toPeers\":%.3f,\"p99Ms\":%.3f,\"p99ToPeers\":%.3f}",
                proxy.name(), median(list, Sample::rate), toPeers(list, Sample::rate, true),
                median(list, Sample::p99Ms), toPeers(list, Sample::p99Ms, false))));
        String text = rows.toString();
        if (idle != null)
            text += String.format(Locale.ROOT,
                    ",\"idle\":{\"connections\":%d,\"answered\":%d,\"edges\":%d,\"residentBytes\":%d,\"residentBytesBefore\":%d}",
                    idle.connections, idle.answered, idle.edges, idle.after, idle.before);
        if (change != null)
            text += String.format(Locale.ROOT,
                    ",\"authenticator\":{\"seconds\":%d,\"requests\":%d,\"failed\":%b,\"p99Ms\":%.3f}",
                    options.get("authenticator-seconds"), change.requests(), change.failed(), change.p99Ms());
        return text + "}\n";
    }
}
