/* SPDX-License-Identifier: MIT */
/*
 * Frames that were dropped: counted by reason, and said at a limited rate.
 */
#ifndef ACRIDA_DIST_DROPS_H
#define ACRIDA_DIST_DROPS_H

#include "base/log.h"

#include <stdint.h>

enum acri_drops_reason {
    ACRI_DROPS_FOREIGN = 0, /* not of this protocol, or of no size of it */
    ACRI_DROPS_VERSION,     /* another version of the wire */
    ACRI_DROPS_FORGED,      /* not authentic */
    ACRI_DROPS_STALE,       /* of a session that is not known, or no more */
    ACRI_DROPS_REPEATED,
    ACRI_DROPS_MALFORMED, /* authentic, but not to be decoded */
    ACRI_DROPS_FLOOD,     /* more handshakes than are answered */
    ACRI_DROPS_REASONS,
};

struct acri_drops {
    uint64_t n[ACRI_DROPS_REASONS];
    struct acri_log_limit limits[ACRI_DROPS_REASONS];
};

/* from: "a worker", "the master". */
void acri_drops_count(struct acri_drops *d, uint64_t now_ns, enum acri_drops_reason reason,
                      const char *from);
uint64_t acri_drops_all(const struct acri_drops *d);

#endif
