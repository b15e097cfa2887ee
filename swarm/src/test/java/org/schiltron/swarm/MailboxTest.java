package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.Wire;

class MailboxTest {
    private static final Path CLIENT = address(198, 51, 100, 7, 5_000);
    private static final Path SERVICE = address(203, 0, 113, 9, 6_000);
    private static final Path STRANGER = address(192, 0, 2, 1, 7_000);

    private final MailboxRig rig = new MailboxRig(MailboxConfig.ofLink(1_000_000), 1);
    private final long clientCookie = rig.cookie(CLIENT);
    private final long serviceCookie = rig.cookie(SERVICE);
    private long nonces;

    private Nonce nonce() {
        return new Nonce(0xfeed, ++nonces);
    }

    private static byte[] body(int length) {
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++)
            body[i] = (byte) (i * 31 + length);
        return body;
    }

    @Test
    void aPutThatMeetsAWaitingGetIsDeliveredAtOnce() {
        Nonce nonce = nonce();
        assertThat(rig.get(SERVICE, serviceCookie, nonce)).isEmpty();
        assertThat(rig.mailbox.gets()).isOne();
        List<Sent> sent = rig.put(CLIENT, clientCookie, nonce, body(1_152));
        assertThat(sent).hasSize(1);
        Sent data = sent.getFirst();
        assertThat(data.to()).isEqualTo(SERVICE);
        assertThat(data.type()).isEqualTo(Wire.DATA);
        assertThat(data.tag()).isEqualTo(42);
        assertThat(data.shard()).isEqualTo(5);
        assertThat(data.flags()).isZero();
        assertThat(data.nonce()).isEqualTo(nonce);
        assertThat(data.body()).isEqualTo(body(1_152));
        assertThat(rig.mailbox.gets()).isZero();
        assertThat(rig.mailbox.storedPackets()).isZero();
    }

    @Test
    void aGetThatMeetsStoredPutsBringsThemAll() {
        int[] lengths = {1, 287, 288, 289, 576, 577, 1_151, 1_152};
        Nonce[] wanted = new Nonce[lengths.length];
        for (int i = 0; i < lengths.length; i++) {
            wanted[i] = nonce();
            assertThat(rig.put(CLIENT, clientCookie, wanted[i], body(lengths[i]))).isEmpty();
        }
        assertThat(rig.mailbox.storedPackets()).isEqualTo(lengths.length);
        List<Sent> sent = rig.get(SERVICE, serviceCookie, wanted);
        assertThat(sent).hasSize(lengths.length);
        for (int i = 0; i < lengths.length; i++) {
            assertThat(sent.get(i).body()).isEqualTo(body(lengths[i]));
            assertThat(sent.get(i).nonce()).isEqualTo(wanted[i]);
            assertThat(sent.get(i).to()).isEqualTo(SERVICE);
        }
        assertThat(rig.mailbox.storedPackets()).isZero();
        assertThat(rig.mailbox.storedBytes()).isZero();
        assertThat(rig.mailbox.gets()).isZero();
    }

    @Test
    void aGetIsGoodForOnePacket() {
        Nonce nonce = nonce();
        rig.get(SERVICE, serviceCookie, nonce);
        assertThat(rig.put(CLIENT, clientCookie, nonce, body(10))).hasSize(1);
        assertThat(rig.put(CLIENT, clientCookie, nonce, body(10))).isEmpty();
    }

    @Test
    void theFirstGetForAnImageWins() {
        Nonce nonce = nonce();
        Path neighbour = address(203, 0, 113, 9, 6_001); // same host, other port
        long cookie = rig.cookie(neighbour);
        rig.get(SERVICE, serviceCookie, nonce);
        rig.get(neighbour, cookie, nonce);
        assertThat(rig.drops(Drop.DUPLICATE_GET)).isOne();
        assertThat(rig.put(CLIENT, clientCookie, nonce, body(10)).getFirst().to()).isEqualTo(SERVICE);
    }

    @Test
    void repeatingAGetRenewsLifetimeTagAndLongestBody() {
        Nonce nonce = nonce();
        rig.get(SERVICE, serviceCookie, 1, 1_000, 10, nonce);
        rig.pass(900);
        rig.get(SERVICE, serviceCookie, 2, 1_000, 20, nonce);
        rig.pass(900);
        List<Sent> sent = rig.put(CLIENT, clientCookie, nonce, body(20));
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().tag()).isEqualTo(2);
    }

    @Test
    void aGetExpires() {
        Nonce nonce = nonce();
        rig.get(SERVICE, serviceCookie, 1, 1_000, 100, nonce);
        rig.nowNs += 1_000 * MailboxRig.MS; // no timer served: judged on lookup
        assertThat(rig.put(CLIENT, clientCookie, nonce, body(20))).isEmpty();
        assertThat(rig.drops(Drop.EXPIRED)).isOne();
        assertThat(rig.mailbox.gets()).isZero();
    }

    @Test
    void lifetimesAreCutToTheConfiguredMost() {
        rig.get(SERVICE, serviceCookie, 1, 262_140, 100, nonce());
        rig.pass(59_999);
        assertThat(rig.mailbox.gets()).isOne();
        rig.pass(1_000);
        assertThat(rig.mailbox.gets()).isZero();
    }

    @Test
    void aGetOfNoLifetimeOnlyLooks() {
        Nonce there = nonce();
        rig.put(CLIENT, clientCookie, there, body(20));
        assertThat(rig.get(SERVICE, serviceCookie, 1, 0, 100, nonce(), there)).hasSize(1);
        assertThat(rig.mailbox.gets()).isZero();
    }

    @Test
    void aStoredPacketExpires() {
        Nonce nonce = nonce();
        rig.put(CLIENT, clientCookie, nonce, body(20));
        rig.pass(4_000);
        assertThat(rig.mailbox.storedPackets()).isZero();
        assertThat(rig.drops(Drop.EXPIRED)).isOne();
        assertThat(rig.get(SERVICE, serviceCookie, nonce)).isEmpty();
    }

    @Test
    void aPacketLongerThanItsGetAllowsIsNotDelivered() {
        Nonce nonce = nonce();
        rig.get(SERVICE, serviceCookie, 1, 1_000, 100, nonce);
        assertThat(rig.put(CLIENT, clientCookie, nonce, body(101))).isEmpty();
        assertThat(rig.drops(Drop.TOO_LONG_FOR_GET)).isOne();
        assertThat(rig.put(CLIENT, clientCookie, nonce, body(100))).hasSize(1);
    }

    @Test
    void aStoredPacketLongerThanAGetAllowsWaitsForAGetThatTakesIt() {
        Nonce nonce = nonce();
        rig.put(CLIENT, clientCookie, nonce, body(101));
        assertThat(rig.get(SERVICE, serviceCookie, 1, 1_000, 100, nonce)).isEmpty();
        assertThat(rig.drops(Drop.TOO_LONG_FOR_GET)).isOne();
        assertThat(rig.get(SERVICE, serviceCookie, 1, 1_000, 101, nonce)).hasSize(1);
        assertThat(rig.mailbox.gets()).isZero();
    }

    @Test
    void aSecondPutOfANonceIsDropped() {
        Nonce nonce = nonce();
        rig.put(CLIENT, clientCookie, nonce, body(20));
        rig.put(STRANGER, 0, nonce, body(30));
        assertThat(rig.drops(Drop.DUPLICATE_PUT)).isOne();
        assertThat(rig.get(SERVICE, serviceCookie, nonce).getFirst().body()).isEqualTo(body(20));
    }

    @Test
    void aGetWithoutAValidCookieDoesNothing() {
        for (long cookie : new long[]{0, 1, serviceCookie ^ 2, serviceCookie ^ 1, clientCookie})
            assertThat(rig.get(SERVICE, cookie, nonce())).isEmpty();
        assertThat(rig.drops(Drop.BAD_COOKIE)).isEqualTo(5);
        assertThat(rig.mailbox.gets()).isZero();
        assertThat(rig.mailbox.owners()).isZero();
    }

    @Test
    void aPutWithoutACookieIsDeliveredIfAskedFor() {
        Nonce before = nonce();
        Nonce after = nonce();
        rig.get(SERVICE, serviceCookie, before);
        assertThat(rig.put(STRANGER, 0, before, body(9))).hasSize(1);
        rig.put(STRANGER, 0, after, body(9));
        assertThat(rig.get(SERVICE, serviceCookie, after)).hasSize(1);
    }

    @Test
    void aCookieIsAnsweredWithNoMoreThanWasSentAndLastsAsLongAsItSays() {
        List<Sent> answer = rig.datagram(CLIENT, rig.cookieRequest());
        assertThat(answer).hasSize(1);
        Sent cookie = answer.getFirst();
        assertThat(cookie.bytes()).hasSize(Cookie.LENGTH).hasSizeLessThan(rig.cookieRequest().length);
        assertThat(cookie.to()).isEqualTo(CLIENT);
        assertThat(cookie.tag()).isEqualTo(77);
        assertThat(cookie.shard()).isEqualTo(3);
        assertThat(cookie.nonce()).isEqualTo(new Nonce(111, 222));
        assertThat(Cookie.shards(cookie.segment(), 0)).isOne();
        assertThat(Cookie.maxGetLifetimeMs(cookie.segment(), 0)).isEqualTo(60_000);
        int validitySeconds = Cookie.validitySeconds(cookie.segment(), 0);
        assertThat(validitySeconds).isBetween(120, 240);
        rig.pass(validitySeconds * 1_000L - 1);
        rig.get(CLIENT, Cookie.cookie(cookie.segment(), 0), nonce());
        assertThat(rig.drops(Drop.BAD_COOKIE)).isZero();
        rig.pass(121_000);
        rig.get(CLIENT, Cookie.cookie(cookie.segment(), 0), nonce());
        assertThat(rig.drops(Drop.BAD_COOKIE)).isOne();
    }
}
