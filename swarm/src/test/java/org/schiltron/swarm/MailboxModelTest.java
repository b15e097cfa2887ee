package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.wire.Wire;

/** The mailbox against two maps, and against what must hold under pressure. */
class MailboxModelTest {
    private static final int PUT_LIFETIME_MS = 2_000;

    private record WaitingGet(Path path, int tag, int maxBody, long expiryNs) {
    }

    private record WaitingPut(int shard, int fill, int length, long expiryNs) {
    }

    private record Expected(Path to, int tag, int shard, Nonce nonce, int fill, int length) {
        static Expected of(Sent sent) {
            return new Expected(sent.to(), sent.tag(), sent.shard(), sent.nonce(), sent.body()[0], sent.body().length);
        }
    }

    private static SeededRandom seeded() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("MailboxModelTest -Dschiltron.seed=" + seed);
        return new SeededRandom(seed);
    }

    private static byte[] body(int fill, int length) {
        byte[] body = new byte[length];
        Arrays.fill(body, (byte) fill);
        return body;
    }

    @RepeatedTest(5)
    void behavesAsTwoMapsWhileNothingIsFull() {
        SeededRandom random = seeded();
        MailboxRig rig = new MailboxRig(MailboxConfig.builder(1_000_000).putLifetimeMs(PUT_LIFETIME_MS)
                .egressBytesPerSecondPerAddress(1_000_000_000).build(), random.nextLong());
        Path[] peers = new Path[6];
        for (int i = 0; i < peers.length; i++)
            peers[i] = i % 2 == 0
                    ? address(192, 0, 2, i / 4, 1_000 + i)
                    : new Path(i, 0x2001_0db8_0000_0000L | i, random.nextLong(), 1_000 + i);
        Nonce[] pool = new Nonce[30];
        Map<Nonce, WaitingGet> gets = new LinkedHashMap<>();
        Map<Nonce, WaitingPut> puts = new LinkedHashMap<>();
        for (int step = 0; step < 20_000; step++) {
            int slot = random.nextInt(pool.length);
            if (pool[slot] == null || random.nextInt(10) == 0)
                pool[slot] = new Nonce(random.nextLong(), random.nextLong());
            Nonce nonce = pool[slot];
            Path peer = peers[random.nextInt(peers.length)];
            rig.nowNs += random.nextInt(20) == 0 ? random.nextLong(3_000 * MailboxRig.MS) : random.nextLong(1_000_000);
            long now = rig.nowNs;
            gets.values().removeIf(get -> get.expiryNs() <= now);
            puts.values().removeIf(put -> put.expiryNs() <= now);
            List<Expected> expected = new ArrayList<>();
            List<Sent> sent;
            if (random.nextInt(2) == 0) {
                int length = random.nextInt(4) == 0 ? 1 + 288 * random.nextInt(4) : 1 + random.nextInt(1_152);
                int fill = step & 127;
                int shard = random.nextInt(256);
                WaitingGet get = gets.get(nonce);
                if (get != null) {
                    if (length <= get.maxBody()) {
                        expected.add(new Expected(get.path(), get.tag(), shard, nonce, fill, length));
                        gets.remove(nonce);
                    }
                } else {
                    puts.putIfAbsent(nonce,
                            new WaitingPut(shard, fill, length, now + PUT_LIFETIME_MS * MailboxRig.MS));
                }
                sent = rig.datagram(peer, rig.putBytes(cookie(rig, peer), shard, nonce, body(fill, length)));
            } else {
                int lifetimeMs = 4 * random.nextInt(500);
                int maxBody = random.nextInt(2) == 0 ? 1_152 : random.nextInt(1_152);
                Nonce[] wanted = new Nonce[1 + random.nextInt(5)];
                for (int i = 0; i < wanted.length; i++) {
                    Nonce some = pool[random.nextInt(pool.length)];
                    wanted[i] = some == null ? nonce : some;
                    WaitingGet standing = gets.get(wanted[i]);
                    if (standing != null && !standing.path().equals(peer))
                        continue;
                    WaitingPut put = puts.get(wanted[i]);
                    if (put != null && put.length() <= maxBody) {
                        expected.add(new Expected(peer, step, put.shard(), wanted[i], put.fill(), put.length()));
                        puts.remove(wanted[i]);
                        gets.remove(wanted[i]);
                    } else if (lifetimeMs > 0) {
                        gets.put(wanted[i], new WaitingGet(peer, step, maxBody, now + lifetimeMs * MailboxRig.MS));
                    } else
                        gets.remove(wanted[i]);
                }
                sent = rig.get(peer, cookie(rig, peer), step, lifetimeMs, maxBody, wanted);
            }
            assertThat(sent.stream().map(Expected::of).toList()).as("step %d", step).isEqualTo(expected);
            if (random.nextInt(100) == 0)
                rig.timer();
            if (rig.mailbox.nextDeadlineNs() <= now)
                rig.timer();
        }
        rig.pass(10_000);
        assertThat(rig.mailbox.gets()).isZero();
        assertThat(rig.mailbox.storedBytes()).isZero();
    }

    /** A fresh one each time: epochs turn while the test runs. */
    private static long cookie(MailboxRig rig, Path peer) {
        return rig.cookie(peer);
    }

    @Test
    void underPressureNothingIsDeliveredTwiceOrToWhoDidNotAsk() {
        SeededRandom random = seeded();
        MailboxConfig config = MailboxConfig.builder(18_432).storeSeconds(1).maxGets(64).maxOwners(64).maxServices(2)
                .postsPerService(4).egressBytesPerSecondPerAddress(1_000_000_000).build();
        MailboxRig rig = new MailboxRig(config, random.nextLong());
        TreeSet<Long> delivered = new TreeSet<>(); // by the step that put it, which its body tells
        Map<Long, Path> asked = new LinkedHashMap<>();
        for (int step = 0; step < 100_000; step++) {
            int which = random.nextInt(1_000);
            Path peer = which < 300
                    ? address(127, 0, 0, 1, 1 + which)
                    : which < 600
                            ? new Path(0, 0x2001_0db8_0000_0000L + (long) which, 1, 1)
                            : address(11, which & 7, which >> 7, which & 127, 1);
            long recent = step / 20L + random.nextInt(20);
            Nonce nonce = new Nonce(7, recent);
            List<Sent> sent;
            if (random.nextInt(2) == 0) {
                long cookie = random.nextInt(3) == 0 ? 0 : rig.cookie(peer);
                byte[] body = new byte[8 + random.nextInt(1_145)];
                Wire.putLong(MemorySegment.ofArray(body), 0, step);
                sent = rig.put(peer, cookie, nonce, body);
            } else {
                asked.put(recent * 1_000 + which, peer);
                sent = rig.get(peer, rig.cookie(peer), which, random.nextInt(2_000), 1_152, nonce);
            }
            for (Sent data : sent) {
                assertThat(asked.get(data.nonce().low() * 1_000 + data.tag())).isEqualTo(data.to());
                assertThat(delivered.add(Wire.getLong(MemorySegment.ofArray(data.body()), 0))).isTrue();
            }
            rig.nowNs += random.nextLong(2 * MailboxRig.MS);
            if (rig.mailbox.nextDeadlineNs() <= rig.nowNs)
                rig.timer();
            assertThat(rig.mailbox.gets()).isBetween(0, 64);
            assertThat(rig.mailbox.storedBytes()).isBetween(0L, 64L * PutStore.BLOCK);
            assertThat(rig.mailbox.owners()).isBetween(0, 64);
        }
        assertThat(delivered).isNotEmpty();
        assertThat(rig.mailbox.memoryBytes()).isEqualTo(config.memoryBytes());
        rig.pass(10_000);
        assertThat(rig.mailbox.gets()).isZero();
        assertThat(rig.mailbox.storedPackets()).isZero();
        assertThat(rig.mailbox.storedBytes()).isZero();
    }
}
