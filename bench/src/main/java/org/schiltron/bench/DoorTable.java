package org.schiltron.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.DoorLiar;

/**
 * {@code bench/run door}: who gets through the door while attackers work for its nonces too, while half of the contact
 * mailboxes are flooded or lie, with a token, and in calm. In virtual time with real puzzles; ends with 1 when a target is
 * missed.
 */
final class DoorTable {
    private static final int[] POWERS = {1, 10, 100};
    private static final int BESIDE_LIARS = 10;
    private static final double MOST_OVER_KNOWING = 2;
    private static final double MOST_EXTRA_ROUND_TRIPS = 2;
    private static final double MOST_EXTRA_MS = 5;
    private static final double MOST_EXTRA_CALM_ROUND_TRIPS = 1;

    private final Options options;
    private final List<DoorSiege.Seen> sieges = new ArrayList<>();
    private boolean missed;

    private DoorTable(Options options) {
        this.options = options;
    }

    public static void main(String[] args) {
        Options options = new Options("door").number("seed", 1, 0, 999_999_999).number("most", 100, 0, 100)
                .number("seeds", 3, 1, 1_000).read(args);
        DoorTable table = new DoorTable(options);
        if (options.json())
            table.json();
        else
            table.print();
        if (table.missed) {
            System.err.println("bench/run door: a target is missed");
            System.exit(1);
        }
    }

    // Measuring: each remembers whether its target is missed

    private int seed() {
        return options.get("seed");
    }

    private DoorSiege.Seen siege(int a, DoorSiege.Attackers kind) {
        DoorSiege.Seen seen = DoorSiege.run(seed(), a, kind, null);
        sieges.add(seen);
        missed |= seen.in() < seen.clients() || seen.overKnowing() > MOST_OVER_KNOWING;
        return seen;
    }

    private DoorHalves.Seen half(String how, DoorLiar.@Nullable Lie lie, boolean flooded) {
        DoorHalves.Seen seen = DoorHalves.run(seed(), options.get("seeds"), how, lie, flooded);
        missed |= seen.in() < seen.clients();
        return seen;
    }

    private List<DoorHalves.Seen> halves() {
        List<DoorHalves.Seen> rows = new ArrayList<>();
        rows.add(half("none", null, false));
        rows.add(half("flooded: random bytes, four times the link", null, true));
        for (DoorLiar.Lie lie : DoorLiar.Lie.values())
            rows.add(half(Liars.words(lie), lie, false));
        return rows;
    }

    /** Bots that spend at once, and half of the contacts lying: by lie. */
    private Map<DoorLiar.Lie, DoorSiege.Seen> siegesOfLiars() {
        Map<DoorLiar.Lie, DoorSiege.Seen> rows = new EnumMap<>(DoorLiar.Lie.class);
        if (options.get("most") < BESIDE_LIARS)
            return rows;
        for (DoorLiar.Lie lie : DoorLiar.Lie.values()) {
            DoorSiege.Seen seen = DoorSiege.run(seed(), BESIDE_LIARS, DoorSiege.Attackers.AT_ONCE, lie);
            missed |= seen.in() < seen.clients();
            rows.put(lie, seen);
        }
        return rows;
    }

    private List<DoorTokens.Seen> tokens() {
        List<DoorTokens.Seen> rows = new ArrayList<>();
        rows.add(DoorTokens.run(seed(), 0, false));
        rows.add(DoorTokens.run(seed(), 0, true));
        if (options.get("most") > 0)
            rows.add(DoorTokens.run(seed(), options.get("most"), true));
        for (DoorTokens.Seen row : rows)
            missed |= row.in() < row.clients() || row.extraRoundTrips(rows.getFirst()) > MOST_EXTRA_ROUND_TRIPS;
        return rows;
    }

    private DoorCost.Seen cost() {
        DoorCost.Seen seen = DoorCost.run(seed());
        missed |= seen.extra() > MOST_EXTRA_MS || seen.extraRoundTrips() > MOST_EXTRA_CALM_ROUND_TRIPS;
        return seen;
    }

    /** Of all strengths together: {@code bench/target/door.csv} and {@code door.svg}. */
    private void draw() {
        String root = System.getProperty("schiltron.root");
        if (root == null || options.get("most") < POWERS[POWERS.length - 1])
            return;
        Path target = Path.of(root, "bench", "target");
        try {
            Files.writeString(target.resolve("door.csv"), DoorPicture.csv(sieges));
            Files.writeString(target.resolve("door.svg"), DoorPicture.svg(sieges));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Tables

    private void print() {
        DoorCost.Seen cost = cost();
        System.out.printf(Locale.ROOT, """
                | a connection in calm | |
                |---|---|
                | client's work, ms | %.2f |
                | mailboxes' | %.2f |
                | service's | %.2f |
                | the handshake's four steps alone | %.2f |
                | work for posts, ms a second | %.1f |
                | all, with its nonce's part of a post, more than the handshake | %.2f |
                | time to connect, ms | %.0f |
                | round trips to a mailbox, more than cookie, hello and answer take | %.2f |

                """, cost.client(), cost.mailboxes(), cost.service(), cost.handshake(), cost.postsASecond(),
                cost.extra(),
                cost.connectMs(), cost.extraRoundTrips());
        System.out.println("""
                | half of the contacts | clients | in | seconds: p50 | p99 | max |
                |---|---|---|---|---|---|""");
        for (DoorHalves.Seen row : halves())
            System.out.printf(Locale.ROOT, "| %s | %d | %d | %.2f | %.2f | %.2f |%n", row.how(), row.clients(),
                    row.in(),
                    row.p50Seconds(), row.p99Seconds(), row.maxSeconds());
        printTokens(tokens());
        printSieges();
        printSiegesOfLiars();
        draw();
    }

    private static void printTokens(List<DoorTokens.Seen> rows) {
        System.out.println(
                """

                        | attackers, x the clients | token | clients | in | ms: p50 | p99 | max | round trips more than in calm |
                        |---|---|---|---|---|---|---|---|""");
        for (DoorTokens.Seen row : rows)
            System.out.printf(Locale.ROOT, "| %d | %s | %d | %d | %.0f | %.0f | %.0f | %.2f |%n", row.a(),
                    row.tokens() ? "yes" : "no", row.clients(), row.in(), row.p50Ms(), row.p99Ms(), row.maxMs(),
                    row.extraRoundTrips(rows.getFirst()));
    }

    private void printSieges() {
        System.out.println(
                """

                        | attackers, x the clients | bots | clients | in | seconds: fair share | mean | p50 | p99 | max | trials: mean | \
                        p99 | going rate, bits | x who knew it | x fair share |
                        |---|---|---|---|---|---|---|---|---|---|---|---|---|---|""");
        for (int a : POWERS) {
            for (DoorSiege.Attackers kind : DoorSiege.Attackers.values()) {
                if (a > options.get("most"))
                    continue;
                DoorSiege.Seen row = siege(a, kind);
                System.out.printf(Locale.ROOT,
                        "| %d | %s | %d | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.0f | %.0f | %d | %.2f | %.2f |%n",
                        a,
                        kind.words, row.clients(), row.in(), row.fairSeconds(), row.meanSeconds(), row.p50Seconds(),
                        row.p99Seconds(), row.maxSeconds(), row.meanTrials(), row.p99Trials(), row.goingBits(),
                        row.overKnowing(), row.overFair());
            }
        }
    }

    private void printSiegesOfLiars() {
        System.out.printf(
                """

                        | half of the contacts, bots of %d x the clients at once | clients | in | seconds: mean | p50 | p99 | max |
                        |---|---|---|---|---|---|---|
                        """,
                BESIDE_LIARS);
        siegesOfLiars().forEach((lie, row) -> System.out.printf(Locale.ROOT,
                "| %s | %d | %d | %.1f | %.1f | %.1f | %.1f |%n", Liars.words(lie), row.clients(), row.in(),
                row.meanSeconds(), row.p50Seconds(), row.p99Seconds(), row.maxSeconds()));
    }

    private void json() {
        DoorCost.Seen cost = cost();
        List<DoorHalves.Seen> halves = halves();
        List<DoorTokens.Seen> tokens = tokens();
        for (int a : POWERS)
            for (DoorSiege.Attackers kind : DoorSiege.Attackers.values())
                if (a <= options.get("most"))
                    siege(a, kind);
        Map<DoorLiar.Lie, DoorSiege.Seen> liars = siegesOfLiars();
        draw();
        System.out.printf(Locale.ROOT,
                "{\"calm\":{\"clientMs\":%.3f,\"mailboxesMs\":%.3f,\"serviceMs\":%.3f,\"handshakeMs\":%.3f,"
                        + "\"extraMs\":%.3f,\"connectMs\":%.1f,\"extraRoundTrips\":%.2f},\"halves\":[%s],\"tokens\":[%s],"
                        + "\"sieges\":[%s],\"siegesOfLiars\":[%s]}%n",
                cost.client(), cost.mailboxes(), cost.service(), cost.handshake(), cost.extra(), cost.connectMs(),
                cost.extraRoundTrips(),
                halves.stream().map(row -> String.format(Locale.ROOT,
                        "{\"how\":\"%s\",\"clients\":%d,\"in\":%d,\"p50Seconds\":%.3f,\"p99Seconds\":%.3f,"
                                + "\"maxSeconds\":%.3f}",
                        row.how(), row.clients(), row.in(), row.p50Seconds(), row.p99Seconds(), row.maxSeconds()))
                        .collect(Collectors.joining(",")),
                tokens.stream().map(row -> String.format(Locale.ROOT,
                        "{\"a\":%d,\"tokens\":%b,\"clients\":%d,\"in\":%d,\"p50Ms\":%.1f,\"p99Ms\":%.1f,\"maxMs\":%.1f}",
                        row.a(), row.tokens(), row.clients(), row.in(), row.p50Ms(), row.p99Ms(), row.maxMs()))
                        .collect(Collectors.joining(",")),
                sieges.stream().map(row -> String.format(Locale.ROOT,
                        "{\"a\":%d,\"bots\":\"%s\",\"clients\":%d,\"in\":%d,\"fairSeconds\":%.2f,\"meanSeconds\":%.2f,"
                                + "\"p50Seconds\":%.2f,\"p99Seconds\":%.2f,\"maxSeconds\":%.2f,\"meanTrials\":%.1f,"
                                + "\"goingBits\":%d,\"overKnowing\":%.3f,\"overFair\":%.3f}",
                        row.a(), row.attackers().words, row.clients(), row.in(), row.fairSeconds(), row.meanSeconds(),
                        row.p50Seconds(), row.p99Seconds(), row.maxSeconds(), row.meanTrials(), row.goingBits(),
                        row.overKnowing(), row.overFair())).collect(Collectors.joining(",")),
                liars.entrySet().stream().map(entry -> String.format(Locale.ROOT,
                        "{\"a\":%d,\"how\":\"%s\",\"clients\":%d,\"in\":%d,\"meanSeconds\":%.2f,\"maxSeconds\":%.2f}",
                        BESIDE_LIARS, Liars.words(entry.getKey()), entry.getValue().clients(), entry.getValue().in(),
                        entry.getValue().meanSeconds(), entry.getValue().maxSeconds()))
                        .collect(Collectors.joining(",")));
    }
}
