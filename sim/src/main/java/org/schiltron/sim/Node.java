package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
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
    private static final int MOST_ADDRESSES = 255;

    static final int NOWHERE = -1;
    static final int NO_TIMER = -1;

    private final Simulation simulation;
    private final int index;
    private final int name; // in the simulation's names
    private final int firstAddress;
    private final short sockets;
    private @Nullable Link uplink;
    private @Nullable Link downlink;
    private LinkConfig atFirst = LinkConfig.PERFECT; // of links that nobody has used yet
    private @Nullable ArrayDeque<Consumer<? super M>> commands;
    private M machine;
    private ContractCheck<E> checked;
    private Consumer<? super E> handler = event -> {
    };
    private @Nullable Nat nat;
    private @Nullable PacketSink stack;
    private boolean alive = true;
    private boolean draining;
    private int router = NOWHERE;
    private int timer = NO_TIMER;

    /** @throws IllegalArgumentException if another node has one of the addresses */
    Node(Simulation simulation, int index, int name, M machine, Path... addresses) {
        if (addresses.length > MOST_ADDRESSES)
            throw new IllegalArgumentException("more than " + MOST_ADDRESSES + " addresses");
        this.simulation = simulation;
        this.index = index;
        this.name = name;
        this.machine = machine;
        checked = new ContractCheck<>(machine);
        for (Path address : addresses)
            network().addresses().checkFree(address);
        sockets = (short) addresses.length;
        firstAddress = network().routes().entries();
        for (int socket = 0; socket < sockets; socket++)
            network().addresses().add(addresses[socket], this, socket);
    }

    private Network network() {
        return simulation.network();
    }

    public String name() {
        return simulation.names().get(name);
    }

    /** For its getters; commands go through {@link #command}. */
    public M machine() {
        return machine;
    }

    /** From this node into the core. */
    public Link uplink() {
        Link link = uplink;
        if (link == null)
            uplink = link = link(true);
        return link;
    }

    /** From the core to this node. */
    public Link downlink() {
        Link link = downlink;
        if (link == null)
            downlink = link = link(false);
        return link;
    }

    /** Made when it is first asked for: most hosts of a large world send or receive nothing. */
    private Link link(boolean up) {
        return new Link(network(), this, up,
                new LinkModel(atFirst, simulation.random((up ? "uplink " : "downlink ") + name())));
    }

    /** Both directions alike. */
    public Node<E, M> links(LinkConfig config) {
        atFirst = config;
        if (uplink != null)
            uplink.configure(config);
        if (downlink != null)
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
            throw new IllegalStateException(name() + " is not running");
        if (commands == null)
            commands = new ArrayDeque<>();
        commands.add(command);
        if (network().outbox().isOpen())
            simulation.after(0, this::runCommands);
        else
            runCommands();
    }

    private void runCommands() {
        ArrayDeque<Consumer<? super M>> mine = commands;
        while (mine != null && alive && !draining && !mine.isEmpty()) {
            checked.mutate(simulation.nowNs());
            mine.remove().accept(machine);
            drain();
        }
    }

    // Addresses

    /** The local address of a socket. @throws AssertionError if the machine made the socket up */
    public Path address(int socket) {
        Path address = new Path();
        local(socket, address);
        return address;
    }

    /** Writes the local address of a socket into {@code into}. @throws AssertionError as above */
    void local(int socket, Path into) {
        AddressTable routes = network().routes();
        int entry = entry(socket);
        into.set(0, routes.high(entry), routes.low(entry), routes.port(entry));
    }

    private int entry(int socket) {
        if (socket < 0 || socket >= sockets)
            throw new AssertionError(name() + " has no socket " + socket);
        return firstAddress + socket;
    }

    /** The first of that family. @throws IllegalArgumentException if it has none */
    Path address(boolean ipv4) {
        for (int socket = 0; socket < sockets; socket++) {
            Path address = address(socket);
            if (address.isIpv4() == ipv4)
                return address;
        }
        throw new IllegalArgumentException(name() + " has no address of IPv" + (ipv4 ? 4 : 6));
    }

    /** Where others reach the first socket, unless a NAT is in front. */
    public Path address() {
        return address(0);
    }

    /** Gives a socket another address; what is under way to the old one is lost. */
    public void readdress(int socket, Path newAddress) {
        network().addresses().move(entry(socket), newAddress);
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
        if (stack != null)
            throw new IllegalStateException(name() + " has its stack elsewhere: a NAT knows datagrams only");
        Nat mine = new Nat(publicAddress, sockets, idleNs, simulation.random("nat " + name()));
        for (int socket = 0; socket < sockets; socket++)
            network().routes().hide(entry(socket));
        mine.setEntry(network().addresses().add(mine.publicAddress(), this, 0));
        nat = mine;
        return this;
    }

    /**
     * The NAT forgets all mappings and has another public address, as when a client goes from one network to another.
     * The old address gives new ports only.
     */
    public void rebind(Path newPublicAddress) {
        Nat mine = nat;
        if (mine == null)
            throw new IllegalStateException(name() + " is not behind a NAT");
        mine.rebind(newPublicAddress);
        network().addresses().move(mine.entry(), mine.publicAddress());
    }

    /**
     * Gives what comes down to a stack elsewhere instead of to the machine; what that sends, {@link Simulation#send(Node,
     * java.lang.foreign.MemorySegment, long, int)} takes.
     *
     * @throws IllegalStateException behind a NAT, which knows datagrams only
     */
    public Node<E, M> stack(PacketSink elsewhere) {
        if (nat != null)
            throw new IllegalStateException(name() + " is behind a NAT");
        stack = elsewhere;
        return this;
    }

    @Nullable
    PacketSink stack() {
        return stack;
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
        if (commands != null)
            commands.clear();
        simulation.timer(this, Machine.NO_DEADLINE);
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

    /** Its timer's number, or {@link #NO_TIMER}. */
    int timerNumber() {
        return timer;
    }

    void setTimerNumber(int number) {
        timer = number;
    }

    // The driver's loop

    void deliver(Path from, MemorySegment segment, long offset, int length) {
        checked.onDatagram(simulation.nowNs(), from, segment, offset, length);
        drain();
        runCommands();
    }

    void timer() {
        checked.onTimer(simulation.nowNs());
        if (checked.timersAtOnce() > MAX_TIMERS_AT_ONCE)
            throw new AssertionError(name() + "'s deadline stays in the past");
        drain();
        runCommands();
    }

    private void drain() {
        ContractCheck<E> mine = checked; // a handler may kill or replace it
        Outbox outbox = network().outbox();
        draining = true;
        try {
            outbox.open(this);
            mine.pollTransmit(outbox);
            outbox.close();
            E event;
            while (alive && mine == checked && (event = mine.pollEvent()) != null)
                handler.accept(event);
        } finally {
            draining = false;
        }
        if (alive && mine == checked)
            simulation.timer(this, mine.nextDeadlineNs());
    }
}
