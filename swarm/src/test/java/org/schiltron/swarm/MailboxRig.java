package org.schiltron.swarm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.ContractCheck;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.Token;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.Get;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/** A mailbox under the contract's check, datagrams in, datagrams out, and the time. */
final class MailboxRig implements TransmitSink {
    static final long MS = 1_000_000L;
    /** As its services and clients know it. */
    static final Path MAILBOX = Path.ofIpv4(0xc000_0207, 4_500);
    private static final Map<Long, Identity> SERVICES = new ConcurrentHashMap<>();

    /** A nonce and its image. */
    record Nonce(long high, long low) {
        long imageHigh() {
            return SipHash.imageHigh(high, low);
        }

        long imageLow() {
            return SipHash.imageLow(high, low);
        }
    }

    /** A datagram that was sent. */
    static final class Sent {
        private final Path to;
        private final byte[] bytes;

        Sent(Path to, byte[] bytes) {
            this.to = to;
            this.bytes = bytes;
        }

        Path to() {
            return to;
        }

        byte[] bytes() {
            return bytes;
        }

        MemorySegment segment() {
            return MemorySegment.ofArray(bytes);
        }

        int type() {
            return bytes[0];
        }

        int tag() {
            return Wire.tag(segment(), 0);
        }

        int flags() {
            return Wire.flags(segment(), 0);
        }

        int shard() {
            return Wire.shard(segment(), 0);
        }

        Nonce nonce() {
            return new Nonce(Data.nonceHigh(segment(), 0), Data.nonceLow(segment(), 0));
        }

        byte[] body() {
            return Wire.getBytes(segment(), Data.BODY, bytes.length - Data.BODY);
        }
    }

    /** Far from zero, and negative, as a monotonic clock may be. */
    long nowNs = -987_654_321_987L;
    final Mailbox mailbox;
    private final ContractCheck<MailboxEvent> checked;
    private final MemorySegment in = Arena.ofAuto().allocate(4_096);
    private final MemorySegment out = Arena.ofAuto().allocate(TransmitSink.MAX_DATAGRAM);
    private final List<Sent> sent = new ArrayList<>();
    private final int registrationBits;
    private long number;
    final List<MailboxEvent> events = new ArrayList<>();

    MailboxRig(MailboxConfig config, long seed) {
        registrationBits = config.contacts().registrationBits();
        mailbox = new Mailbox(config, new SeededRandom(seed));
        checked = new ContractCheck<>(mailbox);
    }

    static Path address(int a, int b, int c, int d, int port) {
        return Path.ofIpv4(a << 24 | b << 16 | c << 8 | d, port);
    }

    List<Sent> datagram(Path from, byte[] bytes) {
        return datagram(from, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    private List<Sent> datagram(Path from, MemorySegment s, long at, int length) {
        checked.onDatagram(nowNs, from, s, at, length);
        return drain();
    }

    List<Sent> timer() {
        checked.onTimer(nowNs);
        return drain();
    }

    /** Lets time pass, serving every deadline on the way. */
    void pass(long ms) {
        long end = nowNs + ms * MS;
        while (checked.nextDeadlineNs() <= end) {
            nowNs = Math.max(nowNs, checked.nextDeadlineNs());
            timer();
        }
        nowNs = end;
    }

    private List<Sent> drain() {
        sent.clear();
        checked.pollTransmit(this);
        for (MailboxEvent event = checked.pollEvent(); event != null; event = checked.pollEvent())
            events.add(event);
        return List.copyOf(sent);
    }

    long drops(Drop reason) {
        return mailbox.counters().drops(reason);
    }

    /** Asks for a cookie and returns it. */
    long cookie(Path from) {
        List<Sent> answer = datagram(from, cookieRequest());
        return Cookie.cookie(answer.getFirst().segment(), 0);
    }

    byte[] cookieRequest() {
        CookieRequest.write(in, 0, 3, 77, 111, 222);
        return Wire.getBytes(in, 0, CookieRequest.LENGTH);
    }

    byte[] putBytes(long cookie, int shard, Nonce nonce, byte[] body) {
        Put.write(in, 0, shard, 9, cookie, nonce.high(), nonce.low());
        Wire.putBytes(in, Put.BODY, body);
        return Wire.getBytes(in, 0, Put.BODY + body.length);
    }

    List<Sent> put(Path from, long cookie, Nonce nonce, byte[] body) {
        return datagram(from, putBytes(cookie, 5, nonce, body));
    }

    byte[] getBytes(long cookie, int tag, int lifetimeMs, int maxBody, Nonce... nonces) {
        int length = Get.write(in, 0, 5, tag, cookie, lifetimeMs, maxBody, nonces.length);
        for (int i = 0; i < nonces.length; i++)
            Get.putImage(in, 0, i, nonces[i].imageHigh(), nonces[i].imageLow());
        return Wire.getBytes(in, 0, length);
    }

    List<Sent> get(Path from, long cookie, int tag, int lifetimeMs, int maxBody, Nonce... nonces) {
        return datagram(from, getBytes(cookie, tag, lifetimeMs, maxBody, nonces));
    }

    List<Sent> get(Path from, long cookie, Nonce... nonces) {
        return get(from, cookie, 42, 2_000, Wire.MAX_BODY, nonces);
    }

    /** The service of that name, the same everywhere. */
    static Identity service(long name) {
        return SERVICES.computeIfAbsent(name, seed -> Identity.generate(new SeededRandom(seed)));
    }

    /** What a service says with its nonces; the number grows from post to post of a rig. */
    record Terms(int kinds, int tokenSharePercent, Path mailbox, long... revoked) {
        static final Terms PLAIN = new Terms(DoorConfig.ALL_KINDS, 0, MAILBOX);
    }

    /** Who signs for a service, and what makes him: a delegate with his delegation, or nothing for its own key. */
    record Acting(Identity signer, @Nullable Delegation delegation) {
    }

    byte[] postBytes(long cookie, int tag, long service, int lifetimeMs, Terms terms, Nonce... nonces) {
        return postBytes(cookie, tag, service, lifetimeMs, terms, new Acting(service(service), null), nonces);
    }

    byte[] postBytes(long cookie, int tag, long service, int lifetimeMs, Terms terms, Acting acting, Nonce... nonces) {
        Delegation delegation = acting.delegation;
        PublicKey key = service(service).publicKey();
        int length = Post.write(in, 0, tag, cookie, key.idHigh(), key.idLow(), lifetimeMs, nonces.length, terms.kinds,
                terms.tokenSharePercent, delegation != null, terms.revoked.length);
        for (int i = 0; i < nonces.length; i++)
            Post.putNonce(in, 0, i, nonces[i].high(), nonces[i].low());
        byte[] target = new byte[HelloTarget.HASH];
        new HelloTarget().ofPost(terms.mailbox.addressHigh(), terms.mailbox.addressLow(), terms.mailbox.port(),
                key.bytes(), cookie, target);
        HashPuzzle.Search search = new HashPuzzle.Search(target, 1);
        while (search.bits() < registrationBits)
            search.run(64);
        Post.putTail(in, 0, terms.mailbox.addressHigh(), terms.mailbox.addressLow(), terms.mailbox.port(), ++number,
                search.solution(), key.bytes());
        for (int i = 0; i < terms.revoked.length; i++)
            Post.putRevoked(in, 0, i, terms.revoked[i]);
        if (delegation != null)
            Post.putDelegation(in, 0, delegation.encode());
        Post.putSignature(in, 0, length, acting.signer.sign(Post.signed(in, 0, length)));
        return Wire.getBytes(in, 0, length);
    }

    List<Sent> post(Path from, long cookie, int tag, long service, int lifetimeMs, Nonce... nonces) {
        return datagram(from, postBytes(cookie, tag, service, lifetimeMs, Terms.PLAIN, nonces));
    }

    /** A bare hello. */
    byte[] helloBytes(long cookie, long service, byte[] sealed) {
        PublicKey key = service(service).publicKey();
        Hello.write(in, 0, 9, cookie, key.idHigh(), key.idLow());
        int content = Hello.writeContent(in, Hello.CONTENT, Hello.BARE, sealed);
        return Wire.getBytes(in, 0, Hello.CONTENT + content);
    }

    List<Sent> hello(Path from, long cookie, long service, byte[] sealed) {
        return datagram(from, helloBytes(cookie, service, sealed));
    }

    /** What a proof for this challenge at {@link #MAILBOX} covers. */
    static byte[] target(long service, Sent challenge, byte[] sealed) {
        byte[] target = new byte[HelloTarget.BYTES];
        new HelloTarget().of(MAILBOX.addressHigh(), MAILBOX.addressLow(), MAILBOX.port(),
                service(service).publicKey().bytes(), Challenge.high(challenge.segment(), 0),
                Challenge.low(challenge.segment(), 0), sealed, target);
        return target;
    }

    byte[] provedBytes(long cookie, long service, int kind, Sent challenge, long seed, byte[] rest, byte[] sealed) {
        PublicKey key = service(service).publicKey();
        Hello.write(in, 0, 9, cookie, key.idHigh(), key.idLow());
        int content = Hello.writeContent(in, Hello.CONTENT, kind, sealed);
        Hello.putChallenge(in, Hello.CONTENT, Challenge.high(challenge.segment(), 0),
                Challenge.low(challenge.segment(), 0), HelloTarget.digest(sealed));
        Hello.putSeed(in, Hello.CONTENT, seed);
        if (rest.length > 0)
            Hello.putRest(in, Hello.CONTENT, rest);
        return Wire.getBytes(in, 0, Hello.CONTENT + content);
    }

    /** A hello with a token, proved by this signer. */
    byte[] tokenBytes(long cookie, long service, Sent challenge, Token token, Identity signer, byte[] sealed) {
        return tokenBytes(cookie, service, challenge, token,
                signer.sign(HelloTarget.signedByHolder(target(service, challenge, sealed))), sealed);
    }

    byte[] tokenBytes(long cookie, long service, Sent challenge, Token token, byte[] signature, byte[] sealed) {
        byte[] rest = new byte[Hello.TOKEN_BYTES + Hello.SIGNATURE];
        System.arraycopy(token.encode(), 0, rest, 0, Hello.TOKEN_BYTES);
        System.arraycopy(signature, 0, rest, Hello.TOKEN_BYTES, Hello.SIGNATURE);
        return provedBytes(cookie, service, Hello.TOKEN, challenge, 0, rest, sealed);
    }

    /** Honours a client's key. */
    static Token token(long service, Identity client, long serial) {
        return Token.issue(service(service), service(service).publicKey(), client.publicKey(), serial, 4_000_000_000L,
                0);
    }

    /** A hello with a solution of exactly so many bits. */
    List<Sent> solved(Path from, long cookie, long service, Sent challenge, int bits, byte[] sealed) {
        byte[] target = target(service, challenge, sealed);
        HashPuzzle puzzle = new HashPuzzle();
        long solution = 0;
        while (puzzle.bits(target, solution) != bits)
            solution++;
        return datagram(from, provedBytes(cookie, service, Hello.HASH, challenge, solution, new byte[0], sealed));
    }

    @Override
    public MemorySegment segment() {
        return out;
    }

    private @Nullable Integer claimed;

    @Override
    public long claim(int maxLength) {
        if (maxLength < 1 || maxLength > TransmitSink.MAX_DATAGRAM)
            throw new AssertionError("claims " + maxLength);
        claimed = maxLength;
        return 0;
    }

    @Override
    public void commit(Path to, int length) {
        if (claimed == null || length < 1 || length > claimed)
            throw new AssertionError("commits " + length + " of " + claimed);
        claimed = null;
        sent.add(new Sent(to.copy(), Wire.getBytes(out, 0, length)));
    }
}
