// What the load says to each kind of relay.
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

// ---- forward: each datagram says where it wants to go

static void forward_prepare(struct load *l) { (void)l; }

static int forward_step(struct load *l, uint64_t visit) {
    struct turn t = turn_of(l, visit);
    for (int i = 0; i < t.count; i++) {
        uint8_t *p = add(l, SOURCE, t.peer, 32 + l->body);
        uint32_t to = peer_address(SINK, t.peer);
        memset(p, 0, 8);
        memcpy(p + 8, &to, 4);
        put16(p + 12, l->port[SINK]);
        put64(p + 16, t.first + i);
    }
    return t.count;
}

static int forward_counts(const uint8_t *p, int length) { return length > 32 && p[8] == 127; }

const struct mode forward_mode = {"forward", forward_prepare, forward_step, forward_counts};

// ---- mailbox: 16 gets in a datagram, a block ahead of the 16 puts (docs/PROTOCOL.md)

static uint64_t cookies[2][16000];
static void get_block(struct load *l, int peer, uint64_t first) {
    uint8_t *p = add(l, SINK, peer, GET_LENGTH);
    get(p, peer, cookies[SINK][peer], first);
}

static void mailbox_prepare(struct load *l) {
    uint8_t answer[2048];
    int peer = 0;
    new_run();
    for (int which = 0; which < 2; which++)
        for (int i = 0; i < l->peers; i++) {
            uint8_t *p = add(l, which, i, 48);
            memset(p, 0, 48);
            header(p, COOKIE_REQUEST, i);
            flush();
            int n = await(l, which, answer, sizeof answer, &peer, "waiting for a cookie");
            if (n != 40 || answer[0] != COOKIE || peer != i) {
                errno = EPROTO;
                die("not a cookie");
            }
            cookies[which][i] = get64(answer + 24);
        }
    for (int i = 0; i < l->peers; i++)
        get_block(l, i, (uint64_t)i * BURST);
    flush();
}

static int mailbox_step(struct load *l, uint64_t visit) {
    struct turn t = turn_of(l, visit);
    if (t.begins_block)
        get_block(l, t.peer, t.first + (uint64_t)l->peers * BURST);
    for (int i = 0; i < t.count; i++) {
        uint64_t nonce[2];
        uint8_t *p = add(l, SOURCE, t.peer, 32 + l->body);
        nonce_of(t.first + i, nonce);
        header(p, PUT, 0);
        put64(p + 8, cookies[SOURCE][t.peer]);
        put64(p + 16, nonce[0]);
        put64(p + 24, nonce[1]);
    }
    return t.count;
}

static int mailbox_counts(const uint8_t *p, int length) { return length > 24 && p[0] == DATA; }

const struct mode mailbox_mode = {"mailbox", mailbox_prepare, mailbox_step, mailbox_counts};

// ---- turn: an allocation per peer with one channel (RFC 8656); packets travel as ChannelData

enum { ALLOCATE = 0x0003, CHANNEL_BIND = 0x0009, SUCCESS = 0x0100, CHANNEL = 0x4000 };
static const uint32_t magic = 0x2112A442;

static void turn_request(struct load *l, int peer, int type, const uint8_t *attributes, int length) {
    uint8_t answer[2048], *p = add(l, SOURCE, peer, 20 + length);
    int to = -1;
    put16(p, type);
    put16(p + 2, length);
    put32(p + 4, magic);
    put32(p + 8, type);
    put64(p + 12, peer);
    memcpy(p + 20, attributes, length);
    flush();
    int n = await(l, SOURCE, answer, sizeof answer, &to, "waiting for the TURN server");
    if (n < 20 || get16(answer) != (unsigned)(type | SUCCESS) || get64(answer + 12) != (uint64_t)peer) {
        errno = EPROTO;
        die(type == ALLOCATE ? "Allocate refused" : "ChannelBind refused");
    }
}

static void turn_prepare(struct load *l) {
    for (int i = 0; i < l->peers; i++) {
        uint8_t transport[8] = {0x00, 0x19, 0, 4, 17, 0, 0, 0}, bind[20] = {0x00, 0x0c, 0, 4, CHANNEL >> 8};
        turn_request(l, i, ALLOCATE, transport, sizeof transport);
        put16(bind + 8, 0x0012); // XOR-PEER-ADDRESS
        put16(bind + 10, 8);
        put16(bind + 12, 1);
        put16(bind + 14, l->port[SINK] ^ magic >> 16);
        put32(bind + 16, ntohl(peer_address(SINK, i)) ^ magic);
        turn_request(l, i, CHANNEL_BIND, bind, sizeof bind);
    }
}

static int turn_step(struct load *l, uint64_t visit) {
    struct turn t = turn_of(l, visit);
    for (int i = 0; i < t.count; i++) {
        uint8_t *p = add(l, SOURCE, t.peer, 4 + 24 + l->body);
        put16(p, CHANNEL);
        put16(p + 2, 24 + l->body);
        put64(p + 4, t.first + i);
    }
    return t.count;
}

static int turn_counts(const uint8_t *p, int length) { (void)p; return length > 24; }

const struct mode turn_mode = {"turn", turn_prepare, turn_step, turn_counts};
