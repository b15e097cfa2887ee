package org.schiltron.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.schiltron.host.MonotonicClock;
import org.schiltron.host.TunDevice;
import org.schiltron.host.TunPoll;
import org.schiltron.scenario.LiveScenario;
import org.schiltron.sim.IdCounter;
import org.schiltron.sim.Simulation;

/**
 * Lets a scenario's time pass as the clock does, in one thread: what is due happens, what the devices have goes in, then it waits for
 * the next of either. What comes late is counted, since that is the error of all that is measured here.
 */
final class LabNetwork implements AutoCloseable {
    /** Packets from one device before others have their turn. */
    private static final int BATCH = 64;
    private static final long IDLE_NS = 1_000_000_000L;
    private static final long LATEST_NS = 3_600_000_000_000L;

    private final LiveScenario scenario;
    private final Simulation simulation;
    private final List<LiveScenario.Program> programs;
    private final List<TunDevice> devices;
    private final TunPoll poll;
    private final MemorySegment packet = Arena.ofAuto().allocate(TunDevice.MAX_PACKET + 1L);
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Histogram lateNs = new Histogram(LATEST_NS, 2);
    private final Consumer<Throwable> onFault;
    private final Thread thread;
    private final long originNs;
    private volatile boolean stopping;

    /**
     * @param devices of the scenario's programs, in their order
     * @param onFault hears what ended it, if not {@link #close}
     */
    LabNetwork(LiveScenario scenario, List<TunDevice> devices, Consumer<Throwable> onFault) {
        this.scenario = scenario;
        this.devices = devices;
        this.onFault = onFault;
        simulation = scenario.simulation();
        programs = scenario.programs();
        poll = new TunPoll(devices);
        for (int i = 0; i < programs.size(); i++) {
            TunDevice device = devices.get(i);
            // What the kernel does not take, no receiver would have had either.
            programs.get(i).node().stack((_, segment, offset, length) -> device.write(segment, offset, length));
        }
        simulation.run(0); // what is done before time passes, and compiled by then
        originNs = MonotonicClock.nowNs();
        thread = Thread.ofPlatform().name("lab").daemon().start(this::run);
    }

    private void run() {
        try {
            poll.punctual();
            while (!stopping)
                turn();
        } catch (RuntimeException | Error e) {
            onFault.accept(e);
        }
    }

    private void turn() {
        Runnable command;
        while ((command = commands.poll()) != null)
            command.run();
        pass();
        boolean more = false;
        for (int i = 0; i < devices.size(); i++) {
            if (poll.isReady(i))
                more |= take(i);
        }
        pass(); // what crosses in no time does so now
        long nowNs = nowNs();
        long waitNs = more ? 0 : simulation.nextTimeNs(nowNs + IDLE_NS) - nowNs;
        poll.await(Math.clamp(waitNs, 0, IDLE_NS));
    }

    private long nowNs() {
        return MonotonicClock.nowNs() - originNs;
    }

    private void pass() {
        long nowNs = nowNs();
        long dueNs = simulation.nextTimeNs(nowNs);
        if (dueNs <= nowNs)
            lateNs.recordValue(Math.min(LATEST_NS, nowNs - dueNs));
        simulation.run(nowNs);
    }

    /** @return whether the device may have more */
    private boolean take(int index) {
        TunDevice device = devices.get(index);
        for (int i = 0; i < BATCH; i++) {
            int length = device.read(packet, 0, TunDevice.MAX_PACKET);
            if (length == 0)
                return false;
            IdCounter ids = programs.get(index).ids();
            if (ids != null)
                ids.stamp(packet, 0, length);
            simulation.send(programs.get(index).node(), packet, 0, length);
        }
        return true;
    }

    /** Runs in the network's thread. */
    <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        commands.add(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        poll.wake();
        return answer;
    }

    CompletableFuture<LabStatus> status() {
        return ask(() -> new LabStatus(nowNs(), lateNs.getValueAtPercentile(50), lateNs.getValueAtPercentile(99),
                lateNs.getMaxValue(), scenario.result()));
    }

    @Override
    public void close() {
        stopping = true;
        poll.wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        devices.forEach(TunDevice::close);
        poll.close();
    }
}
