/* SPDX-License-Identifier: MIT */
/* What went wrong, in the words of all engines: failures group by them. */
#ifndef ACRIDA_HTTP_FAILURE_H
#define ACRIDA_HTTP_FAILURE_H

#define HTTP_FAILURE_MEMORY "out of memory"
#define HTTP_FAILURE_URL "invalid URL"
#define HTTP_FAILURE_NAME "the host's name could not be resolved"
#define HTTP_FAILURE_ALLOW "the host is not among those of --allow-host"
#define HTTP_FAILURE_CONNECT "could not connect"
#define HTTP_FAILURE_CONNECT_TIMEOUT "connecting timed out after %g s" /* the limit */
#define HTTP_FAILURE_TLS "TLS failed: %s"                              /* what OpenSSL says */
#define HTTP_FAILURE_CA_FILE "the file with CA certificates cannot be used"
#define HTTP_FAILURE_CERT_FILE "the client certificate or its key cannot be used"
#define HTTP_FAILURE_NO_ANSWER "connection closed without an answer"
#define HTTP_FAILURE_INCOMPLETE "connection closed before the answer was complete"
#define HTTP_FAILURE_INVALID "invalid HTTP in the answer"
#define HTTP_FAILURE_DECODE "the body could not be decompressed"
#define HTTP_FAILURE_RESEND "connection closed, and the body cannot be sent twice"
#define HTTP_FAILURE_READ "the body to send could not be read"
#define HTTP_FAILURE_RECEIVE "receiving failed"
#define HTTP_FAILURE_SEND "sending failed"
#define HTTP_FAILURE_PART_FILE "the file of a part cannot be read"
#define HTTP_FAILURE_PART_TYPE "a part's content type has control characters"

#endif
