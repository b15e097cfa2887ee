package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.swarm.MailboxRig.address;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.EquiXPuzzle;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Token;
import org.schiltron.swarm.MailboxRig.Nonce;
import org.schiltron.swarm.MailboxRig.Sent;
import org.schiltron.swarm.MailboxRig.Terms;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** Floods of what is dear to check, at a mailbox that checks little: nobody else's checks are spent by them. */
class DoorFloodTest {
    private static final int STEP_MS = 100;
    private static final int TOKEN_SERIAL = Hello.CONTENT + 4 + Hello.CHALLENGE_BYTES + 8 + 56;
    private static final long QUIET = 0x9e;
    private static final long LOUD = 0x10d;
    private static final Terms TOKENS = new Terms(DoorConfig.ALL_KINDS, 80, MailboxRig.MAILBOX);

    private final SeededRandom random = new SeededRandom(7);
    /** 40 posts of known posters a second, 10 of new ones, 20 tokens, 10 memory-bound puzzles. */
    private final MailboxRig rig = new MailboxRig(MailboxConfig.builder(10_000_000)
            .contacts(new ContactConfig(64, 10_000, 4_096, 30, 2, 80, 60_000, 1_800_000_000L, List.of())).build(), 3);
    private final Identity holder = Identity.generate(random);
    private int addresses;
    private long nonces;

    private Path poster(long service) {
        return address(203, 0, 113, (int) service & 0xff, 6_000);
    }

    private Path stranger() {
        int i = addresses++;
        return address(20 + (i >> 16), i >> 8, i, 7, 5_000);
    }

    private Nonce[] fresh(int count) {
        Nonce[] fresh = new Nonce[count];
        for (int i = 0; i < count; i++)
            fresh[i] = new Nonce(0xf1257, ++nonces);
        return fresh;
    }

    private List<Sent> post(long service, int count) {
        return rig.datagram(poster(service),
                rig.postBytes(rig.cookie(poster(service)), 1, service, 10_000, TOKENS, fresh(count)));
    }

    /** The service is known here, and what it posted is spent. */
    private void open(long service) {
        post(service, 1);
        spend(service);
    }

    private void spend(long service) {
        Path from = stranger();
        while (rig.hello(from, rig.cookie(from), service, sealed()).getFirst().type() == Wire.FIRST)
            from = stranger();
    }

    private Sent challenge(Path client, long service, byte[] sealed) {
        spend(service);
        Sent answer = rig.hello(client, rig.cookie(client), service, sealed).getFirst();
        assertThat(answer.type()).isEqualTo(Wire.CHALLENGE);
        return answer;
    }

    private static boolean queued(List<Sent> answers) {
        return !answers.isEmpty() && (answers.getLast().type() == Wire.FIRST
                || Challenge.state(answers.getLast().segment(), 0) == Challenge.QUEUED);
    }

    private static long firsts(List<Sent> sent) {
        return sent.stream().filter(s -> s.type() == Wire.FIRST).count();
    }

    // What floods

    private final Token genuine = MailboxRig.token(LOUD, holder, 1);

    private byte[] sealed() {
        return random.bytes(Hello.MIN_SEALED);
    }

    private void forgedPost(Path from, long service) {
        byte[] post = rig.postBytes(rig.cookie(from), 1, service, 10_000, TOKENS, fresh(1));
        post[post.length - 1 - random.nextInt(Post.SIGNATURE)] ^= 1;
        rig.datagram(from, post);
    }

    private List<Sent> forgedToken(long service) {
        Path from = stranger();
        byte[] sealed = sealed();
        Sent challenge = challenge(from, service, sealed);
        byte[] hello = rig.tokenBytes(rig.cookie(from), service, challenge, genuine, random.bytes(Hello.SIGNATURE),
                sealed);
        Wire.putLong(MemorySegment.ofArray(hello), TOKEN_SERIAL, random.nextLong() >>> 1); // so that it is not signed
        return rig.datagram(from, hello);
    }

    /** A solution that is none, and claims so many bits. */
    private List<Sent> forgedClaim(long service, int bits) {
        Path from = stranger();
        byte[] sealed = sealed();
        Sent challenge = challenge(from, service, sealed);
        byte[] target = MailboxRig.target(service, challenge, sealed);
        EquiXPuzzle puzzle = new EquiXPuzzle();
        byte[] solution = random.bytes(Hello.EQUIX_SOLUTION);
        while (puzzle.bits(target, solution) != bits)
            solution = random.bytes(Hello.EQUIX_SOLUTION);
        return rig.datagram(from,
                rig.provedBytes(rig.cookie(from), service, Hello.EQUIX, challenge, 1, solution, sealed));
    }

    private List<Sent> worker(long service, int bits) {
        Path from = stranger();
        byte[] sealed = sealed();
        return rig.solved(from, rig.cookie(from), service, challenge(from, service, sealed), bits, sealed);
    }

    private List<Sent> tokenHolder(long service, long serial) {
        Path from = stranger();
        byte[] sealed = sealed();
        Sent challenge = challenge(from, service, sealed);
        return rig.datagram(from, rig.tokenBytes(rig.cookie(from), service, challenge,
                MailboxRig.token(service, holder, serial), holder, sealed));
    }

    // Posts

    @Test
    void postsWithBadSignaturesDoNotSpendTheChecksOfThoseThatAreKnown() {
        post(QUIET, 1);
        for (int step = 0; step < 20; step++) {
            for (int i = 0; i < 20; i++)
                forgedPost(stranger(), i % 2 == 0 ? QUIET : 0xbad);
            int before = rig.mailbox.firstContacts();
            post(QUIET, 2);
            assertThat(rig.mailbox.firstContacts()).as("after step " + step).isEqualTo(before + 2);
            rig.pass(STEP_MS);
            assertThat(queued(tokenHolder(QUIET, step))).as("tokens have a budget of their own").isTrue();
        }
        assertThat(rig.drops(Drop.RATE_LIMITED)).as("forged ones that were not even looked at").isGreaterThan(200);
        assertThat(rig.drops(Drop.NOT_AUTHENTIC)).isPositive();
    }

    @Test
    void anAddressWhosePostDidNotHoldIsNotLookedAtForFiveSeconds() {
        Path from = stranger();
        for (int i = 0; i < 10; i++)
            forgedPost(from, QUIET);
        assertThat(rig.drops(Drop.NOT_AUTHENTIC)).isOne();
        assertThat(rig.drops(Drop.QUOTA_ADDRESS)).isEqualTo(9);
        rig.pass(4_900);
        forgedPost(from, QUIET);
        assertThat(rig.drops(Drop.NOT_AUTHENTIC)).isOne();
        rig.pass(200);
        rig.datagram(from, rig.postBytes(rig.cookie(from), 1, QUIET, 10_000, TOKENS, fresh(1)));
        assertThat(rig.mailbox.firstContacts()).isOne();
        for (int i = 0; i < 10; i++)
            forgedPost(from, QUIET);
        assertThat(rig.drops(Drop.NOT_AUTHENTIC)).as("known by now").isEqualTo(2);
    }

    // Proofs

    @Test
    void claimsOfMemoryBoundWorkThatWasNotDoneDoNotStopTokens() {
        open(QUIET);
        for (int step = 0; step < 30; step++) {
            for (int i = 0; i < 15; i++)
                forgedClaim(QUIET, random.nextInt(8));
            assertThat(queued(tokenHolder(QUIET, step))).as("token at step " + step).isTrue();
            rig.pass(STEP_MS);
        }
        assertThat(rig.drops(Drop.RATE_LIMITED)).isPositive();
    }

    /** Of what is claimed more is asked, until the budget suffices for those who did that much. */
    @Test
    void whoDidTheMemoryBoundWorkGetsInBesideThoseWhoOnlyClaimIt() {
        open(QUIET);
        Path from = stranger();
        byte[] sealed = sealed();
        Sent challenge = challenge(from, QUIET, sealed);
        EquiXPuzzle.Search search = new EquiXPuzzle.Search(MailboxRig.target(QUIET, challenge, sealed), 1);
        boolean in = false;
        for (int step = 0; step < 100 && !in; step++) {
            for (int i = 0; i < 15; i++)
                forgedClaim(QUIET, ContactDesk.CLAIM_BITS); // as many hashes as they have
            search.run(3);
            if (search.bits() >= 0)
                in = queued(rig.datagram(from, rig.provedBytes(rig.cookie(from), QUIET, Hello.EQUIX, challenge,
                        search.nonce(), search.solution(), sealed)));
            rig.pass(STEP_MS);
        }
        assertThat(in).isTrue();
        assertThat(rig.drops(Drop.RATE_LIMITED)).as("the flood did spend the budget").isPositive();
    }

    // Services

    enum Flood {
        NOTHING, BARE, SOLVED, TOKENS, CLAIMS, POSTS
    }

    /** A neighbour's flood, of whatever kind: the other service's clients get in as in calm, each at its first try. */
    @ParameterizedTest
    @EnumSource(Flood.class)
    void aFloodAtOneServicesDoorTakesNothingOfAnothers(Flood flood) {
        open(QUIET);
        rig.pass(STEP_MS);
        open(LOUD);
        long in = 0;
        List<String> refused = new ArrayList<>();
        for (int step = 0; step < 40; step++) {
            for (int i = 0; i < 20; i++)
                flood(flood);
            if (step % 4 == 0) {
                if (!queued(step % 8 == 0 ? tokenHolder(QUIET, step) : worker(QUIET, 3)))
                    refused.add("step " + step);
                in += firsts(post(QUIET, 1));
            }
            post(LOUD, 1);
            rig.pass(STEP_MS);
        }
        assertThat(refused).as("at their first try").isEmpty();
        assertThat(in).isEqualTo(10);
    }

    private void flood(Flood flood) {
        switch (flood) {
            case NOTHING -> {
            }
            case BARE -> spend(LOUD);
            case SOLVED -> worker(LOUD, 4);
            case TOKENS -> forgedToken(LOUD);
            case CLAIMS -> forgedClaim(LOUD, ContactDesk.CLAIM_BITS);
            case POSTS -> post(LOUD, 1);
        }
    }
}
