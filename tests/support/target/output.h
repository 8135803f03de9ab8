/* SPDX-License-Identifier: MIT */
/* The sending side of a connection. */
#ifndef ACRIDA_TARGET_OUTPUT_H
#define ACRIDA_TARGET_OUTPUT_H

#include "connection.h"

enum target_output_result {
    TARGET_OUTPUT_DONE,    /* all is written */
    TARGET_OUTPUT_BLOCKED, /* the socket takes no more now */
    TARGET_OUTPUT_WAITING, /* for the connection's timer */
    TARGET_OUTPUT_FAILED,
};

/* Writes what worker->out and the connection hold, as far as possible now. */
enum target_output_result target_output_flush(struct target_worker *worker,
                                              struct target_connection *connection);

/* Holds back what stands in worker->out from `start` on, for `ns` nanoseconds. */
void target_output_hold(struct target_worker *worker, struct target_connection *connection,
                        size_t start, uint64_t ns);

/* The timer is due: what was held back may go, a paused stream goes on. */
void target_output_release(struct target_connection *connection);

#endif
