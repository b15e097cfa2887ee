package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.filter.Action;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.RuleSet;
import org.schiltron.machine.RandomSource;

/**
 * A ring in XDP: rules and the two-sided nonce filter at the interfaces of one machine on the path. Its programs hang on links of this process, so that they vanish with it, however it ends, unless they are
 * {@linkplain #pin pinned}. Needs root on Linux. One thread at a time.
 */
public final class XdpRing implements AutoCloseable {
    /** What to do about {@link #isCompiled} being false. */
    public static final String NOT_COMPILED = "built without BPF programs: install clang (Debian: apt-get install clang) and build again";
    private static final String OBJECT = "ring.bpf.o";

    /** How a program may hang on an interface. */
    public enum Mode {
        /** In the driver if it can, else in the kernel's generic path. */
        ANY(0),
        /** In the driver, or not at all. */
        DRIVER(1 << 2),
        /** The kernel's generic path: slower, on any interface. */
        GENERIC(1 << 1);

        private final int flags;

        Mode(int flags) {
            this.flags = flags;
        }
    }

    private record Hook(String interfaceName, boolean inside, int link) {
    }

    private final Bpf bpf = new Bpf();
    private final BpfObject object;
    private final Map<String, BpfMap> lasting = new LinkedHashMap<>();
    private final List<Hook> hooks = new ArrayList<>();
    private final int lines;
    private final long[] secret = new long[6];
    private int lineShift;
    private int generation = 1;
    private XdpProgram program;

    /**
     * Loads the programs; nothing is judged before an interface is {@linkplain #attach attached}.
     *
     * @param rules  {@link XdpCheck} has nothing against them
     * @param lines  of the nonce filter for all rules about requests together, 64 bytes each, 15 requests; at least 1
     * @param random for the filter's secret
     * @throws IOException without clang at build time, without root, or if the kernel refuses: with what to do
     */
    public XdpRing(RuleSet rules, int lines, RandomSource random) throws IOException {
        this.lines = lines;
        object = new BpfObject(compiled());
        for (int i = 0; i < secret.length; i++)
            secret[i] = random.nextLong() | 1;
        try {
            for (BpfObject.MapDefinition definition : object.maps()) {
                if (definition.name().equals("lines")) {
                    BpfMap map = NonceLines.create(bpf, definition, lines);
                    lasting.put(definition.name(), map);
                    lineShift = NonceLines.shift(bpf, object, map);
                } else if (XdpProgram.LASTING.contains(definition.name())) {
                    lasting.put(definition.name(), new BpfMap(bpf, definition, definition.entries()));
                }
            }
            putState();
            program = new XdpProgram(bpf, object, rules, lasting, linesPerRule(rules));
        } catch (IOException | RuntimeException e) {
            lasting.values().forEach(BpfMap::close);
            throw e;
        }
    }

    /** Whether the programs were compiled with this build. */
    public static boolean isCompiled() {
        return XdpRing.class.getResource(OBJECT) != null;
    }

    private static byte[] compiled() throws IOException {
        try (InputStream in = XdpRing.class.getResourceAsStream(OBJECT)) {
            if (in == null)
                throw new IOException(NOT_COMPILED);
            return in.readAllBytes();
        }
    }

    private int linesPerRule(RuleSet rules) {
        long requested = rules.rules().stream().filter(rule -> rule.action() instanceof Action.Requested).count();
        return requested == 0 ? lines : (int) Math.max(1, lines / requested);
    }

    private void putState() throws IOException {
        BpfMap state = lasting.get("nonce_states");
        if (state == null)
            throw new IOException("the BPF object has no map nonce_states");
        state.put(0, value -> {
            for (int i = 0; i < secret.length; i++)
                value.set(JAVA_LONG, 8L * i, secret[i]);
            value.set(JAVA_INT, Layouts.offset(Layouts.NONCE_STATE, "generation"), generation);
            value.set(JAVA_INT, Layouts.offset(Layouts.NONCE_STATE, "line_shift"), lineShift);
        });
    }

    /**
     * Puts the ring on an interface.
     *
     * @param inside whether the protected addresses are behind it: then their requests are read; else what comes in is judged
     * @throws IOException if there is no such interface, another program is on it, or it cannot have any
     */
    public void attach(String interfaceName, boolean inside, Mode mode) throws IOException {
        int index = Bpf.interfaceIndex(interfaceName);
        if (index == 0)
            throw new IOException("there is no interface " + interfaceName);
        try {
            int link = bpf.attach(inside ? program.inside : program.outside, index, mode.flags, interfaceName);
            hooks.add(new Hook(interfaceName, inside, link));
        } catch (Bpf.BpfException e) {
            if (e.errno == Bpf.EBUSY)
                throw new IOException(interfaceName + " has an XDP program already: see ip link show " + interfaceName,
                        e);
            if (e.errno == Bpf.EOPNOTSUPP || e.errno == Bpf.EINVAL)
                throw new IOException(
                        interfaceName + " cannot have an XDP program in this mode: try --xdp-mode generic", e);
            throw e;
        }
    }

    /**
     * Puts other rules in the place of those in force, without a packet in between that no rules see. What was asked for stands, if as many rules as before are about requests; limits begin afresh.
     *
     * @throws IOException if the kernel refuses: the old rules stay in force
     */
    public void change(RuleSet rules) throws IOException {
        List<Refusal> refusals = XdpCheck.check(rules);
        if (!refusals.isEmpty())
            throw new IOException(refusals.getFirst().text(rules));
        XdpProgram next = new XdpProgram(bpf, object, rules, lasting, linesPerRule(rules));
        List<Hook> changed = new ArrayList<>();
        try {
            for (Hook hook : hooks) {
                bpf.replace(hook.link, hook.inside ? next.inside : next.outside);
                changed.add(hook);
            }
        } catch (IOException e) {
            takeBack(changed, e);
            next.close();
            throw e;
        }
        program.close();
        program = next;
    }

    private void takeBack(List<Hook> changed, IOException why) {
        for (Hook hook : changed) {
            try {
                bpf.replace(hook.link, hook.inside ? program.inside : program.outside);
            } catch (IOException e) {
                why.addSuppressed(e);
            }
        }
    }

    /** Begins another generation: what was asked for two turns ago is forgotten. To be called once in the longest time that an answer may take. */
    public void turn() throws IOException {
        generation++;
        putState();
    }

    /** Keeps the programs on their interfaces beyond this process. {@code directory} lies in a BPF file system; removing what is in it ends them. */
    public void pin(String directory) throws IOException {
        for (Hook hook : hooks)
            bpf.pin(hook.link, directory + "/" + hook.interfaceName);
    }

    public RuleSet rules() {
        return program.rules;
    }

    /** Packets judged since these rules are in force, by the label of why they were dropped; {@code passed} among them. */
    public Map<String, Long> verdicts() throws IOException {
        return program.verdicts();
    }

    /** Packets that have met each rule's conditions, in the order of the rules. */
    public List<Long> matches() throws IOException {
        return program.matches();
    }

    XdpProgram program() {
        return program;
    }

    Bpf bpf() {
        return bpf;
    }

    @Override
    public void close() {
        for (Hook hook : hooks)
            Bpf.close(hook.link);
        hooks.clear();
        program.close();
        lasting.values().forEach(BpfMap::close);
    }
}
