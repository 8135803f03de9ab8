/* SPDX-License-Identifier: MIT */
/* Setting an easy handle up. */
#include "curl_setup.h"

#include "curl_allow.h"
#include "curl_lookup.h"
#include "curl_names.h"
#include "curl_sockets.h"
#include "failure.h"
#include "profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_UPLOAD_BUFFER 16384L
#define LARGE_UPLOAD_BUFFER 262144L

static const char no_memory[] = HTTP_FAILURE_MEMORY;

/* --- callbacks -----------------------------------------------------------------------------------
 */

static void begin_head(struct http_curl_transfer *t)
{
    t->is_in_head = true;
    t->is_in_line = false;
    t->n_lines = 0;
}

static void end_head(struct http_curl_transfer *t)
{
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->x->status = (int)status; /* curl also reads status lines that are not quite right */
    begin_head(t);
    t->is_in_head = status < 200 && status != 101; /* another follows an interim one */
}

/* The line that begins at `at` in the head goes on with the one before: the fold becomes a space.
 */
static void unfold(struct http_text *head, size_t at)
{
    memmove(head->data + at - 1, head->data + at, head->length - at + 1);
    head->data[at - 1] = ' ';
    head->length--;
}

static size_t on_header(char *line, size_t one, size_t bytes, void *arg)
{
    struct http_curl_transfer *t = arg;
    struct http_text *head = &t->x->head;
    size_t before = head->length;

    (void)one;
    if (!http_exchange_on_header(t->x, line, bytes)) {
        return 0;
    }
    if ((line[0] == ' ' || line[0] == '\t') && before > 0 && head->length > before) {
        unfold(head, before);
    }
    if (t->is_in_head && (line[0] == '\r' || line[0] == '\n')) {
        end_head(t);
    } else {
        t->is_in_line = false;
        t->n_lines++;
    }
    return bytes;
}

/*
 * A piece of a header line, before curl stores it. One that begins with a blank is joined to the
 * line before; where that is the status line, to freed memory: see http_curl_loop.guards_heads.
 */
static bool can_store(struct http_curl_transfer *t, char first)
{
    bool is_begin = !t->is_in_line;

    t->is_in_line = true;
    if (is_begin && t->n_lines == 1 && (first == ' ' || first == '\t')) {
        t->x->error = HTTP_FAILURE_INVALID;
        return false;
    }
    return true;
}

static size_t on_body(char *data, size_t one, size_t bytes, void *arg)
{
    struct http_curl_transfer *t = arg;

    (void)one;
    if (t->is_in_head && t->profile->loop->guards_heads) {
        return can_store(t, data[0]) ? bytes : 0;
    }
    return http_exchange_on_body(t->x, data, bytes) ? bytes : 0;
}

static size_t on_read(char *to, size_t one, size_t bytes, void *arg)
{
    struct http_curl_transfer *t = arg;
    size_t n = http_exchange_read(t->x, to, one * bytes);

    return n == SIZE_MAX ? CURL_READFUNC_ABORT : n;
}

static int on_seek(void *arg, curl_off_t offset, int origin)
{
    struct http_curl_transfer *t = arg;

    if (offset != 0 || origin != SEEK_SET) {
        return CURL_SEEKFUNC_CANTSEEK;
    }
    return http_exchange_reread(t->x) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/* What --once shows is what curl says it sends. */
static int on_debug(CURL *easy, curl_infotype what, char *data, size_t bytes, void *arg)
{
    const struct http_curl_transfer *t = arg;

    (void)easy;
    if (t->x == NULL || t->x->trace == NULL) {
        return 0;
    }
    if (what == CURLINFO_HEADER_OUT) {
        http_trace_add_head(t->x->trace, data, bytes);
    } else if (what == CURLINFO_DATA_OUT) {
        http_trace_add_sent(t->x->trace, data, bytes);
    }
    return 0;
}

/*
 * Whether the latest attempt reached nobody: nothing was written, or it went into a connection that
 * the server had closed by then, which its system answers with a reset. (A server that has read a
 * request and then closes does not reset.)
 */
static bool was_in_vain(const struct http_curl_transfer *t, long sent)
{
    return sent <= t->sent_before || strstr(t->error, strerror(ECONNRESET)) != NULL ||
           strstr(t->error, strerror(EPIPE)) != NULL || t->was_unread;
}

/*
 * A request head is about to be written: the first, or again after a kept connection died. An
 * attempt in vain was none, and this one takes its place.
 */
static int on_attempt(void *arg, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct http_curl_transfer *t = arg;
    long sent = 0;

    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    if (t->attempts > 0) {
        curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
    }
    if (t->attempts == 0 || !was_in_vain(t, sent)) {
        acr_sample_attempt(t->x->sample);
    }
    t->sent_before = sent;
    t->local_port = strncmp(t->x->url, "https:", 6) == 0 ? 0 : local_port;
    t->was_unread = false;
    t->attempts++;
    begin_head(t);
    return CURL_PREREQFUNC_OK;
}

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct http_curl_transfer *t = arg;

    (void)purpose;
    http_curl_lookup_found(t);
    t->has_opened = true;
    if (!http_curl_allow_socket(t, to)) {
        t->open_errno = t->has_tried ? t->open_errno : EACCES;
        return CURL_SOCKET_BAD;
    }
    curl_socket_t fd = http_curl_sockets_open(t->profile->loop, to);
    if (fd != CURL_SOCKET_BAD) {
        t->open_errno = 0;
        t->has_tried = true;
    } else if (!t->has_tried || errno != EAFNOSUPPORT) {
        t->open_errno = errno; /* what an address that could be tried said tells more */
    }
    return fd;
}

/* --- once
 * ------------------------------------------------------------------------------------------ */

static void set_callbacks(struct http_curl_transfer *t)
{
    CURL *e = t->easy;

    curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_HEADER, t->profile->loop->guards_heads ? 1L : 0L);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(e, CURLOPT_READDATA, t);
    curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(e, CURLOPT_SEEKDATA, t);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_attempt);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, http_curl_sockets_on_close);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, t->profile->loop);
    curl_easy_setopt(e, CURLOPT_RESOLVER_START_FUNCTION, http_curl_lookup_on_start);
    curl_easy_setopt(e, CURLOPT_RESOLVER_START_DATA, t);
    if (t->profile->settings->traces) {
        curl_easy_setopt(e, CURLOPT_DEBUGFUNCTION, on_debug);
        curl_easy_setopt(e, CURLOPT_DEBUGDATA, t);
        curl_easy_setopt(e, CURLOPT_VERBOSE, 1L);
    }
}

static void set_tls(CURL *e, const struct http_settings *s)
{
    /* With a folder of certificates curl would not share the parsed ones among connections. */
    curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    if (s->ca_file != NULL) {
        curl_easy_setopt(e, CURLOPT_CAINFO, s->ca_file);
    }
    if (s->cert_file != NULL) {
        curl_easy_setopt(e, CURLOPT_SSLCERT, s->cert_file);
    }
    if (s->key_file != NULL) {
        curl_easy_setopt(e, CURLOPT_SSLKEY, s->key_file);
    }
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, s->insecure ? 0L : 1L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, s->insecure ? 0L : 2L);
}

static long version_of(const struct http_settings *s)
{
    switch (s->version) {
    case HTTP_VERSION_1_1:
        return CURL_HTTP_VERSION_1_1;
    case HTTP_VERSION_2:
        return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    default:
        return CURL_HTTP_VERSION_2TLS;
    }
}

void http_curl_setup_handle(struct http_curl_transfer *t)
{
    const struct http_settings *s = t->profile->settings;
    CURL *e = t->easy;

    free(t->url_text); /* a handle that was reset has forgotten it */
    t->url_text = NULL;
    set_callbacks(t);
    set_tls(e, s);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a look-up that is given up */
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, version_of(s));
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     s->connect_timeout_s > 0 ? (long)(s->connect_timeout_s * 1000) + 1
                                              : 24 * 3600 * 1000L); /* 0 is curl's 300 s */
    curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, SMALL_UPLOAD_BUFFER);
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, s->no_keep_alive ? 1L : 0L);
    /* An empty text keeps the proxies of the environment out. */
    curl_easy_setopt(e, CURLOPT_PROXY, s->proxy == NULL ? "" : s->proxy);
    curl_easy_setopt(e, CURLOPT_NOPROXY, "");
    if (!s->no_cookies) {
        curl_easy_setopt(e, CURLOPT_COOKIEFILE, ""); /* a CURLSH keeps cookies, this uses them */
    }
    if (!s->no_compression) {
        curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    }
    if (s->unix_socket != NULL) {
        curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, s->unix_socket);
    }
    t->is_plain = true;
    t->is_fresh = false;
}

/* --- each hop
 * -------------------------------------------------------------------------------------- */

static const char *set_headers(struct http_curl_transfer *t)
{
    const struct http_exchange *x = t->x;
    size_t needed = x->headers.count + 1;
    size_t count = 0;

    if (needed > t->n_nodes) {
        struct curl_slist *nodes = realloc(t->nodes, needed * sizeof *nodes);
        if (nodes == NULL) {
            return no_memory;
        }
        t->nodes = nodes;
        t->n_nodes = needed;
    }
    for (size_t i = 0; i < x->headers.count; i++) {
        /* curl only reads the lines */
        t->nodes[count++].data = (char *)(uintptr_t)x->headers.items[i].line;
    }
    if (x->body.kind != HTTP_BODY_NONE && http_headers_find(x->headers, "Expect") == NULL) {
        static char no_expect[] = "Expect:"; /* waiting for "100 Continue" would be measured */
        t->nodes[count++].data = no_expect;
    }
    for (size_t i = 0; i < count; i++) {
        t->nodes[i].next = i + 1 < count ? &t->nodes[i + 1] : NULL;
    }
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, count == 0 ? NULL : t->nodes);
    return NULL;
}

static CURLcode fill_part(curl_mimepart *part, const struct acr_part *p)
{
    CURLcode r = curl_mime_name(part, p->name == NULL ? "" : p->name);

    if (r == CURLE_OK && p->file != NULL) {
        r = curl_mime_filedata(part, p->file);
    } else if (r == CURLE_OK && p->data != NULL) {
        r = curl_mime_data(part, p->data, p->data_bytes);
    } else if (r == CURLE_OK) {
        r = curl_mime_data(part, p->value == NULL ? "" : p->value, CURL_ZERO_TERMINATED);
    }
    if (r == CURLE_OK && p->file_name != NULL) {
        r = curl_mime_filename(part, p->file_name);
    }
    if (r == CURLE_OK && p->content_type != NULL) {
        r = curl_mime_type(part, p->content_type);
    }
    return r;
}

static bool part_ok(const struct acr_part *p)
{
    return p->content_type == NULL ||
           http_headers_value_ok(p->content_type, strlen(p->content_type));
}

static const char *set_parts(struct http_curl_transfer *t)
{
    const struct http_body *body = &t->x->body;

    t->mime = curl_mime_init(t->easy);
    if (t->mime == NULL) {
        return no_memory;
    }
    for (size_t i = 0; i < body->n_parts; i++) {
        struct acr_part p = { .name = NULL };
        const char *at = (const char *)body->parts + i * body->part_size;
        memcpy(&p, at, body->part_size < sizeof p ? body->part_size : sizeof p);
        if (!part_ok(&p)) {
            return HTTP_FAILURE_PART_TYPE;
        }
        curl_mimepart *part = curl_mime_addpart(t->mime);
        CURLcode r = part == NULL ? CURLE_OUT_OF_MEMORY : fill_part(part, &p);
        if (r != CURLE_OK) {
            return r == CURLE_READ_ERROR ? HTTP_FAILURE_PART_FILE : no_memory;
        }
    }
    curl_easy_setopt(t->easy, CURLOPT_MIMEPOST, t->mime);
    return NULL;
}

/* Back to a GET without a body. */
static void make_plain(struct http_curl_transfer *t)
{
    CURL *e = t->easy;

    curl_easy_setopt(e, CURLOPT_MIMEPOST, NULL);
    curl_easy_setopt(e, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(e, CURLOPT_HTTPGET, 1L); /* no upload, a body in the answer */
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, SMALL_UPLOAD_BUFFER);
    t->is_plain = true;
}

/* The body, and with it the method that curl would use. */
static const char *set_body(struct http_curl_transfer *t, const char **ret_method)
{
    const struct http_body *body = &t->x->body;
    CURL *e = t->easy;

    switch (body->kind) {
    case HTTP_BODY_MEMORY:
        *ret_method = "POST";
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->bytes);
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, body->data);
        return NULL;
    case HTTP_BODY_PARTS:
        *ret_method = "POST";
        curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, LARGE_UPLOAD_BUFFER);
        return set_parts(t);
    case HTTP_BODY_FILE:
    case HTTP_BODY_CALL:
        *ret_method = "PUT";
        curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, LARGE_UPLOAD_BUFFER);
        curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE,
                         body->bytes == HTTP_EXCHANGE_UNKNOWN ? (curl_off_t)-1
                                                              : (curl_off_t)body->bytes);
        return NULL;
    default:
        *ret_method = "GET";
        return NULL;
    }
}

/*
 * The URL both as text and parsed. Of a text alone curl parses every time, and writes out again
 * letter by letter, what mostly has not changed: a seventh of the instructions of a small request.
 */
static const char *set_url(struct http_curl_transfer *t)
{
    const char *text = t->x->url;

    if (t->url_text != NULL && strcmp(t->url_text, text) == 0) {
        return NULL;
    }
    free(t->url_text);
    t->url_text = NULL; /* not set until all of it is */
    if (t->url == NULL) {
        t->url = curl_url();
    }
    char *copy = strdup(text);
    if (t->url == NULL || copy == NULL ||
        curl_easy_setopt(t->easy, CURLOPT_URL, text) != CURLE_OK) {
        free(copy);
        return no_memory;
    }
    if (curl_url_set(t->url, CURLUPART_URL, text, CURLU_PATH_AS_IS) != CURLUE_OK) {
        free(copy);
        return HTTP_FAILURE_URL;
    }
    curl_easy_setopt(t->easy, CURLOPT_CURLU, t->url);
    t->url_text = copy;
    return NULL;
}

const char *http_curl_setup_hop(struct http_curl_transfer *t)
{
    const struct http_exchange *x = t->x;
    CURL *e = t->easy;
    bool is_plain = x->body.kind == HTTP_BODY_NONE && strcmp(x->method, "GET") == 0;
    const char *method = "GET";
    const char *error = NULL;

    if (!t->is_plain) {
        make_plain(t);
    }
    if (t->is_fresh != t->user->wants_fresh) {
        t->is_fresh = t->user->wants_fresh;
        curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, t->is_fresh ? 1L : 0L);
    }
    t->user->wants_fresh = false;
    if (!is_plain) {
        t->is_plain = false;
        if (strcmp(x->method, "HEAD") == 0) {
            method = "HEAD";
            curl_easy_setopt(e, CURLOPT_NOBODY, 1L); /* nothing follows the head, either way */
        } else {
            error = set_body(t, &method);
        }
        if (error == NULL && strcmp(method, x->method) != 0) {
            curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, x->method);
        }
    }
    if (error == NULL) {
        error = set_url(t);
    }
    if (error == NULL && t->profile->loop->orders_names) {
        error = http_curl_names_tell(t);
    }
    return error == NULL ? set_headers(t) : error;
}

void http_curl_setup_clear(struct http_curl_transfer *t)
{
    if (t->mime != NULL) {
        curl_easy_setopt(t->easy, CURLOPT_MIMEPOST, NULL);
        curl_mime_free(t->mime);
        t->mime = NULL;
    }
}
