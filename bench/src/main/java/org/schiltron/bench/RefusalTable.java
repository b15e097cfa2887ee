package org.schiltron.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Token;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.wire.Get;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Put;

/**
 * What a flood at the door costs a mailbox, in memory, on one core: hellos refused a second, for each reason that needs no
 * signature; and what of its relaying is left under forged tokens and forged memory-bound solutions at the rate of a
 * gigabit link.
 */
final class RefusalTable {
    private static final double LEAST_PER_SECOND = 1e6;
    private static final double LEAST_RELAYING = 0.75;
    private static final int CLIENTS = 1_024;
    private static final int FLOODERS = 16_000;
    private static final int ROUNDS = 5;
    private static final int TURNS_PER_SECOND = 20;

    private record Refusals(String what, double perSecond, double target) {
    }

    private record Relaying(String flood, int perSecond, double calm, double under) {
        double left() {
            return under / calm;
        }
    }

    private RefusalTable() {
    }

    public static void main(String[] args) {
        Options options = new Options("refusals").number("seed", 1, 0, 999_999_999).number("seconds", 4, 1, 60)
                .read(args);
        List<Refusals> refusals = List.of(malformed(options), badCookie(options), expired(options), replayed(options),
                tooLittle(options));
        List<Relaying> relaying = new ArrayList<>();
        for (int kind : new int[]{Hello.TOKEN, Hello.EQUIX})
            relaying.add(relaying(options, kind));
        System.out.print(options.json() ? json(refusals, relaying) : table(refusals, relaying));
        if (!options.json())
            openssl();
        if (refusals.stream().anyMatch(row -> row.perSecond < row.target)
                || relaying.stream().anyMatch(row -> row.left() < LEAST_RELAYING)) {
            System.err.println("bench/run refusals: a target is missed");
            System.exit(1);
        }
    }

    /** What the hash of a hash puzzle costs at best, at about the same time: too little effort takes one. */
    private static void openssl() {
        try {
            System.out.printf(Locale.ROOT, "%nOpenSSL hashes %,.0f times %d bytes a second on one core by SHA-256.%n",
                    OpensslSpeed.sha256PerSecond(PuzzleRows.TRIAL), PuzzleRows.TRIAL);
        } catch (IOException e) {
            System.out.println("openssl speed: not measured: " + e.getMessage());
        }
    }

    private static DoorRig rig(Options options, int queue) {
        DoorRig rig = new DoorRig(options.get("seed"), queue, 1_000_000, 1_000_000); // nothing is rationed
        rig.post(1);
        rig.hello(CLIENTS, Hello.HASH, true); // takes the only nonce
        return rig;
    }

    private static Refusals malformed(Options options) {
        DoorRig rig = rig(options, 1_024);
        return measure(options, rig, "malformed", Drop.MALFORMED, i -> {
            byte[] hello = rig.hello(i, Hello.HASH, false);
            hello[35] ^= 4; // the length of the proof
            return hello;
        });
    }

    private static Refusals badCookie(Options options) {
        DoorRig rig = rig(options, 1_024);
        return measure(options, rig, "a forged cookie", Drop.BAD_COOKIE, i -> {
            byte[] hello = rig.hello(i, Hello.HASH, false);
            hello[9] ^= 4;
            return hello;
        });
    }

    private static Refusals expired(Options options) {
        DoorRig rig = rig(options, 1_024);
        byte[][] hellos = new byte[CLIENTS][];
        for (int i = 0; i < CLIENTS; i++)
            hellos[i] = rig.hello(i, Hello.HASH, false);
        rig.nowNs += 61_000_000_000L;
        rig.post(1);
        rig.hello(CLIENTS, Hello.HASH, true);
        return measure(options, rig, "an expired challenge", Drop.STALE_CHALLENGE, i -> hellos[i]);
    }

    private static Refusals replayed(Options options) {
        DoorRig rig = rig(options, 1_024);
        byte[][] hellos = new byte[CLIENTS][];
        for (int i = 0; i < CLIENTS; i++) {
            hellos[i] = rig.hello(i, Hello.HASH, false);
            rig.solve(hellos[i], 1, 64);
            rig.datagram(DoorRig.client(i), MemorySegment.ofArray(hellos[i]), hellos[i].length);
        }
        while (rig.mailbox.hellosWaiting() > 0) {
            rig.nowNs += 100_000_000L; // checks of posts are rationed
            rig.post(40);
        }
        return measure(options, rig, "a challenge answered before", Drop.STALE_CHALLENGE, i -> hellos[i]);
    }

    private static Refusals tooLittle(Options options) {
        DoorRig rig = rig(options, 16);
        for (int i = 0; i < 16; i++) {
            byte[] hello = rig.hello(CLIENTS + 1 + i, Hello.HASH, false);
            rig.solve(hello, 10, 64);
            rig.datagram(DoorRig.client(CLIENTS + 1 + i), MemorySegment.ofArray(hello), hello.length);
        }
        return measure(options, rig, "too little effort", Drop.TOO_LITTLE_EFFORT, i -> {
            byte[] hello = rig.hello(i, Hello.HASH, false);
            rig.solve(hello, 1, 10);
            return hello;
        });
    }

    private static Refusals measure(Options options, DoorRig rig, String what, Drop reason,
            IntFunction<byte[]> hello) {
        MemorySegment[] hellos = new MemorySegment[CLIENTS];
        Path[] clients = new Path[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            hellos[i] = MemorySegment.ofArray(hello.apply(i));
            clients[i] = DoorRig.client(i);
        }
        double[] rates = new double[ROUNDS];
        double roundNs = options.get("seconds") * 1e9 / ROUNDS;
        for (int round = 0; round < ROUNDS; round++) {
            long refusedBefore = rig.mailbox.counters().drops(reason);
            long start = CpuClock.nowNs();
            long done = 0;
            while (CpuClock.nowNs() - start < roundNs) {
                for (int i = 0; i < CLIENTS; i++)
                    rig.datagram(clients[i], hellos[i], (int) hellos[i].byteSize());
                done += CLIENTS;
                rig.nowNs += 1_000;
            }
            rates[round] = done / ((CpuClock.nowNs() - start) * 1e-9);
            if (rig.mailbox.counters().drops(reason) - refusedBefore != done)
                throw new IllegalStateException(what + ": " + rig.mailbox.counters().drops());
        }
        java.util.Arrays.sort(rates);
        return new Refusals(what, rates[ROUNDS / 2], LEAST_PER_SECOND);
    }

    // Relaying under a flood

    /**
     * For each millisecond of the flood a millisecond of one core, of which the flood takes what it needs. A mailbox in calm
     * and one under the flood take turns, so that a processor whose speed changes changes both.
     */
    private static Relaying relaying(Options options, int kind) {
        DoorRig rig = contended(options);
        MemorySegment[] hellos = new MemorySegment[FLOODERS];
        Path[] flooders = new Path[FLOODERS];
        Identity forger = Identity.generate(rig.random);
        byte[] token = Token.issue(forger, rig.service.publicKey(), forger.publicKey(), 1, 4_000_000_000L, 0)
                .encode();
        for (int i = 0; i < FLOODERS; i++) {
            byte[] hello = rig.hello(i, kind, false);
            MemorySegment s = MemorySegment.ofArray(hello);
            if (kind == Hello.TOKEN)
                Hello.putRest(s, Hello.CONTENT, forgedToken(token, rig));
            else
                Hello.putRest(s, Hello.CONTENT, rig.random.bytes(Hello.EQUIX_SOLUTION));
            Hello.putSeed(s, Hello.CONTENT, rig.random.nextLong());
            hellos[i] = s;
            flooders[i] = DoorRig.client(i);
            rig.nowNs += 100_000; // each hello asked is one of its address's
        }
        int perMs = (int) (DoorRig.LINK_BYTES_PER_SECOND / 1_000 / hellos[0].byteSize());
        int[] next = new int[1];
        RelayPairs calm = new RelayPairs(contended(options), () -> {
        });
        RelayPairs under = new RelayPairs(rig, () -> {
            for (int i = 0; i < perMs; i++) {
                int of = next[0]++ % FLOODERS;
                rig.datagram(flooders[of], hellos[of], (int) hellos[of].byteSize());
            }
        });
        for (int turn = 0; turn < options.get("seconds") * TURNS_PER_SECOND; turn++) {
            if (turn == options.get("seconds") * TURNS_PER_SECOND / 4) { // both have warmed up
                calm.begin();
                under.begin();
            }
            calm.run(1_000 / TURNS_PER_SECOND);
            under.run(1_000 / TURNS_PER_SECOND);
        }
        return new Relaying(kind == Hello.TOKEN ? "forged tokens" : "forged Equi-X solutions", 1_000 * perMs,
                calm.perSecond(), under.perSecond());
    }

    /** A mailbox whose nonces are used up, and whose checks are rationed as they are by default. */
    private static DoorRig contended(Options options) {
        DoorRig rig = new DoorRig(options.get("seed"), 1_024, 10, ContactConfig.DEFAULT.checksPerSecond());
        rig.post(1);
        rig.hello(FLOODERS, Hello.HASH, true);
        return rig;
    }

    private static byte[] forgedToken(byte[] token, DoorRig rig) {
        byte[] rest = new byte[Hello.TOKEN_BYTES + Hello.SIGNATURE];
        System.arraycopy(token, 0, rest, 0, token.length);
        byte[] serial = rig.random.bytes(7);
        System.arraycopy(serial, 0, rest, 57, serial.length);
        return rest;
    }

    /** A session's packets: gets of 72 images, then what fills them. */
    private static final class RelayPairs {
        private static final Path RECEIVER = Path.ofIpv4(0x0d000001, 7_000);
        private static final Path SENDER = Path.ofIpv4(0x0e000001, 7_000);
        private static final int BODY = 1_000;

        private final DoorRig rig;
        private final MemorySegment get = MemorySegment.ofArray(new byte[1_400]);
        private final MemorySegment put = MemorySegment.ofArray(new byte[Put.BODY + BODY]);
        private final long[] nonces = new long[2 * Get.MAX_IMAGES];
        private final int getLength;
        private final long senderCookie;
        private final Runnable flood;
        private long relayed;
        private long tookNs;

        /** @param flood a millisecond of it */
        RelayPairs(DoorRig rig, Runnable flood) {
            this.rig = rig;
            this.flood = flood;
            long cookie = rig.cookie(RECEIVER);
            senderCookie = rig.cookie(SENDER);
            getLength = Get.write(get, 0, 0, 1, cookie, 4_000, BODY, Get.MAX_IMAGES);
            for (int i = 0; i < Get.MAX_IMAGES; i++) {
                nonces[2 * i] = rig.random.nextLong();
                nonces[2 * i + 1] = rig.random.nextLong();
                Get.putImage(get, 0, i, org.schiltron.machine.SipHash.imageHigh(nonces[2 * i], nonces[2 * i + 1]),
                        org.schiltron.machine.SipHash.imageLow(nonces[2 * i], nonces[2 * i + 1]));
            }
        }

        void begin() {
            relayed = 0;
            tookNs = 0;
        }

        /** So many milliseconds of a core, of each of which the flood takes its part first. */
        void run(int ms) {
            long start = CpuClock.nowNs();
            for (int i = 1; i <= ms; i++) {
                flood.run();
                while (CpuClock.nowNs() - start < i * 1_000_000L) {
                    relay();
                    relayed += Get.MAX_IMAGES;
                }
                rig.nowNs += 1_000_000L;
            }
            tookNs += CpuClock.nowNs() - start;
        }

        double perSecond() {
            return relayed / (tookNs * 1e-9);
        }

        private void relay() {
            rig.datagram(RECEIVER, get, getLength);
            long before = rig.sent;
            for (int i = 0; i < Get.MAX_IMAGES; i++) {
                Put.write(put, 0, 0, 0, senderCookie, nonces[2 * i], nonces[2 * i + 1]);
                rig.datagram(SENDER, put, (int) put.byteSize());
            }
            if (rig.sent != before + Get.MAX_IMAGES)
                throw new IllegalStateException("not relayed: " + rig.mailbox.counters().drops());
        }
    }

    private static String table(List<Refusals> refusals, List<Relaying> relaying) {
        StringBuilder text = new StringBuilder("| hello | refused a second, one core | wanted |\n|---|---|---|\n");
        for (Refusals row : refusals)
            text.append(String.format(Locale.ROOT, "| %s | %,.0f | %,.0f |%n", row.what, row.perSecond, row.target));
        text.append("\n| flood of a gigabit a second | hellos a second | relayed in calm | relayed under it |");
        text.append(" left | wanted |\n|---|---|---|---|---|---|\n");
        for (Relaying row : relaying)
            text.append(String.format(Locale.ROOT, "| %s | %,d | %,.0f | %,.0f | %.0f %% | %.0f %% |%n", row.flood,
                    row.perSecond, row.calm, row.under, 100 * row.left(), 100 * LEAST_RELAYING));
        return text.toString();
    }

    private static String json(List<Refusals> refusals, List<Relaying> relaying) {
        StringJoiner text = new StringJoiner(",", "{\"table\":\"refusals\",\"rows\":[", "]}\n");
        for (Refusals row : refusals)
            text.add(String.format(Locale.ROOT, "{\"hello\":\"%s\",\"refusedPerSecond\":%.0f}", row.what,
                    row.perSecond));
        for (Relaying row : relaying)
            text.add(String.format(Locale.ROOT,
                    "{\"flood\":\"%s\",\"hellosPerSecond\":%d,\"relayedCalm\":%.0f,\"relayedUnder\":%.0f}", row.flood,
                    row.perSecond, row.calm, row.under));
        return text.toString();
    }
}
