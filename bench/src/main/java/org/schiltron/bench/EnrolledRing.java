package org.schiltron.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Entropy;
import org.schiltron.host.MonotonicClock;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.ring.NonceFilter;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingNode;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolChallenge;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Enrolled;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Wire;

/**
 * A ring node whose customers have enrolled before any socket is open, so that the load, which is not written in Java, need
 * not know how. {@link #customers} is what it is told: number and key of each.
 */
final class EnrolledRing {
    private static final int CUSTOMERS = 20;

    private final RandomSource random = new Entropy();
    private final Identity ring = Identity.generate(random);
    private final RingNode node;
    private final StringJoiner customers = new StringJoiner(",");
    private final MemorySegment scratch = Arena.ofAuto().allocate(TransmitSink.MAX_DATAGRAM, 8);
    private final MemorySegment answer = Arena.ofAuto().allocate(TransmitSink.MAX_DATAGRAM, 8);

    EnrolledRing() {
        List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < CUSTOMERS; i++)
            identities.add(Identity.generate(random));
        RingConfig base = RingConfig.defaults();
        // Bounds that the load does not reach, however long it pauses.
        RingConfig config = new RingConfig(identities.stream().map(Identity::publicKey).toList(), false, List.of(),
                true, 0, 0, CUSTOMERS, CUSTOMERS, 1_000_000, base.rememberedRequests(), base.firstsPerSecond(),
                0, base.rememberedFirsts(), 10_000_000_000L, 10_000, 10_000, 256, base.maxGrantNs(),
                3_600_000_000_000L, 1_000, 1_000);
        node = new RingNode(MonotonicClock.nowNs(), ring, config,
                requests -> NonceFilter.sized(requests, Arena.ofAuto()), random);
        for (int i = 0; i < CUSTOMERS; i++)
            enrol(identities.get(i), Path.ofIpv4(0x7f00_0002 + i, 9));
    }

    RingNode node() {
        return node;
    }

    /** {@code NUMBER:KEY0:KEY1} of each customer, separated by commas. */
    String customers() {
        return customers.toString();
    }

    private void enrol(Identity customer, Path path) {
        exchange(path, EnrolRequest.write(scratch, 0, 1, 2));
        long cookie = EnrolChallenge.cookie(answer, 0);
        Handshake handshake = Handshake.initiator(customer, ring.publicKey(), Enrol.prologue(cookie), random);
        SipHash proof = SipHash.fromKey(customer.staticSecret(ring.publicKey(), Enrol.PROOF_KEY, 16), 0);
        exchange(path, Enrol.write(scratch, 0, cookie,
                handshake.write(Enrol.payload(random.nextLong(), 1, customer.publicKey().bytes())), proof));
        byte[] payload = handshake.read(Enrolled.noise(answer, 0));
        if (payload == null)
            throw new IllegalStateException("ENROLLED does not open");
        MemorySegment key = MemorySegment.ofArray(handshake.secret(Enrol.OUT_KEY, 16));
        long k0 = Long.reverseBytes(Wire.getLong(key, 0));
        long k1 = Long.reverseBytes(Wire.getLong(key, 8));
        int number = Enrolled.number(payload);
        Envelope.write(scratch, 0, Wire.PING, 0, number, 0, path);
        Envelope.seal(scratch, 0, Envelope.INNER, new SipHash(k0, k1));
        exchange(path, Envelope.INNER);
        customers.add(Integer.toUnsignedString(number) + ":" + Long.toHexString(k0) + ":" + Long.toHexString(k1));
    }

    /** Hands the node what {@code scratch} holds, and has it write its answer into {@code answer}. */
    private void exchange(Path path, int length) {
        node.onDatagram(MonotonicClock.nowNs(), path, scratch, 0, length);
        node.pollTransmit(new TransmitSink() {
            @Override
            public MemorySegment segment() {
                return answer;
            }

            @Override
            public long claim(int maxLength) {
                return 0;
            }

            @Override
            public void commit(Path to, int committed) {
            }
        });
        @Nullable
        Object event = node.pollEvent();
        while (event != null)
            event = node.pollEvent();
    }
}
