package org.schiltron.machine;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A protocol as a state machine with no socket, clock, thread or randomness of its own. The same classes run
 * behind real sockets ({@code host}) and inside the simulator ({@code sim}).
 *
 * <p>Four kinds of method, called from one thread only:
 * <ul>
 * <li><b>in</b>: {@link #onDatagram}, {@link #onTimer} and the commands a machine adds. Each is a mutation.
 * <li><b>out</b>: {@link #pollTransmit} and {@link #pollEvent}.
 * <li><b>getters</b>: {@link #nextDeadlineNs} and what a machine adds.
 * </ul>
 * The driver mutates once, drains both outputs fully, and may then mutate again. {@link ContractCheck} asserts it.
 *
 * <pre>{@code
 * machine.onDatagram(now, path, segment, offset, length);   // or onTimer(now), or a command
 * machine.pollTransmit(sink);                               // everything it wants to send
 * while ((event = machine.pollEvent()) != null) handle(event);
 * sleepUntil(machine.nextDeadlineNs());
 * }</pre>
 *
 * <p>Time is an argument in nanoseconds from an arbitrary origin, never going backwards, read once per duty cycle.
 *
 * @param <E> what {@link #pollEvent} yields; a sealed type
 */
public interface Machine<E> {
    /** The deadline of a machine that waits for nothing. */
    long NO_DEADLINE = Long.MAX_VALUE;

    /**
     * One datagram has come in. Whatever the bytes are, nothing is thrown: what cannot be used is counted under a
     * {@link Drop} reason. The bytes stay unchanged until the outputs have been drained, so a machine may refer to
     * them from what it is about to transmit, but not for longer.
     *
     * @param nowNs  the time
     * @param path   where it came from; a flyweight, to be copied if kept
     * @param segment holds the datagram at {@code offset}, {@code length} bytes (0 to 65,535)
     */
    void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length);

    /** The deadline of {@link #nextDeadlineNs} has come, or more than it. Early and spurious calls do no harm. */
    void onTimer(long nowNs);

    /** When {@link #onTimer} is wanted next, or {@link #NO_DEADLINE}. Constant between mutations. */
    long nextDeadlineNs();

    /** Writes every datagram that is ready into {@code sink}. Afterwards there is none left. */
    void pollTransmit(TransmitSink sink);

    /** The next event, or null when there is none. */
    @Nullable
    E pollEvent();
}
