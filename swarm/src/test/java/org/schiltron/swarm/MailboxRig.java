package org.schiltron.swarm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.ContractCheck;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
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
    final List<MailboxEvent> events = new ArrayList<>();

    MailboxRig(MailboxConfig config, long seed) {
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

    byte[] postBytes(long cookie, int tag, long service, int lifetimeMs, Nonce... nonces) {
        int length = Post.write(in, 0, 5, tag, cookie, service, ~service, lifetimeMs, nonces.length);
        for (int i = 0; i < nonces.length; i++)
            Post.putNonce(in, 0, i, nonces[i].high(), nonces[i].low());
        return Wire.getBytes(in, 0, length);
    }

    List<Sent> post(Path from, long cookie, int tag, long service, int lifetimeMs, Nonce... nonces) {
        return datagram(from, postBytes(cookie, tag, service, lifetimeMs, nonces));
    }

    byte[] helloBytes(long cookie, long service, byte[] sealed) {
        Hello.write(in, 0, 5, cookie, service, ~service);
        int content = Hello.writePlainContent(in, Hello.CONTENT, sealed);
        return Wire.getBytes(in, 0, Hello.CONTENT + content);
    }

    List<Sent> hello(Path from, long cookie, long service, byte[] sealed) {
        return datagram(from, helloBytes(cookie, service, sealed));
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
