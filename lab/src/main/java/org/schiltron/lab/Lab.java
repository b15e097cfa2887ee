package org.schiltron.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.RuleSet;
import org.schiltron.host.TunDevice;
import org.schiltron.machine.Path;
import org.schiltron.scenario.Attack;
import org.schiltron.scenario.LiveScenario;
import org.schiltron.scenario.Scenario;

/**
 * A scenario in real time: each of its hosts for programs is a network namespace with a TUN device, and the network between them is the
 * simulator's. One at a time on a machine. Needs Linux, root and iproute2.
 */
public final class Lab implements AutoCloseable {
    /** Most hosts for programs. */
    public static final int MAX_PROGRAMS = 200;
    private static final String DEVICE = "tun0";
    private static final int DOWN_SECONDS = 12;

    private final LabLock lock;
    private final LiveScenario scenario;
    private @Nullable LabNetwork network;

    private Lab(LabLock lock, LiveScenario scenario) {
        this.lock = lock;
        this.scenario = scenario;
    }

    /**
     * Removes what an earlier lab has left, and sets this one up.
     *
     * @param onFault hears of the fault that ended the network, if one does
     * @throws IOException if there is a lab already, or a part of it cannot be made, with the reason in words; nothing is left
     *                     behind then
     */
    public static Lab up(Scenario scenario, long seed, Consumer<Throwable> onFault) throws IOException {
        LabLock lock = LabLock.tryTake();
        if (lock == null)
            throw new IOException("a lab is up already: schiltron lab down");
        boolean up = false;
        Lab lab = new Lab(lock, new LiveScenario(scenario, seed));
        try {
            Namespaces.clear();
            lab.build(onFault);
            up = true;
            return lab;
        } finally {
            if (!up)
                lab.close();
        }
    }

    private void build(Consumer<Throwable> onFault) throws IOException {
        List<LiveScenario.Program> programs = scenario.programs();
        if (programs.isEmpty() || programs.size() > MAX_PROGRAMS)
            throw new IOException(programs.isEmpty()
                    ? "no host has machine = \"program\": there is no place for real programs"
                    : programs.size() + " hosts have machine = \"program\", at most " + MAX_PROGRAMS + " are allowed");
        String names = names();
        List<TunDevice> devices = new ArrayList<>();
        try {
            for (LiveScenario.Program program : programs) {
                Namespaces.add(program.host());
                devices.add(TunDevice.open(Namespaces.fileOf(program.host()), DEVICE));
                Namespaces.batch(program.host(), setUp(program));
                Namespaces.hosts(program.host(), names);
            }
            network = new LabNetwork(scenario, devices, onFault);
        } catch (IOException | RuntimeException e) {
            devices.forEach(TunDevice::close);
            throw e;
        }
    }

    /** Below it a link carries no IPv6 (RFC 8200, section 5), and Linux has none on it. */
    private static final int IPV6_MTU = 1_280;

    private static String setUp(LiveScenario.Program program) {
        // No addresses of its own making: nobody here would answer its solicitations. A long queue: what finds it full is lost
        // without being the model's loss.
        StringBuilder addresses = new StringBuilder();
        for (Path address : program.ipv4())
            addresses.append("addr add ").append(text(address)).append("/32 dev ").append(DEVICE).append('\n');
        String ipv4 = """
                link set %1$s mtu %2$d txqueuelen 10000
                %3$slink set %1$s up
                route add default dev %1$s
                """.formatted(DEVICE, program.mtu(), addresses);
        if (program.mtu() < IPV6_MTU)
            return ipv4;
        return "link set " + DEVICE + " addrgenmode none\n" + ipv4 + """
                addr add %2$s/128 dev %1$s nodad
                route add ::/0 dev %1$s
                """.formatted(DEVICE, text(program.ipv6()));
    }

    private String names() {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n::1 localhost\n");
        scenario.names().forEach((name, addresses) -> {
            for (Path address : addresses)
                text.append(text(address)).append(' ').append(name).append('\n');
        });
        return text.toString();
    }

    /** Without its port. */
    public static String text(Path address) {
        String text = address.toString();
        String host = text.substring(0, text.lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** What is in it. */
    public LiveScenario scenario() {
        return scenario;
    }

    /**
     * Starts a flood.
     *
     * @return packets a second; fails with an {@link IllegalArgumentException} if it is refused
     */
    public CompletableFuture<Long> attack(Attack attack) {
        return running().ask(() -> scenario.attack(attack));
    }

    /** Puts other rules at a router; fails with an {@link IllegalArgumentException} if it has none. */
    public CompletableFuture<Void> rules(String router, RuleSet rules) {
        return running().ask(() -> {
            scenario.rules(router, rules);
            return null;
        });
    }

    public CompletableFuture<LabStatus> status() {
        return running().status();
    }

    private LabNetwork running() {
        LabNetwork running = network;
        if (running == null)
            throw new IllegalStateException("not up");
        return running;
    }

    /** Ends its programs, and removes all it made. */
    @Override
    public void close() throws IOException {
        try (lock) {
            LabNetwork running = network;
            if (running != null)
                running.close();
            Namespaces.clear();
        }
    }

    // From other processes

    /** The process id of the lab that is up. */
    public static OptionalLong owner() throws IOException {
        return LabLock.owner();
    }

    /** Hosts of the lab that is up, or of one that was killed. */
    public static List<String> hosts() throws IOException {
        return Namespaces.present();
    }

    /** How to run a command on a host: what to put before it. */
    public static List<String> prefix(String host) {
        return List.of("ip", "netns", "exec", Namespaces.nameOf(host));
    }

    /**
     * Has the lab that is up end, and removes what one that was killed has left.
     *
     * @return the hosts that are no more
     * @throws IOException if something could not be removed
     */
    public static List<String> down() throws IOException {
        List<String> hosts = hosts();
        OptionalLong owner = owner();
        if (owner.isPresent())
            end(owner.getAsLong());
        LabLock lock = LabLock.tryTake();
        if (lock == null)
            throw new IOException("another lab has come up meanwhile");
        try (lock) {
            Namespaces.clear();
        }
        return hosts;
    }

    /** A number may have gone to another process since it was written down. */
    private static boolean isLab(long pid) throws IOException {
        java.nio.file.Path command = java.nio.file.Path.of("/proc", Long.toString(pid), "cmdline");
        return java.nio.file.Files.readString(command).contains("lab\0up\0");
    }

    private static void end(long pid) throws IOException {
        ProcessHandle process = ProcessHandle.of(pid).orElse(null);
        if (process == null || !isLab(pid))
            return;
        process.destroy();
        try {
            process.onExit().get(DOWN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
