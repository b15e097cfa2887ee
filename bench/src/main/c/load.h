// What the load generator's modes share. One process is every peer: a source and a sink socket, both bound to all of
// 127.0.0.0/8, send as (IP_PKTINFO) and receive for as many loopback addresses as there are peers.
#pragma once
#include <stdint.h>

enum { SOURCE, SINK };
enum { BURST = 16 };

struct load {
    int socket[2];
    uint16_t port[2];   // of each socket, host order
    uint16_t relay_port;
    int peers;
    int body;           // bytes of payload per packet
    int interleave;     // 0: a peer's 16 packets in a row; 1: one of each peer in turn
    const char *extra;  // what the relay said besides its port
};

struct mode {
    const char *name;
    void (*prepare)(struct load *);                   // handshakes; dies if they fail
    int (*step)(struct load *, uint64_t visit);       // queues the packets of one visit; returns how many
    int (*counts)(const uint8_t *datagram, int length); // whether what came to the sink is a delivered packet
};

extern const struct mode mailbox_mode, turn_mode, forward_mode, ring_mode;

// The address of a peer, network order: each in a /24 of its own.
uint32_t peer_address(int which, int peer);
// Room to write one datagram that leaves from a peer's address for the relay. Successive ones of equal length from one
// peer leave as a train.
uint8_t *add(struct load *, int which, int peer, int length);
void flush(void);
// Waits up to a second for one datagram; returns its length, or dies saying what was awaited. Writes the peer it is for.
int await(struct load *, int which, uint8_t *into, int capacity, int *peer, const char *what);
void die(const char *what);

static inline void put16(uint8_t *p, unsigned v) { p[0] = v >> 8; p[1] = v; }
static inline void put32(uint8_t *p, uint32_t v) { put16(p, v >> 16); put16(p + 2, v); }
static inline void put64(uint8_t *p, uint64_t v) { put32(p, v >> 32); put32(p + 4, v); }
static inline unsigned get16(const uint8_t *p) { return p[0] << 8 | p[1]; }
static inline uint32_t get32(const uint8_t *p) { return (uint32_t)get16(p) << 16 | get16(p + 2); }
static inline uint64_t get64(const uint8_t *p) { return (uint64_t)get32(p) << 32 | get32(p + 4); }
