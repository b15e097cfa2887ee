/*
 * A rule set as bitmaps (decision 15, Classifier.java). What it says is in maps that are never changed: another one is another program. What its rules have
 * counted and let pass is in maps that stay.
 */
#pragma once
#include "nonces.h"

struct key4 {
    u32 length;
    u32 address;
};
struct key6 {
    u32 length;
    struct address address;
} __attribute__((packed, aligned(4)));

/* The number of a cell. */
struct map SEC("maps") sources4 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key4), sizeof(u32), 0, BPF_F_NO_PREALLOC};
struct map SEC("maps") sources6 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key6), sizeof(u32), 0, BPF_F_NO_PREALLOC};
struct map SEC("maps") destinations4 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key4), sizeof(u32), 0, BPF_F_NO_PREALLOC};
struct map SEC("maps") destinations6 = {BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key6), sizeof(u32), 0, BPF_F_NO_PREALLOC};
struct map SEC("maps") cells = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct cell), 0, 0};

/*
 * Cells of destinations looked up lately: a search of the trie costs as much as all the rest, and a flood goes to few addresses. Not for sources,
 * which a flood makes up.
 */
struct recent {
    struct address address;
    u32 cell;
    u32 version; /* 4 or 6; 0: empty */
};
#define RECENT 256
struct map SEC("maps") recents = {BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(u32), sizeof(struct recent), RECENT, 0};
struct map SEC("maps") protocols = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct bits), 256, 0};
struct map SEC("maps") source_ports = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct bits), 0, 0}; /* 65536, or 1 if no rule asks */
struct map SEC("maps") ports = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct bits), 0, 0};

struct word_key {
    u32 place;
    u32 value;
};
struct map SEC("maps") words = {BPF_MAP_TYPE_HASH, sizeof(struct word_key), sizeof(struct bits), 0, 0};

struct map SEC("maps") rules = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct rule), MAX_RULES, 0};

struct map SEC("maps") configs = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct config), 1, 0};

/* The theoretical arrival time of a limit (GCRA, ITU-T I.371), in 1/1024 ns since the ring began, modulo 2^64: 208 days. */
struct map SEC("maps") arrivals = {BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(u64), SHARED_LIMITS, 0};

struct source_key {
    struct address address;
    u32 limit;
    u32 reserved;
};
struct map SEC("maps") source_arrivals = {BPF_MAP_TYPE_LRU_HASH, sizeof(struct source_key), sizeof(u64), MAX_SOURCES, 0};

/* By the code of a drop reason; 0 counts what passed. */
struct map SEC("maps") verdicts = {BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(u32), sizeof(u64), 64, 0};
struct map SEC("maps") matches = {BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(u32), sizeof(u64), COUNTERS, 0};

INLINE void count(void *map, u32 index) {
    u64 *counter = map_lookup(map, &index);
    if (counter)
        ++*counter;
}

INLINE u32 *search(void *four, void *six, const struct packet *p, const struct address *address) {
    if (p->ipv4) {
        struct key4 key = {32, (u32)address->low};
        return map_lookup(four, &key);
    }
    struct key6 key = {128, *address};
    return map_lookup(six, &key);
}

INLINE struct cell *source_cell(const struct packet *p) {
    u32 *number = search(&sources4, &sources6, p, &p->source);
    return number ? map_lookup(&cells, number) : 0;
}

INLINE struct cell *destination_cell(const struct packet *p) {
    u64 mixed = (p->destination.high + p->destination.low) * 0x9e3779b97f4a7c15ull;
    u32 slot = mixed >> 56;
    u32 version = p->ipv4 ? 4 : 6;
    struct recent *recent = map_lookup(&recents, &slot);
    if (!recent)
        return 0;
    if (recent->version != version || recent->address.low != p->destination.low || recent->address.high != p->destination.high) {
        u32 *number = search(&destinations4, &destinations6, p, &p->destination);
        if (!number)
            return 0;
        recent->address = p->destination;
        recent->cell = *number;
        recent->version = version;
    }
    u32 number = recent->cell;
    return map_lookup(&cells, &number);
}

/*
 * What is known of the packet under work, out of the verifier's sight: it follows every way through a program with all that it knows of
 * registers and stack, and here it knows nothing, so that ways that differ only in the packet become one.
 */
struct work {
    struct packet packet;
    struct bits met;
    u32 announced; /* of a ring that readdresses (borders.h) */
};
struct map SEC("maps") works = {BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(u32), sizeof(struct work), 1, 0};

/* Of a word that is not 0. Counts the bits below it in parallel: no branches. */
INLINE u32 lowest_bit(u64 x) {
    u64 below = (x & -x) - 1;
    below -= below >> 1 & 0x5555555555555555ull;
    below = (below & 0x3333333333333333ull) + (below >> 2 & 0x3333333333333333ull);
    below = (below + (below >> 4)) & 0x0f0f0f0f0f0f0f0full;
    return below * 0x0101010101010101ull >> 56;
}

/* The number of the first rule that is met and takes it out, or MAX_RULES. */
INLINE u32 next_rule(struct bits *met) {
#pragma unroll
    for (u32 i = 0; i < BIT_WORDS; i++) {
        u64 word = met->words[i];
        if (word) {
            met->words[i] = word & (word - 1);
            return i * 64 + lowest_bit(word);
        }
    }
    return MAX_RULES;
}

INLINE void intersect(struct bits *met, const struct bits *with) {
#pragma unroll
    for (int i = 0; i < BIT_WORDS; i++)
        met->words[i] &= with->words[i];
}

/* The four bytes of a place, as they lie in the packet; false if they are not all there. */
INLINE int read_word(const struct packet *p, void *data, void *data_end, const struct place *place, u32 *word) {
    u32 base = p->network;
    if (place->base == BASE_TRANSPORT) {
        if (p->later_fragment)
            return 0;
        base = p->transport;
    } else if (place->base == BASE_PAYLOAD) {
        if (!p->payload)
            return 0;
        base = p->payload;
    }
    u32 at = BOUND(base + place->offset);
    if (at + 4 > p->end || data + at + 4 > data_end)
        return 0;
    *word = *(u32 *)(data + at);
    return 1;
}

/* Which rules' conditions the packet meets. */
INLINE int classify(const struct packet *p, void *data, void *data_end, const struct config *config, const struct cell *destination,
        struct bits *met) {
    *met = destination->rules;
    if (config->asks_sources) {
        struct cell *source = source_cell(p);
        if (!source)
            return 0; /* it is always there */
        intersect(met, &source->rules);
    }
    if (config->asks_protocols) {
        u32 protocol = p->protocol;
        struct bits *by_protocol = map_lookup(&protocols, &protocol);
        if (!by_protocol)
            return 0;
        intersect(met, by_protocol);
    }
    if (config->asks_source_ports) {
        u32 port = p->source_port;
        const struct bits *by_port = p->has_ports ? map_lookup(&source_ports, &port) : &config->no_source_port;
        if (!by_port)
            return 0;
        intersect(met, by_port);
    }
    if (config->asks_ports) {
        u32 port = p->port;
        const struct bits *by_port = p->has_ports ? map_lookup(&ports, &port) : &config->no_port;
        if (!by_port)
            return 0;
        intersect(met, by_port);
    }
#pragma unroll
    for (int i = 0; i < MAX_PLACES; i++) {
        if (i >= config->places)
            break;
        const struct place *place = &config->place[i];
        struct word_key key = {i, 0};
        const struct bits *by_word = 0;
        if (read_word(p, data, data_end, place, &key.value)) {
            key.value &= place->mask;
            by_word = map_lookup(&words, &key);
        }
        intersect(met, by_word ? by_word : &place->otherwise);
    }
    return 1;
}

/* A minute: so far a processor may lag behind another that was here at the same time, or be held up with the time in its hand. */
#define PROCESSORS_APART (1ull << 46)

/* Within the rate, and takes its share; a packet that others overtake time and again is over it. */
INLINE int take(u64 *arrival, u64 now, u64 cost, u64 burst) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
        u64 due = *(volatile u64 *)arrival;
        u64 from = due - now <= burst + PROCESSORS_APART ? due : now; /* further ahead it is behind: modulo 2^64 */
        if (from + cost - now > burst)
            return 0;
        if (__sync_val_compare_and_swap(arrival, due, from + cost) == due)
            return 1;
    }
    return 0;
}

INLINE int within(const struct packet *p, const struct config *config, const struct rule *rule) {
    u64 now = (ktime_ns() - config->started_ns) << 10;
    u64 cost = rule->packets ? rule->cost : rule->cost * (p->end - p->network);
    if (!rule->each) {
        u32 limit = rule->limit;
        u64 *arrival = map_lookup(&arrivals, &limit);
        return arrival && take(arrival, now, cost, rule->burst);
    }
    struct source_key key = {p->source, rule->limit, 0};
    u64 *arrival = map_lookup(&source_arrivals, &key);
    if (arrival)
        return take(arrival, now, cost, rule->burst);
    u64 first = now + cost;
    map_update(&source_arrivals, &key, &first, 0);
    return cost <= rule->burst;
}
