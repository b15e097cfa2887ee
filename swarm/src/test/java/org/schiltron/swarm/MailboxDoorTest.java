package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.EquiXPuzzle;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Token;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.swarm.MailboxRig.Terms;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/** Who gets through a mailbox's door when first-contact gets run short, and who does not. */
class MailboxDoorTest {
    private static final long SERVICE = 0x5e1f;
    private static final Path POSTER = address(203, 0, 113, 9, 6_000);
    private static final Terms HALF_FOR_TOKENS = new Terms(DoorConfig.ALL_KINDS, 50, MailboxRig.MAILBOX);

    private final MailboxRig rig = new MailboxRig(MailboxConfig.builder(1_000_000)
            .contacts(new ContactConfig(16, 10_000, 64, 30, 4, 250, 30, 1_800_000_000L, List.of())).build(),
            3);
    private long nonces;

    @BeforeEach
    void theServiceIsKnownAndItsNoncesAreSpent() {
        post(Terms.PLAIN, 1);
        assertThat(rig.hello(client(0), rig.cookie(client(0)), SERVICE, sealed(0)).getFirst().type())
                .isEqualTo(Wire.FIRST);
    }

    private List<Sent> post(Terms terms, int count) {
        Nonce[] fresh = new Nonce[count];
        for (int i = 0; i < count; i++)
            fresh[i] = new Nonce(0xf1257, ++nonces);
        return rig.datagram(POSTER, rig.postBytes(rig.cookie(POSTER), 1, SERVICE, 10_000, terms, fresh));
    }

    private static Path client(int i) {
        return address(198, 51, i, 7, 5_000);
    }

    private static byte[] sealed(int i) {
        byte[] sealed = new byte[Hello.MIN_SEALED];
        sealed[0] = (byte) i;
        return sealed;
    }

    private Sent challenge(int client) {
        Sent answer = rig.hello(client(client), rig.cookie(client(client)), SERVICE, sealed(client)).getFirst();
        assertThat(answer.type()).isEqualTo(Wire.CHALLENGE);
        assertThat(answer.bytes()).hasSizeLessThanOrEqualTo(Challenge.LENGTH);
        return answer;
    }

    private int state(List<Sent> answers) {
        Sent last = answers.getLast();
        assertThat(last.type()).isEqualTo(Wire.CHALLENGE);
        return Challenge.state(last.segment(), 0);
    }

    private List<Sent> solve(int client, int bits) {
        return rig.solved(client(client), rig.cookie(client(client)), SERVICE, challenge(client), bits, sealed(client));
    }

    /** Whose hellos went on, in this order. */
    private static List<Integer> clients(List<Sent> sent) {
        return sent.stream().filter(s -> s.type() == Wire.FIRST).map(
                s -> (int) Hello.sealedHello(s.segment(), First.CONTENT, s.bytes().length - First.CONTENT)[0]).toList();
    }

    @Test
    void whoDidMostGoesOnFirst() {
        for (int client = 1; client <= 4; client++)
            assertThat(state(solve(client, new int[]{0, 3, 6, 1, 5}[client]))).isEqualTo(Challenge.QUEUED);
        assertThat(clients(post(Terms.PLAIN, 3))).containsExactly(2, 4, 1);
        assertThat(clients(post(Terms.PLAIN, 3))).containsExactly(3);
    }

    @Test
    void nothingIsKeptOfAHelloWithoutAValidAnswer() {
        for (int i = 1; i < 200; i++)
            challenge(i);
        assertThat(rig.mailbox.hellosWaiting()).isZero();
    }

    @Test
    void anAnswerGoesOnOnce() {
        Sent challenge = challenge(1);
        long cookie = rig.cookie(client(1));
        rig.solved(client(1), cookie, SERVICE, challenge, 3, sealed(1));
        assertThat(clients(post(Terms.PLAIN, 2))).containsExactly(1);
        assertThat(state(rig.solved(client(1), cookie, SERVICE, challenge, 5, sealed(1)))).isEqualTo(Challenge.STALE);
        assertThat(rig.drops(Drop.STALE_CHALLENGE)).isOne();
    }

    @Test
    void aChallengeIsForItsAddressAndItsTime() {
        Sent challenge = challenge(1);
        byte[] stolen = rig.provedBytes(rig.cookie(client(2)), SERVICE, Hello.HASH, challenge, 1, new byte[0],
                sealed(1));
        assertThat(state(rig.datagram(client(2), stolen))).isEqualTo(Challenge.STALE);
        rig.pass(30_000);
        post(Terms.PLAIN, 1);
        rig.hello(client(9), rig.cookie(client(9)), SERVICE, sealed(9));
        assertThat(state(rig.solved(client(1), rig.cookie(client(1)), SERVICE, challenge, 3, sealed(1))))
                .as("the epoch before still counts").isEqualTo(Challenge.QUEUED);
        rig.pass(31_000);
        post(Terms.PLAIN, 1);
        rig.hello(client(9), rig.cookie(client(9)), SERVICE, sealed(9));
        assertThat(state(rig.solved(client(1), rig.cookie(client(1)), SERVICE, challenge, 4, sealed(1))))
                .isEqualTo(Challenge.STALE);
    }

    /** Nor where the digest is left as it was: the mailbox looks whether it fits before it lets a hello wait. */
    @Test
    void workIsForTheHelloItSays() {
        Sent challenge = challenge(1);
        byte[] target = MailboxRig.target(SERVICE, challenge, sealed(1));
        HashPuzzle puzzle = new HashPuzzle();
        long solution = 0;
        while (puzzle.bits(target, solution) < 6)
            solution++;
        byte[] hello = rig.provedBytes(rig.cookie(client(1)), SERVICE, Hello.HASH, challenge, solution, new byte[0],
                sealed(1));
        hello[hello.length - 1] ^= 1;
        assertThat(state(rig.datagram(client(1), hello))).isEqualTo(Challenge.REFUSED);
        assertThat(rig.mailbox.hellosWaiting()).isZero();
        hello[hello.length - 1] ^= 1;
        assertThat(state(rig.datagram(client(1), hello))).isEqualTo(Challenge.QUEUED);
    }

    /** A solution is worth nothing with another hello under it. */
    @Test
    void workIsForOneHello() {
        Sent challenge = challenge(1);
        byte[] target = MailboxRig.target(SERVICE, challenge, sealed(1));
        HashPuzzle puzzle = new HashPuzzle();
        byte[] other = MailboxRig.target(SERVICE, challenge, sealed(2));
        long solution = 0;
        while (puzzle.bits(target, solution) < 8 || puzzle.bits(other, solution) > 0)
            solution++;
        byte[] hello = rig.provedBytes(rig.cookie(client(1)), SERVICE, Hello.HASH, challenge, solution, new byte[0],
                sealed(2));
        assertThat(state(rig.datagram(client(1), hello))).isEqualTo(Challenge.OUTBID);
    }

    @Test
    void aFullQueueKeepsWhoDidMore() {
        for (int client = 1; client <= 16; client++)
            solve(client, 4);
        assertThat(state(solve(17, 3))).isEqualTo(Challenge.OUTBID);
        assertThat(state(solve(18, 6))).isEqualTo(Challenge.QUEUED);
        assertThat(rig.mailbox.hellosWaiting()).isEqualTo(16);
        assertThat(clients(post(Terms.PLAIN, 1))).containsExactly(18);
    }

    @Test
    void oneServicesFloodLeavesAnothersPartAlone() {
        for (int client = 1; client <= 16; client++)
            solve(client, 5);
        Path poster = address(203, 0, 113, 77, 6_000);
        rig.datagram(poster, rig.postBytes(rig.cookie(poster), 1, 9, 10_000, Terms.PLAIN, new Nonce(9, 9)));
        rig.hello(client(20), rig.cookie(client(20)), 9, sealed(20));
        Sent challenge = rig.hello(client(21), rig.cookie(client(21)), 9, sealed(21)).getFirst();
        assertThat(state(rig.solved(client(21), rig.cookie(client(21)), 9, challenge, 1, sealed(21))))
                .as("one bit, where the other service's need six").isEqualTo(Challenge.QUEUED);
    }

    @Test
    void aMemoryBoundSolutionIsCheckedAndRanked() {
        Sent challenge = challenge(1);
        byte[] target = MailboxRig.target(SERVICE, challenge, sealed(1));
        EquiXPuzzle.Search search = new EquiXPuzzle.Search(target, 7);
        while (search.bits() < 0)
            search.run(1);
        byte[] hello = rig.provedBytes(rig.cookie(client(1)), SERVICE, Hello.EQUIX, challenge, search.nonce(),
                search.solution(), sealed(1));
        byte[] forged = hello.clone();
        forged[Hello.CONTENT + 4 + 16 + 8] ^= 1;
        assertThat(state(rig.datagram(client(1), forged))).isEqualTo(Challenge.REFUSED);
        assertThat(state(rig.datagram(client(1), hello))).isEqualTo(Challenge.QUEUED);
        solve(2, 12);
        assertThat(clients(post(Terms.PLAIN, 1))).containsExactly(1);
    }

    private final Identity holder = Identity.generate(new SeededRandom(5));

    private byte[] withToken(int client, Token token, Identity signer) {
        Sent challenge = challenge(client);
        return rig.tokenBytes(rig.cookie(client(client)), SERVICE, challenge, token, signer, sealed(client));
    }

    private Token token(long serial, long expires) {
        Identity service = MailboxRig.service(SERVICE);
        return Token.issue(service, service.publicKey(), holder.publicKey(), serial, expires, 6);
    }

    @Test
    void aTokenGoesBeforeAnyWork() {
        solve(2, 12);
        assertThat(state(rig.datagram(client(1), withToken(1, token(1, 4_000_000_000L), holder))))
                .isEqualTo(Challenge.QUEUED);
        post(HALF_FOR_TOKENS, 1);
        assertThat(rig.mailbox.hellosWaiting()).isLessThanOrEqualTo(1);
    }

    @Test
    void aTokenIsWorthNothingStolenExpiredRevokedOrForged() {
        Identity thief = Identity.generate(new SeededRandom(6));
        assertThat(state(rig.datagram(client(1), withToken(1, token(1, 4_000_000_000L), thief))))
                .isEqualTo(Challenge.REFUSED);
        assertThat(state(rig.datagram(client(2), withToken(2, token(2, 1_700_000_000L), holder))))
                .isEqualTo(Challenge.REFUSED);
        Token forged = Token.issue(thief, MailboxRig.service(SERVICE).publicKey(), holder.publicKey(), 3,
                4_000_000_000L, 6);
        assertThat(state(rig.datagram(client(3), withToken(3, forged, holder)))).isEqualTo(Challenge.REFUSED);
        post(new Terms(DoorConfig.ALL_KINDS, 50, MailboxRig.MAILBOX, 4L), 1);
        rig.hello(client(9), rig.cookie(client(9)), SERVICE, sealed(9));
        assertThat(state(rig.datagram(client(4), withToken(4, token(4, 4_000_000_000L), holder))))
                .isEqualTo(Challenge.REFUSED);
    }

    /** Else the work that goes with a forgery would be done once, and buy dear checks for as long as the challenge lasts. */
    @Test
    void aForgedProofIsLookedAtOnce() {
        Sent challenge = challenge(1);
        byte[] random = new SeededRandom(7).bytes(Hello.EQUIX_SOLUTION);
        for (int nonce = 0; nonce < 3; nonce++)
            assertThat(state(rig.datagram(client(1), rig.provedBytes(rig.cookie(client(1)), SERVICE, Hello.EQUIX,
                    challenge, nonce, random, sealed(1))))).as("nonce %d", nonce)
                    .isEqualTo(nonce == 0 ? Challenge.REFUSED : Challenge.STALE);
        byte[] forged = withToken(2, token(1, 4_000_000_000L), Identity.generate(new SeededRandom(8)));
        assertThat(state(rig.datagram(client(2), forged))).isEqualTo(Challenge.REFUSED);
        assertThat(state(rig.datagram(client(2), forged))).isEqualTo(Challenge.STALE);
        byte[] expired = withToken(3, token(2, 1), holder);
        assertThat(state(rig.datagram(client(3), expired))).isEqualTo(Challenge.REFUSED);
        assertThat(state(rig.datagram(client(3), expired))).as("its holder may still work")
                .isEqualTo(Challenge.REFUSED);
        assertThat(state(rig.solved(client(3), rig.cookie(client(3)), SERVICE, rig.hello(client(3),
                rig.cookie(client(3)), SERVICE, sealed(3)).getFirst(), 6, sealed(3)))).isEqualTo(Challenge.QUEUED);
    }

    @Test
    void aTokenIsHeldToItsRate() {
        Token token = token(1, 4_000_000_000L);
        int taken = 0;
        for (int client = 1; client <= 8; client++)
            taken += state(rig.datagram(client(client), withToken(client, token, holder))) == Challenge.QUEUED ? 1 : 0;
        assertThat(taken).as("a burst, then six a minute").isEqualTo(3);
    }

    /** Each check of a forged token is paid from a budget; when it is spent, tokens must travel with work. */
    @Test
    void underAFloodOfForgedTokensATokenTravelsWithWork() {
        Identity thief = Identity.generate(new SeededRandom(6));
        int asked = 0;
        for (int client = 1; client <= 60 && asked == 0; client++) {
            List<Sent> answer = rig.datagram(client(client), withToken(client, token(client, 4_000_000_000L), thief));
            asked = Challenge.tokenBits(answer.getLast().segment(), 0);
        }
        assertThat(asked).isEqualTo(ContactDesk.TOKEN_BITS);
        assertThat(state(rig.datagram(client(61), withToken(61, token(61, 4_000_000_000L), holder))))
                .isEqualTo(Challenge.OUTBID);
        rig.pass(2_000);
    }
}
