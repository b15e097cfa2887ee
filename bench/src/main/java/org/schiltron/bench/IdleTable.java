package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What many idle sessions cost the service's process: memory, packets and processor time. The process is the program as
 * users start it, with its heap bounded; clients are real endpoints with a socket and a key each, the mailboxes and the
 * ring node processes of their own.
 */
final class IdleTable {
    private static final int MAILBOXES = 4;
    /** Gets of 60,000 and answers of 280 bytes, six a session, fit 50 ms of this (docs/decisions/0007-sessions.md). */
    private static final int LINK_MBIT = 10_000;
    /** Past the 5 s after which a session is idle, and one round of its 20 s refresh. */
    private static final int SETTLE_SECONDS = 30;

    /** What the service's process takes in and sends, datagrams a second, and the processor it uses. */
    private record Rates(double in, double out, double cores) {
        static Rates of(Child service, int metrics, int seconds) throws IOException, InterruptedException {
            double in = Inspection.metric(metrics, "schiltron_datagrams_in_total");
            double out = Inspection.metric(metrics, "schiltron_datagrams_out_total");
            double cpu = service.cpuSeconds();
            long startNs = System.nanoTime();
            Thread.sleep(1_000L * seconds);
            double passed = (System.nanoTime() - startNs) * 1e-9;
            return new Rates((Inspection.metric(metrics, "schiltron_datagrams_in_total") - in) / passed,
                    (Inspection.metric(metrics, "schiltron_datagrams_out_total") - out) / passed,
                    (service.cpuSeconds() - cpu) / passed);
        }
    }

    private IdleTable() {
    }

    public static void main(String[] args) throws InterruptedException {
        Options options = new Options("idle").number("sessions", 10_000, 1, 18_000).number("heap-mib", 768, 64, 65_536)
                .number("per-second", 100, 1, 10_000).number("seconds", 60, 5, 3_600).number("histogram", 0, 0, 100)
                .read(args);
        try {
            measure(options);
        } catch (IOException e) {
            System.err.println("bench/run idle: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void measure(Options options) throws IOException, InterruptedException {
        int sessions = options.get("sessions");
        try (Scene scene = new Scene()) {
            String customer = scene.run(Scene.schiltron("key", "new", "service.key").toArray(String[]::new)).strip();
            int metrics = Scene.freePort();
            List<String> protect = Scene.schiltron("protect", "127.0.0.1:9", "--key", "service.key", "--metrics",
                    "127.0.0.1:" + metrics, "--link-mbit-per-second", Integer.toString(LINK_MBIT), "--set",
                    "tune.contacts-per-second=200", "--set", "tune.handshakes-per-second=1000", "--set",
                    "tune.max-sessions-per-client=20", "--mailbox");
            List<Child> mailboxes = new ArrayList<>();
            for (int i = 0; i < MAILBOXES; i++)
                mailboxes.add(scene.start("mailbox",
                        Scene.schiltron("mailbox", "--listen", "127.0.0.1:0", "--metrics", "off", "--set",
                                "tune.max-owners=65536")));
            for (Child mailbox : mailboxes)
                protect.add(mailbox.awaitLine("mailbox: "));
            Child ring = scene.start("ring", Scene.schiltron("ring", "--listen", "127.0.0.1:0", "--customer", customer,
                    "--metrics", "off", "--set", "tune.requests-per-second-per-customer=1000000", "--set",
                    "tune.remembered-requests-per-customer=2000000"));
            protect.addAll(List.of("--ring", ring.awaitLine("ring: ")));
            Child service = scene.start("protect", "-Xmx" + options.get("heap-mib") + "m", protect);
            String link = service.awaitLine("link: ");
            long liveBefore = Inspection.liveHeapBytes(scene, service);
            Rates before = Rates.of(service, metrics, 10);
            Child clients = scene.start("clients", Scene.java(6_144, IdleClients.class, Integer.toString(sessions),
                    Integer.toString(options.get("per-second")), link));
            report(options, scene, service, metrics, clients, liveBefore, before);
        }
    }

    private static void report(Options options, Scene scene, Child service, int metrics, Child clients,
            long liveBefore, Rates bare) throws IOException, InterruptedException {
        int sessions = options.get("sessions");
        double opening = service.cpuSeconds();
        await(clients, service, metrics, sessions);
        opening = service.cpuSeconds() - opening;
        System.err.println("all sessions are open; waiting until they are idle");
        Thread.sleep(1_000L * SETTLE_SECONDS);
        Rates rates = Rates.of(service, metrics, options.get("seconds"));
        String[] open = clients.ask("?", "open: ").split(" ", 2);
        if (Integer.parseInt(open[0]) < sessions)
            throw new IOException("only " + open[0] + " of " + sessions + " sessions stayed");
        long peak = service.statusBytes("VmHWM");
        long before = service.statusBytes("VmRSS");
        long live = Inspection.liveHeapBytes(scene, service);
        long after = service.statusBytes("VmRSS");
        if (options.get("histogram") > 0)
            Inspection.jcmd(scene, service, "GC.class_histogram").lines().limit(options.get("histogram"))
                    .forEach(System.err::println);
        System.out.printf(Locale.ROOT,
                options.json()
                        ? "{\"table\":\"idle\",\"sessions\":%d,\"closedMeanwhile\":%s,\"residentBytesMost\":%d,"
                                + "\"residentBytes\":%d,\"residentBytesAfterGc\":%d,\"liveHeapBytes\":%d,"
                                + "\"liveHeapBytesPerSession\":%d,\"packetsInPerSecond\":%.1f,"
                                + "\"packetsOutPerSecond\":%.1f,\"cores\":%.4f,\"packetsInPerSecondWithout\":%.1f,"
                                + "\"packetsOutPerSecondWithout\":%.1f,\"coresWithout\":%.4f,"
                                + "\"cpuMsPerOpening\":%.3f}%n"
                        : """
                                | sessions | %d (%s were opened again) |
                                |---|---|
                                | resident, most | %,d bytes |
                                | resident | %,d bytes |
                                | resident after a full collection | %,d bytes |
                                | live heap | %,d bytes |
                                | live heap per session | %,d bytes |
                                | packets in, out, processor | %,.1f and %,.1f a second, %.4f cores |
                                | the same before the first session | %,.1f and %,.1f a second, %.4f cores |
                                | processor per opening | %.3f ms |
                                """,
                sessions, open[1], peak, before, after, live, (live - liveBefore) / sessions, rates.in, rates.out,
                rates.cores, bare.in, bare.out, bare.cores, 1e3 * opening / sessions);
    }

    private static void await(Child clients, Child service, int metrics, int sessions)
            throws IOException, InterruptedException {
        int best = 0;
        long progressNs = System.nanoTime();
        while (best < sessions) {
            Thread.sleep(500);
            if (!service.isAlive())
                service.awaitLine("\0"); // throws with what it said
            int open = (int) Inspection.metric(metrics, "schiltron_sessions");
            open = Math.min(open, Integer.parseInt(clients.ask("?", "open: ").split(" ", 2)[0]));
            if (open > best)
                progressNs = System.nanoTime();
            best = Math.max(best, open);
            if (System.nanoTime() - progressNs > 30_000_000_000L)
                throw new IOException("no more than " + best + " of " + sessions + " sessions open");
        }
    }
}
