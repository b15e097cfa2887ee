/*
 * A ring of several borders (Phalanx, section 3.3): a request may leave by one and its answer come in by another. Either each border hands the requests it sees to Java, which
 * tells the others, or each sends requests on with an address that is announced there alone, and the answer comes back to it. Programs of a ring with one border have
 * none of this in them.
 */
#pragma once
#include "rules.h"

enum borders { ONE_BORDER, SHARES, READDRESSES };

/* Requests seen here, for Java to read. */
struct map SEC("maps") seen = {BPF_MAP_TYPE_RINGBUF, 0, 0, SEEN_BYTES, 0};
/* How many found no room there, or are too long for a datagram. */
struct map SEC("maps") unshared = {BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(u32), sizeof(u64), 1, 0};

struct request {
    u32 length;
    u8 packet[SHARED_PACKET]; /* from the IP header on */
};

INLINE void share(struct xdp_md *context, const struct packet *p) {
    struct request *request = ringbuf_reserve(&seen, sizeof(struct request), 0);
    if (!request) {
        count(&unshared, 0);
        return;
    }
    u32 length = p->end - p->network;
    asm volatile("" : "+r"(length)); /* what is compared is what is copied, for the verifier */
    if (length < 1 || length > SHARED_PACKET || xdp_load_bytes(context, p->network, request->packet, length)) {
        ringbuf_discard(request, 0);
        count(&unshared, 0);
        return;
    }
    request->length = length;
    ringbuf_submit(request, 0);
}

/* By where requests come from, and, on the way back, by where answers go. */
struct map SEC("maps") leaving4 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key4), sizeof(struct readdress), MAX_READDRESSES, BPF_F_NO_PREALLOC};
struct map SEC("maps") leaving6 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key6), sizeof(struct readdress), MAX_READDRESSES, BPF_F_NO_PREALLOC};
struct map SEC("maps") returning4 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key4), sizeof(struct readdress), MAX_READDRESSES, BPF_F_NO_PREALLOC};
struct map SEC("maps") returning6 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key6), sizeof(struct readdress), MAX_READDRESSES, BPF_F_NO_PREALLOC};

/* One to one: another prefix, the same bits behind it. False if it is not for this address. */
INLINE int readdressed(const u32 *found, struct address *address) {
    const struct readdress *readdress = (const void *)found;
    if (!readdress)
        return 0;
    address->high = readdress->high | (address->high & ~readdress->mask_high);
    address->low = readdress->low | (address->low & ~readdress->mask_low);
    return 1;
}

INLINE u16 adjusted_by_address(const struct packet *p, u16 sum, const u32 *from, const u32 *to) {
    sum = adjusted(sum, from[0], to[0]);
    if (p->ipv4)
        return sum;
    sum = adjusted(sum, from[1], to[1]);
    sum = adjusted(sum, from[2], to[2]);
    return adjusted(sum, from[3], to[3]);
}

/*
 * Writes an address of the IP header, and makes good the sums over it: that of IPv4's header, and UDP's. False if the packet, whole UDP, is not as it was
 * when it was read.
 *
 * is_source: which one
 */
INLINE int rewrite(struct xdp_md *context, const struct packet *p, const struct address *to, int is_source) {
    void *data = FRAME(context, data);
    void *data_end = FRAME(context, data_end);
    u32 bytes = p->ipv4 ? 4 : 16;
    u8 *ip = data + BOUND(p->network);
    u16 *sum = data + BOUND(p->transport) + 6;
    if ((void *)sum + 2 > data_end || (void *)ip + (p->ipv4 ? 20 : 40) > data_end)
        return 0;
    u32 new[4] = {(u32)to->low};
    if (!p->ipv4)
        *(struct address *)new = *to;
    u32 *at = (u32 *)(ip + (p->ipv4 ? 12 : 8) + (is_source ? 0 : bytes));
    if ((void *)at + bytes > data_end)
        return 0;
    if (*sum || !p->ipv4) { /* 0: none */
        u16 made_good = adjusted_by_address(p, *sum, at, new);
        *sum = made_good ? made_good : 0xffff;
    }
    if (p->ipv4) {
        u16 *header = (u16 *)(ip + 10);
        *header = adjusted(*header, at[0], new[0]);
        at[0] = new[0];
    } else {
        at[0] = new[0];
        at[1] = new[1];
        at[2] = new[2];
        at[3] = new[3];
    }
    return 1;
}

/*
 * What carries a mailbox's cookie besides requests: that is good for one address, so all of it has to come from the same. A query of DNS has a question where the customer of a ring node
 * would stand; other protocols may look alike, and then go to where something was asked lately or have eight bytes in common.
 */
INLINE int carries_a_cookie(const struct nonce_state *state, const struct packet *p, const u8 *message) {
    if ((message[0] != WIRE_PUT && message[0] != WIRE_HELLO) || message[2] != WIRE_VERSION || message[3])
        return 0;
    return !*(u32 *)(message + 4) || asked_lately(state, asked_of(state, &p->destination, p->port, CLASS_DATA));
}

INLINE void leave_readdressed(struct xdp_md *context, const struct packet *p) {
    struct address source = p->source;
    if (readdressed(search(&leaving4, &leaving6, p, &p->source), &source))
        rewrite(context, p, &source, 1);
}

/*
 * What comes for an announced address is judged as if it came for the other one; "arrived" has the last word. Options of IPv4 and extensions of IPv6 may name another
 * destination, which UDP's sum is then about (RFC 8200, section 8.1): none of these come to an announced address.
 */
INLINE u32 return_readdressed(struct work *work) {
    struct packet *p = &work->packet;
    struct address destination = p->destination;
    work->announced = readdressed(search(&returning4, &returning6, p, &p->destination), &destination);
    if (!work->announced)
        return 0;
    p->destination = destination;
    return p->transport == p->network + (p->ipv4 ? 20 : 40) ? 0 : DROP_MALFORMED;
}

/* An announced address is there for answers to what was asked for from it, and for nothing else. */
INLINE u32 arrived(struct xdp_md *context, const struct work *work, const struct rule *rule) {
    const struct packet *p = &work->packet;
    if (!work->announced)
        return 0;
    if (rule->action != ACTION_REQUESTED)
        return DROP_NOT_ALLOWED;
    return rewrite(context, p, &p->destination, 0) ? 0 : DROP_MALFORMED;
}
