package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.ArraySink;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxEvent;

/** A mailbox all of whose datagrams go through somebody's hands, who may change them, keep them back, and add some. */
public abstract class HoldingMailbox implements Machine<MailboxEvent> {
    private record Held(long dueNs, long order, Path to, byte[] bytes) {
    }

    private final Mailbox mailbox;
    private final TransmitSink sink = new ArraySink(this::deliver);
    private final PriorityQueue<Held> held = new PriorityQueue<>(
            Comparator.comparingLong(Held::dueNs).thenComparingLong(Held::order));
    private long order;
    private long nowNs;

    HoldingMailbox(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** The mailbox wants to send that. What is to be sent goes to {@link #hold}. */
    abstract void deliver(Path to, byte[] bytes);

    /** Sends that, so much later. */
    final void hold(long delayNs, Path to, byte[] bytes) {
        held.add(new Held(nowNs + delayNs, order++, to, bytes));
    }

    /** It is that time. */
    final void passed(long now) {
        nowNs = now;
    }

    final long nowNs() {
        return nowNs;
    }

    /** Of the mailbox that it is. */
    public final Counters counters() {
        return mailbox.counters();
    }

    @Override
    public void onDatagram(long now, Path path, MemorySegment segment, long offset, int length) {
        nowNs = now;
        mailbox.onDatagram(now, path, segment, offset, length);
    }

    @Override
    public final void onTimer(long now) {
        nowNs = now;
        mailbox.onTimer(now);
    }

    @Override
    public final long nextDeadlineNs() {
        Held first = held.peek();
        return first == null ? mailbox.nextDeadlineNs() : Math.min(first.dueNs, mailbox.nextDeadlineNs());
    }

    @Override
    public final void pollTransmit(TransmitSink to) {
        mailbox.pollTransmit(sink);
        for (Held first = held.peek(); first != null && first.dueNs <= nowNs; first = held.peek()) {
            held.remove();
            long at = to.claim(first.bytes.length);
            MemorySegment.copy(first.bytes, 0, to.segment(), ValueLayout.JAVA_BYTE, at, first.bytes.length);
            to.commit(first.to, first.bytes.length);
        }
    }

    @Override
    public final @Nullable MailboxEvent pollEvent() {
        return mailbox.pollEvent();
    }
}
