/* SPDX-License-Identifier: MIT */
/*
 * Who is connected, by descriptor: no address has more than its share of the connections, and a
 * connection on which no request becomes complete is ended, however its client keeps it busy.
 *
 * libevent does not say when it closes a connection: a descriptor that has become another socket,
 * or none, is known by its inode. Thread: the server's.
 */
#ifndef ACRIDA_WEB_VISITORS_H
#define ACRIDA_WEB_VISITORS_H

#include <stdbool.h>
#include <stddef.h>

/* Connections of one address: half of all that there can be. Behind a proxy all have one. */
#define WEB_VISITORS_OF_ADDRESS 128u
/* For a request to become complete, after the connection or the answer before. */
#define WEB_VISITORS_PATIENCE_S 60.0

struct web_visitors;

/* Returns: NULL without memory. */
struct web_visitors *web_visitors_new(void);
void web_visitors_free(struct web_visitors *v);

/* A connection has come. When its address has too many it is shut down. Returns: whether it may
 * stay. */
bool web_visitors_came(struct web_visitors *v, int fd, double now_s);

/* It has asked, and takes its answer; it has it. */
void web_visitors_asked(struct web_visitors *v, int fd);
void web_visitors_answered(struct web_visitors *v, int fd, double now_s);

/* Shut down those that have been asking for too long. */
void web_visitors_step(struct web_visitors *v, double now_s);

#endif
