/*
 * A ring at line rate: rules and the two-sided nonce filter (Phalanx, section 3.3), at the interfaces of a border.
 * "outside" judges what comes in; "inside" reads what the protected addresses ask for on its way out.
 */
#include "borders.h"
#include "hiding.h"

/* Messages, as in docs/PROTOCOL.md. */
INLINE u8 *message_of(const struct packet *p, void *data, void *data_end, u32 bytes) {
    u32 at = BOUND(p->payload);
    if (!p->payload || at + bytes > p->end || data + at + bytes > data_end)
        return 0;
    return data + at;
}

/* What UDP says it carries, or 0: no message is as short. */
INLINE u32 message_length(const struct packet *p, void *data, void *data_end) {
    if (p->protocol != UDP || p->fragment)
        return 0;
    u32 at = BOUND(p->transport);
    if (data + at + 8 > data_end)
        return 0;
    u32 said = BE16(*(u16 *)(data + at + 4));
    return said == p->end - p->transport && said >= 8 + WIRE_HEADER && said <= 8 + WIRE_MAX_DATAGRAM ? said - 8 : 0;
}

INLINE u32 answered(const struct packet *p, const struct nonce_state *state, const struct rule *rule, void *data, void *data_end) {
    u32 length = message_length(p, data, data_end);
    u8 *message = message_of(p, data, data_end, WIRE_HEADER + 16);
    if (!length || !message || message[2] != WIRE_VERSION)
        return DROP_MALFORMED;
    u32 class;
    if (message[0] == WIRE_DATA && length > DATA_BODY && length <= DATA_BODY + WIRE_MAX_BODY)
        class = CLASS_DATA;
    else if (message[0] == WIRE_FIRST && length > FIRST_CONTENT)
        class = CLASS_FIRST;
    else if (message[0] == WIRE_COOKIE && length == COOKIE_LENGTH)
        class = CLASS_COOKIE;
    else
        return DROP_MALFORMED;
    u64 asked = asked_of(state, &p->source, p->source_port, class);
    if (!asked_lately(state, asked))
        return DROP_UNREQUESTED;
    u64 high = BE64(*(u64 *)(message + 8));
    u64 low = BE64(*(u64 *)(message + 16));
    u64 shown = class == CLASS_DATA ? image_of(high, low) : high; /* a request shows the image, the answer the nonce itself */
    return admit(state, key_of(state, asked, shown), rule->first_line, rule->lines) ? 0 : DROP_UNREQUESTED;
}

INLINE u32 apply(const struct packet *p, const struct config *config, const struct rule *rule, void *data, void *data_end) {
    if (rule->action == ACTION_DROP)
        return DROP_FILTERED;
    if (rule->action == ACTION_LIMIT)
        return within(p, config, rule) ? 0 : DROP_RATE_LIMITED;
    if (rule->action == ACTION_REQUESTED) {
        u32 zero = 0;
        struct nonce_state *state = map_lookup(&nonce_states, &zero);
        return state ? answered(p, state, rule, data, data_end) : DROP_UNREQUESTED;
    }
    return 0;
}

/* Reads the packet into the work area, and begins anew with the frame: what the verifier has learnt of it is of no more use. */
INLINE enum parsed read_into(struct work *work, struct xdp_md *context) {
    work->packet = (struct packet){};
    return read_packet(&work->packet, FRAME(context, data), FRAME(context, data_end));
}

/* The code of a drop reason, or 0. */
INLINE u32 judge(struct xdp_md *context, enum borders borders) {
    u32 zero = 0;
    struct work *work = map_lookup(&works, &zero);
    struct config *config = map_lookup(&configs, &zero);
    if (!work || !config)
        return DROP_NOT_ALLOWED; /* both are always there */
    enum parsed parsed = read_into(work, context);
    if (parsed != PARSED)
        return parsed == NOT_IP ? 0 : DROP_MALFORMED;
    struct packet *p = &work->packet;
    u32 misled = borders == READDRESSES ? return_readdressed(work) : 0;
    if (misled)
        return misled;
    if (config->hides_hops && tells_of_hops(p, FRAME(context, data), FRAME(context, data_end)))
        return DROP_TIME_EXCEEDED;
    struct cell *destination = destination_cell(p);
    if (!destination || !destination->is_protected)
        return borders == READDRESSES && work->announced ? DROP_NOT_ALLOWED : 0;
    if (p->fragment && !config->judge_fragments)
        return DROP_FRAGMENT;
    void *data = FRAME(context, data);
    void *data_end = FRAME(context, data_end);
    if (!classify(p, data, data_end, config, destination, &work->met))
        return DROP_NOT_ALLOWED;
    /* Only limits hand a packet on. */
    for (int i = 0; i <= MAX_LIMITS; i++) {
        u32 number = next_rule(&work->met);
        struct rule *rule = number < MAX_RULES ? map_lookup(&rules, &number) : 0;
        if (!rule)
            return config->allow_rest && !(borders == READDRESSES && work->announced) ? 0 : DROP_NOT_ALLOWED;
        count(&matches, rule->counter);
        u32 verdict = apply(p, config, rule, data, data_end);
        if (verdict || rule->action != ACTION_LIMIT)
            return borders == READDRESSES && !verdict ? arrived(context, work, rule) : verdict;
    }
    return DROP_NOT_ALLOWED;
}

INLINE int verdict_of(u32 verdict) {
    count(&verdicts, verdict);
    return verdict ? XDP_DROP : XDP_PASS;
}

INLINE int on_outside(struct xdp_md *context) {
    return verdict_of(judge(context, ONE_BORDER));
}

SEC("xdp/outside")
int outside(struct xdp_md *context) {
    return on_outside(context);
}

SEC("xdp/outside_readdressing")
int outside_readdressing(struct xdp_md *context) {
    return verdict_of(judge(context, READDRESSES));
}

/* Remembers, or forgets again, up to 72 images or 40 nonces of one message. Whether it was such a message. */
INLINE int ask(const struct packet *p, const struct nonce_state *state, const struct rule *rule, void *data, void *data_end) {
    u32 length = message_length(p, data, data_end);
    u8 *message = message_of(p, data, data_end, COOKIE_REQUEST_LENGTH > GET_IMAGES ? GET_IMAGES : COOKIE_REQUEST_LENGTH);
    if (!length || !message || message[2] != WIRE_VERSION)
        return 0;
    u32 class, nonces, from, standing = 1;
    if (message[0] == WIRE_GET && length > GET_IMAGES && (length - GET_IMAGES) % 16 == 0) {
        class = CLASS_DATA;
        from = GET_IMAGES;
        nonces = (length - GET_IMAGES) / 16;
        standing = *(u16 *)(message + 16) != 0;
        if (nonces > GET_MAX_IMAGES)
            return 0;
    } else if (message[0] == WIRE_COOKIE_REQUEST && length == COOKIE_REQUEST_LENGTH) {
        class = CLASS_COOKIE;
        from = 8;
        nonces = 1;
    } else if (message[0] == WIRE_POST) {
        message = message_of(p, data, data_end, POST_NONCES);
        if (!message)
            return 0;
        class = CLASS_FIRST;
        from = POST_NONCES;
        nonces = message[34];
        standing = *(u16 *)(message + 32) != 0;
        u32 whole = POST_NONCES + 16 * nonces + POST_TAIL + 8 * message[38] + POST_DELEGATION * message[37] + POST_SIGNATURE;
        if (!nonces || nonces > POST_MAX_NONCES || message[38] > POST_MAX_REVOKED || message[37] > 1 || whole != length)
            return 0;
    } else {
        return 0;
    }
    u64 asked = asked_of(state, &p->destination, p->port, class);
    if (standing)
        note_asked(state, asked);
    u32 at = BOUND(p->payload + from);
    for (u32 i = 0; i < GET_MAX_IMAGES; i++) {
        u8 *nonce = data + BOUND(at + 16 * i);
        if (i >= nonces || (void *)nonce + 8 > data_end)
            break;
        u64 key = key_of(state, asked, BE64(*(u64 *)nonce));
        if (standing)
            remember(state, key, rule->first_line, rule->lines);
        else
            admit(state, key, rule->first_line, rule->lines);
    }
    return 1;
}

/* Which rule is about requests of an address: at most one is. */
struct map SEC("maps") askers4 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key4), sizeof(u32), 0, BPF_F_NO_PREALLOC};
struct map SEC("maps") askers6 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key6), sizeof(u32), 0, BPF_F_NO_PREALLOC};

/* @param work of this program: what runs for Java may be interrupted by what runs for an interface */
INLINE int on_inside(struct xdp_md *context, struct work *work, enum borders borders) {
    u32 zero = 0;
    struct nonce_state *state = map_lookup(&nonce_states, &zero);
    struct config *config = map_lookup(&configs, &zero);
    if (!work || !state || !config || read_into(work, context) != PARSED)
        return XDP_PASS;
    struct packet *p = &work->packet;
    if (config->hides_hops && tells_of_hops(p, FRAME(context, data), FRAME(context, data_end))) {
        count(&verdicts, DROP_TIME_EXCEEDED);
        return XDP_DROP;
    }
    if (config->hides_ids)
        hide_id(p, state, FRAME(context, data), FRAME(context, data_end));
    struct key4 key4 = {32, (u32)p->source.low};
    struct key6 key6 = {128, p->source};
    u32 *number = p->ipv4 ? map_lookup(&askers4, &key4) : map_lookup(&askers6, &key6);
    struct rule *rule = number ? map_lookup(&rules, number) : 0;
    if (!rule || rule->action != ACTION_REQUESTED)
        return XDP_PASS;
    int asks = ask(p, state, rule, FRAME(context, data), FRAME(context, data_end));
    if (borders == SHARES && asks)
        share(context, p);
    if (borders == READDRESSES && message_length(p, FRAME(context, data), FRAME(context, data_end))) {
        u8 *message = message_of(p, FRAME(context, data), FRAME(context, data_end), WIRE_HEADER);
        if (message && (asks || carries_a_cookie(state, p, message)))
            leave_readdressed(context, p);
    }
    return XDP_PASS;
}

SEC("xdp/inside")
int inside(struct xdp_md *context) {
    u32 zero = 0;
    return on_inside(context, map_lookup(&works, &zero), ONE_BORDER);
}

SEC("xdp/inside_sharing")
int inside_sharing(struct xdp_md *context) {
    u32 zero = 0;
    return on_inside(context, map_lookup(&works, &zero), SHARES);
}

SEC("xdp/inside_readdressing")
int inside_readdressing(struct xdp_md *context) {
    u32 zero = 0;
    return on_inside(context, map_lookup(&works, &zero), READDRESSES);
}

struct map SEC("maps") told_works = {BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(u32), sizeof(struct work), 1, 0};

/* Another border has seen this request: Java runs this on it, and there is one way to remember. */
SEC("xdp/told")
int told(struct xdp_md *context) {
    u32 zero = 0;
    return on_inside(context, map_lookup(&told_works, &zero), ONE_BORDER);
}

char _license[] SEC("license") = "Apache-2.0";
