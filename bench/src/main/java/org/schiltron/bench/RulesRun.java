package org.schiltron.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.schiltron.bgp.BgpConfig;
import org.schiltron.bgp.FlowAction;
import org.schiltron.bgp.FlowRule;
import org.schiltron.enforce.NftEnforcer;
import org.schiltron.filter.FlowSpecRules;
import org.schiltron.filter.NftChange;
import org.schiltron.filter.NftScript;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.host.BgpConnection;
import org.schiltron.host.Entropy;

/**
 * Puts rules in force and changes one, as a process of its own, since a ring too does so as soon as it has started. Says a line a
 * round: seconds to read the file, until all are in force since the
 * beginning of that, of processor till then (with the compiler's of the JVM, and nft's), and to read the file again and have one changed; then what that took.
 *
 * <pre>
 * nft SPACE RULES CHANGED BY-HAND ROUNDS      round: READ APPLIED PROCESSOR CHANGED LINES CHANGED-LINES SAME-TEXT BY-HAND
 * flowspec PORT SOCKET RULES CHANGED ROUNDS   round: READ APPLIED PROCESSOR CHANGED SPECIFICATIONS UPDATES WITHDRAWS
 * </pre>
 *
 * {@code SAME-TEXT} and {@code BY-HAND} are what {@code nft -f} alone takes.
 */
final class RulesRun {
    private static final int OUR_AS = 65_001;
    private static final int BIRDS_AS = 65_002;
    private static final int BUDGET = 20_000;
    private static final long MS = 1_000_000;
    private static final long LONGEST_NS = 60_000 * MS;
    private static final Pattern COUNT = Pattern.compile("([0-9]+) of [0-9]+ routes .*in table rules4");
    private static final Pattern IMPORTED = Pattern.compile("Import (update|withdraw)s: +([0-9]+)");

    private RulesRun() {
    }

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        if (args[0].equals("nft"))
            nft(List.of("ip", "netns", "exec", args[1]), Path.of(args[2]), Path.of(args[3]), Path.of(args[4]),
                    Integer.parseInt(args[5]));
        else
            flowSpec(Integer.parseInt(args[1]), args[2], Path.of(args[3]), Path.of(args[4]),
                    Integer.parseInt(args[5]));
    }

    private static double since(long startNs) {
        return (System.nanoTime() - startNs) * 1e-9;
    }

    /** Of this process and of all its children that have ended. */
    private static double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12]) + Long.parseLong(fields[13])
                + Long.parseLong(fields[14])) / Child.TICKS_PER_SECOND;
    }

    private static String run(List<String> prefix, String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(List.of(command));
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0)
            throw new IOException(String.join(" ", whole) + ": " + said);
        return said;
    }

    // nftables

    private static void nft(List<String> prefix, Path rules, Path changed, Path byHand, int rounds)
            throws IOException, InterruptedException {
        Path text = rules.resolveSibling("text.nft");
        for (int round = 0; round < rounds; round++) {
            NftEnforcer enforcer = new NftEnforcer(prefix);
            double before = cpuSeconds();
            long startNs = System.nanoTime();
            RuleSet all = RulesFile.read(rules);
            double read = since(startNs);
            enforcer.apply(all);
            double applied = since(startNs);
            double cpu = cpuSeconds() - before;
            startNs = System.nanoTime();
            RuleSet other = RulesFile.read(changed);
            enforcer.change(other);
            double change = since(startNs);
            enforcer.close();
            NftScript script = NftScript.of(all);
            Files.writeString(text, script.text());
            long lines = script.text().lines().count();
            long changedLines = NftChange.between(script, script.next(other)).lines().count();
            double same = load(prefix, text);
            NftEnforcer.remove(prefix, all.name());
            double hand = load(prefix, byHand);
            run(prefix, "nft", "delete", "table", "inet", "byhand");
            System.out.println(
                    "round: " + read + " " + applied + " " + cpu + " " + change + " " + lines + " " + changedLines
                            + " " + same + " " + hand);
        }
    }

    private static double load(List<String> prefix, Path script) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        run(prefix, "nft", "-f", script.toString());
        return since(startNs);
    }

    // FlowSpec

    private static void flowSpec(int port, String socket, Path rules, Path changed, int rounds)
            throws IOException, InterruptedException, ExecutionException {
        InetSocketAddress bird = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        BgpConfig config = BgpConfig.of(OUR_AS, BIRDS_AS, 0x0a00_0001).withHoldSeconds(30).withTimes(5_000 * MS,
                100 * MS, 500 * MS);
        try (BgpConnection connection = BgpConnection.start("bgp", bird, bird.getAddress(), config, new Entropy(),
                event -> {
                })) {
            long giveUpNs = System.nanoTime() + LONGEST_NS;
            while (!connection.isEstablished() && System.nanoTime() < giveUpNs)
                Thread.sleep(20);
            for (int round = 0; round < rounds; round++) {
                double cpu = cpuSeconds();
                long startNs = System.nanoTime();
                RuleSet file = RulesFile.read(rules);
                double read = since(startNs);
                Map<FlowRule, List<FlowAction>> all = flows(file);
                replace(connection, all);
                cpu = cpuSeconds() - cpu;
                awaitCount(socket, all.size());
                double applied = since(startNs);
                int[] before = imported(socket);
                startNs = System.nanoTime();
                replace(connection, flows(RulesFile.read(changed)));
                int[] after = imported(socket);
                while (after[0] == before[0] || after[1] == before[1]) {
                    if (since(startNs) * 1e9 > LONGEST_NS)
                        throw new IOException("BIRD has not heard of the change");
                    after = imported(socket);
                }
                double change = since(startNs);
                Thread.sleep(200); // whatever else is on its way
                after = imported(socket);
                replace(connection, Map.of());
                awaitCount(socket, 0);
                System.out.println("round: " + read + " " + applied + " " + cpu + " " + change + " " + all.size() + " "
                        + (after[0] - before[0]) + " " + (after[1] - before[1]));
            }
        }
    }

    private static Map<FlowRule, List<FlowAction>> flows(RuleSet rules) {
        return FlowSpecRules.announcement(rules, BUDGET).rules();
    }

    private static void replace(BgpConnection connection, Map<FlowRule, List<FlowAction>> all)
            throws IOException, InterruptedException, ExecutionException {
        if (!connection.replace(all).get())
            throw new IOException("the BGP session does not take " + all.size() + " specifications");
    }

    private static void awaitCount(String socket, int wanted) throws IOException, InterruptedException {
        long giveUpNs = System.nanoTime() + LONGEST_NS;
        int count = -1;
        while (count != wanted) {
            if (System.nanoTime() > giveUpNs)
                throw new IOException("BIRD has " + count + " of " + wanted + " specifications");
            Matcher matcher = COUNT.matcher(birdc(socket, "show", "route", "count"));
            if (matcher.find())
                count = Integer.parseInt(matcher.group(1));
        }
    }

    /** Announcements and withdrawals that BIRD has received. */
    private static int[] imported(String socket) throws IOException, InterruptedException {
        int[] imported = new int[2];
        Matcher matcher = IMPORTED.matcher(birdc(socket, "show", "protocols", "all", "schiltron"));
        while (matcher.find())
            imported[matcher.group(1).equals("update") ? 0 : 1] += Integer.parseInt(matcher.group(2));
        return imported;
    }

    private static String birdc(String socket, String... words) throws IOException, InterruptedException {
        return run(List.of(String.valueOf(Scene.find("birdc")), "-s", socket), words);
    }
}
