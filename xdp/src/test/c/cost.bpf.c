/*
 * What a decision costs (bench/run xdp). BPF_PROG_TEST_RUN runs a program on one frame time and again, so each run writes
 * a nonce of its own into it first, number after number.
 */
#include "ring.bpf.c"

struct map SEC("maps") numbers = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(u64), 1, 0};

#define NONCE_AT (ETH_HEADER + 20 + 8 + 8)
#define HIGH(number) ((number) * 0x9e3779b97f4a7c15ull + 1)
#define LOW(number) ((number) * 0xc2b2ae3d27d4eb4full + 3)

/* The next nonce, written into a frame of Ethernet, IPv4, UDP and a DATA. */
INLINE u64 next_nonce(struct xdp_md *context) {
    u32 zero = 0;
    u64 *number = map_lookup(&numbers, &zero);
    void *data = FRAME(context, data);
    if (!number || data + NONCE_AT + 16 > FRAME(context, data_end))
        return 0;
    u64 now = (*number)++;
    *(u64 *)(data + NONCE_AT) = BE64(HIGH(now));
    *(u64 *)(data + NONCE_AT + 8) = BE64(LOW(now));
    return now;
}

/* The least that a filter does: reads the headers, counts, drops. */
INLINE int parse_and_drop(struct xdp_md *context) {
    struct packet p = {};
    enum parsed parsed = read_packet(&p, FRAME(context, data), FRAME(context, data_end));
    count(&verdicts, parsed == PARSED ? p.protocol & 63 : DROP_MALFORMED);
    return XDP_DROP;
}

SEC("xdp/bare")
int bare(struct xdp_md *context) {
    return parse_and_drop(context);
}

SEC("xdp/bare_numbered")
int bare_numbered(struct xdp_md *context) {
    next_nonce(context);
    return parse_and_drop(context);
}

SEC("xdp/numbered")
int numbered(struct xdp_md *context) {
    next_nonce(context);
    return on_outside(context);
}

/* No filter of so many nonces does less than this: beside bare_numbered, it reads one line, anywhere. */
INLINE int read_one_line(struct xdp_md *context, int by_image) {
    u32 zero = 0, number = 0;
    u64 now = next_nonce(context);
    struct nonce_state *state = map_lookup(&nonce_states, &zero);
    struct rule *rule = map_lookup(&rules, &number);
    if (!state || !rule)
        return XDP_ABORTED;
    u64 key = by_image ? image_of(HIGH(now), LOW(now)) : (HIGH(now) ^ HIGH(now) >> 29) * state->secret[1];
    struct line *line = line_of(state, key, rule->first_line, rule->lines);
    if (!line || line->slots[0] == (u32)key)
        return XDP_ABORTED;
    return parse_and_drop(context);
}

SEC("xdp/line")
int line(struct xdp_md *context) {
    return read_one_line(context, 0);
}

SEC("xdp/image_line")
int image_line(struct xdp_md *context) {
    return read_one_line(context, 1);
}

/* Asks for the next nonce, without a packet: fills the filter. */
SEC("xdp/fill")
int fill(struct xdp_md *context) {
    u32 zero = 0, number = 0;
    u64 now = next_nonce(context);
    struct nonce_state *state = map_lookup(&nonce_states, &zero);
    struct rule *rule = map_lookup(&rules, &number);
    struct packet p = {};
    if (!state || !rule || read_packet(&p, FRAME(context, data), FRAME(context, data_end)) != PARSED)
        return XDP_ABORTED;
    u64 asked = asked_of(state, &p.source, p.source_port, CLASS_DATA);
    note_asked(state, asked);
    remember(state, key_of(state, asked, image_of(HIGH(now), LOW(now))), rule->first_line, rule->lines);
    return XDP_PASS;
}
