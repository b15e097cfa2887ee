/* Headers of a frame, read as IpHeaders.java reads packets: the same steps in the same order. */
#pragma once
#include "bpf.h"
#include "schema.h" /* written by the build, from the Java side */

#define ETH_HEADER 14
#define MAX_TAGS 2
#define ETH_IPV4 0x0800
#define ETH_IPV6 0x86dd
#define ETH_8021Q 0x8100
#define ETH_8021AD 0x88a8
#define TCP 6
#define UDP 17
/* All that is looked at lies within 16 KiB: two tags, four extension headers of 2 KiB at most, options, a word. The verifier has to be told. */
#define BOUND(x) ((x) & 0x3fff)

/* Read anew each time: else clang reckons with 32-bit pointers, and the verifier with what it has learnt before. */
#define FRAME(context, field) ((void *)(long)*(volatile u32 *)&(context)->field)

struct address {
    u64 high; /* as they lie in the packet */
    u64 low;
};

struct packet {
    struct address source;
    struct address destination;
    u32 network;   /* offsets from the start of the frame */
    u32 transport;
    u32 payload;   /* 0: there is none */
    u32 end;       /* of the IP packet, not of the frame */
    u32 source_port;
    u32 port;
    u8 ipv4;
    u8 protocol;
    u8 fragment;
    u8 later_fragment;
    u8 has_ports;
};

enum parsed { PARSED, NOT_IP, BROKEN };

INLINE int is_extension(u8 protocol) {
    return protocol == 0 || protocol == 43 || protocol == 44 || protocol == 51 || protocol == 60;
}

INLINE enum parsed read_ipv4(struct packet *p, void *data, void *data_end) {
    u8 *ip = data + p->network;
    if ((void *)ip + 20 > data_end)
        return BROKEN;
    u32 header = (ip[0] & 0xf) * 4;
    u32 total = BE16(*(u16 *)(ip + 2));
    u32 available = data_end - data - p->network;
    if (ip[0] >> 4 != 4 || header < 20 || total < header || total > available)
        return BROKEN;
    p->ipv4 = 1;
    p->source.low = *(u32 *)(ip + 12);
    p->destination.low = *(u32 *)(ip + 16);
    p->protocol = ip[9];
    u16 bits = BE16(*(u16 *)(ip + 6));
    p->fragment = (bits & 0x3fff) != 0;
    p->later_fragment = (bits & 0x1fff) != 0;
    p->transport = p->network + header;
    p->end = p->network + total;
    return PARSED;
}

/* ::ffff:a.b.c.d, which never is an address on a wire (RFC 4038, 4.2): rules for IPv4 would be met by what is not IPv4. */
INLINE int is_mapped(const struct address *address) {
    return !address->high && (u32)BE32((u32)address->low) == 0xffff;
}

INLINE enum parsed read_ipv6(struct packet *p, void *data, void *data_end) {
    u8 *ip = data + p->network;
    if ((void *)ip + 40 > data_end)
        return BROKEN;
    u32 total = 40 + BE16(*(u16 *)(ip + 4));
    u32 available = data_end - data - p->network;
    if (ip[0] >> 4 != 6 || total > available)
        return BROKEN;
    p->source.high = *(u64 *)(ip + 8);
    p->source.low = *(u64 *)(ip + 16);
    p->destination.high = *(u64 *)(ip + 24);
    p->destination.low = *(u64 *)(ip + 32);
    p->end = p->network + total;
    if (is_mapped(&p->source) || is_mapped(&p->destination))
        return BROKEN;
    u8 protocol = ip[6];
    u32 at = p->network + 40;
#pragma unroll
    for (int walked = 0; walked <= MAX_EXTENSIONS; walked++) {
        if (p->later_fragment || !is_extension(protocol))
            break;
        at = BOUND(at);
        u8 *extension = data + at;
        if (walked == MAX_EXTENSIONS || at + 8 > p->end || (void *)extension + 8 > data_end)
            return BROKEN;
        u32 length = protocol == 51 ? (extension[1] + 2) * 4 : (extension[1] + 1) * 8;
        if (protocol == 44) {
            p->fragment = 1;
            p->later_fragment = (BE16(*(u16 *)(extension + 2)) & 0xfff8) != 0;
            length = 8;
        }
        protocol = extension[0];
        at += length;
        if (at > p->end)
            return BROKEN;
    }
    p->protocol = protocol;
    p->transport = at;
    return PARSED;
}

INLINE enum parsed read_transport(struct packet *p, void *data, void *data_end) {
    if (p->later_fragment || (p->protocol != TCP && p->protocol != UDP))
        return PARSED;
    u32 at = BOUND(p->transport);
    u32 least = p->protocol == TCP ? 20 : 8;
    u8 *transport = data + at;
    if (at + least > p->end || (void *)transport + 8 > data_end)
        return BROKEN;
    u32 header = 8;
    if (p->protocol == TCP) {
        if ((void *)transport + 20 > data_end)
            return BROKEN;
        header = (transport[12] >> 4) * 4;
    }
    if (header < least || at + header > p->end)
        return BROKEN;
    p->source_port = BE16(*(u16 *)transport);
    p->port = BE16(*(u16 *)(transport + 2));
    p->has_ports = 1;
    p->payload = at + header;
    return PARSED;
}

/* Behind up to two VLAN tags (802.1Q, 802.1ad). */
INLINE enum parsed read_packet(struct packet *p, void *data, void *data_end) {
    if (data + ETH_HEADER > data_end)
        return NOT_IP;
    u16 type = BE16(*(u16 *)(data + 12));
    u32 at = ETH_HEADER;
#pragma unroll
    for (int tag = 0; tag < MAX_TAGS; tag++) {
        if (type != ETH_8021Q && type != ETH_8021AD)
            break;
        if (data + at + 4 > data_end)
            return NOT_IP;
        type = BE16(*(u16 *)(data + at + 2));
        at += 4;
    }
    p->network = at;
    enum parsed parsed = NOT_IP;
    if (type == ETH_IPV4)
        parsed = read_ipv4(p, data, data_end);
    else if (type == ETH_IPV6)
        parsed = read_ipv6(p, data, data_end);
    return parsed == PARSED ? read_transport(p, data, data_end) : parsed;
}

/* A sum of the Internet's kind (RFC 1071) when 32 bits that it covers change (RFC 1624, equation 3). */
INLINE u16 adjusted(u16 sum, u32 from, u32 to) {
    u32 x = (u16)~sum;
    x += (u16)~from + (u16)(~from >> 16);
    x += (u16)to + (to >> 16);
    x = (x & 0xffff) + (x >> 16);
    x = (x & 0xffff) + (x >> 16);
    return (u16)~x;
}
