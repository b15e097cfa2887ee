package org.schiltron.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.schiltron.machine.ContractCheck;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.ArraySink;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;

/** A ring node without network: bytes in, bytes out. */
final class Rig {
    static final Identity RING = Identity.generate(new SeededRandom(1));
    static final Identity ALICE = Identity.generate(new SeededRandom(2));
    static final Identity BOB = Identity.generate(new SeededRandom(3));
    static final Path RING_PATH = Path.ofIpv4(0xc0000301, 4600);
    static final Path MAILBOX = Path.ofIpv4(0x08080101, 4500);
    static final Path OTHER_MAILBOX = Path.ofIpv4(0x08080102, 4500);

    /** A datagram the node sent. */
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
    }

    final RingNode node;
    final List<RingEvent> events = new ArrayList<>();
    long nowNs = -5_000_000_000L; // the origin of time is arbitrary
    private final ContractCheck<RingEvent> checked;

    Rig(List<PublicKey> customers, UnaryOperator<RingConfig> config, long seed) {
        this(customers, config, seed, _ -> new ExactFilter());
    }

    Rig(List<PublicKey> customers, UnaryOperator<RingConfig> config, long seed, IntFunction<NonceFilter> filters) {
        RingConfig start = RingConfig.defaults().withOwn(List.of(RING_PATH));
        node = new RingNode(nowNs, RING, config.apply(customers.isEmpty() ? start : start.withCustomers(customers)),
                filters, new SeededRandom(seed));
        checked = new ContractCheck<>(node);
    }

    /** Alice and Bob are customers. */
    Rig() {
        this(List.of(ALICE.publicKey(), BOB.publicKey()), UnaryOperator.identity(), 7);
    }

    List<Sent> in(Path from, byte[] datagram) {
        MemorySegment segment = Arena.ofAuto().allocate(datagram.length + 3L); // at an odd offset
        MemorySegment.copy(datagram, 0, segment, ValueLayout.JAVA_BYTE, 3, datagram.length);
        checked.onDatagram(nowNs, from, segment, 3, datagram.length);
        return drain();
    }

    List<Sent> command(LongConsumer command) {
        checked.mutate(nowNs);
        command.accept(nowNs);
        return drain();
    }

    List<Sent> timer() {
        checked.onTimer(nowNs);
        return drain();
    }

    void advanceMs(long ms) {
        long until = nowNs + ms * 1_000_000;
        while (checked.nextDeadlineNs() <= until) {
            nowNs = Math.max(nowNs, checked.nextDeadlineNs());
            timer();
        }
        nowNs = until;
    }

    long drops(Drop reason) {
        return node.counters().drops(reason);
    }

    private List<Sent> drain() {
        List<Sent> sent = new ArrayList<>();
        checked.pollTransmit(new ArraySink((to, bytes) -> sent.add(new Sent(to, bytes))));
        for (RingEvent event = checked.pollEvent(); event != null; event = checked.pollEvent())
            events.add(event);
        return sent;
    }
}
