/* SPDX-License-Identifier: MIT */
/*
 * What carries frames, as the sessions see it: the transport over nanomsg, or a test's own network.
 * A frame may be lost, repeated by nobody, and arrives whole; nothing else is promised.
 */
#ifndef ACRIDA_DIST_LINK_H
#define ACRIDA_DIST_LINK_H

#include <stddef.h>
#include <stdint.h>

#define ACRI_LINK_FRAME_MAX (256u * 1024) /* bytes; larger ones are not sent and not taken */

struct acri_link {
    void *arg;
    /* pipe: where a frame came from (master); 0 on a worker. Returns: 0; -EAGAIN: not now (a worker
     * is told by the session's step to try again). */
    int (*send)(void *arg, uint32_t pipe, const void *frame, size_t n_bytes);
    /* Worker only: nothing is heard: close the connection and make a new one. */
    void (*redial)(void *arg);
};

#endif
