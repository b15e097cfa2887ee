package org.schiltron.host;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;

/**
 * One mailbox or ring node on several cores: as many machines of one kind, each with its own loop, behind the same
 * addresses. The kernel hands each datagram to the machine its shard byte names, so that a put, its get and whole
 * trains meet in one machine without a lock.
 *
 * <p>The group lives and dies as one: the kernel renumbers the sockets of a group when one of them goes, so when one
 * loop stops, the others are stopped too, and whoever wants the service back binds a new group.
 */
public final class ShardedLoops<M extends Machine<E>, E> implements AutoCloseable {
    private final List<MachineLoop<M, E>> loops;
    private final CompletableFuture<@Nullable Void> stopped;

    private ShardedLoops(List<MachineLoop<M, E>> loops) {
        this.loops = List.copyOf(loops);
        stopped = CompletableFuture.allOf(loops.stream()
                .map(loop -> loop.stopped().whenComplete((done, bug) -> loops.forEach(MachineLoop::askToClose)))
                .toArray(CompletableFuture[]::new));
    }

    /**
     * @param shards  from {@link UdpSockets#bindShards}
     * @param machine makes the machine of each shard
     * @param events  called by all loops, each on its own thread
     */
    public static <M extends Machine<E>, E> ShardedLoops<M, E> start(String name, List<UdpSockets> shards,
            IntFunction<M> machine, UdpOptions options, Consumer<? super E> events) {
        List<MachineLoop<M, E>> loops = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++)
            loops.add(MachineLoop.start(name + "-" + i, shards.get(i), machine.apply(i), options, events));
        return new ShardedLoops<>(loops);
    }

    /** In the order of their shards. */
    public List<MachineLoop<M, E>> loops() {
        return loops;
    }

    /** Completes when all have stopped; exceptionally if a bug stopped one. */
    public CompletableFuture<@Nullable Void> stopped() {
        return stopped;
    }

    @Override
    public void close() {
        loops.forEach(MachineLoop::askToClose);
        loops.forEach(MachineLoop::close);
    }
}
