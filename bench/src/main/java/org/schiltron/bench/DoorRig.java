package org.schiltron.bench;

import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** One mailbox in memory, a service that posts there, and clients at addresses of their own: datagrams in, the last answer out. */
final class DoorRig implements TransmitSink {
    static final long LINK_BYTES_PER_SECOND = 125_000_000;
    private static final int SEALED = 200;
    private static final Path MAILBOX = Path.ofIpv4(0x0b000001, 4_500);
    private static final Path SERVICE = Path.ofIpv4(0x0c000001, 5_000);

    final SeededRandom random;
    final Mailbox mailbox;
    final Identity service;
    private final PublicKey key;
    private final byte[] out = new byte[MAX_DATAGRAM];
    private final MemorySegment outSegment = MemorySegment.ofArray(out);
    private final byte[] scratch = new byte[MAX_DATAGRAM];
    private final MemorySegment scratchSegment = MemorySegment.ofArray(scratch);
    private long number;
    private long posterCookie;
    long sent;
    long nowNs = 1_000_000_000L;

    DoorRig(long seed, int queue, int hellosPerSecondPerAddress, int checksPerSecond) {
        random = new SeededRandom(seed);
        ContactConfig usual = ContactConfig.DEFAULT;
        mailbox = new Mailbox(MailboxConfig.builder(LINK_BYTES_PER_SECOND).postsPerService(4_096)
                .egressBytesPerSecondPerAddress(100 * LINK_BYTES_PER_SECOND)
                .hellosPerSecondPerAddress(hellosPerSecondPerAddress)
                .helloBurst(2 * Math.min(5_000, hellosPerSecondPerAddress))
                .contacts(new ContactConfig(queue, 60_000, usual.spent(), usual.challengeSeconds(), 0,
                        checksPerSecond, usual.tokensPerMinute(), 0, usual.services()))
                .build(), random);
        service = Identity.generate(random);
        key = service.publicKey();
    }

    @Override
    public MemorySegment segment() {
        return outSegment;
    }

    @Override
    public long claim(int maxLength) {
        return 0;
    }

    @Override
    public void commit(Path to, int length) {
        sent++;
    }

    /** Whatever it answers is overwritten by the next answer. */
    void datagram(Path from, MemorySegment s, int length) {
        mailbox.onDatagram(nowNs, from, s, 0, length);
        mailbox.pollTransmit(this);
    }

    static Path client(int i) {
        return Path.ofIpv4(0x14000000 + i, 6_000);
    }

    long cookie(Path of) {
        datagram(of, scratchSegment, CookieRequest.write(scratchSegment, 0, 0, 0, random.nextLong(), 1));
        return Cookie.cookie(outSegment, 0);
    }

    void post(int nonces) {
        if (posterCookie == 0)
            posterCookie = cookie(SERVICE);
        int length = Post.write(scratchSegment, 0, 1, posterCookie, key.idHigh(), key.idLow(), 60_000, nonces,
                DoorConfig.ALL_KINDS, 80, false, 0);
        for (int i = 0; i < nonces; i++)
            Post.putNonce(scratchSegment, 0, i, random.nextLong(), random.nextLong());
        Post.putTail(scratchSegment, 0, MAILBOX.addressHigh(), MAILBOX.addressLow(), MAILBOX.port(), ++number, 0,
                key.bytes());
        Post.putSignature(scratchSegment, 0, length, service.sign(Post.signed(scratchSegment, 0, length)));
        datagram(SERVICE, scratchSegment, length);
    }

    private byte[] sealed(int client) {
        byte[] sealed = new byte[SEALED];
        sealed[0] = (byte) client;
        sealed[1] = (byte) (client >> 8);
        return sealed;
    }

    /**
     * A hello, with a proof of this kind for the challenge that the mailbox gives this client now; or bare, which takes
     * the nonce that there is.
     */
    byte[] hello(int client, int kind, boolean goesOn) {
        Path from = client(client);
        long cookie = cookie(from);
        byte[] sealed = sealed(client);
        Hello.write(scratchSegment, 0, 0, cookie, key.idHigh(), key.idLow());
        int bare = Hello.CONTENT + Hello.writeContent(scratchSegment, Hello.CONTENT, Hello.BARE, sealed);
        long before = sent;
        datagram(from, scratchSegment, bare);
        if (goesOn)
            return Wire.getBytes(scratchSegment, 0, bare);
        if (sent != before + 1 || Wire.type(outSegment, 0) != Wire.CHALLENGE)
            throw new IllegalStateException("the mailbox asked for nothing: " + mailbox.counters().drops());
        int length = Hello.CONTENT + Hello.writeContent(scratchSegment, Hello.CONTENT, kind, sealed);
        Hello.putChallenge(scratchSegment, Hello.CONTENT, Challenge.high(outSegment, 0), Challenge.low(outSegment, 0),
                HelloTarget.digest(sealed));
        return Wire.getBytes(scratchSegment, 0, length);
    }

    /** What a proof in this hello covers. */
    byte[] target(byte[] hello) {
        MemorySegment s = MemorySegment.ofArray(hello);
        byte[] sealed = Hello.sealedHello(s, Hello.CONTENT, hello.length - Hello.CONTENT);
        byte[] target = new byte[HelloTarget.BYTES];
        new HelloTarget().of(MAILBOX.addressHigh(), MAILBOX.addressLow(), MAILBOX.port(), key.bytes(),
                Hello.challengeHigh(s, Hello.CONTENT), Hello.challengeLow(s, Hello.CONTENT), sealed, target);
        return target;
    }

    /** Solves its hash puzzle: at least {@code least} bits, and fewer than {@code under}. */
    void solve(byte[] hello, int least, int under) {
        byte[] target = target(hello);
        HashPuzzle puzzle = new HashPuzzle();
        long solution = 0;
        while (puzzle.bits(target, solution) < least || puzzle.bits(target, solution) >= under)
            solution++;
        Hello.putSeed(MemorySegment.ofArray(hello), Hello.CONTENT, solution);
    }
}
