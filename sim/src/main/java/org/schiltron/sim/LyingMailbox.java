package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.ArraySink;
import org.schiltron.machine.TransmitSink;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.wire.Wire;

/** A mailbox that works against those who use it. Cookies it gives honestly, so that it is used. */
public final class LyingMailbox implements Machine<MailboxEvent> {
    /** What it does. */
    public enum Lie {
        /** Flips bits in what it delivers. */
        CORRUPT,
        /** Delivers late, up to 3 s. */
        LATE,
        /** Delivers everything two or three times. */
        TWICE,
        /** Delivers to others who have asked for something. */
        TO_OTHERS,
        /** Delivers well until it is trusted, then nothing. */
        LURE,
        /** Keeps everything until the next full second, and then releases all of it at once, with others of its kind. */
        HOARD
    }

    private static final int TRUSTED_AFTER = 60;
    private static final long SECOND_NS = 1_000_000_000;

    private record Held(long dueNs, long order, Path to, byte[] bytes) {
    }

    private final Mailbox mailbox;
    private final Lie lie;
    private final RandomSource random;
    private final TransmitSink sink = new ArraySink(this::deliver);
    private final List<Path> others = new ArrayList<>();
    private final PriorityQueue<Held> held = new PriorityQueue<>((a, b) -> a.dueNs != b.dueNs
            ? Long.compare(a.dueNs, b.dueNs)
            : Long.compare(a.order, b.order));
    private long order;
    private int delivered;
    private long nowNs;

    public LyingMailbox(Mailbox mailbox, Lie lie, RandomSource random) {
        this.mailbox = mailbox;
        this.lie = lie;
        this.random = random;
    }

    @Override
    public void onDatagram(long now, Path path, MemorySegment segment, long offset, int length) {
        nowNs = now;
        mailbox.onDatagram(now, path, segment, offset, length);
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
        Held first = held.peek();
        while (first != null && first.dueNs <= nowNs) {
            held.remove();
            long at = to.claim(first.bytes.length);
            MemorySegment.copy(first.bytes, 0, to.segment(), ValueLayout.JAVA_BYTE, at, first.bytes.length);
            to.commit(first.to, first.bytes.length);
            first = held.peek();
        }
    }

    @Override
    public @Nullable MailboxEvent pollEvent() {
        return mailbox.pollEvent();
    }

    private void deliver(Path to, byte[] bytes) {
        if (bytes[0] != Wire.DATA) {
            hold(0, to, bytes);
            return;
        }
        if (others.size() < 64 && !others.contains(to))
            others.add(to);
        delivered++;
        switch (lie) {
            case CORRUPT -> {
                int at = 24 + random.nextInt(bytes.length - 24);
                if (random.nextInt(4) > 0)
                    bytes[at] ^= (byte) (1 + random.nextInt(255));
                hold(0, to, bytes);
            }
            case LATE -> hold(random.nextLong(3_000_000_000L), to, bytes);
            case TWICE -> {
                hold(0, to, bytes);
                hold(0, to, bytes);
                hold(random.nextLong(200_000_000L), to, bytes);
            }
            case TO_OTHERS -> hold(0, others.get(random.nextInt(others.size())), bytes);
            case HOARD -> hold(SECOND_NS - nowNs % SECOND_NS, to, bytes);
            case LURE -> {
                if (delivered < TRUSTED_AFTER)
                    hold(0, to, bytes);
            }
        }
    }

    private void hold(long delayNs, Path to, byte[] bytes) {
        held.add(new Held(nowNs + delayNs, order++, to, bytes));
    }
}
