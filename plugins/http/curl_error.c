/* SPDX-License-Identifier: MIT */
/* What went wrong, in words. */
#include "curl_error.h"

#include "failure.h"
#include "status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROXY_NAME "the proxy's name could not be resolved"
#define PROXY_CLOSED "the proxy closed the connection"
#define PROXY_FAILED "the proxy could not connect"

static const struct {
    CURLcode code;
    const char *text;
} texts[] = {
    { CURLE_UNSUPPORTED_PROTOCOL, HTTP_FAILURE_INVALID }, /* HTTP/0.9, or no HTTP at all */
    { CURLE_WEIRD_SERVER_REPLY, HTTP_FAILURE_INVALID },
    { CURLE_BAD_FUNCTION_ARGUMENT,
      HTTP_FAILURE_INVALID }, /* a header line that curl cannot store */
    { CURLE_URL_MALFORMAT, HTTP_FAILURE_URL },
    { CURLE_COULDNT_RESOLVE_PROXY, PROXY_NAME },
    { CURLE_HTTP2, "invalid HTTP/2 in the answer" },
    { CURLE_HTTP2_STREAM, "the HTTP/2 stream was reset" },
    { CURLE_PARTIAL_FILE, HTTP_FAILURE_INCOMPLETE },
    { CURLE_GOT_NOTHING, HTTP_FAILURE_NO_ANSWER },
    { CURLE_SEND_FAIL_REWIND, HTTP_FAILURE_RESEND },
    { CURLE_BAD_CONTENT_ENCODING, HTTP_FAILURE_DECODE },
    { CURLE_READ_ERROR, HTTP_FAILURE_READ },
    { CURLE_ABORTED_BY_CALLBACK, HTTP_FAILURE_READ },
    { CURLE_OUT_OF_MEMORY, HTTP_FAILURE_MEMORY },
    { CURLE_SSL_CACERT_BADFILE, HTTP_FAILURE_CA_FILE },
    { CURLE_SSL_CERTPROBLEM, HTTP_FAILURE_CERT_FILE },
};

/* What SOCKS proxies say. */
static const struct {
    long code;
    const char *text;
} proxy_texts[] = {
    { CURLPX_BAD_VERSION, "the proxy does not speak this version of SOCKS" },
    { CURLPX_CLOSED, PROXY_CLOSED },
    { CURLPX_RECV_CONNECT, PROXY_CLOSED },
    { CURLPX_RECV_AUTH, PROXY_CLOSED },
    { CURLPX_RECV_REQACK, PROXY_CLOSED },
    { CURLPX_RECV_ADDRESS, PROXY_CLOSED },
    { CURLPX_NO_AUTH, "the proxy wants other credentials, or a user and password" },
    { CURLPX_USER_REJECTED, "the proxy refused the user or password" },
    { CURLPX_REPLY_NOT_ALLOWED, "the proxy refused the connection: not allowed by its rules" },
    { CURLPX_REPLY_GENERAL_SERVER_FAILURE, PROXY_FAILED },
    { CURLPX_REQUEST_FAILED, PROXY_FAILED }, /* all that SOCKS 4 says */
    { CURLPX_REPLY_CONNECTION_REFUSED, PROXY_FAILED ": connection refused" },
    { CURLPX_REPLY_HOST_UNREACHABLE, PROXY_FAILED ": host unreachable" },
    { CURLPX_REPLY_NETWORK_UNREACHABLE, PROXY_FAILED ": network unreachable" },
    { CURLPX_REPLY_TTL_EXPIRED, PROXY_FAILED ": timed out" },
    { CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED, "the proxy does not know such addresses" },
    { CURLPX_RESOLVE_HOST, HTTP_FAILURE_NAME },
    { CURLPX_LONG_HOSTNAME, "the host's name is too long for the proxy" },
    { CURLPX_LONG_USER, "the user is too long for the proxy" },
    { CURLPX_LONG_PASSWD, "the password is too long for the proxy" },
};

/* "Recv failure: Connection reset by peer": the reason after curl's prefix, NULL when not there. */
static const char *after(const char *detail, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(detail, prefix, n) == 0 && detail[n] != '\0' ? detail + n : NULL;
}

static const char *from_receiving(const struct http_curl_failure *f, char *to, size_t to_bytes)
{
    const char *reason = after(f->detail, "Recv failure: ");

    if (reason != NULL) {
        snprintf(to, to_bytes, "%s", reason);
        return to;
    }
    reason = after(f->detail, "CONNECT tunnel failed, response ");
    if (reason != NULL) {
        int status = (int)strtol(reason, NULL, 10);
        snprintf(to, to_bytes, "the proxy refused the connection: %d %s", status,
                 http_status_phrase(status));
        return to;
    }
    if (f->has_proxy && strstr(f->detail, "Proxy CONNECT") != NULL) {
        return PROXY_CLOSED;
    }
    if (strstr(f->detail, "chunk") != NULL) {
        return HTTP_FAILURE_INVALID;
    }
    if (strstr(f->detail, "SSL") != NULL || strstr(f->detail, "TLS") != NULL) {
        return HTTP_FAILURE_INCOMPLETE;
    }
    return HTTP_FAILURE_RECEIVE;
}

static const char *from_sending(const struct http_curl_failure *f, char *to, size_t to_bytes)
{
    const char *reason = after(f->detail, "Send failure: ");

    if (reason == NULL) {
        return HTTP_FAILURE_SEND;
    }
    snprintf(to, to_bytes, "%s", reason);
    return to;
}

/* curl's text for TLS is about certificates and protocol versions: the same for each request. */
static const char *from_tls(const struct http_curl_failure *f, char *to, size_t to_bytes)
{
    snprintf(to, to_bytes, HTTP_FAILURE_TLS,
             f->detail[0] == '\0' ? curl_easy_strerror(f->code) : f->detail);
    return to;
}

static const char *from_proxy(long code)
{
    for (size_t i = 0; i < sizeof proxy_texts / sizeof proxy_texts[0]; i++) {
        if (proxy_texts[i].code == code) {
            return proxy_texts[i].text;
        }
    }
    return "the proxy refused";
}

static const char *from_table(CURLcode code)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].code == code) {
            return texts[i].text;
        }
    }
    return curl_easy_strerror(code);
}

const char *http_curl_error_text(const struct http_curl_failure *f, char *to, size_t to_bytes)
{
    switch (f->code) {
    case CURLE_OK:
        return NULL;
    case CURLE_COULDNT_CONNECT:
        if (f->has_sources && f->system_errno == EAFNOSUPPORT) {
            return "no --source-address is of the family of the host's address";
        }
        if (f->limits_hosts && f->system_errno == EACCES) {
            return HTTP_FAILURE_ALLOW;
        }
        snprintf(to, to_bytes, "%s%s", f->has_proxy ? "the proxy: " : "",
                 f->system_errno == 0 ? HTTP_FAILURE_CONNECT : strerror(f->system_errno));
        return to;
    case CURLE_OPERATION_TIMEDOUT:
        snprintf(to, to_bytes, HTTP_FAILURE_CONNECT_TIMEOUT, f->connect_timeout_s);
        return to;
    case CURLE_PROXY:
        return from_proxy(f->proxy_code);
    case CURLE_COULDNT_RESOLVE_HOST: /* a SOCKS proxy's is a host to curl; hosts behind it are not
                                      */
        return f->has_proxy ? PROXY_NAME : HTTP_FAILURE_NAME;
    case CURLE_RECV_ERROR:
        return from_receiving(f, to, to_bytes);
    case CURLE_SEND_ERROR:
        return from_sending(f, to, to_bytes);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
        return from_tls(f, to, to_bytes);
    default:
        return from_table(f->code);
    }
}
