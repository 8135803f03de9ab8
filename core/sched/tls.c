/* SPDX-License-Identifier: MIT */
#include "sched/tls.h"

#include "base/check.h"
#include "sched/transfer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SESSIONS_MAX 64u

struct session {
    struct session *next;
    SSL_SESSION *session;
    char key[300]; /* "name:port" */
};

/* Sockets with the same files share one. */
struct context {
    struct context *next;
    SSL_CTX *ctx;
    struct session *sessions; /* the newest first */
    char *key;                /* what it was made of */
};

struct acri_tls_contexts {
    struct context *first;
    BIO_METHOD *method;
};

struct acri_tls {
    SSL *ssl;
    struct acri_stream *stream;
    struct context *context;
    char key[300];
    char alpn[256];
};

/* --- bytes: as OpenSSL's own, but a peer that is gone raises no signal --------------------------
 */

static int bio_result(BIO *bio, ssize_t n)
{
    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_flags(bio, BIO_FLAGS_SHOULD_RETRY);
    return (int)n;
}

int64_t acri_stream_read(struct acri_stream *s, void *to, size_t bytes)
{
    ssize_t n;

    if (!s->may_read)
        return -EAGAIN;
    do {
        n = acri_transfer_recv(s->fd, to, bytes, 0);
    } while (n < 0 && errno == EINTR); /* who waited now would wait for an edge that has been */
    /* Less than asked for is all there was: the next edge tells of more (epoll(7)). */
    if ((n > 0 && (size_t)n < bytes) || (n < 0 && errno == EAGAIN))
        s->may_read = s->is_ended;
    return n < 0 ? -errno : n;
}

static struct acri_stream *bio_stream(BIO *bio)
{
    return BIO_get_data(bio);
}

static int bio_write(BIO *bio, const char *data, int bytes)
{
    int r;

    /* An alert about an end without close_notify, which only a reset would answer: that would hide
     * whether the peer has read what was written before. */
    if (BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0)
        return bytes;
    r = bio_result(bio, acri_transfer_send(bio_stream(bio)->fd, data, (size_t)bytes, MSG_NOSIGNAL));

    if (r < 0 && BIO_should_retry(bio))
        BIO_set_retry_write(bio);
    return r;
}

static int bio_read(BIO *bio, char *to, int bytes)
{
    int64_t n = acri_stream_read(bio_stream(bio), to, (size_t)bytes);
    int r;

    if (n < 0) {
        errno = (int)-n;
        n = -1;
    }
    r = bio_result(bio, n);
    if (r < 0 && BIO_should_retry(bio))
        BIO_set_retry_read(bio);
    if (r == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return r;
}

static long bio_control(BIO *bio, int what, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (what == BIO_CTRL_EOF)
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return what == BIO_CTRL_FLUSH;
}

struct acri_tls_contexts *acri_tls_contexts_new(void)
{
    return acri_alloc(sizeof(struct acri_tls_contexts));
}

static BIO *new_bio(struct acri_tls_contexts *contexts, struct acri_stream *stream)
{
    BIO *bio;

    if (contexts->method == NULL) {
        contexts->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "acrida");
        if (contexts->method == NULL)
            return NULL;
        BIO_meth_set_write(contexts->method, bio_write);
        BIO_meth_set_read(contexts->method, bio_read);
        BIO_meth_set_ctrl(contexts->method, bio_control);
    }
    bio = BIO_new(contexts->method);
    if (bio != NULL) {
        BIO_set_data(bio, stream);
        BIO_set_init(bio, 1);
    }
    return bio;
}

/* --- sessions -----------------------------------------------------------------------------------
 */

static void free_session(struct session *s)
{
    SSL_SESSION_free(s->session);
    free(s);
}

/* OpenSSL gives a session that may be resumed; 1 = it is ours now. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    struct acri_tls *tls = SSL_get_app_data(ssl);
    struct session *s = acri_alloc(sizeof(*s));
    struct session **at = &tls->context->sessions;
    size_t n = 1;

    memcpy(s->key, tls->key, sizeof(s->key));
    s->session = session;
    s->next = *at;
    *at = s;
    for (at = &s->next; *at != NULL; n++) {
        struct session *old = *at;

        if (n < SESSIONS_MAX && strcmp(old->key, s->key) != 0) {
            at = &old->next;
            continue;
        }
        *at = old->next;
        free_session(old);
        n--;
    }
    return 1;
}

static void offer_session(struct acri_tls *tls)
{
    for (struct session *s = tls->context->sessions; s != NULL; s = s->next)
        if (strcmp(s->key, tls->key) == 0) {
            SSL_set_session(tls->ssl, s->session);
            return;
        }
}

/* --- contexts -----------------------------------------------------------------------------------
 */

/* Of the queue of errors the first that has words; the queue is empty afterwards. */
static int fail(char *error, size_t size, const char *what, const char *file)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());

    snprintf(error, size, "%s%s%s: %s", what, file[0] != '\0' ? " " : "", file,
             reason != NULL ? reason : "TLS error");
    ERR_clear_error();
    return -EPROTO;
}

static int load_files(SSL_CTX *ctx, const struct acri_tls_options *o, char *error, size_t size)
{
    const char *key = o->key_file != NULL ? o->key_file : o->cert_file;

    ERR_clear_error();
    if (o->ca_file != NULL && SSL_CTX_load_verify_locations(ctx, o->ca_file, NULL) != 1)
        return fail(error, size, "tls: certificates of", o->ca_file);
    if (o->ca_file == NULL && !o->insecure && SSL_CTX_set_default_verify_paths(ctx) != 1)
        return fail(error, size, "tls: the system's certificates", "");
    if (o->cert_file == NULL)
        return 0;
    if (SSL_CTX_use_certificate_chain_file(ctx, o->cert_file) != 1)
        return fail(error, size, "tls: the client certificate in", o->cert_file);
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
        return fail(error, size, "tls: the key in", key);
    return 0;
}

static int find_context(struct acri_tls_contexts *contexts, const struct acri_tls_options *o,
                        struct context **ret_context, char *error, size_t size)
{
    char *key = acri_printf("%s\n%s\n%s\n%d", o->ca_file != NULL ? o->ca_file : "",
                            o->cert_file != NULL ? o->cert_file : "",
                            o->key_file != NULL ? o->key_file : "", o->insecure);
    struct context *c = contexts->first;
    SSL_CTX *ctx;
    int r = 0;

    while (c != NULL && strcmp(c->key, key) != 0)
        c = c->next;
    if (c != NULL) {
        free(key);
        *ret_context = c;
        return 0;
    }
    ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL)
        r = fail(error, size, "tls", "");
    else
        r = load_files(ctx, o, error, size);
    if (r < 0) {
        SSL_CTX_free(ctx);
        free(key);
        return r;
    }
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_verify(ctx, o->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ctx, 1); /* a record by one call instead of two */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(ctx, keep_session);
    c = acri_alloc(sizeof(*c));
    *c = (struct context){ .next = contexts->first, .ctx = ctx, .key = key };
    contexts->first = c;
    *ret_context = c;
    return 0;
}

void acri_tls_contexts_free(struct acri_tls_contexts *contexts)
{
    if (contexts == NULL)
        return;
    while (contexts->first != NULL) {
        struct context *c = contexts->first;

        contexts->first = c->next;
        while (c->sessions != NULL) {
            struct session *s = c->sessions;

            c->sessions = s->next;
            free_session(s);
        }
        SSL_CTX_free(c->ctx);
        free(c->key);
        free(c);
    }
    BIO_meth_free(contexts->method);
    free(contexts);
}

/* --- one stream ---------------------------------------------------------------------------------
 */

/* "h2 http/1.1" as each word's length and the word. */
static int set_alpn(SSL *ssl, const char *words)
{
    unsigned char list[256];
    unsigned n = 0;

    while (*words != '\0') {
        size_t length = strcspn(words, " ");

        if (length > 0) {
            if (length > 255 || n + 1 + length > sizeof(list))
                return -EINVAL;
            list[n++] = (unsigned char)length;
            memcpy(list + n, words, length);
            n += (unsigned)length;
        }
        words += length + strspn(words + length, " ");
    }
    return n == 0 || SSL_set_alpn_protos(ssl, list, n) == 0 ? 0 : -EINVAL;
}

/* A number has no SNI, and stands in certificates as such. */
static bool set_name(SSL *ssl, const char *name)
{
    unsigned char number[16];

    if (inet_pton(AF_INET, name, number) == 1 || inet_pton(AF_INET6, name, number) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

int acri_tls_new(struct acri_tls_contexts *contexts, const struct acri_tls_options *o,
                 struct acri_stream *stream, struct acri_tls **ret_tls, char *error, size_t size)
{
    struct context *c;
    struct acri_tls *tls;
    BIO *bio;
    int r = find_context(contexts, o, &c, error, size);

    if (r < 0)
        return r;
    tls = acri_alloc(sizeof(*tls));
    tls->context = c;
    tls->stream = stream;
    snprintf(tls->key, sizeof(tls->key), "%s:%u", o->server_name, o->port);
    tls->ssl = SSL_new(c->ctx);
    bio = tls->ssl != NULL ? new_bio(contexts, stream) : NULL;
    if (bio == NULL) {
        acri_tls_free(tls);
        return fail(error, size, "tls", "");
    }
    SSL_set_bio(tls->ssl, bio, bio);
    SSL_set_app_data(tls->ssl, tls);
    SSL_set_connect_state(tls->ssl);
    r = o->alpn != NULL ? set_alpn(tls->ssl, o->alpn) : 0;
    if (r < 0)
        snprintf(error, size, "tls: '%.60s' is not a list of ALPN protocols", o->alpn);
    else if (!set_name(tls->ssl, o->server_name))
        r = fail(error, size, "tls: the name of the server", o->server_name);
    if (r < 0) {
        acri_tls_free(tls);
        return r;
    }
    offer_session(tls);
    *ret_tls = tls;
    return 0;
}

void acri_tls_free(struct acri_tls *tls)
{
    if (tls == NULL)
        return;
    SSL_free(tls->ssl);
    free(tls);
}

/* Who else uses OpenSSL on this thread may have left some, which would be taken for ours. Looking
 * is cheaper than clearing. */
static void forget_errors(void)
{
    if (ERR_peek_error() != 0)
        ERR_clear_error();
}

/* What came of a call of OpenSSL that returned r <= 0. */
static int explain(struct acri_tls *tls, int r, const char *what, char *error, size_t size)
{
    int code = errno;

    switch (SSL_get_error(tls->ssl, r)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        ERR_clear_error();
        return code != 0 ? -code : -ECONNRESET;
    default:
        break;
    }
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        snprintf(error, size, "%s: the peer has closed without ending TLS", what);
        return -ECONNRESET;
    }
#endif
    return fail(error, size, what, "");
}

int acri_tls_handshake(struct acri_tls *tls, char *error, size_t size)
{
    const unsigned char *protocol;
    unsigned n;
    long verified;
    int r;

    forget_errors();
    errno = 0;
    r = SSL_do_handshake(tls->ssl);
    if (r == 1) {
        SSL_get0_alpn_selected(tls->ssl, &protocol, &n);
        if (n > 0)
            memcpy(tls->alpn, protocol, n < sizeof(tls->alpn) ? n : sizeof(tls->alpn) - 1);
        return 0;
    }
    verified = SSL_get_verify_result(tls->ssl);
    r = explain(tls, r, "tls", error, size);
    if (r == -EPROTO && verified != X509_V_OK)
        snprintf(error, size, "tls: the certificate is refused: %s",
                 X509_verify_cert_error_string(verified));
    return r == 0 ? -ECONNRESET : r;
}

int64_t acri_tls_read(struct acri_tls *tls, void *to, size_t bytes, char *error, size_t size)
{
    int r;

    forget_errors();
    errno = 0;
    r = SSL_read(tls->ssl, to, bytes > INT_MAX ? INT_MAX : (int)bytes);
    return r > 0 ? r : explain(tls, r, "read", error, size);
}

bool acri_tls_has_input(struct acri_tls *tls)
{
    char byte;
    char ignored[1];
    int r;

    if (!tls->stream->may_read && SSL_has_pending(tls->ssl) == 0)
        return false;
    forget_errors();
    errno = 0;
    r = SSL_peek(tls->ssl, &byte, 1); /* it takes in what is none, as tickets */
    return r > 0 || explain(tls, r, "", ignored, sizeof(ignored)) != -EAGAIN;
}

int64_t acri_tls_write(struct acri_tls *tls, const void *data, size_t bytes, char *error,
                       size_t size)
{
    int r;

    forget_errors();
    errno = 0;
    r = SSL_write(tls->ssl, data, bytes > INT_MAX ? INT_MAX : (int)bytes);
    if (r > 0)
        return r;
    r = explain(tls, r, "write", error, size);
    return r == 0 ? -ECONNRESET : r;
}

void acri_tls_end(struct acri_tls *tls)
{
    ERR_clear_error();
    SSL_shutdown(tls->ssl);
    ERR_clear_error();
}

const char *acri_tls_alpn(const struct acri_tls *tls)
{
    return tls->alpn;
}

bool acri_tls_is_resumed(const struct acri_tls *tls)
{
    return SSL_session_reused(tls->ssl) == 1;
}
