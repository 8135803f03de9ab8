/* SPDX-License-Identifier: MIT */
/*
 * HTTP for scenarios: acr_get(u, "/path"), acr_post(u, "/path", .json = "{}"), and so on.
 *
 * A call returns when the response is complete, and has recorded it in the statistics. An HTTP
 * error or a refused connection is data: look at `status` and `error`.
 */
#ifndef ACRIDA_HTTP_H
#define ACRIDA_HTTP_H

#include <acrida/acrida.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Defaults of a user type (`.http = &...`); what is left out is the run's (--http-... options). */
struct acr_http_defaults {
    size_t size;              /* ACR_HTTP_DEFAULTS fills it */
    const char *headers;      /* lines "Name: value", separated by \n */
    double timeout_s;         /* whole exchange; 0 = 60, negative = none */
    double connect_timeout_s; /* name resolution, connect and TLS; 0 = 10 */
    int max_redirects;        /* 0 = 30, -1 = follow none */
    const char *auth;         /* "user:password" for basic authentication */
    bool insecure;            /* do not verify certificates */
    const char *ca_file;      /* PEM; NULL = the system's */
    const char *cert_file;    /* client certificate, PEM */
    const char *key_file;     /* its key, PEM */
    const char *proxy;        /* "http://proxy:3128" */
    const char *unix_socket;  /* connect to this path instead of to the host */
    bool no_compression;      /* do not ask for compressed responses */
    bool no_cookies;          /* neither keep nor send cookies */
    bool no_keep_alive;       /* a new connection for each request */
    const char *http_version; /* "1.1", "2"; NULL = 1.1, or with curl 2 where TLS offers it */
    /* Response headers whose numbers are kept as trends: "Server-Timing X-Runtime". */
    const char *trend_headers;
    const char *engine; /* "auto", "curl" or "fast"; NULL = as --http-engine says */
};
#define ACR_HTTP_DEFAULTS(...)                                \
    {                                                         \
        .size = sizeof(struct acr_http_defaults), __VA_ARGS__ \
    }

/* One part of a multipart/form-data body: a value, or a file (by path, or from memory). */
struct acr_part {
    const char *name; /* required */
    const char *value;
    const char *file;         /* path: read while sending */
    const char *file_name;    /* as shown to the server; default: the path's last component */
    const char *content_type; /* NULL = none for values, by the file's ending for files */
    const void *data;         /* content from memory, data_bytes long */
    size_t data_bytes;
};

/* A request. Members after `path` are optional, in any call, in this order in C++. */
struct acr_request {
    size_t size;         /* filled by the macros */
    size_t part_size;    /* filled by the macros */
    const char *method;  /* filled by the macros but acr_request */
    const char *path;    /* joined to the host; or an absolute http(s) URL */
    const char *name;    /* statistics name; default: path and query as Locust */
    const char *query;   /* "page=1&q=a%20b", joined with ? or &; see acr_form to build it */
    const char *headers; /* lines "Name: value", separated by \n; they replace defaults */
    const char *json;    /* body with Content-Type: application/json */
    const char *form;    /* body with Content-Type: application/x-www-form-urlencoded */
    const void *body;    /* body of body_bytes bytes (0: a string) */
    size_t body_bytes;
    const char *body_file;        /* body read from a file while sending */
    const struct acr_part *parts; /* multipart/form-data, n_parts elements */
    size_t n_parts;
    /* Body from a function: fill `buffer`, return the bytes written, 0 at the end, SIZE_MAX to
     * fail. */
    size_t (*send)(void *arg, char *buffer, size_t bytes);
    void *send_arg;
    uint64_t send_bytes; /* total if known; 0 = unknown: chunked */
    /* Receive the body piecewise; it is then not kept. Return false to give up. */
    bool (*receive)(void *arg, const char *data, size_t bytes);
    void *receive_arg;
    bool discard_body;   /* count the body, keep nothing of it */
    const char *auth;    /* "user:password" */
    double timeout_s;    /* 0 = the default, negative = none */
    int max_redirects;   /* 0 = the default, -1 = follow none */
    const char *expect;  /* statuses that count as success: "404", "200,409", "2xx" */
    bool catch_response; /* settled by acr_pass/acr_fail, or by status when the task returns */
    const char *context; /* for listeners; NULL = the user's (acr_set_context) */
    const char *tags;    /* words separated by spaces: also counted under each of them */
    const char *trend_headers; /* beside those of the user type */
};

/* Phases in milliseconds since the request was sent; 0 when a phase did not happen. */
struct acr_phases {
    double dns_ms;
    double connect_ms;
    double tls_ms;
    double first_byte_ms;
    double total_ms;
};

/*
 * A response. Never NULL; owned by the runtime; valid until the task returns.
 */
struct acr_response {
    int status;            /* 0 = no answer */
    const char *error;     /* "" = succeeded; else why it was recorded as failed */
    const char *body;      /* terminated; "" when nothing was kept */
    size_t body_bytes;     /* kept */
    uint64_t bytes;        /* received, decompressed */
    const char *url;       /* of the first request */
    const char *final_url; /* after redirects */
    int redirects;
    int http_version; /* 10, 11, 20; 0 = no answer */
    struct acr_phases phases;
};

/** What the macros call: use those. Yields. */
ACR_API ACR_YIELDS struct acr_response *acr_http_send(struct acr_user *u,
                                                      const struct acr_request *request);

#ifdef __cplusplus
}
static inline struct acr_response *acr_http_send_copy(struct acr_user *u,
                                                      const acr_request &request)
{
    return acr_http_send(u, &request);
}
#define ACR_HTTP_SEND(u, ...) \
    acr_http_send_copy(       \
        (u),                  \
        acr_request{ .size = sizeof(acr_request), .part_size = sizeof(acr_part), __VA_ARGS__ })
extern "C" {
#else
#define ACR_HTTP_SEND(u, ...)                                                             \
    acr_http_send((u), &(const struct acr_request){ .size = sizeof(struct acr_request),   \
                                                    .part_size = sizeof(struct acr_part), \
                                                    __VA_ARGS__ })
#endif

/* Send a request: acr_get(u, path, optional members...). Each yields and returns a response. */
#define acr_get(u, ...) ACR_HTTP_SEND(u, .method = "GET", .path = __VA_ARGS__)
#define acr_post(u, ...) ACR_HTTP_SEND(u, .method = "POST", .path = __VA_ARGS__)
#define acr_put(u, ...) ACR_HTTP_SEND(u, .method = "PUT", .path = __VA_ARGS__)
#define acr_patch(u, ...) ACR_HTTP_SEND(u, .method = "PATCH", .path = __VA_ARGS__)
#define acr_delete(u, ...) ACR_HTTP_SEND(u, .method = "DELETE", .path = __VA_ARGS__)
#define acr_head(u, ...) ACR_HTTP_SEND(u, .method = "HEAD", .path = __VA_ARGS__)
#define acr_options(u, ...) ACR_HTTP_SEND(u, .method = "OPTIONS", .path = __VA_ARGS__)
/* Any method: acr_request(u, "PURGE", .path = "/x"). */
#define acr_request(u, ...) ACR_HTTP_SEND(u, .method = __VA_ARGS__)

/* How several URLs are fetched. Members after `n` are optional, in this order in C++. */
struct acr_get_all {
    size_t size;         /* filled by the macro */
    size_t n;            /* URLs */
    const char *name;    /* statistics name of all of them; default: of each its own */
    size_t parallel;     /* so many at once; 0 = 6, at most 100 */
    const char *headers; /* these as in struct acr_request, for each of them */
    double timeout_s;
    const char *expect;
    const char *context;
    const char *tags;
};

/** What acr_get_all calls: use that. Yields. */
ACR_API ACR_YIELDS size_t acr_http_get_all(struct acr_user *u, const char *const *urls,
                                           const struct acr_get_all *all);

/*
 * Fetch several URLs at once, as a browser does with what is on a page:
 * `acr_get_all(u, urls, n, .name = "files of a page")`. Each is a request of its own in the
 * statistics; bodies are discarded; NULL and "" are left out. Returns how many failed.
 */
#ifdef __cplusplus
}
static inline size_t acr_http_get_all_copy(struct acr_user *u, const char *const *urls,
                                           const struct acr_get_all &all)
{
    return acr_http_get_all(u, urls, &all);
}
#define acr_get_all(u, urls, ...)      \
    acr_http_get_all_copy((u), (urls), \
                          acr_get_all{ .size = sizeof(struct acr_get_all), .n = __VA_ARGS__ })
extern "C" {
#else
#define acr_get_all(u, urls, ...) \
    acr_http_get_all(             \
        (u), (urls),              \
        &(const struct acr_get_all){ .size = sizeof(struct acr_get_all), .n = __VA_ARGS__ })
#endif

/** Settle a catch_response as succeeded, whatever its status. The last of pass and fail counts. */
ACR_API void acr_pass(struct acr_response *res);

/** Settle a catch_response as failed, with a reason that groups it in the failures. */
ACR_API void acr_fail(struct acr_response *res, const char *format, ...) ACR_PRINTF(2, 3);

/** Name a catch_response after having seen it. */
ACR_API void acr_rename(struct acr_response *res, const char *format, ...) ACR_PRINTF(2, 3);

/** A response header by name, whatever its case; "" when it is not there. */
ACR_API const char *acr_header(const struct acr_response *res, const char *name);

/**
 * The absolute URL of a link in the response ("../a?b=1", "//host/x"), as a browser resolves it; ""
 * for what is not HTTP ("mailto:x", "data:..."). Returns: valid until the task returns.
 */
ACR_API const char *acr_resolve(const struct acr_response *res, const char *link);

/** The body as JSON: see acr_value_string and the like. Never NULL. */
ACR_API const struct acr_json *acr_response_json(const struct acr_response *res);

/** Values of a JSON body by path ("token", "items[0].id"); "" or the default when missing. */
ACR_API const char *acr_json_string(const struct acr_response *res, const char *path);
ACR_API int64_t acr_json_int(const struct acr_response *res, const char *path,
                             int64_t default_value);
ACR_API double acr_json_number(const struct acr_response *res, const char *path,
                               double default_value);
ACR_API bool acr_json_bool(const struct acr_response *res, const char *path, bool default_value);
ACR_API size_t acr_json_count(const struct acr_response *res, const char *path);

/**
 * Set a default header for all later requests of this user; NULL as value removes it.
 * A default of the user type with the same name is replaced.
 */
ACR_API void acr_set_header(struct acr_user *u, const char *name, const char *value);

/** Set (or, with NULL, drop) "user:password" for all later requests of this user. */
ACR_API void acr_set_auth(struct acr_user *u, const char *auth);

/** Name all later requests of this user that have no `.name`; with NULL, no longer. */
ACR_API void acr_name_requests(struct acr_user *u, const char *name);

/**
 * The value of a cookie that the user would send to its host, such as the token that has to be sent
 * back as a header; "" when there is none. Returns: valid until the task returns.
 */
ACR_API const char *acr_cookie(struct acr_user *u, const char *name);

/** Set a cookie for the user's host, for all paths. */
ACR_API void acr_set_cookie(struct acr_user *u, const char *name, const char *value);

/** Forget the user's cookies. */
ACR_API void acr_clear_cookies(struct acr_user *u);

/** Close the user's connections: its next request opens a new one. */
ACR_API void acr_close_connections(struct acr_user *u);

/** Percent-encode a text for use in a path or query; lives until the task returns. */
ACR_API const char *acr_urlencode(struct acr_user *u, const char *text);

/** What acr_form calls. */
ACR_API const char *acr_form_encode(struct acr_user *u, ...) __attribute__((sentinel));

/** Encode names and values: acr_form(u, "email", email, "password", word). Until the task returns.
 */
#define acr_form(u, ...) acr_form_encode((u), __VA_ARGS__, (const char *)0)

#ifdef __cplusplus
}
#endif

#endif
