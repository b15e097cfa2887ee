package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.proof.NonceSequence;
import org.schiltron.proof.PacketCipher;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.Get;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * A client with a key of its own that holds the service to nothing but docs/PROTOCOL.md, from which it is written: it
 * shakes hands as it should and then breaks one rule or another. When the service ends its session it comes back.
 */
public final class HostileClient implements Machine<Void> {
    /** The rule it breaks. */
    public enum Trick {
        /** Waits for the answer at a victim, which is no mailbox of the service's. */
        NAME_A_VICTIM,
        /** Absurd rate, window, credit, acknowledgements and sets. */
        ABSURD_NUMBERS,
        /** Well sealed packets of random frames and of no frames at all. */
        RANDOM_FRAMES,
        /** Keeps every second packet back for 3 s and then releases all of them at once. */
        WITHHOLD
    }

    private static final byte[] PROLOGUE = "schiltron session 1".getBytes(StandardCharsets.US_ASCII);
    private static final long TICK_NS = 10_000_000;
    private static final long RETRY_NS = 1_500_000_000L;
    private static final long SILENT_NS = 3_000_000_000L;
    private static final long WITHHELD_NS = 3_000_000_000L;

    private record Outgoing(Path to, byte[] bytes) {
    }

    private final Identity identity;
    private final PublicKey service;
    private final List<Path> mailboxes;
    private final Path victim;
    private final Trick trick;
    private final SeededRandom random;
    private final HostileFrames frames;
    private final Map<Path, Long> cookies = new LinkedHashMap<>();
    private final ArrayDeque<Outgoing> due = new ArrayDeque<>();
    int released;
    private final List<Outgoing> withheld = new ArrayList<>();
    private final long[] nonce = new long[2];
    private long nowNs;
    private long nextNs;
    private long helloNs = -RETRY_NS;
    private long releaseNs = WITHHELD_NS;

    private @Nullable Handshake handshake;
    private NonceSequence replies;
    private List<Path> waitingAt = List.of();

    private @Nullable NonceSequence in;
    private @Nullable NonceSequence out;
    private @Nullable PacketCipher opener;
    private @Nullable PacketCipher sealer;
    private List<Path> set = List.of();
    private final Map<Long, Long> asked = new LinkedHashMap<>(); // index by first half of the nonce
    private int inShard;
    private int outShard;
    private long nextAsk;
    private long nextPacket;
    private long windowEnd;
    private long highest;
    private long heardNs;
    private long stream;
    int handshakes;

    /**
     * @param mailboxes where it knocks
     * @param victim    for {@link Trick#NAME_A_VICTIM}
     */
    public HostileClient(Identity identity, PublicKey service, List<Path> mailboxes, Path victim, Trick trick,
            SeededRandom random) {
        this.identity = identity;
        this.service = service;
        this.mailboxes = mailboxes;
        this.victim = victim;
        this.trick = trick;
        this.random = random;
        frames = new HostileFrames(random.split());
        replies = NonceSequence.ofSecret(new byte[32]);
    }

    // Opening

    private void hello() {
        helloNs = nowNs;
        out = null;
        byte[] secret = random.bytes(32);
        replies = NonceSequence.ofSecret(secret);
        List<Path> known = new ArrayList<>(cookies.keySet());
        Path contact = known.get(random.nextInt(known.size()));
        waitingAt = List.of(contact);
        List<Path> named = trick == Trick.NAME_A_VICTIM && random.nextInt(3) > 0
                ? random.nextInt(2) == 0 ? List.of(victim) : List.of(contact, victim)
                : waitingAt;
        ByteBuffer payload = ByteBuffer.allocate(34 + 18 * named.size()).put((byte) 1).put(secret)
                .put((byte) named.size());
        for (Path path : named)
            payload.putLong(path.addressHigh()).putLong(path.addressLow()).putShort((short) path.port());
        Handshake begun = Handshake.initiator(identity, service, PROLOGUE, random);
        handshake = begun;
        byte[] datagram = new byte[Wire.MAX_DATAGRAM];
        MemorySegment s = MemorySegment.ofArray(datagram);
        Hello.write(s, 0, 0, cookie(contact), service.idHigh(), service.idLow());
        int length = Hello.CONTENT + Hello.writeContent(s, Hello.CONTENT, Hello.BARE, begun.write(payload.array()));
        long[] images = new long[16];
        for (int i = 0; i < 8; i++) {
            replies.generate(i, 1, nonce, 0);
            images[2 * i] = SipHash.imageHigh(nonce[0], nonce[1]);
            images[2 * i + 1] = SipHash.imageLow(nonce[0], nonce[1]);
        }
        get(contact, 0, images, 8);
        due.add(new Outgoing(contact, java.util.Arrays.copyOf(datagram, length)));
    }

    private long cookie(Path mailbox) {
        return cookies.getOrDefault(mailbox, 0L);
    }

    private void get(Path mailbox, int shard, long[] images, int count) {
        byte[] bytes = new byte[Get.IMAGES + count * Wire.NONCE];
        MemorySegment s = MemorySegment.ofArray(bytes);
        Get.write(s, 0, shard, 0, cookie(mailbox), 4_000, Wire.MAX_BODY, count);
        for (int i = 0; i < count; i++)
            Get.putImage(s, 0, i, images[2 * i], images[2 * i + 1]);
        due.add(new Outgoing(mailbox, bytes));
    }

    private void onReply(byte[] body) {
        Handshake begun = handshake;
        byte[] payload = begun == null ? null : begun.read(body);
        if (begun == null || payload == null)
            return;
        handshakes++;
        handshake = null;
        ByteBuffer reply = ByteBuffer.wrap(payload, 1, payload.length - 1);
        int count = reply.get();
        set = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reply.getShort();
            set.add(new Path(0, reply.getLong(), reply.getLong(), reply.getShort() & 0xffff));
        }
        byte[] shards = begun.secret("shards", 2);
        outShard = shards[0] & 0xff;
        inShard = shards[1] & 0xff;
        out = NonceSequence.ofSecret(begun.secret("x nonces", 32));
        in = NonceSequence.ofSecret(begun.secret("y nonces", 32));
        sealer = new PacketCipher(begun.secret("x packets", 32));
        opener = new PacketCipher(begun.secret("y packets", 32));
        asked.clear();
        nextAsk = 0;
        nextPacket = 0;
        windowEnd = 16;
        highest = -1;
        stream = 0;
        heardNs = nowNs;
        withheld.clear();
    }

    // The session

    private Path pick(long nonceHigh) { // the set both begin with, of even weight
        long sum = 255L * set.size();
        return set.get((int) (((nonceHigh >>> 32) * sum >>> 32) / 255));
    }

    private void ask() {
        NonceSequence sequence = java.util.Objects.requireNonNull(in);
        while (nextAsk < highest + 40) {
            sequence.generate(nextAsk, 1, nonce, 0);
            asked.put(nonce[0], nextAsk++);
            get(pick(nonce[0]), inShard,
                    new long[]{SipHash.imageHigh(nonce[0], nonce[1]), SipHash.imageLow(nonce[0], nonce[1])}, 1);
        }
    }

    private void put(byte[] plain, boolean withhold) {
        java.util.Objects.requireNonNull(out).generate(nextPacket, 1, nonce, 0);
        byte[] bytes = new byte[Put.BODY + plain.length + PacketCipher.OVERHEAD];
        Path mailbox = pick(nonce[0]);
        Put.write(MemorySegment.ofArray(bytes), 0, outShard, 0, cookie(mailbox), nonce[0], nonce[1]);
        java.util.Objects.requireNonNull(sealer).seal(nextPacket++, nonce[0], nonce[1], plain, 0, plain.length, bytes,
                Put.BODY);
        (withhold ? withheld : due).add(new Outgoing(mailbox, bytes));
    }

    private void misbehave() {
        switch (trick) {
            case NAME_A_VICTIM -> put(frames.set(1 + nextPacket, highest, mailboxes.size()), false);
            case ABSURD_NUMBERS -> put(random.nextInt(3) == 0
                    ? frames.set(1 + nextPacket, highest, mailboxes.size())
                    : frames.absurd(highest, 1 + stream++ % 300), false);
            case RANDOM_FRAMES -> put(random.nextInt(4) > 0 ? frames.honest(highest) : frames.random(), false);
            case WITHHOLD -> {
                boolean withhold = nextPacket % 2 == 1 && nextPacket > 20;
                put(withhold ? frames.hoarding(1 + nextPacket % 300) : frames.honest(highest), withhold);
            }
        }
    }

    private void onPacket(long index, byte[] body, long nonceHigh, long nonceLow) {
        byte[] plain = new byte[body.length];
        int length = java.util.Objects.requireNonNull(opener).open(index, nonceHigh, nonceLow, body, 0, body.length,
                plain, 0);
        if (length < 0)
            return;
        heardNs = nowNs;
        highest = Math.max(highest, index);
        if (length > 3 && plain[0] == 0x02) { // ACK: window start, window end
            ByteBuffer ack = ByteBuffer.wrap(plain, 1, length - 1);
            varint(ack);
            windowEnd = Math.max(windowEnd, varint(ack));
        }
    }

    private static long varint(ByteBuffer from) {
        long value = from.get() & 0xff;
        int more = (1 << (value >>> 6)) - 1;
        value &= 0x3f;
        for (int i = 0; i < more; i++)
            value = value << 8 | (from.get() & 0xff);
        return value;
    }

    // The machine

    @Override
    public void onDatagram(long now, Path path, MemorySegment s, long at, int length) {
        nowNs = now;
        if (Wire.checkHeader(s, at, length) != null)
            return;
        if (Wire.type(s, at) == Wire.COOKIE && length == Cookie.LENGTH)
            cookies.put(new Path(0, path.addressHigh(), path.addressLow(), path.port()), Cookie.cookie(s, at));
        if (Wire.type(s, at) != Wire.DATA || !Data.wellFormed(length))
            return;
        long high = Data.nonceHigh(s, at);
        byte[] body = s.asSlice(at + Data.BODY, length - Data.BODY).toArray(ValueLayout.JAVA_BYTE);
        Long index = out == null ? null : asked.remove(high);
        if (index != null)
            onPacket(index, body, high, Data.nonceLow(s, at));
        else if (handshake != null)
            onReply(body);
    }

    @Override
    public void onTimer(long now) {
        nowNs = now;
        nextNs = now + TICK_NS;
        if (cookies.size() < mailboxes.size() && random.nextInt(10) == 0) {
            byte[] request = new byte[CookieRequest.LENGTH];
            CookieRequest.write(MemorySegment.ofArray(request), 0, 0, 0, random.nextLong(), random.nextLong());
            due.add(new Outgoing(mailboxes.get(random.nextInt(mailboxes.size())), request));
        }
        boolean over = out == null || nowNs - heardNs > SILENT_NS;
        if (over && nowNs - helloNs > RETRY_NS && !cookies.isEmpty())
            hello();
        if (out == null)
            return;
        ask();
        for (int burst = 0; burst < 3 && nextPacket < windowEnd + 2; burst++)
            misbehave();
        if (nowNs >= releaseNs) {
            releaseNs = nowNs + WITHHELD_NS;
            due.addAll(withheld);
            released += withheld.size();
            withheld.clear();
        }
    }

    @Override
    public long nextDeadlineNs() {
        return nextNs;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        while (!due.isEmpty()) {
            Outgoing datagram = due.removeFirst();
            if (datagram.to.equals(victim))
                continue; // it wants others to send there
            long at = sink.claim(datagram.bytes.length);
            MemorySegment.copy(datagram.bytes, 0, sink.segment(), ValueLayout.JAVA_BYTE, at, datagram.bytes.length);
            sink.commit(datagram.to, datagram.bytes.length);
        }
    }

    @Override
    public @Nullable Void pollEvent() {
        return null;
    }
}
