package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ModeEvent;
import org.schiltron.edge.ModeSwitch;
import org.schiltron.edge.ModeWord;
import org.schiltron.edge.ServiceMode;
import org.schiltron.filter.Action;
import org.schiltron.filter.PortRange;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;
import org.schiltron.filter.RuleSet;
import org.schiltron.host.Addresses;
import org.schiltron.host.MonotonicClock;
import org.schiltron.machine.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides about a service's mode at its ring, where all that comes for it is seen, tells the edges ten times a second, and
 * closes the address that is not in use: the rules for all addresses are in force before, so that a switch is one rule.
 */
final class RingModes implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RingModes.class.getName());
    private static final long TURN_MS = 100;
    private static final List<Integer> TCP_AND_UDP = List.of(6, 17);

    private final ModesFile file;
    private final ModeSwitch modes;
    private final @Nullable LinkSamples samples;
    private final DatagramChannel socket;
    private final PrintWriter out;
    private final ScheduledExecutorService turns = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "modes");
        thread.setDaemon(true);
        return thread;
    });
    private Runnable switched = () -> {
    };
    private long saidMs;
    private int which;
    private long switchedNs;
    private LinkSamples.Sample last = new LinkSamples.Sample(0, 0);
    private boolean blind;

    private RingModes(ModesFile file, DatagramChannel socket, PrintWriter out) {
        this.file = file;
        this.socket = socket;
        this.out = out;
        modes = new ModeSwitch(file.thresholds());
        samples = file.watch().isEmpty()
                ? null
                : new LinkSamples(file.watch(), file.rate(), MonotonicClock.nowNs());
    }

    static RingModes open(java.nio.file.Path path, PrintWriter out) {
        ModesFile file = ModesFile.read(path);
        try {
            DatagramChannel socket = DatagramChannel.open();
            socket.configureBlocking(false);
            return new RingModes(file, socket, out);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "modes: " + Reason.of(e), e);
        }
    }

    /** @param onSwitch puts the rules for the other mode in force; on the modes' thread */
    void start(Runnable onSwitch) {
        switched = onSwitch;
        var _ = turns.scheduleAtFixedRate(this::turn, TURN_MS, TURN_MS, TimeUnit.MILLISECONDS);
    }

    private void turn() {
        try {
            sample();
            follow();
            tell();
        } catch (RuntimeException e) {
            System.err.println("schiltron: modes: " + e);
        }
    }

    private synchronized void sample() {
        LinkSamples from = samples;
        if (from == null)
            return;
        long nowNs = MonotonicClock.nowNs();
        try {
            last = from.next(nowNs);
            modes.onSample(nowNs, last.utilisation(), last.loss());
            blind = false;
        } catch (IOException e) {
            if (!blind)
                System.err.println("schiltron: modes: " + file.watch() + ": " + Reason.of(e) + "; the mode stays");
            blind = true;
        }
    }

    /** Says what has changed, and has the rules follow. */
    private void follow() {
        boolean changed = false;
        for (ModeEvent event = poll(); event != null; event = poll()) {
            if (event instanceof ModeEvent.Switched to) {
                changed = true;
                out.println("mode: " + word(to.mode()) + ", " + to.reason());
            }
        }
        if (changed) {
            try {
                tell(); // edges first: what they still send to the address before is soon let through no longer
            } finally {
                switched.run();
                var _ = turns.schedule(switched, file.overlapMs() + TURN_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private synchronized @Nullable ModeEvent poll() {
        ModeEvent event = modes.pollEvent();
        if (event instanceof ModeEvent.Switched to) {
            switchedNs = MonotonicClock.nowNs();
            if (to.mode() == ServiceMode.SECURE)
                which = (which + 1) % file.secure().size();
        }
        return event;
    }

    private void tell() {
        byte[] word;
        synchronized (this) {
            long nowMs = System.currentTimeMillis();
            boolean setBack = saidMs - nowMs > ModeWord.MAX_AGE_MS; // by more than edges believe: they have to wait
            saidMs = setBack ? nowMs : Math.max(saidMs + 1, nowMs);
            word = new ModeWord(file.service(), modes.mode(), which, saidMs).encode(file.secret());
        }
        for (InetSocketAddress edge : file.tell()) {
            try {
                socket.send(ByteBuffer.wrap(word), edge);
            } catch (IOException | RuntimeException e) { // an address of a family that this machine has not, say
                LOG.log(System.Logger.Level.DEBUG, "said again in a moment", e);
            }
        }
    }

    /** What a person says: {@code normal}, {@code secure}, or {@code auto}. */
    ObjectNode command(String mode) {
        switch (mode) {
            case "auto" -> release();
            case "normal" -> hold(ServiceMode.NORMAL);
            case "secure" -> hold(ServiceMode.SECURE);
            default -> throw new Failure(Exit.USAGE, "\"" + mode + "\" is no mode: normal, secure or auto");
        }
        Part.answer(turns.submit(this::turn)); // so that the answer says where the service is now
        ObjectNode answer = Json.MAPPER.createObjectNode();
        report(answer);
        return answer;
    }

    private synchronized void release() {
        modes.release();
    }

    private synchronized void hold(ServiceMode mode) {
        modes.hold(mode);
    }

    /**
     * The rules, with those before them that close the normal address in secure mode: to edges when their connections to
     * it have had the overlap to end, to all others at once. Secure addresses stay as the rules have them: who finds one
     * still has to show what they ask for.
     */
    synchronized RuleSet with(RuleSet rules) {
        boolean spares = MonotonicClock.nowNs() - switchedNs < TimeUnit.MILLISECONDS.toNanos(file.overlapMs());
        return modes.mode() == ServiceMode.NORMAL ? rules : closed(rules, spares);
    }

    /** The most that {@link #with} may make of the rules: what an enforcer has to be able to. */
    RuleSet most(RuleSet rules) {
        return closed(rules, true);
    }

    private RuleSet closed(RuleSet rules, boolean spares) {
        Prefix normal = host(file.normal());
        if (file.secure().stream().anyMatch(address -> host(address).equals(normal)))
            return rules; // told apart by their ports: closing the address would close them all
        List<Rule> all = new ArrayList<>();
        if (spares && !file.tell().isEmpty())
            all.add(new Rule(Rule.SPARED, 0, new Action.Allow(),
                    file.tell().stream().map(RingModes::host).distinct().toList(), List.of(normal), TCP_AND_UDP,
                    List.of(), List.of(new PortRange(file.normal().getPort(), file.normal().getPort())), List.of()));
        all.add(new Rule(Rule.CLOSED, 0, new Action.Drop(), List.of(), List.of(normal), List.of(), List.of(), List.of(),
                List.of()));
        for (Rule rule : rules.rules())
            elsewhere(rule, normal, all);
        return rules.with(all);
    }

    /** What is left of a rule for other addresses: routers sort rules by themselves, and might take one for this first. */
    private static void elsewhere(Rule rule, Prefix normal, List<Rule> all) {
        List<Prefix> to = rule.to().stream().filter(prefix -> !prefix.equals(normal)).toList();
        if (to.size() == rule.to().size())
            all.add(rule);
        else if (!to.isEmpty())
            all.add(new Rule(rule.name(), rule.line(), rule.action(), rule.from(), to, rule.protocols(),
                    rule.sourcePorts(), rule.ports(), rule.words()));
    }

    /** @throws Failure if one of the addresses is none of the ring's business: closing or guarding it would do nothing */
    void check(RuleSet rules) {
        List<InetSocketAddress> all = new ArrayList<>(file.secure());
        all.add(file.normal());
        for (InetSocketAddress address : all)
            if (rules.protects().stream().noneMatch(prefix -> prefix.contains(host(address))))
                throw new Failure(Exit.USAGE,
                        "modes: " + Addresses.toText(address) + " is not among what " + rules.file()
                                + " protects");
    }

    private static Prefix host(InetSocketAddress address) {
        Path path = Addresses.toPath(address);
        return new Prefix(path.addressHigh(), path.addressLow(), 128);
    }

    synchronized void report(ObjectNode status) {
        status.putObject("mode").put("service", file.service()).put("mode", word(modes.mode()))
                .put("held", modes.isHeld()).put("switches", modes.switches())
                .put("utilisation", Math.round(last.utilisation() * 1_000) / 1_000.0)
                .put("loss", Math.round(last.loss() * 1_000) / 1_000.0)
                .put("address", Addresses.toText(file.at(modes.mode(), which)));
    }

    private static String word(ServiceMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        turns.shutdownNow();
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
