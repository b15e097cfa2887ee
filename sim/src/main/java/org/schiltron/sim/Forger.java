package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Get;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * Someone who sees and can stop all that crosses the access links of some nodes, has hosts and a service of its own, and
 * sends anything from any address to anybody: requests made with cookies and challenges given to it or to others, of now or
 * long ago, and what it saw, whole, changed, cut, with another's cookie in it. Of what is sent to addresses and ports
 * where nobody is it learns nothing.
 */
public final class Forger {
    private static final int REMEMBERED = 256;
    private static final long MS = 1_000_000L;

    private record Seen(Path source, Path destination, byte[] bytes) {
    }

    /** A cookie, or a challenge for a service: from whom to whom. */
    private record Given(Path by, Path to, long service, long high, long low) {
    }

    private final Simulation simulation;
    private final SeededRandom random;
    private final List<Path> mailboxes;
    private final List<Path> rings;
    private final List<Path> everyone;
    private final int registrationBits;
    private final PublicKey victim;
    private final Identity service;
    private final Attacker machine = new Attacker(this::onDatagram);
    private final List<Path> own;
    private @Nullable Node<?, ?> host;
    private final List<Path> nobody = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();
    private final List<Given> cookies = new ArrayList<>();
    private final List<Given> challenges = new ArrayList<>();
    private final List<long[]> nonces = new ArrayList<>();
    private long number;
    private final long[] got = new long[256];

    /**
     * @param name             names its random stream
     * @param own              its host's addresses; the host, with {@link #machine}, sends by {@link #at}
     * @param everyone         with mailboxes and rings, whom it sends to
     * @param registrationBits what mailboxes ask of a new service
     * @param victim           the service that is there beside its own
     */
    public Forger(Simulation simulation, String name, List<Path> own, List<Path> mailboxes, List<Path> rings,
            List<Path> everyone, int registrationBits, PublicKey victim) {
        this.simulation = simulation;
        this.own = own;
        this.mailboxes = mailboxes;
        this.rings = rings;
        this.everyone = everyone;
        this.registrationBits = registrationBits;
        this.victim = victim;
        random = simulation.random(name);
        service = Identity.generate(random);
        for (int i = 0; i < 3; i++) {
            Path mine = own.get(i % own.size());
            nobody.add(simulation.newAddress(8_000 + i));
            nobody.add(new Path(0, mine.addressHigh(), mine.addressLow(), 9_000 + i / own.size()));
        }
        for (int i = 0; i < 16; i++)
            nonces.add(new long[]{random.nextLong(), random.nextLong()});
    }

    /** What runs on its host. */
    public Attacker machine() {
        return machine;
    }

    /** Its host. */
    public void at(Node<?, ?> node) {
        host = node;
    }

    /** By type of message, datagrams that its host got. */
    public long got(int type) {
        return got[type];
    }

    /** Sees what crosses this node's access link from now on, and takes some of what goes there. */
    public void watch(Node<?, ?> node) {
        node.uplink().tap((nowNs, datagram) -> {
            if (!nobody.contains(datagram.destination()))
                see(new Seen(datagram.source().copy(), datagram.destination().copy(), datagram.bytes()));
            return Tap.PASS;
        });
        node.downlink().tap((nowNs, datagram) -> {
            Seen here = new Seen(datagram.source().copy(), datagram.destination().copy(), datagram.bytes());
            see(here);
            Path elsewhere = source();
            if (random.nextInt(50) > 0 || elsewhere.sameAddress(here.destination))
                return Tap.PASS;
            node.downlink().inject(elsewhere, here.destination, here.bytes); // in its place
            return Tap.DROP;
        });
    }

    private void see(Seen what) {
        learn(what.source, what.destination, what.bytes);
        remember(seen, what);
    }

    private <T> void remember(List<T> list, T what) {
        if (list.size() < REMEMBERED)
            list.add(what);
        else if (random.nextInt(4) == 0)
            list.set(random.nextInt(REMEMBERED), what);
    }

    private void onDatagram(Attacker self, long nowNs, Path from, byte[] payload) {
        if (payload.length > 0)
            got[payload[0] & 0xff]++;
    }

    private void learn(Path from, Path to, byte[] bytes) {
        MemorySegment s = MemorySegment.ofArray(bytes);
        if (bytes.length == Cookie.LENGTH && bytes[0] == Wire.COOKIE)
            remember(cookies, new Given(from, to, 0, Cookie.cookie(s, 0), 0));
        if (bytes.length == Challenge.LENGTH && bytes[0] == Wire.CHALLENGE)
            remember(challenges,
                    new Given(from, to, Challenge.serviceHigh(s, 0), Challenge.high(s, 0), Challenge.low(s, 0)));
        if (bytes.length > Put.BODY && bytes[0] == Wire.PUT && random.nextInt(8) == 0)
            learn(Put.nonceHigh(s, 0), Put.nonceLow(s, 0));
    }

    /** Once: the same twice in a get asks for two packets. */
    private void learn(long high, long low) {
        for (long[] known : nonces)
            if (known[0] == high)
                return;
        nonces.set(random.nextInt(nonces.size()), new long[]{high, low});
    }

    // What it sends

    /** One datagram, perhaps again later and from elsewhere. */
    public void act() {
        Path to = random.nextInt(3) > 0 || rings.isEmpty() ? pick(mailboxes) : pick(everyone);
        Path from = source();
        byte[] bytes = switch (random.nextInt(9)) {
            case 0 -> cookieRequest();
            case 1 -> enrolRequest();
            case 2 -> get(from, to);
            case 3 -> put(from, to);
            case 4 -> hello(from, to, random.nextInt(2) == 0);
            case 5 -> random.nextInt(4) == 0 ? post(from, to) : get(from, to);
            default -> again(from, to);
        };
        byte[] sent = random.nextInt(4) == 0 ? damaged(bytes) : bytes;
        send(from, to, sent);
        if (random.nextInt(3) == 0) {
            Path later = random.nextInt(2) == 0 ? from : source();
            simulation.after(random.nextLong(12_000 * MS), () -> send(later, to, sent));
        }
    }

    private void send(Path from, Path to, byte[] bytes) {
        Node<?, ?> mine = host;
        if (mine != null && mine.isAlive() && !from.sameAddress(to))
            simulation.send(mine, from, to, bytes);
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Path source() {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> pick(nobody);
            case 3 -> pick(everyone);
            case 4 -> seen.isEmpty() ? pick(own) : pick(seen).source;
            default -> pick(own);
        };
    }

    /** Given by this one, to that one or its neighbour, lately or long ago; or any. */
    private long cookie(Path from, Path by) {
        int oldest = random.nextInt(4);
        boolean neighbours = random.nextInt(4) == 0;
        for (int i = cookies.size() - 1; i >= 0 && random.nextInt(16) > 0; i--) {
            Given given = cookies.get(i);
            boolean to = neighbours ? given.to.addressLow() == from.addressLow() : given.to.sameAddress(from);
            if (to && given.by.sameAddress(by) && oldest-- <= 0)
                return given.high;
        }
        return cookies.isEmpty() ? random.nextLong() : pick(cookies).high;
    }

    private byte[] cookieRequest() {
        byte[] bytes = new byte[CookieRequest.LENGTH];
        CookieRequest.write(MemorySegment.ofArray(bytes), 0, random.nextInt(256), random.nextInt(9), random.nextLong(),
                random.nextLong());
        return bytes;
    }

    private byte[] enrolRequest() {
        byte[] bytes = new byte[EnrolRequest.LENGTH];
        EnrolRequest.write(MemorySegment.ofArray(bytes), 0, random.nextLong(), random.nextLong());
        return bytes;
    }

    private byte[] get(Path from, Path to) {
        byte[] bytes = new byte[Wire.MAX_DATAGRAM];
        MemorySegment s = MemorySegment.ofArray(bytes);
        int count = 1 + random.nextInt(4);
        int length = Get.write(s, 0, 0, random.nextInt(99), cookie(from, to), random.nextInt(12_000), Wire.MAX_BODY,
                count);
        int first = random.nextInt(nonces.size());
        for (int i = 0; i < count; i++) {
            long[] nonce = nonces.get((first + i) % nonces.size());
            Get.putImage(s, 0, i, SipHash.imageHigh(nonce[0], nonce[1]), SipHash.imageLow(nonce[0], nonce[1]));
        }
        return Arrays.copyOf(bytes, length);
    }

    private byte[] put(Path from, Path to) {
        byte[] bytes = random.bytes(Put.BODY + 1 + random.nextInt(Wire.MAX_BODY));
        long[] nonce = pick(nonces);
        Put.write(MemorySegment.ofArray(bytes), 0, 0, 0, cookie(from, to), nonce[0], nonce[1]);
        return bytes;
    }

    private byte[] hello(Path from, Path to, boolean bare) {
        byte[] bytes = new byte[Wire.MAX_DATAGRAM];
        MemorySegment s = MemorySegment.ofArray(bytes);
        PublicKey key = random.nextInt(3) == 0 ? victim : service.publicKey();
        Hello.write(s, 0, random.nextInt(9), cookie(from, to), key.idHigh(), key.idLow());
        byte[] sealed = random.bytes(Hello.MIN_SEALED + random.nextInt(200));
        int content = Hello.writeContent(s, Hello.CONTENT, bare ? Hello.BARE : Hello.HASH, sealed);
        if (!bare)
            prove(s, from, to, key, sealed);
        return Arrays.copyOf(bytes, Hello.CONTENT + content);
    }

    private void prove(MemorySegment s, Path from, Path to, PublicKey key, byte[] sealed) {
        Given challenge = challenges.isEmpty()
                ? new Given(to, from, 0, random.nextLong(), random.nextLong())
                : pick(challenges);
        for (Given mine : challenges)
            if (random.nextInt(4) > 0 && mine.to.sameAddress(from) && mine.by.sameAddress(to)
                    && mine.service == key.idHigh())
                challenge = mine;
        byte[] target = new byte[HelloTarget.BYTES];
        new HelloTarget().of(to.addressHigh(), to.addressLow(), to.port(), key.bytes(), challenge.high, challenge.low,
                sealed, target);
        Hello.putChallenge(s, Hello.CONTENT, challenge.high, challenge.low, HelloTarget.digest(sealed));
        Hello.putSeed(s, Hello.CONTENT, solution(target, 1 + random.nextInt(6)));
    }

    private long solution(byte[] target, int bits) {
        HashPuzzle.Search search = new HashPuzzle.Search(target, random.nextLong());
        while (search.bits() < bits)
            search.run(16);
        return search.solution();
    }

    private byte[] post(Path from, Path to) {
        byte[] bytes = new byte[Wire.MAX_DATAGRAM];
        MemorySegment s = MemorySegment.ofArray(bytes);
        PublicKey key = service.publicKey();
        int count = 1 + random.nextInt(8);
        long cookie = cookie(from, to);
        int length = Post.write(s, 0, random.nextInt(3), cookie, key.idHigh(), key.idLow(), random.nextInt(20_000),
                count,
                1 << Hello.HASH, 0, false, 0);
        for (int i = 0; i < count; i++)
            Post.putNonce(s, 0, i, random.nextLong(), random.nextLong());
        byte[] target = new byte[HelloTarget.HASH];
        new HelloTarget().ofPost(to.addressHigh(), to.addressLow(), to.port(), key.bytes(), cookie, target);
        Post.putTail(s, 0, to.addressHigh(), to.addressLow(), to.port(), ++number, solution(target, registrationBits),
                key.bytes());
        Post.putSignature(s, 0, length, service.sign(Post.signed(s, 0, length)));
        return Arrays.copyOf(bytes, length);
    }

    /** What it saw, perhaps with a cookie of the sender's own. */
    private byte[] again(Path from, Path to) {
        if (seen.isEmpty())
            return random.bytes(1 + random.nextInt(200));
        byte[] bytes = pick(seen).bytes.clone();
        if (bytes.length >= 16 && random.nextInt(2) == 0)
            Wire.putLong(MemorySegment.ofArray(bytes), 8, cookie(from, to));
        return bytes;
    }

    private byte[] damaged(byte[] bytes) {
        if (bytes.length == 0 || random.nextInt(2) == 0)
            return Arrays.copyOf(bytes, random.nextInt(Math.min(1_400, bytes.length + 40)));
        byte[] changed = bytes.clone();
        for (int i = random.nextInt(4); i >= 0; i--)
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }
}
