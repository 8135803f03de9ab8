/* SPDX-License-Identifier: MIT */
/*
 * All ephemeral ports are taken by connections to one port; then a worker connects to a master at
 * another. For a network of its own with few such ports.
 */
#include "dist/transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#define SINK 4000
#define MASTER 5557
#define MOST 1000

static int take_all_ports(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(SINK),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int sink = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(sink, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(sink, MOST) < 0) {
        perror("sink");
        return -1;
    }
    for (int n = 0; n < MOST; n++)
        if (connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&at, sizeof(at)) < 0)
            return errno == EADDRNOTAVAIL ? n : -1;
    return -1;
}

int main(void)
{
    struct acri_transport *master = NULL;
    struct acri_transport *worker = NULL;
    struct acri_error error = { "" };
    struct pollfd p = { .events = POLLIN };
    int n = take_all_ports();

    if (n < 0) {
        printf("the ports cannot be taken\n");
        return 2;
    }
    printf("%d ports taken\n", n);
    fflush(stdout);
    if (acri_transport_bind("127.0.0.1", MASTER, &master, &error) < 0 ||
        acri_transport_connect("127.0.0.1", MASTER, &worker, &error) < 0) {
        printf("%s\n", error.text);
        return 2;
    }
    p.fd = acri_transport_send_fd(worker);
    n = poll(&p, 1, 20000);
    printf(n == 1 ? "connected\n" : "not connected\n");
    acri_transport_free(worker);
    acri_transport_free(master);
    return n == 1 ? 0 : 1;
}
