package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.wire.Wire;

class MailboxBadInputTest {
    private static final Path PEER = address(198, 51, 100, 7, 5_000);
    private static final long SERVICE = 0x5e1f;

    private final MailboxRig rig = new MailboxRig(MailboxConfig.ofLink(1_000_000), 5);
    private final long cookie = rig.cookie(PEER);
    private final Nonce nonce = new Nonce(1, 2);

    private record Row(String what, Drop expected, List<byte[]> datagrams) {
    }

    private static Row row(String what, Drop expected, byte[]... datagrams) {
        return new Row(what, expected, List.of(datagrams));
    }

    private static byte[] resized(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private List<Row> rows() {
        byte[] put = rig.putBytes(cookie, 0, nonce, new byte[100]);
        byte[] get = rig.getBytes(cookie, 1, 1_000, 100, nonce, nonce);
        byte[] post = rig.postBytes(cookie, 1, SERVICE, 1_000, MailboxRig.Terms.PLAIN, nonce, nonce);
        byte[] hello = rig.helloBytes(cookie, SERVICE, new byte[50]);
        byte[] request = rig.cookieRequest();
        List<Row> rows = new ArrayList<>();
        rows.add(row("shorter than a header", Drop.TRUNCATED, new byte[0], new byte[7]));
        rows.add(row("longer than any datagram", Drop.OVERSIZED, resized(put, 1_233), resized(put, 2_000)));
        rows.add(row("another version", Drop.WRONG_VERSION, with(put, 2, 0), with(put, 2, 2), with(get, 2, 255)));
        rows.add(row("an unknown type", Drop.UNKNOWN_TYPE, with(put, 0, 0), with(put, 0, 0x23), with(put, 0, 255)));
        for (byte type : new byte[]{Wire.COOKIE, Wire.DATA, Wire.FIRST, Wire.ENROL, Wire.OUT, Wire.IN, Wire.PONG})
            rows.add(row("not for a mailbox", Drop.UNEXPECTED_TYPE, with(put, 0, type)));
        rows.add(row("short put", Drop.TRUNCATED, resized(put, 8), resized(put, 32)));
        rows.add(row("long put", Drop.OVERSIZED, resized(put, 32 + 1_153)));
        rows.add(row("short get", Drop.TRUNCATED, resized(get, 8), resized(get, 24)));
        rows.add(row("ragged get", Drop.MALFORMED, resized(get, 25), resized(get, 55)));
        rows.add(row("long get", Drop.OVERSIZED, resized(get, 24 + 73 * 16)));
        rows.add(row("short post", Drop.TRUNCATED, resized(post, 8), resized(post, 40)));
        rows.add(row("ragged post", Drop.MALFORMED, resized(post, 41), resized(post, 71)));
        rows.add(row("long post", Drop.MALFORMED, resized(post, post.length + 1), with(post, 34, 41)));
        rows.add(row("short hello", Drop.TRUNCATED, resized(hello, 8), resized(hello, 32)));
        rows.add(row("hello without content", Drop.MALFORMED, resized(hello, 33), resized(hello, 51)));
        rows.add(row("hello whose credential is too long", Drop.MALFORMED, with(hello, 35, 60),
                with(with(hello, 32, 1), 34, 2)));
        rows.add(row("long hello", Drop.OVERSIZED, resized(hello, 32 + 1_153)));
        rows.add(row("short cookie request", Drop.TRUNCATED, resized(request, 8), resized(request, 47)));
        return rows;
    }

    @Test
    void badDatagramsAreCountedAndAnsweredWithNothing() {
        for (Row row : rows()) {
            for (byte[] datagram : row.datagrams()) {
                long before = rig.drops(row.expected());
                assertThat(rig.datagram(PEER, datagram)).as(row.what()).isEmpty();
                assertThat(rig.drops(row.expected())).as(row.what()).isEqualTo(before + 1);
                assertThat(rig.mailbox.gets() + rig.mailbox.storedPackets() + rig.mailbox.firstContacts())
                        .as(row.what()).isZero();
            }
        }
    }

    /**
     * Anything at all, from anyone, much of it damaged: no exception, fixed memory, never more bytes to an address that
     * showed no cookie than came from it, and nothing left once time has passed.
     */
    @Test
    void damagedDatagramsAreNeverAmplifiedAndLeaveNothingBehind() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("MailboxBadInputTest -Dschiltron.seed=" + seed);
        SeededRandom random = new SeededRandom(seed);
        Map<Path, Long> balance = new LinkedHashMap<>();
        Set<Path> proved = new LinkedHashSet<>();
        Path[] peers = new Path[40];
        long[] cookies = new long[peers.length];
        for (int i = 0; i < peers.length; i++) {
            peers[i] = address(192, random.nextInt(3), 2, i, 1 + random.nextInt(3));
            balance.put(peers[i], 0L);
            if (i < 20) {
                cookies[i] = rig.cookie(peers[i]);
                proved.add(peers[i]);
            } else
                cookies[i] = random.nextLong();
        }
        Nonce[] nonces = new Nonce[30];
        for (int i = 0; i < nonces.length; i++)
            nonces[i] = new Nonce(random.nextLong(), random.nextLong());
        for (int step = 0; step < 30_000; step++) {
            int from = random.nextInt(peers.length);
            Nonce any = nonces[random.nextInt(nonces.length)];
            Nonce other = nonces[random.nextInt(nonces.length)];
            long shown = cookies[random.nextInt(8) == 0 ? random.nextInt(peers.length) : from];
            byte[] datagram = switch (random.nextInt(6)) {
                case 0 -> rig.cookieRequest();
                case 1, 2 -> rig.putBytes(shown, 0, any, new byte[1 + random.nextInt(1_152)]);
                case 3 -> rig.getBytes(shown, step, random.nextInt(3_000), random.nextInt(1_300), any, other);
                case 4 -> rig.postBytes(shown, random.nextInt(4), random.nextInt(3), random.nextInt(3_000),
                        MailboxRig.Terms.PLAIN,
                        any, other);
                default -> rig.helloBytes(shown, random.nextInt(3), new byte[1 + random.nextInt(500)]);
            };
            if (random.nextInt(3) == 0)
                datagram = damaged(datagram, random);
            balance.merge(peers[from], (long) datagram.length, Long::sum);
            for (Sent sent : rig.datagram(peers[from], datagram)) {
                assertThat(sent.bytes().length).isLessThan(1_233);
                balance.merge(sent.to(), (long) -sent.bytes().length, Long::sum);
                if (!proved.contains(sent.to()))
                    assertThat(balance.get(sent.to())).as("seed %d step %d", seed, step).isNotNegative();
            }
            rig.nowNs += random.nextLong(5 * MailboxRig.MS);
            if (random.nextInt(50) == 0)
                rig.timer();
        }
        assertThat(rig.mailbox.memoryBytes()).isEqualTo(MailboxConfig.ofLink(1_000_000).memoryBytes());
        rig.pass(70_000);
        assertThat(rig.mailbox.gets()).isZero();
        assertThat(rig.mailbox.storedBytes()).isZero();
        assertThat(rig.mailbox.firstContacts()).isZero();
        assertThat(rig.mailbox.services()).isZero();
    }

    private static byte[] damaged(byte[] bytes, SeededRandom random) {
        byte[] damaged = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> damaged = Arrays.copyOf(bytes, bytes.length + random.nextInt(1_300));
            case 2 -> damaged = random.bytes(random.nextInt(1_400));
            default -> {
                for (int i = 0; i < 3; i++)
                    damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
        }
        if (damaged.length > 3 && random.nextInt(2) == 0)
            damaged[2] = Wire.VERSION;
        return damaged;
    }
}
