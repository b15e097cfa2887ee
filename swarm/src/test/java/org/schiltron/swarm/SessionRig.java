package org.schiltron.swarm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.ContractCheck;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.TransmitSink;
import org.schiltron.machine.ArraySink;
import org.schiltron.proof.Identity;
import org.schiltron.wire.Wire;

/** A client and a service with one session through real mailboxes, and between them what a test makes of each datagram. */
final class SessionRig {
    static final long MS = 1_000_000;
    private static final long DELAY_NS = 5 * MS;
    static final Path CLIENT = Path.ofIpv4(0x0c000001, 6_000);
    static final Path SERVICE = Path.ofIpv4(0x0d000001, 5_000);

    /** What becomes of a datagram: how long it takes, or negative if it is lost. */
    interface Network {
        long delayNs(Path from, Path to, byte[] bytes);
    }

    /** Sees what arrives, before and after it is dealt with. */
    interface Watch {
        void before(Path from, Path to, byte[] bytes);

        void after(Path from, Path to, byte[] bytes);
    }

    private record Flight(long atNs, long order, Path from, Path to, byte[] bytes) {
    }

    private static final class Host {
        final Path address;
        final ContractCheck<?> machine;
        final TransmitSink sink;

        Host(Path address, Machine<?> machine, TransmitSink sink) {
            this.address = address;
            this.machine = new ContractCheck<>(machine);
            this.sink = sink;
        }
    }

    final ClientEndpoint client;
    final ServiceEndpoint service;
    final List<Path> mailboxes = new ArrayList<>();
    Network network = (from, to, bytes) -> DELAY_NS;
    @Nullable
    Watch watch;
    long nowNs;
    @Nullable
    Session atClient;
    @Nullable
    Session atService;
    @Nullable
    CloseReason closedAtClient;
    @Nullable
    CloseReason closedAtService;
    long delivered; // bytes that either program has read
    int streamsOpened;
    int streamsReset; // at the service
    private final Identity clientKey;
    private final Identity serviceKey;
    private final SeededRandom random;
    private final List<Host> hosts = new ArrayList<>();
    private final Host clientHost;
    private final Host serviceHost;
    private final byte[] buffer = new byte[16_384];
    private long order;
    private final PriorityQueue<Flight> flights = new PriorityQueue<>((a, b) -> a.atNs != b.atNs
            ? Long.compare(a.atNs, b.atNs)
            : Long.compare(a.order, b.order));

    SessionRig(long seed, int mailboxCount) {
        this(seed, mailboxCount, EndpointLimits.DEFAULT);
    }

    /** @param limits of the service */
    SessionRig(long seed, int mailboxCount, EndpointLimits limits) {
        random = new SeededRandom(seed);
        for (int i = 0; i < mailboxCount; i++) {
            Path address = Path.ofIpv4(0x08080101 + (i << 16), 4_500);
            mailboxes.add(address);
            add(address, new Mailbox(MailboxConfig.builder(12_500_000).storeSeconds(0.1).maxGets(8_192).maxOwners(64)
                    .build(), random.split()));
        }
        Identity key = Identity.generate(random.split());
        service = new ServiceEndpoint(ServiceConfig.of(mailboxes, List.of()).withLimits(limits), key, random.split());
        serviceKey = key;
        clientKey = Identity.generate(random.split());
        client = newClient();
        serviceHost = add(SERVICE, service);
        clientHost = add(CLIENT, client);
    }

    private ClientEndpoint newClient() {
        return new ClientEndpoint(new ClientConfig(serviceKey.publicKey(), mailboxes, false, EndpointLimits.DEFAULT),
                clientKey, random.split());
    }

    /** A further one of the same key, of which only the service's end is seen. */
    void addClient() {
        add(Path.ofIpv4(0x0c000002, 6_000), newClient());
    }

    private Host add(Path address, Machine<?> machine) {
        Host host = new Host(address, machine, sink(address));
        hosts.add(host);
        return host;
    }

    Session atClient() {
        return Objects.requireNonNull(atClient);
    }

    Session atService() {
        return Objects.requireNonNull(atService);
    }

    /** With a session open at both ends. */
    SessionRig open() {
        if (!runUntil(() -> atClient != null && atService != null && atService.isOpen(), 20_000))
            throw new AssertionError("no session within 20 s");
        return this;
    }

    /** A command on the client's machine. */
    void atClient(Runnable command) {
        command(clientHost, command);
    }

    void atService(Runnable command) {
        command(serviceHost, command);
    }

    private void command(Host host, Runnable command) {
        host.machine.mutate(nowNs);
        command.run();
        drain(host);
    }

    boolean runUntil(BooleanSupplier condition, long limitMs) {
        long limit = nowNs + limitMs * MS;
        while (!condition.getAsBoolean()) {
            Flight next = flights.peek();
            long at = next == null ? Long.MAX_VALUE : next.atNs;
            Host due = null;
            for (Host host : hosts) {
                if (host.machine.nextDeadlineNs() < at) {
                    at = host.machine.nextDeadlineNs();
                    due = host;
                }
            }
            if (at > limit)
                break;
            nowNs = Math.max(nowNs, at);
            if (due != null) {
                due.machine.onTimer(nowNs);
                drain(due);
            } else {
                arrive(flights.remove());
            }
        }
        if (!condition.getAsBoolean())
            nowNs = limit;
        return condition.getAsBoolean();
    }

    void run(long ms) {
        runUntil(() -> false, ms);
    }

    private void arrive(Flight flight) {
        for (Host host : hosts) {
            if (!host.address.equals(flight.to))
                continue;
            Watch watching = watch;
            if (watching != null)
                watching.before(flight.from, flight.to, flight.bytes);
            give(host, flight.from, flight.bytes);
            if (watching != null)
                watching.after(flight.from, flight.to, flight.bytes);
        }
    }

    /** A datagram from anywhere, now. */
    void toClient(Path from, byte[] bytes) {
        give(clientHost, from, bytes);
    }

    private void give(Host host, Path from, byte[] bytes) {
        host.machine.onDatagram(nowNs, from, MemorySegment.ofArray(bytes), 0, bytes.length);
        drain(host);
    }

    private void drain(Host host) {
        host.machine.pollTransmit(host.sink);
        List<Runnable> programs = new ArrayList<>();
        for (Object event = host.machine.pollEvent(); event != null; event = host.machine.pollEvent())
            if (event instanceof SessionEvent of && (host == clientHost || host == serviceHost))
                on(of, host == clientHost, programs);
        programs.forEach(program -> command(host, program));
    }

    private void on(SessionEvent event, boolean atTheClient, List<Runnable> programs) {
        switch (event) {
            case SessionEvent.Opened opened -> {
                if (atTheClient)
                    atClient = opened.session();
                else
                    atService = opened.session();
            }
            case SessionEvent.Closed closed -> {
                if (atTheClient && closed.session() == atClient)
                    closedAtClient = closed.reason();
                if (!atTheClient && closed.session() == atService)
                    closedAtService = closed.reason();
            }
            case SessionEvent.StreamOpened opened -> streamsOpened++;
            case SessionEvent.StreamReset reset -> streamsReset += atTheClient ? 0 : 1;
            case SessionEvent.StreamReadable readable ->
                programs.add(() -> read(readable.session(), readable.stream()));
            default -> {
            }
        }
    }

    private void read(Session session, long stream) {
        for (int count = session.read(nowNs, stream, buffer, 0, buffer.length); count > 0; count = session.read(nowNs,
                stream, buffer, 0, buffer.length))
            delivered += count;
    }

    private TransmitSink sink(Path from) {
        return new ArraySink((to, bytes) -> {
            if (bytes.length > Wire.MAX_DATAGRAM)
                throw new AssertionError("a datagram of " + bytes.length + " bytes");
            long delayNs = network.delayNs(from, to, bytes);
            if (delayNs >= 0)
                flights.add(new Flight(nowNs + delayNs, order++, from, to, bytes));
        });
    }
}
