package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolChallenge;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Enrolled;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.First;
import org.schiltron.wire.Get;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/** A customer whose every datagram is made by hand. */
final class TestCustomer {
    final Identity identity;
    Path path;
    final long instance;
    int number;
    long counter;
    /** As the last PONG gave it. */
    long addressProof;
    SipHash outKey = new SipHash(0, 0);
    SipHash inKey = new SipHash(0, 0);
    private final SeededRandom random;
    private long attempt;
    private Handshake handshake;

    TestCustomer(Identity identity, Path path, long seed) {
        this.identity = identity;
        this.path = path;
        this.random = new SeededRandom(seed);
        this.instance = random.nextLong();
        this.handshake = Handshake.initiator(identity, Rig.RING.publicKey(), new byte[0], random);
    }

    static TestCustomer enrolled(Rig rig, Identity identity, int address) {
        TestCustomer customer = new TestCustomer(identity, Path.ofIpv4(address, 5_000), address);
        customer.enrol(rig);
        customer.ping(rig);
        return customer;
    }

    static byte[] enrolRequest(long a, long b) {
        byte[] bytes = new byte[EnrolRequest.LENGTH];
        EnrolRequest.write(MemorySegment.ofArray(bytes), 0, a, b);
        return bytes;
    }

    long cookie(Rig rig) {
        List<Rig.Sent> challenge = rig.in(path, enrolRequest(1, 2));
        return EnrolChallenge.cookie(challenge.getFirst().segment(), 0);
    }

    byte[] enrolMessage(long cookie) {
        handshake = Handshake.initiator(identity, Rig.RING.publicKey(), Enrol.prologue(cookie), random);
        byte[] bytes = new byte[Enrol.LENGTH];
        Enrol.write(MemorySegment.ofArray(bytes), 0, cookie,
                handshake.write(Enrol.payload(instance, ++attempt, identity.publicKey().bytes())), proofKey());
        return bytes;
    }

    SipHash proofKey() {
        return SipHash.fromKey(identity.staticSecret(Rig.RING.publicKey(), Enrol.PROOF_KEY, 16), 0);
    }

    void finish(Rig.Sent enrolled) {
        byte[] payload = handshake.read(Enrolled.noise(enrolled.segment(), 0));
        if (payload == null)
            throw new AssertionError("ENROLLED does not open");
        number = Enrolled.number(payload);
        counter = 0;
        outKey = SipHash.fromKey(handshake.secret(Enrol.OUT_KEY, 16), 0);
        inKey = SipHash.fromKey(handshake.secret(Enrol.IN_KEY, 16), 0);
    }

    void enrol(Rig rig) {
        finish(rig.in(path, enrolMessage(cookie(rig))).getFirst());
    }

    List<Rig.Sent> ping(Rig rig) {
        List<Rig.Sent> answer = rig.in(path, pingMessage());
        if (!answer.isEmpty()) {
            Path echo = new Path();
            Envelope.mailbox(answer.getFirst().segment(), 0, 0, echo);
            addressProof = echo.addressHigh();
        }
        return answer;
    }

    byte[] pingMessage() {
        return envelope(Wire.PING, new Path(0, addressProof, 22, 33), new byte[0]);
    }

    byte[] out(Path mailbox, byte[] inner) {
        return envelope(Wire.OUT, mailbox, inner);
    }

    byte[] envelope(byte type, Path mailbox, byte[] inner) {
        byte[] bytes = new byte[Envelope.INNER + inner.length];
        MemorySegment s = MemorySegment.ofArray(bytes);
        Envelope.write(s, 0, type, 9, number, counter++, mailbox);
        Wire.putBytes(s, Envelope.INNER, inner);
        if (bytes.length <= Wire.MAX_DATAGRAM)
            Envelope.seal(s, 0, bytes.length, outKey);
        return bytes;
    }

    /** Asks {@code mailbox} for a cookie and has it answered. */
    void grant(Rig rig, Path mailbox) {
        long nonce = random.nextLong();
        if (rig.in(mailbox, cookieAnswer(ask(rig, mailbox, nonce), 60)).isEmpty())
            throw new AssertionError("COOKIE did not pass");
    }

    /** What a mailbox sees of a request for its cookie. */
    Rig.Sent ask(Rig rig, Path mailbox, long nonce) {
        return rig.in(path, out(mailbox, cookieRequest(nonce))).getFirst();
    }

    static byte[] cookieRequest(long nonce) {
        byte[] bytes = new byte[CookieRequest.LENGTH];
        CookieRequest.write(MemorySegment.ofArray(bytes), 0, 9, 0x77, nonce, nonce + 1);
        return bytes;
    }

    /** Of a mailbox that has seen {@code request}. */
    byte[] cookieAnswer(Rig.Sent request, int validitySeconds) {
        return cookieAnswer(CookieRequest.nonceHigh(request.segment(), 0),
                CookieRequest.nonceLow(request.segment(), 0), validitySeconds);
    }

    byte[] cookieAnswer(long nonceHigh, long nonceLow, int validitySeconds) {
        byte[] bytes = new byte[Cookie.LENGTH];
        Cookie.write(MemorySegment.ofArray(bytes), 0, 9, number, nonceHigh, nonceLow, 0xc00c1e, validitySeconds, 1,
                0, 8_000);
        return bytes;
    }

    /** Requests the nonces (n, n + 1). */
    static byte[] get(long... nonces) {
        return get(2_000, nonces);
    }

    /** Asks for them no longer. */
    static byte[] withdrawal(long... nonces) {
        return get(0, nonces);
    }

    private static byte[] get(int lifetimeMs, long... nonces) {
        byte[] bytes = new byte[Get.IMAGES + 16 * nonces.length];
        MemorySegment s = MemorySegment.ofArray(bytes);
        Get.write(s, 0, 9, 0x77, 0xc00c1e, lifetimeMs, 1_152, nonces.length);
        for (int i = 0; i < nonces.length; i++) {
            Get.putImage(s, 0, i, SipHash.imageHigh(nonces[i], nonces[i] + 1),
                    SipHash.imageLow(nonces[i], nonces[i] + 1));
        }
        return bytes;
    }

    static byte[] post(long... nonces) {
        return post(2_000, nonces);
    }

    /** Takes them back. */
    static byte[] unpost(long... nonces) {
        return post(0, nonces);
    }

    private static byte[] post(int lifetimeMs, long[] nonces) {
        byte[] bytes = new byte[Wire.MAX_DATAGRAM];
        MemorySegment s = MemorySegment.ofArray(bytes);
        int length = Post.write(s, 0, 0x77, 0xc00c1e, 1, 2, lifetimeMs, nonces.length, 2, 0, false, 0);
        for (int i = 0; i < nonces.length; i++)
            Post.putNonce(s, 0, i, nonces[i], nonces[i] + 1);
        return Arrays.copyOf(bytes, length);
    }

    static byte[] put(long nonce, int body) {
        byte[] bytes = new byte[Put.BODY + body];
        Arrays.fill(bytes, (byte) 7);
        Put.write(MemorySegment.ofArray(bytes), 0, 9, 0x77, 0xc00c1e, nonce, nonce + 1);
        return bytes;
    }

    byte[] data(long nonce) {
        byte[] bytes = new byte[Data.BODY + 100];
        Arrays.fill(bytes, (byte) 8);
        Data.write(MemorySegment.ofArray(bytes), 0, 9, 0, number, nonce, nonce + 1);
        return bytes;
    }

    byte[] first(long nonce) {
        byte[] bytes = new byte[First.CONTENT + 104];
        MemorySegment s = MemorySegment.ofArray(bytes);
        First.write(s, 0, 9, number, nonce, nonce + 1);
        Hello.writeContent(s, First.CONTENT, Hello.BARE, new byte[100]);
        return bytes;
    }
}
