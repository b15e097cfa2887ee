package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.EquiXPuzzle;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/**
 * A mailbox's part in first contacts (Phalanx 3.4): services' posts come in, hellos go on, the best first. Decision 8
 * says why so.
 *
 * <p>A bare hello takes a first-contact get that nobody who waits has a right to, and goes on at once. Otherwise its client is told
 * what to work on and the hello is forgotten. One with a proof waits until its turn; checks come in the order of
 * their cost.
 */
final class ContactDesk {
    private static final int NONE = IntLists.NONE;
    /** What a memory-bound trial counts for: as many hashes as take as long. */
    static final int EQUIX_BITS = 16;
    /** Least effort of a token's puzzle when checks are short: more than the signatures cost to check. */
    static final int TOKEN_BITS = 13;
    /** Least effort that an Equi-X solution must claim when checks are short. */
    static final int CLAIM_BITS = 6;
    /** Hash puzzles looked at for each check of a budget: a third as much time as it takes, or less. */
    private static final int EFFORTS = 200;
    private static final int MAX_OUT = Post.MAX_NONCES;

    private final ContactConfig config;
    private final Owners owners;
    private final Counters counters;
    private final Challenges challenges;
    final FirstContacts contacts;
    private final HelloQueue queue;
    private final PostCheck posts;
    private final CheckBudget ofTokens;
    private final CheckBudget ofClaims;
    private final CheckBudget ofEfforts;
    private final TokenChecks tokens;
    private final HelloTarget targets = new HelloTarget();
    private final HashPuzzle puzzle = new HashPuzzle();
    private final EquiXPuzzle memoryPuzzle = new EquiXPuzzle();
    private final byte[] target = new byte[HelloTarget.BYTES];
    private final byte[] sealed = new byte[Hello.MAX_CONTENT];
    private final byte[] digest = new byte[Hello.DIGEST];
    private final byte[] sealedDigest = new byte[HelloTarget.HASH];

    // What is to be sent: hellos that go on, then a challenge
    private final int[] outPlace = new int[MAX_OUT]; // NONE: the one that came
    private final Path[] outTo = new Path[MAX_OUT];
    private final int[] outTag = new int[MAX_OUT];
    private final long[] outNonce = new long[2 * MAX_OUT];
    private int outs;
    private MemorySegment incoming = MemorySegment.NULL;
    private long incomingAt;
    private int incomingLength;
    private final Path asker = new Path();
    private int askerTag;
    private int answerState = -1;
    private int answerService;
    private int answerSeconds;
    private int answerTokenBits;

    ContactDesk(MailboxConfig mailbox, Owners owners, KeyedHash hash, Counters counters, RandomSource random) {
        config = mailbox.contacts();
        this.owners = owners;
        this.counters = counters;
        challenges = new Challenges(SipHash.keyed(random), config.challengeSeconds());
        queue = new HelloQueue(config, mailbox.maxServices());
        contacts = new FirstContacts(mailbox, owners, hash, queue, counters);
        posts = new PostCheck(config, mailbox.maxGetLifetimeMs(), contacts, counters);
        ofTokens = new CheckBudget(config.checksPerSecond() / 4.0);
        ofClaims = new CheckBudget(config.checksPerSecond() / 8.0);
        ofEfforts = new CheckBudget((double) EFFORTS * config.checksPerSecond());
        tokens = new TokenChecks(config);
        for (int i = 0; i < MAX_OUT; i++)
            outTo[i] = new Path();
    }

    int waiting() {
        return queue.size();
    }

    long bytes() {
        return contacts.bytes() + queue.bytes();
    }

    boolean hasOutput() {
        return outs > 0 || answerState >= 0;
    }

    void onPost(long nowNs, Path path, int owner, MemorySegment s, long at, int length) {
        int service = posts.onPost(nowNs, path, owner, s, at, length);
        if (service == NONE)
            return;
        queue.expire(nowNs);
        ContactTerms terms = contacts.terms(service);
        terms.goingBits = 0;
        serve(service, terms, nowNs);
        if (queue.waiting(service) == 0)
            terms.goingBits = 0; // everyone who worked got on
    }

    /** What a timer may do for hellos that wait: nonces kept back for tokens are released before they end. */
    void onTimer(long nowNs) {
        if (nowNs < contacts.deadlineNs())
            return;
        queue.expire(nowNs);
        for (int i = contacts.sweep(nowNs); i > 0; i--) {
            int service = contacts.turn(nowNs);
            if (service != NONE && queue.waiting(service) > 0)
                serve(service, contacts.terms(service), nowNs);
        }
    }

    private void serve(int service, ContactTerms terms, long nowNs) {
        while (outs < MAX_OUT && queue.waiting(service) > 0) {
            boolean token = queue.hasToken(service)
                    && (terms.tokenCredit >= 1 || queue.best(service, false) == NONE);
            if (!token && !mayTake(service, terms, nowNs))
                return;
            int place = queue.best(service, token);
            if (place == NONE || !forward(service, place, queue.length(place), nowNs))
                return;
            if (token)
                terms.tokenCredit -= 1;
            else
                terms.goingBits = queue.rank(place);
            queue.spend(place);
        }
    }

    /** Whether a hello without a token may have a nonce: some are kept back, until they would end. */
    private boolean mayTake(int service, ContactTerms terms, long nowNs) {
        int stock = contacts.stock(service, nowNs);
        return stock > terms.reserve || stock > 0 && contacts.isEnding(service, nowNs);
    }

    private boolean forward(int service, int place, int contentLength, long nowNs) {
        int poster = contacts.next(service, First.CONTENT + contentLength, nowNs);
        if (poster == NONE)
            return false;
        outPlace[outs] = place;
        outTo[outs].set(contacts.path(poster));
        outTag[outs] = contacts.tag(poster);
        outNonce[2 * outs] = contacts.nonceHigh(poster);
        outNonce[2 * outs + 1] = contacts.nonceLow(poster);
        contacts.remove(poster);
        contacts.terms(service).credit();
        outs++;
        return true;
    }

    /** A well-formed hello with a good cookie, within its address's rate. */
    @Nullable
    Drop onHello(long nowNs, Path path, int owner, MemorySegment s, long at, int length) {
        int service = contacts.find(Hello.serviceHigh(s, at), Hello.serviceLow(s, at));
        if (service == NONE)
            return Drop.NO_FIRST_CONTACT;
        queue.expire(nowNs);
        ContactTerms terms = contacts.terms(service);
        incoming = s;
        incomingAt = at + Hello.CONTENT;
        incomingLength = length - Hello.CONTENT;
        int kind = Hello.kind(s, incomingAt);
        if (kind == Hello.BARE) {
            boolean free = queue.waiting(service) == 0 && mayTake(service, terms, nowNs);
            if (free && forward(service, NONE, incomingLength, nowNs))
                return null;
            answer(nowNs, path, owner, s, at, service, Challenge.ASKED);
            return Drop.NO_FIRST_CONTACT;
        }
        if ((terms.kinds >>> kind & 1) == 0) {
            answer(nowNs, path, owner, s, at, service, Challenge.REFUSED);
            return Drop.PROOF_REFUSED;
        }
        if (ofEfforts.isShort(nowNs, terms.efforts)) // before its challenge is looked at, which costs as much
            return Drop.RATE_LIMITED;
        long high = Hello.challengeHigh(s, incomingAt);
        long low = Hello.challengeLow(s, incomingAt);
        if (!challenges.valid(path, Hello.serviceHigh(s, at), Hello.serviceLow(s, at), high, low, nowNs)
                || queue.isSpent(high, low)) {
            answer(nowNs, path, owner, s, at, service, Challenge.STALE);
            return Drop.STALE_CHALLENGE;
        }
        if (!ofEfforts.take(nowNs, terms.efforts))
            return Drop.RATE_LIMITED;
        Drop refused = check(nowNs, terms, service, kind, high, low);
        if (refused != null) {
            answer(nowNs, path, owner, s, at, service,
                    refused == Drop.TOO_LITTLE_EFFORT ? Challenge.OUTBID : Challenge.REFUSED);
            return refused;
        }
        HelloQueue.Outcome outcome = queue.offer(service, rank, high, low, s, incomingAt, incomingLength, nowNs);
        serve(service, terms, nowNs);
        if (outcome == HelloQueue.Outcome.OUTBID) {
            answer(nowNs, path, owner, s, at, service, Challenge.OUTBID);
            return Drop.TOO_LITTLE_EFFORT;
        }
        if (!queue.isSpent(high, low))
            answer(nowNs, path, owner, s, at, service, Challenge.QUEUED);
        return null;
    }

    private int rank; // of the hello that was checked last

    private @Nullable Drop check(long nowNs, ContactTerms terms, int service, int kind, long high, long low) {
        Hello.digest(incoming, incomingAt, digest);
        HelloTarget.of(terms.place, high, low, digest, target);
        long seed = Hello.seed(incoming, incomingAt);
        return switch (kind) {
            case Hello.HASH -> checkHash(service, seed);
            case Hello.EQUIX -> checkMemoryPuzzle(nowNs, terms, service, seed);
            default -> checkToken(nowNs, terms, seed);
        };
    }

    private @Nullable Drop checkHash(int service, long solution) {
        rank = Math.min(HelloQueue.TOKEN_RANK - 1, puzzle.bits(target, solution));
        if (rank == 0 || rank < queue.leastRank(service))
            return Drop.TOO_LITTLE_EFFORT;
        return isForThisHello() ? null : Drop.PROOF_REFUSED;
    }

    /** Whether the digest, which the proof covers, is that of the sealed hello. */
    private boolean isForThisHello() {
        int from = Hello.sealedOffset(incoming, incomingAt);
        MemorySegment.copy(incoming, ValueLayout.JAVA_BYTE, incomingAt + from, sealed, 0, incomingLength - from);
        targets.digest(sealed, 0, incomingLength - from, sealedDigest);
        return Arrays.equals(digest, 0, Hello.DIGEST, sealedDigest, 0, Hello.DIGEST);
    }

    private @Nullable Drop checkMemoryPuzzle(long nowNs, ContactTerms terms, int service, long nonce) {
        byte[] solution = Hello.equixSolution(incoming, incomingAt);
        int claimed = memoryPuzzle.bits(target, solution);
        rank = Math.min(HelloQueue.TOKEN_RANK - 1, EQUIX_BITS + claimed);
        if (rank < queue.leastRank(service) || claimed < terms.claims.now(ofClaims, nowNs))
            return Drop.TOO_LITTLE_EFFORT;
        if (!isForThisHello())
            return Drop.PROOF_REFUSED;
        if (!terms.claims.take(ofClaims, nowNs))
            return Drop.RATE_LIMITED;
        return memoryPuzzle.verify(target, nonce, solution) ? null : forged();
    }

    private @Nullable Drop checkToken(long nowNs, ContactTerms terms, long solution) {
        rank = HelloQueue.TOKEN_RANK;
        int asked = terms.tokens.now(ofTokens, nowNs);
        if (asked > 0 && puzzle.bits(target, solution) < asked)
            return Drop.TOO_LITTLE_EFFORT;
        if (!isForThisHello())
            return Drop.PROOF_REFUSED;
        if (!terms.tokens.take(ofTokens, nowNs))
            return Drop.RATE_LIMITED;
        return switch (tokens.check(terms, ofTokens, Hello.token(incoming, incomingAt),
                Hello.tokenSignature(incoming, incomingAt), target, nowNs)) {
            case HONOURED -> null;
            case OVER -> Drop.PROOF_REFUSED;
            case FORGED -> forged();
        };
    }

    /** A dear check for nothing: the work that went before it was for this challenge, and buys no second one. */
    private Drop forged() {
        queue.spend(Hello.challengeHigh(incoming, incomingAt), Hello.challengeLow(incoming, incomingAt));
        return Drop.PROOF_REFUSED;
    }

    private void answer(long nowNs, Path path, int owner, MemorySegment s, long at, int service, int state) {
        if (!owners.takeEgress(owner, Challenge.LENGTH, nowNs))
            return;
        asker.set(path);
        askerTag = Wire.tag(s, at);
        challenges.issue(path, Hello.serviceHigh(s, at), Hello.serviceLow(s, at), nowNs);
        answerSeconds = challenges.validitySeconds(nowNs);
        answerService = service;
        answerState = state;
        answerTokenBits = contacts.terms(service).tokens.now(ofTokens, nowNs);
    }

    /** Sends what came of the last datagram or timer. */
    void pollTransmit(TransmitSink sink, EgressMeter egress) {
        for (int i = 0; i < outs; i++) {
            int place = outPlace[i];
            int length = place == NONE ? incomingLength : queue.length(place);
            long at = sink.claim(First.CONTENT + length);
            First.write(sink.segment(), at, 0, outTag[i], outNonce[2 * i], outNonce[2 * i + 1]);
            if (place == NONE)
                MemorySegment.copy(incoming, incomingAt, sink.segment(), at + First.CONTENT, length);
            else
                MemorySegment.copy(queue.contents(), queue.contentAt(place), sink.segment(), at + First.CONTENT,
                        length);
            send(sink, egress, outTo[i], First.CONTENT + length);
        }
        outs = 0;
        if (answerState >= 0) {
            ContactTerms terms = contacts.terms(answerService);
            long at = sink.claim(Challenge.LENGTH);
            Challenge.write(sink.segment(), at, askerTag, terms.key.idHigh(), terms.key.idLow(), challenges.high(),
                    challenges.low(), answerSeconds, terms.kinds, answerState,
                    Math.max(terms.goingBits, queue.leastRank(answerService)), answerTokenBits);
            send(sink, egress, asker, Challenge.LENGTH);
            answerState = -1;
        }
        incoming = MemorySegment.NULL;
    }

    private void send(TransmitSink sink, EgressMeter egress, Path to, int length) {
        sink.commit(to, length);
        egress.sent(length);
        counters.out(length);
    }
}
