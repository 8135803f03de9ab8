/* SPDX-License-Identifier: MIT */
/*
 * The body of a form with files (multipart/form-data), read piece by piece: byte by byte what
 * libcurl sends for the same parts, but for the boundary.
 *
 * Errors are texts for the failure table. A file is open only while it is read.
 */
#ifndef ACRIDA_HTTP_MULTIPART_H
#define ACRIDA_HTTP_MULTIPART_H

#include <acrida/http.h>

#define HTTP_MULTIPART_UNKNOWN UINT64_MAX

struct http_multipart;

/*
 * For `n` parts that lie `part_size` bytes apart. Names are copied; values and data are not, nor
 * are paths of files: they stay the caller's until the end. Looks for the files already.
 *
 * Returns: NULL, or what is wrong. Freed by http_multipart_free.
 */
const char *http_multipart_open(const struct acr_part *parts, size_t n, size_t part_size,
                                struct http_multipart **ret_m);

/* "Content-Type: multipart/form-data; boundary=...", without a line end. */
const char *http_multipart_type_line(const struct http_multipart *m);

/* Of the whole body; HTTP_MULTIPART_UNKNOWN when a file is not a regular one. */
uint64_t http_multipart_bytes(const struct http_multipart *m);

/*
 * The next bytes of the body: as many as there is room for, fewer at the end only. Never more of a
 * file than it had when it was opened first.
 *
 * Returns: the bytes, 0 at the end, SIZE_MAX with *ret_error when a file cannot be read, or has
 * become shorter.
 */
size_t http_multipart_read(struct http_multipart *m, char *to, size_t bytes,
                           const char **ret_error);

/* From the beginning again, with the same boundary. Always possible but for pipes. */
void http_multipart_rewind(struct http_multipart *m);

void http_multipart_free(struct http_multipart *m);

#endif
