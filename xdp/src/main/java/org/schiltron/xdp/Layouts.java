package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;

/** What Java and BPF write to each other: bounds, and structures as they lie in maps. {@link BpfSchema} says the same in C. */
final class Layouts {
    static final int BIT_WORDS = 4;
    static final int MAX_RULES = 64 * BIT_WORDS;
    /** Each may hand a packet on to the next, and the verifier wants to know how often. */
    static final int MAX_LIMITS = 16;
    /** Rules keep theirs from one set to the next, and two sets are there while one takes the other's place. */
    static final int COUNTERS = 2 * MAX_RULES;
    static final int SHARED_LIMITS = 2 * MAX_LIMITS;
    static final int MAX_PLACES = 4;
    /** Of all limits per source together; past it the kernel forgets those not heard of lately. */
    static final int MAX_SOURCES = 65_536;
    /** Of one line of the nonce filter: with the count in front, 64 bytes. */
    static final int SLOTS = 15;
    /** Lines of one map: with the kernel's own of it and room to align them, 32 KiB at most. */
    static final int BLOCK_LINES = 504;

    /** Of the requests that wait for Java to tell other borders of them: a power of two, whole pages; some 2,900 requests. */
    static final int SEEN_BYTES = 1 << 22;
    /** Pairs of prefixes for each direction and family. */
    static final int MAX_READDRESSES = 64;

    static final int ALLOW = 0;
    static final int DROP = 1;
    static final int LIMIT = 2;
    static final int REQUESTED = 3;

    static final int BASE_NETWORK = 0;
    static final int BASE_TRANSPORT = 1;
    static final int BASE_PAYLOAD = 2;

    static final StructLayout BITS = struct("bits",
            MemoryLayout.sequenceLayout(BIT_WORDS, JAVA_LONG).withName("words"));
    /** Of an address map: which rules hold there, and of destinations whether the ring is about it, and whether it lies behind the ring. */
    static final StructLayout CELL = struct("cell", BITS.withName("rules"), JAVA_INT.withName("is_protected"),
            JAVA_INT.withName("is_behind"));
    /** Mask in network order; {@code otherwise} for another value there, or none. */
    static final StructLayout PLACE = struct("place", JAVA_INT.withName("base"), JAVA_INT.withName("offset"),
            JAVA_INT.withName("mask"),
            JAVA_INT.withName("reserved"), BITS.withName("otherwise"));
    /** Costs and bursts in units of 1/1024 ns, of a byte or a packet; where the state of it lies, as {@link RuleStates} says. */
    static final StructLayout RULE = struct("rule", JAVA_INT.withName("action"), JAVA_INT.withName("packets"),
            JAVA_INT.withName("each"),
            JAVA_INT.withName("limit"), JAVA_LONG.withName("cost"), JAVA_LONG.withName("burst"),
            JAVA_INT.withName("first_line"), JAVA_INT.withName("lines"), JAVA_INT.withName("counter"),
            JAVA_INT.withName("reserved"));
    static final StructLayout CONFIG = struct("config", JAVA_INT.withName("allow_rest"),
            JAVA_INT.withName("judge_fragments"),
            JAVA_INT.withName("asks_sources"), JAVA_INT.withName("asks_protocols"),
            JAVA_INT.withName("asks_source_ports"),
            JAVA_INT.withName("asks_ports"), JAVA_INT.withName("places"), JAVA_INT.withName("hides_hops"),
            JAVA_INT.withName("hides_ids"), JAVA_INT.withName("reserved"), JAVA_LONG.withName("started_ns"),
            BITS.withName("no_source_port"), BITS.withName("no_port"),
            MemoryLayout.sequenceLayout(MAX_PLACES, PLACE).withName("place"));
    static final StructLayout NONCE_STATE = struct("nonce_state",
            MemoryLayout.sequenceLayout(6, JAVA_LONG).withName("secret"),
            JAVA_INT.withName("generation"), JAVA_INT.withName("line_shift"));
    static final StructLayout LINE = struct("line", JAVA_INT.withName("written"),
            MemoryLayout.sequenceLayout(SLOTS, JAVA_INT).withName("slots"));
    /** A prefix and its mask, as they lie in a packet; IPv4 in the first 32 bits of {@code low}. */
    static final StructLayout READDRESS = struct("readdress", JAVA_LONG.withName("high"), JAVA_LONG.withName("low"),
            JAVA_LONG.withName("mask_high"), JAVA_LONG.withName("mask_low"));

    private Layouts() {
    }

    private static StructLayout struct(String name, MemoryLayout... members) {
        return MemoryLayout.structLayout(members).withName(name);
    }

    static long offset(StructLayout struct, String member) {
        return struct.byteOffset(PathElement.groupElement(member));
    }
}
