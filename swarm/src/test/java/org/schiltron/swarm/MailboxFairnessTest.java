package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.wire.Wire;

/** What floods of every shape can take from a modest user: nothing, below a fair share. */
class MailboxFairnessTest {
    private static final int GETS = 1_000;
    /** 288 KB: 1,000 blocks. */
    private static final MailboxConfig CONFIG = MailboxConfig.builder(288_000).storeSeconds(1).maxGets(GETS)
            .maxOwners(256).egressBytesPerSecondPerAddress(100_000_000).hellosPerSecondPerAddress(1_000).build();
    private static final Path USER = address(198, 51, 100, 7, 5_000);
    private static final Path SENDER = address(203, 0, 113, 9, 6_000);
    private static final int LIFETIME_MS = 30_000;

    private final MailboxRig rig = new MailboxRig(CONFIG, 2);
    private final long userCookie = rig.cookie(USER);
    private final long senderCookie = rig.cookie(SENDER);
    private long nonces;

    @AfterEach
    void memoryIsWhatTheConfigurationSays() {
        assertThat(rig.mailbox.memoryBytes()).isEqualTo(CONFIG.memoryBytes());
        assertThat(rig.mailbox.gets()).isLessThanOrEqualTo(GETS);
        assertThat(rig.mailbox.storedBytes()).isLessThanOrEqualTo(288_000);
        assertThat(rig.mailbox.owners()).isLessThanOrEqualTo(256);
    }

    private Nonce[] fresh(int count) {
        Nonce[] fresh = new Nonce[count];
        for (int i = 0; i < count; i++)
            fresh[i] = new Nonce(0xabcd, ++nonces);
        return fresh;
    }

    private Nonce[] userAsks(int count) {
        Nonce[] asked = fresh(count);
        for (Nonce nonce : asked)
            rig.get(USER, userCookie, 1, LIFETIME_MS, Wire.MAX_BODY, nonce);
        return asked;
    }

    private Nonce[] userIsSent(int count) {
        Nonce[] sent = fresh(count);
        for (Nonce nonce : sent)
            rig.put(SENDER, senderCookie, nonce, new byte[1_152]);
        return sent;
    }

    private void floodGets(Path from, int datagrams) {
        long cookie = rig.cookie(from);
        for (int i = 0; i < datagrams; i++)
            rig.get(from, cookie, 666, LIFETIME_MS, Wire.MAX_BODY, fresh(72));
    }

    private void floodPuts(Path from, long cookie, int datagrams) {
        for (int i = 0; i < datagrams; i++)
            rig.put(from, cookie, fresh(1)[0], new byte[1_152]);
    }

    private void assertAllArrive(Nonce[] asked) {
        for (Nonce nonce : asked)
            assertThat(rig.put(SENDER, senderCookie, nonce, new byte[100])).singleElement()
                    .satisfies(data -> assertThat(data.to()).isEqualTo(USER));
    }

    private void assertAllAreThere(Nonce[] sent) {
        for (Nonce nonce : sent)
            assertThat(rig.get(USER, userCookie, nonce)).hasSize(1);
    }

    @Test
    void aFloodOfGetsFromOneAddressEvictsItsOwn() {
        Nonce[] asked = userAsks(200);
        floodGets(address(192, 0, 2, 1, 1), 100);
        assertThat(rig.mailbox.gets()).isEqualTo(200 + GETS / 4);
        assertThat(rig.drops(Drop.QUOTA_ADDRESS)).isEqualTo(7_200 - GETS / 4);
        assertAllArrive(asked);
    }

    @Test
    void portsMakeNobodyManyExceptOnLoopback() {
        for (int port = 1; port <= 20; port++)
            floodGets(address(192, 0, 2, 1, port), 5);
        assertThat(rig.mailbox.gets()).isEqualTo(GETS / 4);
        for (int port = 1; port <= 20; port++)
            floodGets(address(127, 0, 0, 1, port), 5);
        assertThat(rig.mailbox.gets()).isEqualTo(GETS);
    }

    @Test
    void aFloodOfGetsFromAWholePrefixEvictsItsOwn() {
        Nonce[] asked = userAsks(200);
        for (int host = 0; host < 256; host++)
            floodGets(address(192, 0, 2, host, 1), 3);
        assertThat(rig.drops(Drop.QUOTA_PREFIX)).isPositive();
        assertThat(rig.mailbox.gets()).isEqualTo(200 + GETS / 2);
        assertAllArrive(asked);
    }

    @Test
    void aFloodOfGetsFromManyPrefixesLeavesAFairShare() {
        int prefixes = 50;
        Nonce[] asked = userAsks(GETS * 4 / 5 / (prefixes + 1)); // 15
        for (int round = 0; round < 3; round++)
            for (int i = 0; i < prefixes; i++)
                floodGets(address(11, i, 0, round, 1), 2);
        assertThat(rig.drops(Drop.GET_EVICTED)).isPositive();
        assertAllArrive(asked);
    }

    @Test
    void whoAsksWhileTheTableIsFullOfAFloodGetsItsShare() {
        for (int i = 0; i < 50; i++)
            floodGets(address(11, i, 0, 1, 1), 4);
        Nonce[] asked = userAsks(15);
        for (int i = 0; i < 50; i++)
            floodGets(address(11, i, 0, 1, 1), 4);
        assertAllArrive(asked);
    }

    @Test
    void aNeighbourInTheSamePrefixEvictsItsOwn() {
        Nonce[] asked = userAsks(100);
        floodGets(address(198, 51, 100, 8, 1), 50);
        for (int i = 0; i < 20; i++) // and then the whole table is full
            floodGets(address(11, i, 0, 1, 1), 2);
        Nonce[] few = userAsks(10);
        floodGets(address(198, 51, 100, 8, 1), 50);
        assertAllArrive(few);
        assertThat(asked).hasSize(100); // more than its share when all were full: no promise
    }

    @Test
    void oneIpv6PrefixWithManyHostsCannotTakeAllPlacesOfOwners() {
        Nonce[] asked = userAsks(100);
        for (int i = 0; i < 2_000; i++)
            floodGets(new Path(0, 0x2001_0db8_0001_0000L | i, i, 1), 1);
        assertThat(rig.mailbox.owners()).isLessThan(100);
        assertAllArrive(asked);
        Path newcomer = address(100, 200, 1, 1, 1);
        Nonce nonce = fresh(1)[0];
        rig.get(newcomer, rig.cookie(newcomer), nonce);
        floodGets(new Path(0, 0x2001_0db8_0001_ffffL, 1, 1), 20);
        assertThat(rig.put(SENDER, senderCookie, nonce, new byte[1]).getFirst().to()).isEqualTo(newcomer);
    }

    @Test
    void moreAddressesThanPlacesCostIncumbentsNothingAndNewcomersAreStillServed() {
        Nonce[] asked = userAsks(2);
        for (int i = 0; i < 1_000; i++) {
            Path from = address(11, i >> 8, i & 255, 1, 1);
            rig.get(from, rig.cookie(from), 666, LIFETIME_MS, Wire.MAX_BODY, fresh(1));
        }
        assertThat(rig.mailbox.owners()).isEqualTo(256);
        assertAllArrive(asked);
        Path newcomer = address(100, 200, 1, 1, 1);
        Nonce nonce = fresh(1)[0];
        rig.get(newcomer, rig.cookie(newcomer), nonce);
        assertThat(rig.put(SENDER, senderCookie, nonce, new byte[1])).hasSize(1);
    }

    @Test
    void anOwnersOldestGoesFirst() {
        Path attacker = address(192, 0, 2, 1, 1);
        long cookie = rig.cookie(attacker);
        List<Nonce> asked = new ArrayList<>();
        for (int i = 0; i < GETS / 4 + 10; i++) {
            asked.add(fresh(1)[0]);
            rig.get(attacker, cookie, asked.getLast());
        }
        for (int i = 0; i < asked.size(); i++)
            assertThat(rig.put(SENDER, senderCookie, asked.get(i), new byte[1])).hasSize(i < 10 ? 0 : 1);
    }

    @Test
    void aFloodOfProvedPutsEvictsItsOwn() {
        Nonce[] sent = userIsSent(40); // 160 blocks
        Path attacker = address(192, 0, 2, 1, 1);
        floodPuts(attacker, rig.cookie(attacker), 3_000);
        for (int host = 0; host < 100; host++) {
            Path neighbour = address(192, 0, 2, host, 1);
            floodPuts(neighbour, rig.cookie(neighbour), 20);
        }
        assertThat(rig.mailbox.storedBytes()).isEqualTo(288L * (160 + 500));
        assertAllAreThere(sent);
    }

    @Test
    void aFloodOfProvedPutsFromManyPrefixesLeavesAFairShare() {
        Nonce[] sent = userIsSent(4); // 16 blocks of 1,000 among 41
        for (int i = 0; i < 40; i++) {
            Path attacker = address(11, i, 0, 1, 1);
            floodPuts(attacker, rig.cookie(attacker), 50);
        }
        assertThat(rig.drops(Drop.STORE_EVICTED)).isPositive();
        assertAllAreThere(sent);
    }

    @Test
    void sendersWithoutACookieBumpOnlyEachOther() {
        Nonce[] sent = userIsSent(62);
        Nonce first = fresh(1)[0];
        rig.put(address(192, 0, 2, 1, 1), 0, first, new byte[1_152]);
        for (int i = 0; i < 1_000; i++)
            rig.put(address(11, i & 255, i >> 8, 1, 1), i, fresh(1)[0], new byte[1_152]);
        assertThat(rig.drops(Drop.QUOTA_UNPROVED)).isPositive();
        assertThat(rig.mailbox.storedBytes()).isEqualTo(288L * (62 * 4 + 60)); // 1/16 of 1,000 is 62
        assertThat(rig.get(USER, userCookie, first)).isEmpty();
        assertAllAreThere(sent);
    }

    @Test
    void sendersWithoutACookieGiveWayToThoseWithOne() {
        for (int i = 0; i < 15; i++)
            rig.put(address(11, i, 0, 1, 1), 0, fresh(1)[0], new byte[1_152]);
        for (int i = 0; i < 4; i++) {
            Path sender = address(12, i, 0, 1, 1);
            floodPuts(sender, rig.cookie(sender), 62); // 248 blocks each, 992 in all
        }
        assertThat(rig.drops(Drop.STORE_EVICTED)).isZero();
        assertThat(rig.mailbox.storedPackets()).isEqualTo(4 * 62 + 2);
        Path late = address(13, 0, 0, 1, 1);
        floodPuts(late, rig.cookie(late), 3); // 12 blocks: the last two without a cookie, then the heaviest's oldest
        assertThat(rig.drops(Drop.STORE_EVICTED)).isOne();
        assertThat(rig.mailbox.storedPackets()).isEqualTo(250);
        rig.put(address(11, 0, 0, 1, 1), 0, fresh(1)[0], new byte[1_152]);
        assertThat(rig.mailbox.storedPackets()).isEqualTo(250);
    }
}
