package org.schiltron.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.ArraySink;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.TransmitSink;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** A contact mailbox that works against those who knock there. Cookies it gives honestly and at once, so that it is used. */
final class DoorLiar implements Machine<MailboxEvent> {
    enum Lie {
        /** Gives cookies, and nothing else. */
        DROP("drops all but cookies"),
        /** Does everything 3 s late, but for cookies. */
        DELAY("all but cookies 3 s late"),
        /** Takes hellos and says nothing; relays for sessions. */
        SWALLOW("swallows hellos"),
        /** Answers hellos with challenges that are nobody's, good for ever, and the news that the hello waits. */
        FOREIGN("foreign challenges, hellos said to wait"),
        /** Answers hellos with challenges that are over at once. */
        STALE("stale challenges"),
        /** Uses the nonces for hellos of its friends, and gives honest challenges to others. */
        FRIENDS("gives nonces to friends");

        final String words;

        Lie(String words) {
            this.words = words;
        }
    }

    private static final long LATE_NS = 3_000_000_000L;
    private static final int FRIENDS_HELLO = 200;

    private record Held(long dueNs, long order, Path to, byte[] bytes) {
    }

    private final Mailbox mailbox;
    private final Lie lie;
    private final RandomSource random;
    private final TransmitSink sink = new ArraySink(this::deliver);
    private final PriorityQueue<Held> held = new PriorityQueue<>(
            Comparator.comparingLong(Held::dueNs).thenComparingLong(Held::order));
    private long order;
    private long nowNs;

    /** Half of the contacts, drawn. */
    static Set<Integer> half(long seed, int contacts) {
        List<Integer> half = new ArrayList<>();
        for (int i = 0; i < contacts; i++)
            half.add(i);
        Collections.shuffle(half, new Random(seed));
        return new TreeSet<>(half.subList(0, contacts / 2));
    }

    /** Half of the contacts lie; null: none does. */
    static DoorModel.Contact half(long seed, int contacts, @Nullable Lie lie) {
        Set<Integer> half = half(seed, contacts);
        return (i, mailbox, random) -> lie != null && half.contains(i) ? new DoorLiar(mailbox, lie, random) : mailbox;
    }

    DoorLiar(Mailbox mailbox, Lie lie, RandomSource random) {
        this.mailbox = mailbox;
        this.lie = lie;
        this.random = random;
    }

    @Override
    public void onDatagram(long now, Path path, MemorySegment s, long at, int length) {
        nowNs = now;
        int type = Wire.checkHeader(s, at, length) == null ? Wire.type(s, at) : 0;
        boolean hello = type == Wire.HELLO && Hello.wellFormed(s, at, length);
        if (hello && lie == Lie.SWALLOW)
            return;
        if (hello && (lie == Lie.FOREIGN || lie == Lie.STALE || lie == Lie.FRIENDS)) {
            challenge(path, s, at);
            return;
        }
        if (type == Wire.POST && lie == Lie.FRIENDS && Post.wellFormed(s, at, length))
            spend(path, s, at);
        mailbox.onDatagram(now, path, s, at, length);
    }

    private void challenge(Path path, MemorySegment hello, long at) {
        byte[] bytes = new byte[Challenge.LENGTH];
        MemorySegment out = MemorySegment.ofArray(bytes);
        boolean stale = lie == Lie.STALE;
        Challenge.write(out, 0, Wire.tag(hello, at), Hello.serviceHigh(hello, at), Hello.serviceLow(hello, at),
                random.nextLong(), random.nextLong(), stale ? 2 : lie == Lie.FOREIGN ? 65_535 : 60, 0xff,
                stale ? Challenge.STALE : Challenge.QUEUED, stale ? 60 : 1, stale ? 30 : 0);
        hold(0, path, bytes);
    }

    /** A hello of a friend for every nonce. */
    private void spend(Path service, MemorySegment s, long at) {
        for (int i = 0; i < Post.count(s, at); i++) {
            byte[] bytes = new byte[First.CONTENT + 4 + FRIENDS_HELLO];
            MemorySegment out = MemorySegment.ofArray(bytes);
            First.write(out, 0, 0, Wire.tag(s, at), Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i));
            Hello.writeContent(out, First.CONTENT, Hello.BARE, random.bytes(FRIENDS_HELLO));
            hold(0, service, bytes);
        }
    }

    @Override
    public void onTimer(long now) {
        nowNs = now;
        mailbox.onTimer(now);
    }

    @Override
    public long nextDeadlineNs() {
        Held first = held.peek();
        return first == null ? mailbox.nextDeadlineNs() : Math.min(first.dueNs, mailbox.nextDeadlineNs());
    }

    @Override
    public void pollTransmit(TransmitSink to) {
        mailbox.pollTransmit(sink);
        for (Held first = held.peek(); first != null && first.dueNs <= nowNs; first = held.peek()) {
            held.remove();
            long at = to.claim(first.bytes.length);
            MemorySegment.copy(first.bytes, 0, to.segment(), ValueLayout.JAVA_BYTE, at, first.bytes.length);
            to.commit(first.to, first.bytes.length);
        }
    }

    @Override
    public @Nullable MailboxEvent pollEvent() {
        return mailbox.pollEvent();
    }

    private void deliver(Path to, byte[] bytes) {
        if (bytes[0] == Wire.COOKIE)
            hold(0, to, bytes);
        else if (lie != Lie.DROP)
            hold(lie == Lie.DELAY ? LATE_NS : 0, to, bytes);
    }

    private void hold(long delayNs, Path to, byte[] bytes) {
        held.add(new Held(nowNs + delayNs, order++, to, bytes));
    }
}
