// The load generator and sink of the relay benchmark. It knows no target but 127.0.0.1, sends at most MAX_PPS for at
// most MAX_MS, and holds a bounded number of packets in flight, so that what is measured is the relay's rate without loss.
//
// usage: load MODE RELAY_PORT PEERS BODY WARM_MS MEASURE_MS PID SINK_GRO INTERLEAVE WINDOW [EXTRA]
// prints one line of JSON: what the sink received in the measured time, and the processor time PID took meanwhile.
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
enum { MAX_PEERS = 16000, MAX_MS = 60000, MAX_PPS = 3000000, MESSAGES = 64, SLOT = 65536, ROOM = 1 << 20 };

void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Nanoseconds that all threads of a process have run, kernel time on their behalf included.
static uint64_t cpu_ns(int pid) {
    char path[64], line[128];
    uint64_t sum = 0, one;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        die("the process under test is gone");
    for (struct dirent *e; (e = readdir(tasks));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(line, sizeof line, "/proc/%d/task/%.20s/schedstat", pid, e->d_name);
        FILE *f = fopen(line, "r");
        if (f && fscanf(f, "%lu", &one) == 1)
            sum += one;
        if (f)
            fclose(f);
    }
    closedir(tasks);
    return sum;
}

uint32_t peer_address(int which, int peer) {
    return htonl(127u << 24 | (1 + 100 * which + peer / 250) << 16 | (peer % 250) << 8 | 1);
}

static int peer_of(uint32_t address, int which) {
    uint32_t a = ntohl(address);
    return ((a >> 16 & 255) - 1 - 100 * which) * 250 + (a >> 8 & 255);
}

static struct mmsghdr out[MESSAGES];
static struct iovec out_iov[MESSAGES];
static char out_control[MESSAGES][CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))]
    __attribute__((aligned(8)));
static uint8_t room[ROOM];
static struct sockaddr_in relay;
static int messages, room_used, last_which, last_peer, last_length, last_count, out_socket;

void flush(void) {
    for (int done = 0; done < messages;) {
        int n = sendmmsg(out_socket, out + done, messages - done, 0);
        if (n < 0 && errno != ECONNREFUSED && errno != EINTR)
            die("sendmmsg");
        done += n > 0 ? n : 0;
    }
    messages = room_used = 0;
    last_peer = -1;
}

uint8_t *add(struct load *l, int which, int peer, int length) {
    if (last_which != which || messages == MESSAGES || room_used + length > ROOM)
        flush();
    out_socket = l->socket[which];
    uint8_t *at = room + room_used;
    if (messages && last_which == which && last_peer == peer && last_length == length && last_count < 60) {
        struct msghdr *h = &out[messages - 1].msg_hdr;
        h->msg_iov->iov_len += length;
        if (last_count++ == 1) {
            struct cmsghdr *c = (struct cmsghdr *)((char *)h->msg_control + CMSG_SPACE(sizeof(struct in_pktinfo)));
            *c = (struct cmsghdr){CMSG_LEN(sizeof(uint16_t)), IPPROTO_UDP, UDP_SEGMENT};
            *(uint16_t *)CMSG_DATA(c) = length;
            h->msg_controllen = sizeof out_control[0];
        }
    } else {
        struct msghdr *h = &out[messages].msg_hdr;
        out_iov[messages] = (struct iovec){at, length};
        *h = (struct msghdr){&relay, sizeof relay, &out_iov[messages], 1, out_control[messages],
                             CMSG_SPACE(sizeof(struct in_pktinfo)), 0};
        struct cmsghdr *c = (struct cmsghdr *)out_control[messages];
        *c = (struct cmsghdr){CMSG_LEN(sizeof(struct in_pktinfo)), IPPROTO_IP, IP_PKTINFO};
        *(struct in_pktinfo *)CMSG_DATA(c) = (struct in_pktinfo){0, {peer_address(which, peer)}, {0}};
        messages++;
        last_count = 1;
    }
    last_which = which;
    last_peer = peer;
    last_length = length;
    room_used += length;
    return at;
}

int await(struct load *l, int which, uint8_t *into, int capacity, int *peer, const char *what) {
    struct pollfd p = {l->socket[which], POLLIN, 0};
    if (poll(&p, 1, 1000) != 1) {
        errno = ETIMEDOUT;
        die(what);
    }
    char control[64] __attribute__((aligned(8)));
    struct iovec iov = {into, capacity};
    struct msghdr h = {0, 0, &iov, 1, control, sizeof control, 0};
    int n = recvmsg(l->socket[which], &h, 0);
    if (n < 0)
        die(what);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c))
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
            *peer = peer_of(((struct in_pktinfo *)CMSG_DATA(c))->ipi_addr.s_addr, which);
    return n;
}

static int open_socket(struct load *l, int which) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 32 << 20, on = 1;
    struct sockaddr_in any = {.sin_family = AF_INET};
    socklen_t length = sizeof any;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes))
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&any, sizeof any) || getsockname(fd, (struct sockaddr *)&any, &length))
        die("bind");
    l->port[which] = ntohs(any.sin_port);
    return fd;
}

static struct mmsghdr in[MESSAGES];
static uint8_t *slots;
static char in_control[MESSAGES][64] __attribute__((aligned(8)));

static void prepare_sink(struct load *l, int gro) {
    static struct iovec iov[MESSAGES];
    int off = 0;
    setsockopt(l->socket[SINK], IPPROTO_IP, IP_PKTINFO, &off, sizeof off);
    if (setsockopt(l->socket[SINK], IPPROTO_UDP, UDP_GRO, &gro, sizeof gro))
        die("UDP_GRO");
    slots = malloc((size_t)MESSAGES * SLOT);
    for (int i = 0; i < MESSAGES; i++) {
        iov[i] = (struct iovec){slots + (size_t)i * SLOT, SLOT};
        in[i].msg_hdr = (struct msghdr){0, 0, &iov[i], 1, gro ? in_control[i] : 0, 0, 0};
    }
}

// Takes in what the sink holds; returns the number of delivered packets.
static int take(struct load *l, const struct mode *mode, uint64_t *stray) {
    for (int i = 0; i < MESSAGES; i++)
        in[i].msg_hdr.msg_controllen = in[i].msg_hdr.msg_control ? sizeof in_control[0] : 0;
    int n = recvmmsg(l->socket[SINK], in, MESSAGES, MSG_DONTWAIT, 0), delivered = 0;
    for (int i = 0; i < n; i++) {
        int length = in[i].msg_len, each = length;
        struct cmsghdr *c = CMSG_FIRSTHDR(&in[i].msg_hdr);
        if (c && c->cmsg_type == UDP_GRO)
            each = *(int *)CMSG_DATA(c);
        const uint8_t *at = slots + (size_t)i * SLOT;
        for (int left = length; left > 0; left -= each, at += each) {
            if (mode->counts(at, left < each ? left : each))
                delivered++;
            else
                ++*stray;
        }
    }
    return delivered;
}

int main(int argc, char **argv) {
    if (argc != 11 && argc != 12) {
        fprintf(stderr, "usage: load MODE RELAY_PORT PEERS BODY WARM_MS MEASURE_MS PID SINK_GRO INTERLEAVE WINDOW [EXTRA]\n");
        return 2;
    }
    const struct mode *modes[] = {&mailbox_mode, &turn_mode, &forward_mode, &ring_mode}, *mode = 0;
    for (int i = 0; i < 4; i++)
        mode = strcmp(argv[1], modes[i]->name) ? mode : modes[i];
    struct load l = {.relay_port = atoi(argv[2]), .peers = atoi(argv[3]), .body = atoi(argv[4]),
                     .interleave = atoi(argv[9]), .extra = argc > 11 ? argv[11] : ""};
    int warm_ms = atoi(argv[5]), measure_ms = atoi(argv[6]), pid = atoi(argv[7]), window = atoi(argv[10]);
    if (!mode || l.peers < 1 || l.peers > MAX_PEERS || l.body < 24 || l.body > 1152 || warm_ms < 0 || measure_ms < 1
        || warm_ms + measure_ms > MAX_MS || window < BURST || window > 1 << 20) {
        fprintf(stderr, "load: an argument is out of its bounds\n");
        return 2;
    }
    l.socket[SOURCE] = open_socket(&l, SOURCE);
    l.socket[SINK] = open_socket(&l, SINK);
    relay = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(l.relay_port),
                                 .sin_addr = {htonl(INADDR_LOOPBACK)}};
    mode->prepare(&l);
    prepare_sink(&l, atoi(argv[8]));

    uint64_t start = now_ns(), measure_from = start + warm_ms * 1000000ull, end = measure_from + measure_ms * 1000000ull;
    uint64_t sent = 0, received = 0, lost = 0, stray = 0, visit = 0, turns = 0, full = 0;
    uint64_t from_received = 0, from_cpu = 0, from_lost = 0, from_ns = 0, progress = start, now = start;
    while (now < end) {
        int got = take(&l, mode, &stray);
        received += got;
        now = now_ns();
        if (got)
            progress = now;
        if (!from_ns && now >= measure_from) {
            from_ns = now;
            from_received = received;
            from_lost = lost;
            from_cpu = cpu_ns(pid);
            turns = full = 0;
        }
        turns++;
        int64_t in_flight = sent - received - lost;
        if (in_flight > 0 && now - progress > 300000000) { // nothing came for 300 ms: what was under way is gone
            lost += in_flight;
            progress = now;
            in_flight = 0;
        }
        if (in_flight + BURST > window || sent * 1000 > (now - start) / 1000000 * MAX_PPS + MAX_PPS) {
            full++;
            continue;
        }
        for (int i = 0; i < 4 && in_flight + BURST <= window; i++) {
            int n = mode->step(&l, visit++);
            sent += n;
            in_flight += n;
        }
        flush();
    }
    double seconds = (now_ns() - from_ns) / 1e9, cpu = (cpu_ns(pid) - from_cpu) / 1e9;
    printf("{\"delivered\":%lu,\"seconds\":%.4f,\"cpuSeconds\":%.4f,\"lost\":%lu,\"stray\":%lu,\"windowFullShare\":%.3f}\n",
           received - from_received, seconds, cpu, lost - from_lost, stray, (double)full / turns);
    return 0;
}
