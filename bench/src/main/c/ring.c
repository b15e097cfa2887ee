// The load of a ring node: its peers are mailboxes that answer what its customers request through it.
// EXTRA is NUMBER:KEY0:KEY1 (hexadecimal words) of each customer, separated by commas.
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_CUSTOMERS = 64, ENVELOPE = 48 };
static struct customer {
    uint32_t number;
    uint64_t key[2], counter;
} customers[MAX_CUSTOMERS];
static int customer_count;

// An OUT from a customer to a peer's address; returns where its inner datagram goes.
static uint8_t *out(struct load *l, int customer, int peer, int inner_length) {
    uint8_t *p = add(l, SINK, customer, ENVELOPE + inner_length);
    uint32_t mailbox = peer_address(SOURCE, peer);
    header(p, OUT, customers[customer].number);
    put64(p + 8, customers[customer].counter++);
    memset(p + 24, 0, 24);
    put16(p + 34, 0xffff);
    memcpy(p + 36, &mailbox, 4);
    put16(p + 40, l->port[SOURCE]);
    return p + ENVELOPE;
}

static void seal(uint8_t *inner, int customer, int inner_length) {
    uint8_t *p = inner - ENVELOPE, head[24];
    const uint64_t *key = customers[customer].key;
    uint64_t words[3] = {get64(p), get64(p + 8), sip_words(key, p + 24, 24 + inner_length) + ENVELOPE + inner_length};
    memcpy(head, words, sizeof head);
    put64(p + 16, sip_words(key, head, sizeof head));
}

static void get_block(struct load *l, int peer, uint64_t first) {
    int customer = peer % customer_count;
    uint8_t *inner = out(l, customer, peer, GET_LENGTH);
    get(inner, 0, 1, first);
    seal(inner, customer, GET_LENGTH);
}

// A mailbox may be asked once it has given the customer a cookie through the ring.
static void grant(struct load *l, int peer) {
    uint8_t answer[2048];
    int customer = peer % customer_count, to = -1;
    uint8_t *inner = out(l, customer, peer, 48);
    memset(inner, 0, 48);
    header(inner, COOKIE_REQUEST, 0);
    put64(inner + 8, mix(peer ^ run));
    seal(inner, customer, 48);
    flush();
    do { // requests of an earlier run's gets may still be arriving
        if (await(l, SOURCE, answer, sizeof answer, &to, "waiting for a request through the ring") < 24)
            die("short request");
    } while (answer[0] != COOKIE_REQUEST);
    uint8_t *p = add(l, SOURCE, peer, 40);
    memset(p, 0, 40);
    header(p, COOKIE, get32(answer + 4));
    memcpy(p + 8, answer + 8, 16);
    put16(p + 32, 3600);
    p[34] = 1;
    flush();
    await(l, SINK, answer, sizeof answer, &to, "waiting for a cookie through the ring");
    if (answer[0] != IN) {
        errno = EPROTO;
        die("not an IN");
    }
}

static void ring_prepare(struct load *l) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    new_run();
    for (const char *s = l->extra; *s && customer_count < MAX_CUSTOMERS; s += strcspn(s, ",") + (s[strcspn(s, ",")] != 0)) {
        struct customer *c = &customers[customer_count];
        if (sscanf(s, "%u:%lx:%lx", &c->number, &c->key[0], &c->key[1]) != 3)
            break;
        c->counter = t.tv_sec * 1000000000ull + t.tv_nsec; // beyond those of earlier runs
        customer_count++;
    }
    if (!customer_count) {
        errno = EINVAL;
        die("no customers");
    }
    for (int i = 0; i < l->peers; i++)
        grant(l, i);
    for (int i = 0; i < l->peers; i++)
        get_block(l, i, (uint64_t)i * BURST);
    flush();
}

static int ring_step(struct load *l, uint64_t visit) {
    struct turn t = turn_of(l, visit);
    if (t.begins_block)
        get_block(l, t.peer, t.first + (uint64_t)l->peers * BURST);
    for (int i = 0; i < t.count; i++) {
        uint64_t nonce[2];
        uint8_t *p = add(l, SOURCE, t.peer, 24 + l->body);
        nonce_of(t.first + i, nonce);
        header(p, DATA, customers[t.peer % customer_count].number);
        put64(p + 8, nonce[0]);
        put64(p + 16, nonce[1]);
    }
    return t.count;
}

static int ring_counts(const uint8_t *p, int length) { return length > ENVELOPE + 24 && p[0] == IN && p[ENVELOPE] == DATA; }

const struct mode ring_mode = {"ring", ring_prepare, ring_step, ring_counts};
