package org.schiltron.app;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.MonotonicClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code schiltron demo}. */
@Command(name = "demo", description = "Protects a small HTTP service on this machine and attacks it: one table at the end.", footer = {
        "", "Everything happens on loopback; links of 20 Mbit/s are emulated, and the flood is ten times that.", "",
        "Examples:", "  schiltron demo", "  schiltron demo --seconds 90 --json > demo.json",
        "  schiltron demo --backend 127.0.0.1:8080"})
final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "45", description = "measured time in all, shared by the nine phases, 9 to 540 (default ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--json", description = "one JSON object: {\"phases\":[...]}")
    private boolean json;

    @Option(names = "--backend", paramLabel = "HOST:PORT", description = "an HTTP service on this machine to protect instead of the built-in one")
    private @Nullable String backend;

    @Override
    public Integer call() throws InterruptedException {
        if (seconds < 9 || seconds > 540) {
            throw new ParameterException(spec.commandLine(), "--seconds " + seconds + ": from 9 to 540");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter notes = json ? spec.commandLine().getErr() : out;
        try (DemoBackend builtIn = new DemoBackend()) {
            HttpFetch fetch = new HttpFetch(backend == null ? builtIn.address() : backendAddress(backend));
            if (backend != null)
                askOnce(backend, fetch);
            try (DemoNet net = new DemoNet(fetch.server(), Demo.CLIENTS); Flood flood = new Flood()) {
                notes.printf(Locale.ROOT,
                        "%d mailboxes, %d ring nodes, %d clients, links of %d Mbit/s, flood of %,d packets/s; warming up%n",
                        DemoNet.MAILBOXES, DemoNet.RINGS, Demo.CLIENTS, DemoNet.LINK_BYTES_PER_SECOND * 8 / 1_000_000,
                        Demo.ATTACK_PPS);
                notes.flush();
                List<DemoResult> results;
                try (DemoView view = new DemoView(notes,
                        !json && isTerminal())) {
                    Demo demo = new Demo(net, flood, fetch, seconds * 1_000_000_000L / DemoPhase.values().length,
                            view::result);
                    view.watch(demo);
                    results = demo.run();
                }
                report(out, results);
            }
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
        }
        return Exit.OK.code();
    }

    @SuppressWarnings("SystemConsoleNull") // NullAway knows the method by its older promise
    static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private InetSocketAddress backendAddress(String text) throws IOException {
        InetSocketAddress address = Addresses.resolve(text);
        if (!address.getAddress().isLoopbackAddress()) {
            throw new ParameterException(spec.commandLine(),
                    "--backend " + text + ": the demo takes loopback addresses only");
        }
        return address;
    }

    private static void askOnce(String text, HttpFetch fetch) {
        try {
            fetch.get(MonotonicClock.nowNs() + DemoLoad.TIMEOUT_NS);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED,
                    "--backend " + text + ": " + e.getMessage() + ": is an HTTP service running there?", e);
        }
    }

    private void report(PrintWriter out, List<DemoResult> results) {
        if (json) {
            out.println(DemoResult.json(results));
        } else {
            out.println();
            DemoResult.table(out, results);
            out.println();
            out.println(
                    "address-leaked is expected to fail: an address that attackers know and nobody filters upstream is");
            out.println("the service's own link, and it fills. Each phase is measured from 2 s after its onset.");
        }
        out.flush();
    }
}
