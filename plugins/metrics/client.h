/* SPDX-License-Identifier: MIT */
/* One connection: read a head, perhaps wait for the page, write the answer, end. Thread: the
 * server's. */
#ifndef ACRIDA_METRICS_CLIENT_H
#define ACRIDA_METRICS_CLIENT_H

#include "page.h"
#include "request.h"

#define METRICS_HEAD_BYTES 4096u

enum metrics_client_state {
    METRICS_CLIENT_FREE = 0,
    METRICS_CLIENT_READS,
    METRICS_CLIENT_AWAITS, /* the page */
    METRICS_CLIENT_WRITES,
    METRICS_CLIENT_DRAINS, /* it has all: until it closes */
};

struct metrics_client {
    enum metrics_client_state state;
    int fd;
    uint64_t deadline_ns; /* of its state */
    char head[METRICS_HEAD_BYTES];
    size_t n_head;
    bool is_classic;
    bool is_head; /* of HEAD: no body */
    char answer[512];
    size_t n_answer;
    size_t n_written; /* of answer and text */
    struct metrics_text *text;
};

void metrics_client_begin(struct metrics_client *c, int fd, uint64_t now_ns);
void metrics_client_end(struct metrics_client *c, struct metrics_page *page);

/* Its descriptor is ready, its deadline is over, or a page was made: go on as far as it goes. */
void metrics_client_step(struct metrics_client *c, struct metrics_page *page, const char *token,
                         uint64_t now_ns);

#endif
