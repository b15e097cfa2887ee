package org.schiltron.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.sim.Node;

/** A host and the machines that run there one after another, since one may be killed and another begin. */
final class Occupant<E, M extends Machine<E>> {
    /** What stands beside a machine and has to know. */
    interface Program {
        /** What was under way is lost. */
        void killed();
    }

    /** Makes one. */
    @FunctionalInterface
    interface Birth<M> {
        /** @param life names its random streams: empty for the first, then {@code " 2"} and so on */
        M machine(String life);
    }

    private final String group;
    private final Role role;
    private final Path address;
    private final Birth<M> birth;
    private final Function<M, @Nullable Counters> counters;
    private final List<Counters> lives = new ArrayList<>();
    private int born = 1;
    private @Nullable Program program;
    private @Nullable Node<E, M> node;

    Occupant(String group, Role role, Path address, Birth<M> birth, Function<M, @Nullable Counters> counters) {
        this.group = group;
        this.role = role;
        this.address = address;
        this.birth = birth;
        this.counters = counters;
    }

    M first() {
        return born("");
    }

    private M born(String life) {
        M machine = birth.machine(life);
        Counters counted = counters.apply(machine);
        if (counted != null)
            lives.add(counted);
        return machine;
    }

    void settle(Node<E, M> at) {
        node = at;
    }

    Node<E, M> node() {
        Node<E, M> mine = node;
        if (mine == null)
            throw new IllegalStateException("has no node yet");
        return mine;
    }

    void beside(Program one) {
        program = one;
    }

    void kill() {
        node().kill();
        if (program != null)
            program.killed();
    }

    void restart() {
        kill();
        born++;
        node().restart(born(" " + born));
    }

    /** Of all lives together. */
    Result.Machine result() {
        Map<String, Long> drops = new TreeMap<>();
        long in = 0;
        long out = 0;
        for (Counters life : lives) {
            in += life.datagramsIn();
            out += life.datagramsOut();
            for (Map.Entry<Drop, Long> drop : life.drops().entrySet())
                drops.merge(drop.getKey().label(), drop.getValue(), Long::sum);
        }
        return new Result.Machine(group, node().name(), role.word(), address.toString(), in, out, drops);
    }
}
