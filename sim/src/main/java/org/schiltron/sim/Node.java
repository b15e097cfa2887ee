package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.ContractCheck;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;

/**
 * A host: a machine, its addresses, its access link and perhaps a NAT in front. The machine's path's socket number is
 * the index of the address in the order given.
 *
 * @param <E> the machine's events
 * @param <M> the machine's class
 */
public final class Node<E, M extends Machine<E>> {
    /** Timer calls without time passing after which a machine is held to be stuck. */
    private static final int MAX_TIMERS_AT_ONCE = 10_000;

    static final int NOWHERE = -1;

    private final Simulation simulation;
    private final Network network;
    private final int index;
    private final String name;
    private final List<Path> addresses = new ArrayList<>();
    private final Link uplink;
    private final Link downlink;
    private final ArrayDeque<Consumer<? super M>> commands = new ArrayDeque<>();
    private M machine;
    private ContractCheck<E> checked;
    private Consumer<? super E> handler = event -> {
    };
    private @Nullable Nat nat;
    private boolean alive = true;
    private boolean draining;
    private int partition;
    private int router = NOWHERE;
    private long lastTimerNs = Long.MIN_VALUE;
    private int timersAtOnce;

    Node(Simulation simulation, Network network, int index, String name, M machine) {
        this.simulation = simulation;
        this.network = network;
        this.index = index;
        this.name = name;
        this.machine = machine;
        checked = new ContractCheck<>(machine);
        uplink = new Link(network, this, true,
                new LinkModel(LinkConfig.PERFECT, simulation.random("uplink " + name)));
        downlink = new Link(network, this, false,
                new LinkModel(LinkConfig.PERFECT, simulation.random("downlink " + name)));
    }

    public String name() {
        return name;
    }

    /** For its getters; commands go through {@link #command}. */
    public M machine() {
        return machine;
    }

    /** From this node into the core. */
    public Link uplink() {
        return uplink;
    }

    /** From the core to this node. */
    public Link downlink() {
        return downlink;
    }

    /** Both directions alike. */
    public Node<E, M> links(LinkConfig config) {
        uplink.configure(config);
        downlink.configure(config);
        return this;
    }

    /** Ends the access link at this router, from the next datagram on. */
    public Node<E, M> attach(Router at) {
        router = at.index();
        return this;
    }

    /**
     * Handles the machine's events from now on, in place of the handler before. It may issue commands to any node:
     * those to this one run once it is drained.
     */
    public Node<E, M> onEvent(Consumer<? super E> newHandler) {
        handler = newHandler;
        return this;
    }

    /**
     * Issues one command to the machine, and drains it. While the machine is being drained, the command waits until
     * that is done.
     *
     * @throws IllegalStateException if the machine is not running
     */
    public void command(Consumer<? super M> command) {
        if (!alive)
            throw new IllegalStateException(name + " is not running");
        commands.add(command);
        if (network.isTransmitting())
            simulation.after(0, this::runCommands);
        else
            runCommands();
    }

    private void runCommands() {
        while (alive && !draining && !commands.isEmpty()) {
            checked.mutate(simulation.nowNs());
            commands.remove().accept(machine);
            drain();
        }
    }

    // Addresses

    /** The local address of a socket. @throws AssertionError if the machine made the socket up */
    public Path address(int socket) {
        if (socket < 0 || socket >= addresses.size())
            throw new AssertionError(name + " has no socket " + socket);
        return addresses.get(socket);
    }

    /** Where others reach the first socket, unless a NAT is in front. */
    public Path address() {
        return address(0);
    }

    void addAddress(Path address) {
        if (addresses.size() == 255)
            throw new IllegalArgumentException("more than 255 addresses");
        network.route(address, this, addresses.size());
        addresses.add(address.copy());
    }

    /** Gives a socket another address; what is under way to the old one is lost. */
    public void readdress(int socket, Path newAddress) {
        Path address = address(socket);
        network.route(newAddress, this, socket);
        network.unroute(address);
        addresses.set(socket, newAddress.copy());
    }

    /**
     * Puts the node behind a NAT of its own: its addresses cannot be reached any more but by answers.
     *
     * @param publicAddress the NAT's; its port is not looked at
     * @param idleNs        after which it forgets; {@link Simulation#NAT_IDLE_NS} is usual
     */
    public Node<E, M> behindNat(Path publicAddress, long idleNs) {
        if (nat != null)
            throw new IllegalStateException(name + " is behind a NAT already");
        nat = new Nat(publicAddress, addresses.size(), idleNs, simulation.random("nat " + name));
        addresses.forEach(network::unroute);
        network.route(nat.publicAddress(), this, 0);
        return this;
    }

    /**
     * The NAT forgets all mappings and has another public address, as when a client goes from one network to another.
     * The old address gives new ports only.
     */
    public void rebind(Path newPublicAddress) {
        Nat mine = nat;
        if (mine == null)
            throw new IllegalStateException(name + " is not behind a NAT");
        network.unroute(mine.publicAddress());
        mine.rebind(newPublicAddress);
        network.route(mine.publicAddress(), this, 0);
    }

    @Nullable
    Nat nat() {
        return nat;
    }

    // Life

    public boolean isAlive() {
        return alive;
    }

    /** Stops the machine without a word, as SIGKILL does; datagrams to it are lost. */
    public void kill() {
        alive = false;
        commands.clear();
        simulation.timers().cancel(index);
    }

    /** Runs another machine here, killing the one that runs. Addresses, links and handler stay. */
    public void restart(M newMachine) {
        kill();
        alive = true;
        machine = newMachine;
        checked = new ContractCheck<>(newMachine);
        simulation.after(0, this::start);
    }

    /** Sends what a machine has to send from the beginning. */
    void start() {
        if (alive && !draining)
            drain();
    }

    int index() {
        return index;
    }

    /** Its index, or {@link #NOWHERE}. */
    int router() {
        return router;
    }

    int partition() {
        return partition;
    }

    void setPartition(int newPartition) {
        partition = newPartition;
    }

    // The driver's loop

    void deliver(Path from, MemorySegment segment, long offset, int length) {
        checked.onDatagram(simulation.nowNs(), from, segment, offset, length);
        drain();
        runCommands();
    }

    void timer() {
        long nowNs = simulation.nowNs();
        timersAtOnce = nowNs == lastTimerNs ? timersAtOnce + 1 : 0;
        lastTimerNs = nowNs;
        if (timersAtOnce > MAX_TIMERS_AT_ONCE)
            throw new AssertionError(name + "'s deadline stays in the past");
        checked.onTimer(nowNs);
        drain();
        runCommands();
    }

    private void drain() {
        ContractCheck<E> mine = checked; // a handler may kill or replace it
        draining = true;
        try {
            network.transmitting(this);
            mine.pollTransmit(network);
            network.transmitted();
            E event;
            while (alive && mine == checked && (event = mine.pollEvent()) != null)
                handler.accept(event);
        } finally {
            draining = false;
        }
        if (alive && mine == checked)
            simulation.timer(index, mine.nextDeadlineNs());
    }
}
