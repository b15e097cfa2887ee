// What the modes that speak Schiltron's protocol share (docs/PROTOCOL.md), and whose turn it is.
#pragma once
#include "load.h"
#include <string.h>
#include <time.h>

enum {
    VERSION = 1,
    COOKIE_REQUEST = 0x10, COOKIE = 0x11, GET = 0x20, PUT = 0x21, DATA = 0x22, OUT = 0x44, IN = 0x45,
    GET_LENGTH = 24 + 16 * BURST
};

// Of one visit: which peer's turn it is, and the numbers of the packets it sends. Every peer sends its 16 packets of one
// block before the next block begins, in a row or one per round.
struct turn {
    int peer, count, begins_block;
    uint64_t first;
};

static inline struct turn turn_of(struct load *l, uint64_t visit) {
    uint64_t round = visit / l->peers;
    struct turn t = {.peer = visit % l->peers, .count = l->interleave ? 1 : BURST};
    uint64_t block = l->interleave ? round / BURST : round;
    t.first = (block * l->peers + t.peer) * BURST + (l->interleave ? round % BURST : 0);
    t.begins_block = !l->interleave || round % BURST == 0;
    return t;
}

static uint64_t run;

static inline uint64_t mix(uint64_t x) { // splitmix64
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

static inline void nonce_of(uint64_t packet, uint64_t nonce[2]) {
    nonce[0] = mix(packet ^ run);
    nonce[1] = mix(packet ^ run ^ 0x5555555555555555ull);
}

// Nonces that no earlier run has used.
static inline void new_run(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    run = mix(t.tv_sec * 1000000000ull + t.tv_nsec);
}

static inline uint64_t rotl(uint64_t x, int n) { return x << n | x >> (64 - n); }

static inline void sip_rounds(uint64_t v[4], int n) {
    while (n--) {
        v[0] += v[1]; v[1] = rotl(v[1], 13) ^ v[0]; v[0] = rotl(v[0], 32);
        v[2] += v[3]; v[3] = rotl(v[3], 16) ^ v[2];
        v[0] += v[3]; v[3] = rotl(v[3], 21) ^ v[0];
        v[2] += v[1]; v[1] = rotl(v[1], 17) ^ v[2]; v[2] = rotl(v[2], 32);
    }
}

// SipHash-2-4-128 of "Schiltr1", keyed with the nonce.
static inline void image_of(const uint64_t nonce[2], uint64_t image[2]) {
    uint64_t m = 0x536368696c747231ull, last = 8ull << 56;
    uint64_t v[4] = {nonce[0] ^ 0x736f6d6570736575ull, nonce[1] ^ 0x646f72616e646f6dull ^ 0xee,
                     nonce[0] ^ 0x6c7967656e657261ull, nonce[1] ^ 0x7465646279746573ull};
    v[3] ^= m; sip_rounds(v, 2); v[0] ^= m;
    v[3] ^= last; sip_rounds(v, 2); v[0] ^= last;
    v[2] ^= 0xee; sip_rounds(v, 4);
    image[0] = v[0] ^ v[1] ^ v[2] ^ v[3];
    v[1] ^= 0xdd; sip_rounds(v, 4);
    image[1] = v[0] ^ v[1] ^ v[2] ^ v[3];
}

static inline uint64_t sip_words(const uint64_t key[2], const uint8_t *p, int length) {
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575ull, key[1] ^ 0x646f72616e646f6dull, key[0] ^ 0x6c7967656e657261ull,
                     key[1] ^ 0x7465646279746573ull};
    for (int i = 0; i <= length / 8; i++) {
        uint64_t m = 0;
        memcpy(&m, p + 8 * i, i < length / 8 ? 8 : length % 8);
        if (i == length / 8)
            m |= (uint64_t)length << 56;
        v[3] ^= m; sip_rounds(v, 2); v[0] ^= m;
    }
    v[2] ^= 0xff; sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static inline void header(uint8_t *p, int type, uint32_t tag) {
    p[0] = type; p[1] = 0; p[2] = VERSION; p[3] = 0;
    put32(p + 4, tag);
}

// A GET of a peer's 16 nonces from number first on.
static inline void get(uint8_t *p, uint32_t tag, uint64_t cookie, uint64_t first) {
    header(p, GET, tag);
    put64(p + 8, cookie);
    put16(p + 16, 2000 / 4); // lifetime 2 s
    put16(p + 18, 1152);
    put32(p + 20, 0);
    for (int i = 0; i < BURST; i++) {
        uint64_t nonce[2], image[2];
        nonce_of(first + i, nonce);
        image_of(nonce, image);
        put64(p + 24 + 16 * i, image[0]);
        put64(p + 32 + 16 * i, image[1]);
    }
}
