/* SPDX-License-Identifier: MIT */
/* Takes the framing off request bodies, with a length or in chunks, piece by piece. */
#ifndef ACRIDA_TARGET_BODY_H
#define ACRIDA_TARGET_BODY_H

#include "request.h"

enum target_body_status { TARGET_BODY_MORE, TARGET_BODY_DONE, TARGET_BODY_BAD };

enum target_body_state {
    TARGET_BODY_LENGTH, /* plain bytes up to the announced length */
    TARGET_BODY_SIZE,
    TARGET_BODY_EXTENSION,
    TARGET_BODY_DATA,
    TARGET_BODY_DATA_END,
    TARGET_BODY_TRAILER,
    TARGET_BODY_TRAILER_LINE,
    TARGET_BODY_ENDED,
};

struct target_body {
    enum target_body_state state;
    uint64_t left;    /* of the body or of the current chunk */
    unsigned digits;  /* of the chunk size, so far */
    uint64_t framing; /* bytes of extensions and trailers, which are bounded */
};

void target_body_start(struct target_body *body, const struct target_request *request);

/* Looks at the next bytes; tells how many it used and which of them are content. To be
 * called again with the rest while it returns MORE and bytes are left. */
enum target_body_status target_body_read(struct target_body *body, const char *data, size_t size,
                                         size_t *used, struct target_text *content);

#endif
