// The bare forwarder that relays are measured against: recvmmsg, look at where the datagram wants to go, sendmmsg.
// Bytes 8 to 11 of a datagram are the destination's address and 12 to 13 its port; anything but loopback is dropped.
//
// usage: forward PORT (0: any). Prints "ready PORT".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, SLOT = 2048 };

int main(int argc, char **argv) {
    static uint8_t data[BATCH][SLOT];
    static struct mmsghdr in[BATCH], out[BATCH];
    static struct iovec in_iov[BATCH], out_iov[BATCH];
    static struct sockaddr_in from[BATCH], to[BATCH];
    int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 4 << 20;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof at;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes))
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || getsockname(fd, (struct sockaddr *)&at, &length)) {
        perror("forward: bind");
        return 1;
    }
    printf("ready %d\n", ntohs(at.sin_port));
    fflush(stdout);
    for (int i = 0; i < BATCH; i++) {
        in_iov[i] = (struct iovec){data[i], SLOT};
        in[i].msg_hdr = (struct msghdr){&from[i], sizeof from[i], &in_iov[i], 1, 0, 0, 0};
        to[i].sin_family = AF_INET;
        out[i].msg_hdr = (struct msghdr){&to[i], sizeof to[i], &out_iov[i], 1, 0, 0, 0};
    }
    for (;;) {
        int n = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, 0), m = 0;
        for (int i = 0; i < n; i++) {
            if (in[i].msg_len < 14 || data[i][8] != 127)
                continue;
            memcpy(&to[m].sin_addr, data[i] + 8, 4);
            memcpy(&to[m].sin_port, data[i] + 12, 2);
            out_iov[m++] = (struct iovec){data[i], in[i].msg_len};
        }
        for (int done = 0; done < m;) {
            int sent = sendmmsg(fd, out + done, m - done, 0);
            done += sent > 0 ? sent : 1;
        }
    }
}
