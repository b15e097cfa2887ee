/*
 * What was asked for: first-in-first-out lines of fingerprints (decision 15, LineNonceFilter.java). A line is one cache
 * line of 64 bytes: a count of what was written, then 15 slots of 32 bits, each a fingerprint of nonce and generation.
 * Requests and answers meet on different processors, so a slot is used up by one compare-and-swap.
 */
#pragma once
#include "packet.h"

/* Arrays of one block each (NonceLines.java). */
struct map SEC("maps") lines = {BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(u32), sizeof(u32), 0, 0};

/* Of the whole ring, changed by Java: the generation turns, the secret (odd where it multiplies) does not while the lines live. */
struct map SEC("maps") nonce_states = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct nonce_state), 1, 0};

INLINE u64 rotate(u64 x, int bits) {
    return x << bits | x >> (64 - bits);
}

#define SIP_ROUND \
    do { \
        v0 += v1; v1 = rotate(v1, 13) ^ v0; v0 = rotate(v0, 32); \
        v2 += v3; v3 = rotate(v3, 16) ^ v2; \
        v0 += v3; v3 = rotate(v3, 21) ^ v0; \
        v2 += v1; v1 = rotate(v1, 17) ^ v2; v2 = rotate(v2, 32); \
    } while (0)

/* The first half of the image of a nonce: SipHash-2-4-128 with the nonce as its key (SipHash.java, docs/PROTOCOL.md). 64 bits are more than a line and a fingerprint tell apart. */
INLINE u64 image_of(u64 high, u64 low) {
    u64 v0 = high ^ 0x736f6d6570736575ull;
    u64 v1 = low ^ 0x646f72616e646f6dull ^ 0xee;
    u64 v2 = high ^ 0x6c7967656e657261ull;
    u64 v3 = low ^ 0x7465646279746573ull;
    v3 ^= IMAGE_TWEAK;
    SIP_ROUND;
    SIP_ROUND;
    v0 ^= IMAGE_TWEAK;
    v3 ^= 8ull << 56;
    SIP_ROUND;
    SIP_ROUND;
    v0 ^= 8ull << 56;
    v2 ^= 0xee;
    SIP_ROUND;
    SIP_ROUND;
    SIP_ROUND;
    SIP_ROUND;
    return v0 ^ v1 ^ v2 ^ v3;
}

/* What all nonces asked of one mailbox have in common. */
INLINE u64 asked_of(const struct nonce_state *state, const struct address *mailbox, u32 port, u32 class) {
    return (mailbox->high ^ state->secret[0]) * state->secret[1] + (mailbox->low ^ state->secret[2]) * state->secret[3]
            + (((u64)class << 16 | port) ^ state->secret[4]) * state->secret[5];
}

/*
 * In which generation something was asked of a mailbox last; some share an entry. A flood from where nobody asked ends here, before the image is made and memory is waited
 * for. A request and a turn may meet, so one generation more counts than a line remembers.
 */
struct map SEC("maps") mailboxes = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(u32), 1 << 16, 0};

INLINE u32 *mailbox_of(u64 asked) {
    u32 index = asked >> 48;
    return map_lookup(&mailboxes, &index);
}

INLINE void note_asked(const struct nonce_state *state, u64 asked) {
    u32 *mailbox = mailbox_of(asked);
    if (mailbox && *mailbox != state->generation)
        *mailbox = state->generation;
}

INLINE int asked_lately(const struct nonce_state *state, u64 asked) {
    u32 *mailbox = mailbox_of(asked);
    return mailbox && *mailbox && state->generation - *mailbox + 1 <= 3; /* also one that another processor has written since */
}

/*
 * Nonces and images are as good as random to everybody but who asked for them, and who asks has lines of his own: so
 * multiplication by secrets is enough to keep the places of others unknown (universal hashing).
 */
INLINE u64 key_of(const struct nonce_state *state, u64 asked, u64 shown) {
    u64 h = (shown ^ asked) * state->secret[1];
    h ^= h >> 32;
    return h * state->secret[3];
}

/* Of a key in one generation: the same key in another has another one. 0 is an empty slot. */
INLINE u32 fingerprint_of(u64 key, u32 generation) {
    u32 fingerprint = (u32)key ^ generation * 0x9e3779b1;
    return fingerprint ? fingerprint : 1;
}

/* @param count of the rule's lines, a power of two or not */
INLINE struct line *line_of(const struct nonce_state *state, u64 key, u32 first, u32 count) {
    u32 index = first + (u32)((key >> 32) * count >> 32);
    u32 block = index / BLOCK_LINES;
    u32 zero = 0, at = index % BLOCK_LINES * sizeof(struct line) + state->line_shift;
    void *inner = map_lookup(&lines, &block);
    void *start = inner ? map_lookup(inner, &zero) : 0;
    if (!start)
        return 0;
    asm volatile("" : "+r"(at)); /* the verifier wants to see what clang knows already */
    at &= BLOCK_MASK;
    return at <= BLOCK_BYTES - sizeof(struct line) ? start + at : 0;
}

/* Where the first block begins, of which Java wants to know how far from the start of a cache line. */
SEC("xdp/where")
int where(struct xdp_md *context) {
    (void)context;
    u32 zero = 0;
    void *inner = map_lookup(&lines, &zero);
    return inner ? (int)(long)map_lookup(inner, &zero) : 0;
}

INLINE void remember(const struct nonce_state *state, u64 key, u32 first, u32 count) {
    struct line *line = line_of(state, key, first, count);
    if (!line)
        return;
    u32 slot = __sync_fetch_and_add(&line->written, 1) % SLOTS;
    asm volatile("" : "+r"(slot)); /* the verifier wants to see what clang knows already */
    if (slot >= SLOTS)
        return;
    *(volatile u32 *)&line->slots[slot] = fingerprint_of(key, state->generation);
}

/* Asked for in this generation or the last, and uses it up. */
INLINE int admit(const struct nonce_state *state, u64 key, u32 first, u32 count) {
    struct line *line = line_of(state, key, first, count);
    if (!line)
        return 0;
    u32 fresh = fingerprint_of(key, state->generation);
    u32 old = fingerprint_of(key, state->generation - 1);
#pragma unroll
    for (int i = 0; i < SLOTS; i++) {
        u32 found = *(volatile u32 *)&line->slots[i];
        if ((found == fresh || found == old) && __sync_val_compare_and_swap(&line->slots[i], found, 0) == found)
            return 1;
    }
    return 0;
}
