package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
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

/**
 * Where a packet waits to be asked for, or a request for its packet (Phalanx, section 3.2): the receiver alone decides
 * what it is sent, and when.
 *
 * <p><b>How.</b> A put shows a nonce, a get only the nonce's image; when the two meet, whichever came first, the packet
 * goes to the get's address as data and both are gone. A put that meets a waiting get is copied once, from the
 * datagram that brought it to the one that takes it away. Everything is best effort: whoever cares asks again.
 *
 * <p><b>What an adversary could do.</b>
 * <ul>
 * <li><i>Guess or race.</i> Filling somebody's get takes the nonce, which is secret until its packet is sent. Stealing a
 * packet takes the image before its receiver has shown it; the first get for an image wins.
 * <li><i>Reflect or amplify.</i> Nothing goes to an address without a cookie, which only its holder can have received,
 * but one cookie of 40 bytes for a request of 48. Data is shorter than its put, and what one address is sent per
 * second is capped ({@link Owners}).
 * <li><i>Push others out.</i> Quotas make an address, and a prefix, evict its own oldest; when a table is full although
 * nobody is over quota, whoever holds most gives way. {@link FairShare} proves that a prefix below 4/5 of an equal share
 * is never touched, and an address below half its neighbours' mean neither. {@link Owners} says what happens
 * when there are more addresses than places. Senders without a cookie only ever bump each other.
 * <li><i>Slow it down.</i> Tables are keyed ({@link KeyedHash}), expiry takes bounded steps, nothing is searched; the most
 * one datagram can cause is 72 lookups and as many datagrams, all to its proved sender.
 * <li><i>Fill memory.</i> There is none to fill: {@link MailboxConfig#memoryBytes} is taken at the start.
 * </ul>
 *
 * <p>Allocates nothing per packet.
 */
public final class Mailbox implements Machine<MailboxEvent> {
    private static final int NONE = IntLists.NONE;
    /** Expiries per datagram: more than one can add, so that expiry keeps up without the timer. */
    private static final int STEP = Get.MAX_IMAGES + 8;
    /** Expiries per timer; the rest are due at once, after the driver has looked at its sockets. */
    private static final int TIMER_STEP = 512;

    private enum Pending {
        NOTHING, COOKIE, INCOMING_PUT, STORED_PUTS, CONTACTS
    }

    private final MailboxConfig config;
    private final Counters counters = new Counters();
    private final Cookies cookies;
    private final Owners owners;
    private final GetTable gets;
    private final PutStore puts;
    private final ContactDesk desk;
    private final EgressMeter egress;
    private final long[] image = new long[2];

    // What pollTransmit is to send, until it has
    private Pending pending = Pending.NOTHING;
    private final Path to = new Path();
    private MemorySegment incoming = MemorySegment.NULL;
    private long incomingAt;
    private int incomingLength;
    private int tag;
    private long word0;
    private long word1;
    private long word2;
    private int validitySeconds;
    private final int[] stored = new int[Get.MAX_IMAGES];
    private int storedCount;

    private boolean congested;
    private boolean announcedCongested;
    private @Nullable MailboxEvent event;

    /** A mailbox, or the only shard of one. */
    public Mailbox(MailboxConfig config, RandomSource random) {
        this(config, random, SipHash.keyed(random));
    }

    /** @param cookieSecret the same for all shards of one mailbox, so that each takes the others' cookies */
    public Mailbox(MailboxConfig config, RandomSource random, SipHash cookieSecret) {
        this.config = config;
        cookies = new Cookies(cookieSecret, config.cookieEpochSeconds());
        owners = new Owners(config, random);
        KeyedHash hash = new KeyedHash(random);
        gets = new GetTable(config, owners, hash, counters);
        puts = new PutStore(config, owners, hash, counters);
        desk = new ContactDesk(config, owners, hash, counters, random);
        egress = new EgressMeter((long) (config.linkBytesPerSecond() * config.congestedShare()));
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
        advance(nowNs, STEP);
        counters.in(length);
        Drop drop = Wire.checkHeader(segment, offset, length);
        if (drop == null)
            drop = switch (Wire.type(segment, offset)) {
                case Wire.PUT -> onPut(nowNs, path, segment, offset, length);
                case Wire.GET -> onGet(nowNs, path, segment, offset, length);
                case Wire.COOKIE_REQUEST -> onCookieRequest(nowNs, path, segment, offset, length);
                case Wire.POST -> onPost(nowNs, path, segment, offset, length);
                case Wire.HELLO -> onHello(nowNs, path, segment, offset, length);
                case Wire.COOKIE, Wire.DATA, Wire.FIRST, Wire.CHALLENGE, Wire.ENROL_REQUEST, Wire.ENROL_CHALLENGE,
                        Wire.ENROL,
                        Wire.ENROLLED, Wire.OUT, Wire.IN, Wire.PING, Wire.PONG ->
                    Drop.UNEXPECTED_TYPE;
                default -> Drop.UNKNOWN_TYPE;
            };
        if (drop != null)
            counters.drop(drop);
    }

    @Override
    public void onTimer(long nowNs) {
        advance(nowNs, TIMER_STEP);
        desk.onTimer(nowNs);
        if (desk.hasOutput())
            pending = Pending.CONTACTS;
    }

    private void advance(long nowNs, int step) {
        assert pending == Pending.NOTHING : "mutated before it was drained";
        gets.expire(nowNs, step);
        puts.expire(nowNs, step);
        boolean windowOver = nowNs >= egress.windowEndNs();
        if (windowOver)
            egress.advance(nowNs);
        congested = egress.busy() || puts.nearlyFull();
        if (windowOver && congested != announcedCongested) {
            announcedCongested = congested;
            event = new MailboxEvent.CongestionChanged(congested);
        }
    }

    @Override
    public long nextDeadlineNs() {
        long deadlineNs = Math.min(gets.deadlineNs(), Math.min(puts.deadlineNs(), desk.contacts.deadlineNs()));
        return congested || announcedCongested ? Math.min(deadlineNs, egress.windowEndNs()) : deadlineNs;
    }

    private @Nullable Drop onCookieRequest(long nowNs, Path path, MemorySegment s, long at, int length) {
        if (length < CookieRequest.LENGTH)
            return Drop.TRUNCATED;
        word0 = CookieRequest.nonceHigh(s, at);
        word1 = CookieRequest.nonceLow(s, at);
        word2 = cookies.issue(path, nowNs);
        validitySeconds = cookies.validitySeconds(nowNs);
        refer(s, at, length, Wire.tag(s, at));
        to.set(path);
        pending = Pending.COOKIE;
        return null;
    }

    private @Nullable Drop onPut(long nowNs, Path path, MemorySegment s, long at, int length) {
        if (!Put.wellFormed(length))
            return length <= Put.BODY ? Drop.TRUNCATED : Drop.OVERSIZED;
        long nonceHigh = Put.nonceHigh(s, at);
        long nonceLow = Put.nonceLow(s, at);
        SipHash.image(nonceHigh, nonceLow, image, 0);
        int body = length - Put.BODY;
        int get = gets.find(image[0], image[1], nowNs);
        if (get != NONE) {
            if (body > gets.maxBody(get))
                return Drop.TOO_LONG_FOR_GET;
            if (!owners.takeEgress(gets.owner(get), Data.BODY + body, nowNs))
                return Drop.EGRESS_CAPPED;
            gets.path(get, to);
            refer(s, at, length, gets.tag(get));
            gets.remove(get);
            pending = Pending.INCOMING_PUT;
            return null;
        }
        if (puts.find(image[0], image[1], nowNs) != NONE)
            return Drop.DUPLICATE_PUT;
        int owner = cookies.valid(path, Put.cookie(s, at), nowNs) ? owners.of(path, nowNs) : Owners.UNPROVED;
        puts.add(image[0], image[1], nonceHigh, nonceLow, owner, Wire.shard(s, at), s, at + Put.BODY, body, nowNs);
        return null;
    }

    private @Nullable Drop onGet(long nowNs, Path path, MemorySegment s, long at, int length) {
        if (!Get.wellFormed(length))
            return misshapen(length, Get.IMAGES, Get.MAX_IMAGES);
        if (!cookies.valid(path, Get.cookie(s, at), nowNs))
            return Drop.BAD_COOKIE;
        int owner = owners.of(path, nowNs);
        long lifetimeNs = 1_000_000L * Math.min(Get.lifetimeMs(s, at), config.maxGetLifetimeMs());
        int maxBody = Get.maxBody(s, at);
        int newTag = Wire.tag(s, at);
        int count = Get.count(length);
        for (int i = 0; i < count; i++)
            request(Get.imageHigh(s, at, i), Get.imageLow(s, at, i), path, owner, newTag, maxBody, nowNs,
                    nowNs + lifetimeNs);
        if (storedCount > 0) {
            to.set(path);
            tag = newTag;
            pending = Pending.STORED_PUTS;
        }
        return null;
    }

    private void request(long imageHigh, long imageLow, Path path, int owner, int newTag, int maxBody, long nowNs,
            long expiryNs) {
        int get = gets.find(imageHigh, imageLow, nowNs);
        if (get != NONE && !gets.isFrom(get, path)) {
            counters.drop(Drop.DUPLICATE_GET);
            return;
        }
        int packet = puts.packets() == 0 ? NONE : puts.find(imageHigh, imageLow, nowNs);
        if (packet != NONE) {
            if (puts.length(packet) > maxBody) {
                counters.drop(Drop.TOO_LONG_FOR_GET);
            } else if (!owners.takeEgress(owner, Data.BODY + puts.length(packet), nowNs)) {
                counters.drop(Drop.EGRESS_CAPPED);
            } else {
                if (get != NONE)
                    gets.remove(get);
                puts.unlink(packet);
                stored[storedCount++] = packet;
                return;
            }
        }
        if (get != NONE)
            gets.renew(get, path, newTag, maxBody, expiryNs);
        else if (expiryNs > nowNs)
            gets.add(imageHigh, imageLow, path, owner, newTag, maxBody, expiryNs);
    }

    private @Nullable Drop onPost(long nowNs, Path path, MemorySegment s, long at, int length) {
        if (length <= Post.NONCES)
            return Drop.TRUNCATED;
        if (!Post.wellFormed(s, at, length))
            return Drop.MALFORMED;
        if (!cookies.valid(path, Post.cookie(s, at), nowNs))
            return Drop.BAD_COOKIE;
        desk.onPost(nowNs, path, owners.of(path, nowNs), s, at, length);
        if (desk.hasOutput())
            pending = Pending.CONTACTS;
        return null;
    }

    private @Nullable Drop onHello(long nowNs, Path path, MemorySegment s, long at, int length) {
        if (length <= Hello.CONTENT)
            return Drop.TRUNCATED;
        if (length > Hello.CONTENT + Hello.MAX_CONTENT)
            return Drop.OVERSIZED;
        if (!Hello.wellFormed(s, at, length))
            return Drop.MALFORMED;
        if (!cookies.valid(path, Hello.cookie(s, at), nowNs))
            return Drop.BAD_COOKIE;
        int owner = owners.of(path, nowNs);
        if (!owners.takeHello(owner, nowNs))
            return Drop.QUOTA_ADDRESS;
        Drop drop = desk.onHello(nowNs, path, owner, s, at, length);
        if (desk.hasOutput())
            pending = Pending.CONTACTS;
        return drop;
    }

    /** Why a message of {@code head} bytes and then 1 to {@code most} nonces has not that form. */
    private static Drop misshapen(int length, int head, int most) {
        if (length <= head)
            return Drop.TRUNCATED;
        return length > head + most * Wire.NONCE ? Drop.OVERSIZED : Drop.MALFORMED;
    }

    private void refer(MemorySegment s, long at, int length, int newTag) {
        incoming = s;
        incomingAt = at;
        incomingLength = length;
        tag = newTag;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        switch (pending) {
            case NOTHING -> {
                return;
            }
            case COOKIE -> {
                long at = sink.claim(Cookie.LENGTH);
                send(sink, Cookie.write(sink.segment(), at, Wire.shard(incoming, incomingAt), tag, word0, word1, word2,
                        validitySeconds, config.shards(), config.contacts().registrationBits(),
                        config.maxGetLifetimeMs()));
            }
            case INCOMING_PUT -> {
                int body = incomingLength - Put.BODY;
                long at = sink.claim(Data.BODY + body);
                MemorySegment out = sink.segment();
                Data.write(out, at, Wire.shard(incoming, incomingAt), flags(), tag, Put.nonceHigh(incoming, incomingAt),
                        Put.nonceLow(incoming, incomingAt));
                MemorySegment.copy(incoming, incomingAt + Put.BODY, out, at + Data.BODY, body);
                send(sink, Data.BODY + body);
            }
            case STORED_PUTS -> {
                for (int i = 0; i < storedCount; i++)
                    sendStored(sink, stored[i]);
                storedCount = 0;
            }
            case CONTACTS -> desk.pollTransmit(sink, egress);
        }
        pending = Pending.NOTHING;
        incoming = MemorySegment.NULL;
    }

    private void sendStored(TransmitSink sink, int packet) {
        int body = puts.length(packet);
        long at = sink.claim(Data.BODY + body);
        MemorySegment out = sink.segment();
        Data.write(out, at, puts.shard(packet), flags(), tag, puts.nonceHigh(packet), puts.nonceLow(packet));
        puts.copyBody(packet, out, at + Data.BODY);
        puts.release(packet);
        send(sink, Data.BODY + body);
    }

    private int flags() {
        return congested ? Wire.FLAG_CONGESTED : 0;
    }

    private void send(TransmitSink sink, int length) {
        sink.commit(to, length);
        egress.sent(length);
        counters.out(length);
    }

    @Override
    public @Nullable MailboxEvent pollEvent() {
        MailboxEvent next = event;
        event = null;
        return next;
    }

    public Counters counters() {
        return counters;
    }

    /** Gets that wait. */
    public int gets() {
        return gets.size();
    }

    /** Packets that wait. */
    public int storedPackets() {
        return puts.packets();
    }

    /** What they take of the store, bytes. */
    public long storedBytes() {
        return puts.storedBytes();
    }

    /** Proved addresses known. */
    public int owners() {
        return owners.size();
    }

    /** Services that may be said hello to. */
    public int services() {
        return desk.contacts.services();
    }

    /** First-contact gets that wait. */
    public int firstContacts() {
        return desk.contacts.posts();
    }

    /** Hellos that wait for one. */
    public int hellosWaiting() {
        return desk.waiting();
    }

    public boolean congested() {
        return congested;
    }

    /** What the tables and the store hold, bytes: {@link MailboxConfig#memoryBytes} from the start to the end. */
    public long memoryBytes() {
        return owners.bytes() + gets.bytes() + puts.bytes() + desk.bytes();
    }
}
