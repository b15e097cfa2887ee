/* What who probes is not told (Mayday, section 4.1; Hiding.java). Costs a packet one test each where nothing is hidden. */
#pragma once
#include "rules.h"

#define ICMP 1
#define AH 51
#define ICMPV6 58
#define ICMP_HEADER 8

INLINE struct cell *cell_of(const struct packet *p, const struct address *address) {
    u32 *number = search(&destinations4, &destinations6, p, address);
    return number ? map_lookup(&cells, number) : 0;
}

INLINE int protects(const struct packet *p, const struct address *address) {
    struct cell *cell = cell_of(p, address);
    return cell && cell->is_protected;
}

/* To whom the packet went that ran out of hops, as a router's message quotes it; the families apart, since the verifier wants to see their lengths. */
INLINE int read_quoted(const struct packet *p, void *data, void *data_end, struct address *quoted) {
    u32 at = BOUND(p->transport);
    u8 *icmp = data + at;
    if (p->later_fragment)
        return 0;
    if (p->ipv4) {
        if (p->protocol != ICMP || at + ICMP_HEADER + 20 > p->end || (void *)icmp + ICMP_HEADER + 20 > data_end || icmp[0] != 11)
            return 0;
        quoted->low = *(u32 *)(icmp + ICMP_HEADER + 16);
        return 1;
    }
    if (p->protocol != ICMPV6 || at + ICMP_HEADER + 40 > p->end || (void *)icmp + ICMP_HEADER + 40 > data_end || icmp[0] != 3)
        return 0;
    quoted->high = *(u64 *)(icmp + ICMP_HEADER + 24);
    quoted->low = *(u64 *)(icmp + ICMP_HEADER + 32);
    return 1;
}

/* A router's word that a packet to a protected address ran out of hops; or such a packet that would make this router say so. */
INLINE int tells_of_hops(const struct packet *p, void *data, void *data_end) {
    u8 *ip = data + BOUND(p->network);
    if ((void *)ip + 20 > data_end)
        return 0;
    u8 hops = p->ipv4 ? ip[8] : ip[7];
    if (hops <= 1 && protects(p, &p->destination))
        return 1;
    struct address quoted = {};
    return read_quoted(p, data, data_end, &quoted) && protects(p, &quoted);
}

/*
 * Another identification for an IPv4 packet from behind the ring. The kernel's random numbers for programs follow from those before, which the ids would
 * show: so they go through SipHash with the ring's secret. AH's sum covers the id (RFC 4302).
 */
INLINE void hide_id(const struct packet *p, const struct nonce_state *state, void *data, void *data_end) {
    if (!p->ipv4 || p->fragment || p->protocol == AH)
        return;
    struct cell *cell = cell_of(p, &p->source);
    u8 *ip = data + BOUND(p->network);
    if (!cell || !cell->is_behind || (void *)ip + 20 > data_end)
        return;
    u16 id = image_of(state->secret[0] ^ ktime_ns(), state->secret[1] ^ random_u32());
    *(u16 *)(ip + 10) = adjusted(*(u16 *)(ip + 10), *(u16 *)(ip + 4), id);
    *(u16 *)(ip + 4) = id;
}
