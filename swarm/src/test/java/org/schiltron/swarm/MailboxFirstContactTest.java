package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

class MailboxFirstContactTest {
    private static final long SERVICE = 0x5e1f;
    private static final Path POSTER = address(203, 0, 113, 9, 6_000);
    private static final Path CLIENT = address(198, 51, 100, 7, 5_000);
    private static final byte[] SEALED = {1, 2, 3, 4, 5};

    private final MailboxRig rig = new MailboxRig(MailboxConfig.builder(1_000_000).maxServices(8).postsPerService(16)
            .servicesPerAddress(2).servicesPerPrefix(4).hellosPerSecondPerAddress(10).helloBurst(20).build(), 3);
    private final long posterCookie = rig.cookie(POSTER);
    private final long clientCookie = rig.cookie(CLIENT);
    private long nonces;

    private Nonce[] fresh(int count) {
        Nonce[] fresh = new Nonce[count];
        for (int i = 0; i < count; i++)
            fresh[i] = new Nonce(0xf1257, ++nonces);
        return fresh;
    }

    @Test
    void aHelloTakesTheOldestFirstContactGet() {
        Nonce[] posted = fresh(3);
        assertThat(rig.post(POSTER, posterCookie, 88, SERVICE, 10_000, posted)).isEmpty();
        assertThat(rig.mailbox.services()).isOne();
        for (Nonce nonce : posted) {
            List<Sent> sent = rig.hello(CLIENT, clientCookie, SERVICE, SEALED);
            assertThat(sent).hasSize(1);
            Sent first = sent.getFirst();
            assertThat(first.type()).isEqualTo(Wire.FIRST);
            assertThat(first.to()).isEqualTo(POSTER);
            assertThat(first.tag()).isEqualTo(88);
            assertThat(first.nonce()).isEqualTo(nonce);
            assertThat(Hello.sealedHello(first.segment(), First.CONTENT, first.bytes().length - First.CONTENT))
                    .isEqualTo(SEALED);
        }
        assertThat(rig.hello(CLIENT, clientCookie, SERVICE, SEALED)).isEmpty();
        assertThat(rig.drops(Drop.NO_FIRST_CONTACT)).isOne();
    }

    @Test
    void aHelloToAnUnknownServiceIsMetWithSilence() {
        assertThat(rig.hello(CLIENT, clientCookie, SERVICE, SEALED)).isEmpty();
        assertThat(rig.drops(Drop.NO_FIRST_CONTACT)).isOne();
    }

    @Test
    void neitherPostsNorHellosCountWithoutACookie() {
        rig.post(POSTER, 0, 88, SERVICE, 10_000, fresh(1));
        assertThat(rig.mailbox.services()).isZero();
        rig.post(POSTER, posterCookie, 88, SERVICE, 10_000, fresh(1));
        assertThat(rig.hello(CLIENT, posterCookie, SERVICE, SEALED)).isEmpty();
        assertThat(rig.drops(Drop.BAD_COOKIE)).isEqualTo(2);
        assertThat(rig.mailbox.firstContacts()).isOne();
    }

    @Test
    void twoPostersOfOneServiceAreServedInTurn() {
        rig.post(POSTER, posterCookie, 1, SERVICE, 10_000, fresh(8));
        rig.post(POSTER, posterCookie, 2, SERVICE, 10_000, fresh(3)); // behind the same ring node, another process
        int[] tags = new int[11];
        for (int i = 0; i < 11; i++)
            tags[i] = rig.hello(CLIENT, clientCookie, SERVICE, SEALED).getFirst().tag();
        assertThat(tags).containsExactly(2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void firstContactGetsExpire() {
        rig.post(POSTER, posterCookie, 1, SERVICE, 1_000, fresh(2));
        rig.post(POSTER, posterCookie, 1, SERVICE, 5_000, fresh(1));
        rig.pass(2_000);
        assertThat(rig.hello(CLIENT, clientCookie, SERVICE, SEALED)).hasSize(1);
        assertThat(rig.drops(Drop.EXPIRED)).isEqualTo(2);
        rig.pass(4_000);
        assertThat(rig.mailbox.services()).isZero();
        assertThat(rig.mailbox.firstContacts()).isZero();
    }

    @Test
    void oneServicePostsNoMoreThanItsShareAndThePosterWithMostGivesWay() {
        Nonce[] mine = fresh(4);
        rig.post(POSTER, posterCookie, 1, SERVICE, 10_000, mine);
        Path thief = address(192, 0, 2, 1, 1);
        rig.post(thief, rig.cookie(thief), 1, SERVICE, 10_000, fresh(70));
        assertThat(rig.mailbox.firstContacts()).isEqualTo(16);
        int toMe = 0;
        for (int i = 0; i < 8; i++)
            toMe += rig.hello(CLIENT, clientCookie, SERVICE, SEALED).getFirst().to().equals(POSTER) ? 1 : 0;
        assertThat(toMe).isEqualTo(4);
    }

    @Test
    void newcomersNeverEvictIncumbents() {
        rig.post(POSTER, posterCookie, 1, SERVICE, 30_000, fresh(1));
        rig.hello(CLIENT, clientCookie, SERVICE, SEALED); // spent, but its time is not over
        for (int i = 0; i < 20; i++) {
            Path other = address(11, i, 0, 1, 1);
            rig.post(other, rig.cookie(other), 1, 1_000 + i, 60_000, fresh(1));
        }
        assertThat(rig.mailbox.services()).isEqualTo(8);
        assertThat(rig.drops(Drop.REGISTRATION_FULL)).isEqualTo(13);
        rig.pass(20_000);
        rig.post(POSTER, posterCookie, 1, SERVICE, 30_000, fresh(1));
        assertThat(rig.hello(CLIENT, clientCookie, SERVICE, SEALED)).hasSize(1);
        rig.pass(61_000);
        rig.post(POSTER, rig.cookie(POSTER), 1, SERVICE + 1, 30_000, fresh(1));
        assertThat(rig.mailbox.services()).isEqualTo(1);
    }

    @Test
    void oneAddressAndOnePrefixRegisterFewServices() {
        for (int host = 0; host < 4; host++) {
            Path poster = address(192, 0, 2, host, 1);
            long cookie = rig.cookie(poster);
            for (int i = 0; i < 3; i++)
                rig.post(poster, cookie, 1, 100 * host + i, 10_000, fresh(1));
        }
        assertThat(rig.mailbox.services()).isEqualTo(4);
        assertThat(rig.drops(Drop.REGISTRATION_FULL)).isEqualTo(8);
    }

    @Test
    void oneClientAddressLeavesHellosAtABoundedRate() {
        for (int i = 0; i < 5; i++)
            rig.post(POSTER, posterCookie, i, SERVICE, 60_000, fresh(16));
        int through = 0;
        for (int i = 0; i < 50; i++) {
            Path port = address(198, 51, 100, 7, 5_000 + i);
            through += rig.hello(port, rig.cookie(port), 999, SEALED).size();
        }
        assertThat(through).isZero();
        assertThat(rig.drops(Drop.NO_FIRST_CONTACT)).isEqualTo(20);
        assertThat(rig.drops(Drop.QUOTA_ADDRESS)).isEqualTo(30);
        rig.pass(1_000);
        for (int i = 0; i < 50; i++)
            through += rig.hello(CLIENT, clientCookie, SERVICE, SEALED).size();
        assertThat(through).isEqualTo(10);
    }

    /** Whoever knows a service's id may post for it; he must not shut it out by that. */
    @Test
    void anAddressThatTookAllPlacesOfAServiceGivesWay() {
        Path thief = address(192, 0, 2, 1, 1);
        long cookie = rig.cookie(thief);
        for (int tag = 0; tag < 20; tag++)
            rig.post(thief, cookie, tag, SERVICE, 60_000, fresh(2));
        for (int tag = 1; tag <= 4; tag++)
            rig.post(POSTER, posterCookie, tag, SERVICE, 10_000, fresh(2));
        assertThat(mine(8)).isEqualTo(4);
        rig.post(thief, cookie, 99, SERVICE, 60_000, fresh(2));
        rig.post(POSTER, posterCookie, 5, SERVICE, 10_000, fresh(2));
        assertThat(rig.drops(Drop.REGISTRATION_FULL)).as("at even shares neither takes from the other")
                .isEqualTo(12 + 2);
    }

    /** Half of the hellos, and half of the gets when they are full, however many tags the other has. */
    @Test
    void hellosAndGetsAreSharedByAddressNotByTag() {
        Path thief = address(192, 0, 2, 1, 1);
        long cookie = rig.cookie(thief);
        for (int tag = 0; tag < 7; tag++)
            rig.post(thief, cookie, tag, SERVICE, 60_000, fresh(16));
        rig.post(POSTER, posterCookie, 1, SERVICE, 10_000, fresh(6));
        for (int tag = 0; tag < 7; tag++)
            rig.post(thief, cookie, tag, SERVICE, 60_000, fresh(16));
        assertThat(rig.mailbox.firstContacts()).isEqualTo(16);
        assertThat(mine(12)).isEqualTo(6);
    }

    /** A prefix is one too: its hosts share, as everywhere in a mailbox (decision 5). */
    @Test
    void aPrefixThatTookAllPlacesOfAServiceGivesWay() {
        for (int host = 0; host < 8; host++) {
            Path thief = address(192, 0, 2, host, 1);
            rig.post(thief, rig.cookie(thief), 1, SERVICE, 60_000, fresh(2));
        }
        for (int tag = 1; tag <= 4; tag++)
            rig.post(POSTER, posterCookie, tag, SERVICE, 10_000, fresh(2));
        assertThat(rig.drops(Drop.REGISTRATION_FULL)).isZero();
        assertThat(mine(8)).isPositive();
    }

    @Test
    void placesOfManyPrefixesStayWithThem() {
        for (int prefix = 0; prefix < 8; prefix++) {
            Path other = address(11, prefix, 0, 1, 1);
            rig.post(other, rig.cookie(other), 1, SERVICE, 60_000, fresh(1));
        }
        rig.post(POSTER, posterCookie, 1, SERVICE, 10_000, fresh(1));
        assertThat(rig.drops(Drop.REGISTRATION_FULL)).isOne();
        assertThat(mine(8)).isZero();
    }

    /** Of so many hellos, how many go to {@link #POSTER}. */
    private int mine(int hellos) {
        int toMe = 0;
        for (int i = 0; i < hellos; i++)
            toMe += rig.hello(CLIENT, clientCookie, SERVICE, SEALED).getFirst().to().equals(POSTER) ? 1 : 0;
        return toMe;
    }
}
