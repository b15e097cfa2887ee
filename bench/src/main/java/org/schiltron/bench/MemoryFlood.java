package org.schiltron.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.SplittableRandom;
import org.schiltron.host.Addresses;
import org.schiltron.machine.Path;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * Fills every table of a mailbox: from each of many proved addresses gets, packets, first-contact gets for a service of
 * its own, packets without a cookie, and noise. No nonce comes twice.
 */
final class MemoryFlood {
    private static final int COOKIE_TRIES = 20;
    /** Services that sign and register, twice what a mailbox keeps: what is signed is slow to make. */
    private static final int SERVICES = 2_048;
    private static final int GET_LIFETIME_MS = 60_000;

    private final InetSocketAddress mailbox;
    private final SplittableRandom random;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2_048);
    private final MemorySegment segment = MemorySegment.ofBuffer(buffer.duplicate());
    private long datagrams;
    private int registrationBits;
    private int proved;

    MemoryFlood(InetSocketAddress mailbox, long seed) {
        this.mailbox = mailbox;
        random = new SplittableRandom(seed);
    }

    long datagrams() {
        return datagrams;
    }

    /** Addresses that have got a cookie. */
    int proved() {
        return proved;
    }

    /** One source, 127.x.y.z, each z of another /24: so many datagrams of 72 gets, and as many packets. */
    void source(int number, int gets, int puts) throws IOException, InterruptedException {
        byte[] address = {127, (byte) (1 + (number >> 16)), (byte) (number >> 8), (byte) number};
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(address), 0));
            channel.connect(mailbox);
            channel.configureBlocking(false);
            long cookie = cookie(channel);
            if (cookie == 0)
                return;
            proved++;
            int length;
            if (number < SERVICES)
                send(channel, post(number, cookie));
            for (int i = 0; i < gets; i++) {
                length = Get.write(segment, 0, 0, number, cookie, GET_LIFETIME_MS, Wire.MAX_BODY, Get.MAX_IMAGES);
                fill(Get.IMAGES, length);
                send(channel, length);
            }
            for (int i = 0; i < puts; i++) {
                Put.write(segment, 0, 0, 0, i % 8 == 7 ? 0 : cookie, random.nextLong(), random.nextLong());
                length = Put.BODY + 1 + random.nextInt(Wire.MAX_BODY);
                fill(Put.BODY, length);
                send(channel, length);
            }
            length = 1 + random.nextInt(Wire.MAX_DATAGRAM);
            fill(0, length);
            send(channel, length);
        }
    }

    /** Signed by a service that nobody has heard of, with the puzzle that a newcomer is asked for. */
    private int post(int number, long cookie) {
        Identity service = Identity.generate(random::nextLong);
        PublicKey key = service.publicKey();
        Path address = Addresses.toPath(mailbox);
        int length = Post.write(segment, 0, number, cookie, key.idHigh(), key.idLow(), GET_LIFETIME_MS,
                Post.MAX_NONCES, DoorConfig.ALL_KINDS, 80, false, 0);
        for (int i = 0; i < Post.MAX_NONCES; i++)
            Post.putNonce(segment, 0, i, random.nextLong(), random.nextLong());
        byte[] target = new byte[HelloTarget.HASH];
        new HelloTarget().ofPost(address.addressHigh(), address.addressLow(), address.port(), key.bytes(), cookie,
                target);
        HashPuzzle.Search puzzle = new HashPuzzle.Search(target, cookie);
        while (puzzle.bits() < registrationBits)
            puzzle.run(256);
        Post.putTail(segment, 0, address.addressHigh(), address.addressLow(), address.port(), 1, puzzle.solution(),
                key.bytes());
        Post.putSignature(segment, 0, length, service.sign(Post.signed(segment, 0, length)));
        return length;
    }

    private long cookie(DatagramChannel channel) throws IOException, InterruptedException {
        for (int tries = 0; tries < COOKIE_TRIES; tries++) {
            long high = random.nextLong();
            send(channel, CookieRequest.write(segment, 0, 0, 0, high, random.nextLong()));
            for (int wait = 0; wait < 20; wait++) {
                buffer.clear();
                if (channel.read(buffer) == Cookie.LENGTH && Cookie.nonceHigh(segment, 0) == high) {
                    registrationBits = Cookie.registrationBits(segment, 0);
                    return Cookie.cookie(segment, 0);
                }
                Thread.sleep(0, wait < 4 ? 50_000 : 900_000);
            }
        }
        return 0;
    }

    private void fill(int from, int to) {
        buffer.clear(); // its limit is that of the datagram before
        for (int i = from; i < to; i++)
            buffer.put(i, (byte) random.nextInt());
    }

    private void send(DatagramChannel channel, int length) throws IOException {
        buffer.clear().limit(length);
        channel.write(buffer);
        datagrams++;
    }
}
