package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.Action;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.RuleSet;
import org.schiltron.machine.RandomSource;
import org.schiltron.ring.ShareWriter;

/**
 * A ring in XDP: rules and the two-sided nonce filter at the interfaces of one machine on the path. Its programs hang on links of this process, so that they vanish with it, however it ends, unless they are
 * {@linkplain #keep pinned}. Needs root on Linux. One thread at a time, but for {@link #told}.
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

        final int flags;

        Mode(int flags) {
            this.flags = flags;
        }
    }

    private static final ValueLayout.OfShort ETHERTYPE_LAYOUT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.BIG_ENDIAN);
    private static final int ETHERNET = 14;
    private static final int ETHERTYPE = 12;
    private static final short ETH_IPV4 = 0x0800;
    private static final short ETH_IPV6 = (short) 0x86dd;

    private final Bpf bpf = new Bpf();
    private final Bpf teller = new Bpf();
    private final MemorySegment toldFrame = Arena.ofAuto().allocate(ETHERNET + ShareWriter.MAX_PACKET, 8);
    private final BpfObject object;
    private final Borders borders;
    private final Map<String, BpfMap> lasting = new LinkedHashMap<>();
    private final XdpHooks hooks;
    private final int lines;
    private final long[] secret = new long[6];
    private final long startedNs = System.nanoTime();
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
        this(rules, Borders.ONE, lines, random, null);
    }

    /**
     * As above, as one of several borders.
     *
     * @param pins a directory in a BPF file system: programs stay on their interfaces beyond this process, until what is in it is removed, and those of an earlier ring are replaced; null: they do not
     */
    public XdpRing(RuleSet rules, Borders borders, int lines, RandomSource random, @Nullable Path pins)
            throws IOException {
        this.lines = lines;
        hooks = new XdpHooks(bpf, pins);
        this.borders = borders;
        object = new BpfObject(compiled());
        for (int i = 0; i < secret.length; i++)
            secret[i] = random.nextLong() | 1;
        try {
            for (BpfObject.MapDefinition definition : object.maps()) {
                boolean idle = definition.name().equals("seen") && !borders.tells();
                if (definition.name().equals("lines")) {
                    BpfMap map = NonceLines.create(bpf, definition, lines);
                    lasting.put(definition.name(), map);
                    lineShift = NonceLines.shift(bpf, object, map);
                } else if (XdpProgram.LASTING.contains(definition.name()) && !idle) {
                    lasting.put(definition.name(), new BpfMap(bpf, definition, definition.entries()));
                }
            }
            putState();
            program = new XdpProgram(bpf, object, rules, RuleStates.NONE, borders, lasting, startedNs,
                    linesPerRule(rules));
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
     * Puts the ring on an interface. To be {@linkplain #keep kept} when it is on all.
     *
     * @param inside whether the protected addresses are behind it: then their requests are read; else what comes in is judged
     * @throws IOException if there is no such interface, another program is on it, or it cannot have any
     */
    public void attach(String interfaceName, boolean inside, Mode mode) throws IOException {
        hooks.attach(program, interfaceName, inside, mode);
    }

    /**
     * Puts other rules in the place of those in force, without a packet in between that no rules see. What was asked for stands, if as many rules as before are about requests; a rule of the same name goes on
     * counting where it was, and one with the same limit as well goes on limiting.
     *
     * @throws IOException if the kernel refuses: the old rules stay in force
     */
    public void change(RuleSet rules) throws IOException {
        List<Refusal> refusals = XdpCheck.check(rules);
        if (!refusals.isEmpty())
            throw new IOException(refusals.getFirst().text(rules));
        for (Readdress one : borders.readdresses()) {
            String against = Readdress.against(one, List.of(), rules);
            if (!against.isEmpty())
                throw new IOException(against);
        }
        XdpProgram next = new XdpProgram(bpf, object, rules, program.states, borders, lasting, startedNs,
                linesPerRule(rules));
        try {
            hooks.replace(program, next);
        } catch (IOException e) {
            next.close();
            throw e;
        }
        synchronized (teller) {
            program.close();
            program = next;
        }
    }

    /** Begins another generation: what was asked for two turns ago is forgotten. To be called once in the longest time that an answer may take. */
    public void turn() throws IOException {
        generation++;
        putState();
    }

    /** Gives up what an earlier ring had there, and pins; closed before this, the ring leaves what was pinned as it was. */
    public void keep() throws IOException {
        hooks.keep();
    }

    /**
     * Puts the programs on interfaces that went and are back: to be called each second or so.
     *
     * @return what is new, a line each
     */
    public List<String> watch() throws IOException {
        return hooks.watch(program);
    }

    /**
     * The requests seen here, of a ring that {@linkplain Borders#tells tells of} them. For one reader, which closes it before this.
     *
     * @throws IOException if the kernel does not share its memory
     */
    public SeenPackets seen() throws IOException {
        BpfMap map = lasting.get("seen");
        if (map == null)
            throw new IllegalStateException("this ring tells nobody what it sees");
        return new SeenPackets(map.fd(), Layouts.SEEN_BYTES);
    }

    /** Requests that nobody can be told of: they found no room in {@link #seen}, or were too long. */
    public long unshared() throws IOException {
        BpfMap map = lasting.get("unshared");
        return map == null ? 0 : map.sums(0)[0];
    }

    /**
     * Another border has seen this packet: what it asks for is remembered as if it had come by here. What is no request, of an address that may request, is nothing. From one
     * thread, beside that which does all the rest; of a ring that {@linkplain Borders#listens listens}.
     *
     * @param length of the IP packet, 1 to {@link ShareWriter#MAX_PACKET}
     */
    public void told(MemorySegment packet, long at, int length) throws IOException {
        boolean ipv4 = (packet.get(ValueLayout.JAVA_BYTE, at) >>> 4 & 0xf) == 4;
        toldFrame.set(ETHERTYPE_LAYOUT, ETHERTYPE, ipv4 ? ETH_IPV4 : ETH_IPV6);
        MemorySegment.copy(packet, at, toldFrame, ETHERNET, length);
        synchronized (teller) { // the program stays while it runs
            teller.testRun(program.told, toldFrame.asSlice(0, ETHERNET + length), 1);
        }
    }

    public RuleSet rules() {
        return program.rules;
    }

    /** Packets judged so far, by the label of why they were dropped; {@code passed} among them. */
    public Map<String, Long> verdicts() throws IOException {
        return program.verdicts();
    }

    /** Packets that have met each rule's conditions so far, in the order of the rules. */
    public List<Long> matches() throws IOException {
        return program.matches();
    }

    BpfMap lasting(String name) {
        return Objects.requireNonNull(lasting.get(name), name);
    }

    XdpProgram program() {
        return program;
    }

    Bpf bpf() {
        return bpf;
    }

    @Override
    public void close() {
        hooks.close(program);
        synchronized (teller) {
            program.close();
        }
        lasting.values().forEach(BpfMap::close);
    }
}
