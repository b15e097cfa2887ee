package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.swarm.MailboxRig.Terms;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

class MailboxFirstContactTest {
    private static final long SERVICE = 0x5e1f;
    private static final Path POSTER = address(203, 0, 113, 9, 6_000);
    private static final Path CLIENT = address(198, 51, 100, 7, 5_000);
    private static final byte[] SEALED = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    private final MailboxRig rig = new MailboxRig(MailboxConfig.builder(1_000_000).maxServices(8).postsPerService(16)
            .servicesPerAddress(2).servicesPerPrefix(4).hellosPerSecondPerAddress(10).helloBurst(20)
            .contacts(ContactConfig.DEFAULT.withChecksPerSecond(10_000)).build(), 3);
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
        assertThat(rig.hello(CLIENT, clientCookie, SERVICE, SEALED).getFirst().type()).isEqualTo(Wire.CHALLENGE);
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
    void oneServicePostsNoMoreThanItsShareAndItsOldestGiveWay() {
        Nonce[] posted = fresh(20);
        rig.post(POSTER, posterCookie, 1, SERVICE, 10_000, posted);
        assertThat(rig.mailbox.firstContacts()).isEqualTo(16);
        assertThat(rig.hello(CLIENT, clientCookie, SERVICE, SEALED).getFirst().nonce()).isEqualTo(posted[4]);
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

    @Test
    void aPostThatTheServiceDidNotSignIsRefused() {
        byte[] post = rig.postBytes(posterCookie, 1, SERVICE, 10_000, Terms.PLAIN, fresh(2));
        post[post.length - 1] ^= 1;
        assertThat(rig.datagram(POSTER, post)).isEmpty();
        assertThat(rig.drops(Drop.NOT_AUTHENTIC)).isOne();
        assertThat(rig.mailbox.services()).isZero();
    }

    /** The signature covers the cookie, and the cookie the address. */
    @Test
    void aCapturedPostIsWorthNothingFromElsewhereOrAgain() {
        byte[] post = rig.postBytes(posterCookie, 1, SERVICE, 10_000, Terms.PLAIN, fresh(2));
        Path thief = address(192, 0, 2, 1, 1);
        rig.cookie(thief);
        rig.datagram(thief, post);
        assertThat(rig.drops(Drop.BAD_COOKIE)).isOne();
        rig.datagram(POSTER, post);
        rig.datagram(POSTER, post);
        assertThat(rig.drops(Drop.REPLAYED)).isOne();
        assertThat(rig.mailbox.firstContacts()).isEqualTo(2);
    }

    /** Lifetime 0: the poster takes back all that it left here, and nothing of anybody else's. */
    @Test
    void aServiceTakesItsNoncesBack() {
        Path other = address(203, 0, 113, 10, 6_000);
        rig.post(POSTER, posterCookie, 1, SERVICE, 10_000, fresh(5));
        rig.post(other, rig.cookie(other), 1, SERVICE, 10_000, fresh(3));
        rig.post(POSTER, posterCookie, 1, SERVICE, 0, fresh(1));
        assertThat(rig.mailbox.firstContacts()).isEqualTo(3);
        Path stranger = address(203, 0, 113, 11, 6_000);
        rig.post(stranger, rig.cookie(stranger), 1, SERVICE, 0, fresh(1));
        assertThat(rig.mailbox.firstContacts()).as("nobody else's").isEqualTo(3);
    }

    @Test
    void aNewPosterHasSolvedAPuzzle() {
        var asking = new MailboxRig(MailboxConfig.builder(1_000_000)
                .contacts(new ContactConfig(64, 10_000, 64, 30, 0, 250, 30, 0, List.of())).build(), 3);
        byte[] unsolved = asking.postBytes(posterCookie, 1, SERVICE, 10_000, Terms.PLAIN, fresh(2));
        long cookie = rig.cookie(POSTER);
        assertThat(cookie).isEqualTo(posterCookie);
        rig.datagram(POSTER, unsolved);
        assertThat(rig.drops(Drop.TOO_LITTLE_EFFORT)).isOne();
    }

    @Test
    void aMailboxMayTakeListedServicesOnly() {
        var choosy = new MailboxRig(MailboxConfig.builder(1_000_000).contacts(ContactConfig.DEFAULT
                .withServices(List.of(MailboxRig.service(77).publicKey().idHigh()))).build(), 3);
        choosy.post(POSTER, choosy.cookie(POSTER), 1, SERVICE, 10_000, fresh(1));
        assertThat(choosy.drops(Drop.SERVICE_NOT_LISTED)).isOne();
        choosy.post(POSTER, choosy.cookie(POSTER), 1, 77, 10_000, fresh(1));
        assertThat(choosy.mailbox.services()).isOne();
    }
}
