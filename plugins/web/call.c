/* SPDX-License-Identifier: MIT */
/* From a request to its answer. */
#include "server_parts.h"

#include "guard.h"
#include "gzip.h"
#include "html.h"
#include "openapi.h"
#include "visitors.h"

#include <acrida/acrida.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGAIN_US 50000
#define IS_ENDING "The process is ending.\n"

/* A request that the control loop is asked about. */
struct web_call {
    struct web_call *next;
    struct web_server *server;
    struct evhttp_request *req; /* NULL: the client has gone */
    const struct web_route *route;
    bool changes;
    struct web_waiter waiter;      /* of a shared answer */
    struct web_job job;            /* of its own */
    struct web_call *next_waiting; /* of those who were told "later", or are heavy */
};

double web_server_now(void)
{
    return (double)acr_now_ns() / 1e9;
}

/* --- what comes in
 * ------------------------------------------------------------------------------------ */

const char *web_call_header(struct evhttp_request *req, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(req), name);
}

const char *web_call_peer(struct evhttp_request *req)
{
    char *address = NULL;
    ev_uint16_t port;

    evhttp_connection_get_peer(evhttp_request_get_connection(req), &address, &port);
    return address != NULL ? address : "";
}

/* Two of these may be read differently by whatever stands before us. */
static bool is_ambiguous(struct evhttp_request *req)
{
    const struct evkeyval *h;
    unsigned n_hosts = 0;
    unsigned n_origins = 0;

    TAILQ_FOREACH(h, evhttp_request_get_input_headers(req), next)
    {
        n_hosts += strcasecmp(h->key, "Host") == 0;
        n_origins += strcasecmp(h->key, "Origin") == 0;
    }
    return n_hosts > 1 || n_origins > 1;
}

static bool is_head(struct evhttp_request *req)
{
    return evhttp_request_get_command(req) == EVHTTP_REQ_HEAD;
}

static unsigned method_of(struct evhttp_request *req)
{
    return evhttp_request_get_command(req) == EVHTTP_REQ_POST ? WEB_POST : WEB_GET;
}

/* --- what goes out
 * ------------------------------------------------------------------------------------ */

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *text;
    } reasons[] = {
        { 200, "OK" },
        { 201, "Created" },
        { 303, "See Other" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 421, "Misdirected Request" },
        { 429, "Too Many Requests" },
        { 503, "Service Unavailable" },
    };

    for (size_t i = 0; i < ACR_LEN(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "Error";
}

void web_call_add_headers(struct evhttp_request *req, const struct web_reply *reply,
                          const char *policy)
{
    struct evkeyvalq *h = evhttp_request_get_output_headers(req);
    char text[1024];

    evhttp_add_header(h, "Content-Type", reply->type != NULL ? reply->type : WEB_TYPE_JSON);
    snprintf(text, sizeof(text), "%s; frame-ancestors 'none'",
             policy != NULL ? policy : "default-src 'none'");
    evhttp_add_header(h, "Content-Security-Policy", text);
    evhttp_add_header(h, "X-Content-Type-Options", "nosniff");
    evhttp_add_header(h, "X-Frame-Options", "DENY");
    evhttp_add_header(h, "Referrer-Policy", "same-origin");
    evhttp_add_header(h, "Cross-Origin-Resource-Policy", "same-origin");
    evhttp_add_header(h, "Cache-Control", "no-store");
    if (reply->file_name[0] == '\0')
        return;
    snprintf(text, sizeof(text), "attachment; filename=\"%s\"", reply->file_name);
    evhttp_add_header(h, "Content-Disposition", text);
}

bool web_call_takes_gzip(struct evhttp_request *req)
{
    return web_gzip_is_taken(web_call_header(req, "Accept-Encoding"));
}

void web_call_add_gzip(struct evhttp_request *req)
{
    struct evkeyvalq *h = evhttp_request_get_output_headers(req);

    evhttp_add_header(h, "Content-Encoding", "gzip");
    evhttp_add_header(h, "Vary", "Accept-Encoding");
}

void web_call_send(struct evhttp_request *req, struct web_body *b, const char *policy)
{
    bool is_gzip = web_call_takes_gzip(req) && web_body_make_gzip(b);
    int status = b->reply.status != 0 ? b->reply.status : 200;
    struct evbuffer *out = evbuffer_new();
    char length[24];

    web_call_add_headers(req, &b->reply, policy);
    if (is_gzip)
        web_call_add_gzip(req);
    snprintf(length, sizeof(length), "%zu", is_gzip ? b->gzip.length : b->reply.json.text.length);
    evhttp_add_header(evhttp_request_get_output_headers(req), "Content-Length", length);
    if (out != NULL && !is_head(req))
        web_body_send(b, out, is_gzip);
    evhttp_send_reply(req, status, reason_of(status), is_head(req) ? NULL : out);
    if (out != NULL)
        evbuffer_free(out);
}

void web_call_send_text(struct evhttp_request *req, int status, const char *text)
{
    struct web_body *b = web_body_text(status, text);

    web_call_send(req, b, NULL);
    web_body_drop(b);
}

void web_call_redirect(struct web_server *s, struct evhttp_request *req, const char *path)
{
    char to[600];

    snprintf(to, sizeof(to), "%s%s", s->base_path, path);
    evhttp_add_header(evhttp_request_get_output_headers(req), "Location", to);
    web_call_send_text(req, 303, "");
}

/* --- calls to the control loop
 * ------------------------------------------------------------------------ */

void web_call_forget(struct evhttp_request *req)
{
    if (evhttp_request_get_connection(req) == NULL)
        evhttp_request_free(req);
}

static void on_close(struct evhttp_connection *c, void *arg)
{
    struct web_call *call = arg;

    (void)c;
    web_call_forget(call->req);
    call->req = NULL;
}

static void end_call(struct web_call *call)
{
    struct web_call **at = &call->server->calls;

    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    web_request_done(&call->job.request);
    web_reply_done(&call->job.reply);
    free(call);
}

static void answer(struct web_call *call, struct web_body *body)
{
    const char *policy = call->route->view != NULL && body->reply.type != NULL &&
                                 strcmp(body->reply.type, WEB_TYPE_HTML) == 0
                             ? web_html_policy()
                             : NULL;

    if (call->req != NULL) {
        evhttp_connection_set_closecb(evhttp_request_get_connection(call->req), NULL, NULL);
        web_call_send(call->req, body, policy);
    }
    end_call(call);
}

static void on_shared(struct web_waiter *w, struct web_body *body)
{
    answer((struct web_call *)((char *)w - offsetof(struct web_call, waiter)), body);
}

static void on_back(struct web_job *job);

static void ask(struct web_call *call)
{
    call->job.view = call->route->view;
    call->job.back = on_back;
    web_exchange_ask(call->server->exchange, &call->job);
}

/* One at a time: the control loop has others to serve, and a run to watch. Clients that went while
 * they waited are not asked for. */
static void ask_heavy(struct web_server *s)
{
    while (s->heavy != NULL && !s->is_heavy_asked) {
        struct web_call *call = s->heavy;

        s->heavy = call->next_waiting;
        if (call->req == NULL) {
            end_call(call);
            continue;
        }
        s->is_heavy_asked = true;
        ask(call);
    }
}

static void add_heavy(struct web_call *call)
{
    struct web_call **at = &call->server->heavy;

    while (*at != NULL)
        at = &(*at)->next_waiting;
    *at = call;
    ask_heavy(call->server);
}

static void on_back(struct web_job *job)
{
    struct web_call *call = (struct web_call *)((char *)job - offsetof(struct web_call, job));
    struct timeval soon = { .tv_usec = AGAIN_US };
    struct web_server *s = call->server;
    struct web_body *body;

    if (job->reply.is_later) {
        job->reply.is_later = false;
        job->request.is_again = true;
        call->next_waiting = s->unanswered;
        s->unanswered = call;
        event_add(s->again, &soon);
        return;
    }
    if (call->changes)
        web_shares_forget(s->shares);
    if (call->route->is_heavy)
        s->is_heavy_asked = false;
    body = web_body_new(&job->reply);
    answer(call, body);
    web_body_drop(body);
    ask_heavy(s);
}

void web_call_ask_again(int fd, short what, void *server)
{
    struct web_server *s = server;
    struct web_call *call = s->unanswered;

    (void)fd;
    (void)what;
    s->unanswered = NULL;
    while (call != NULL) {
        struct web_call *next = call->next_waiting;

        ask(call);
        call = next;
    }
}

/* Those of a list by next_waiting. */
static void answer_list(struct web_call **list, struct web_body *body)
{
    struct web_call *call = *list;

    *list = NULL;
    while (call != NULL) {
        struct web_call *next = call->next_waiting;

        answer(call, body);
        call = next;
    }
}

void web_call_end_waiting(struct web_server *s)
{
    struct web_body *body = web_body_text(503, IS_ENDING);

    answer_list(&s->unanswered, body);
    answer_list(&s->heavy, body);
    web_body_drop(body);
}

static void begin_call(struct web_server *s, struct evhttp_request *req, int route,
                       struct web_form *query, struct web_form *body)
{
    struct web_call *call = calloc(1, sizeof(*call));
    const char *accept = web_call_header(req, "Accept");
    unsigned method = method_of(req);

    if (call == NULL) {
        web_form_done(query);
        web_form_done(body);
        web_call_send_text(req, 503, "There is no memory.\n");
        return;
    }
    call->server = s;
    call->req = req;
    call->route = web_routes_at((size_t)route);
    call->changes = (call->route->changes & method) != 0;
    call->next = s->calls;
    s->calls = call;
    call->job.request.query = *query;
    call->job.request.body = *body;
    acr_copy(call->job.request.accept, sizeof(call->job.request.accept), accept);
    evhttp_connection_set_closecb(evhttp_request_get_connection(req), on_close, call);
    call->waiter.ready = on_shared;
    if (call->route->is_shared)
        web_shares_ask(s->shares, route, web_server_now(), &call->waiter);
    else if (call->route->is_heavy)
        add_heavy(call);
    else
        ask(call);
}

/* --- what this thread answers itself
 * ------------------------------------------------------------------ */

static void send_page(struct web_server *s, struct evhttp_request *req)
{
    struct web_reply reply = { .type = WEB_TYPE_HTML };

    if (s->page == NULL) {
        web_html_live(&reply.json.text, s->base_path);
        s->page = web_body_new(&reply);
    }
    web_call_send(req, s->page, web_html_policy());
    if (s->page->reply.status == 0)
        return;
    web_body_drop(s->page); /* there was no room */
    s->page = NULL;
}

static void send_openapi(struct evhttp_request *req)
{
    struct web_reply reply = { .status = 0 };
    struct web_body *b;

    csv_text_append(&reply.json.text, (const char *)web_openapi_json, web_openapi_json_bytes);
    b = web_body_new(&reply);
    web_call_send(req, b, NULL);
    web_body_drop(b);
}

/* As far as it is written, from the file, at the client's pace. */
static void send_full_history(struct web_server *s, struct evhttp_request *req)
{
    const struct web_reply like = { .type = WEB_TYPE_CSV,
                                    .file_name = "acrida_requests_full_history.csv" };
    int fd = s->history_path[0] != '\0' ? open(s->history_path, O_RDONLY | O_CLOEXEC) : -1;
    struct evbuffer *out = evbuffer_new();
    struct stat st;

    if (fd < 0 || out == NULL || fstat(fd, &st) < 0 ||
        evbuffer_add_file(out, fd, 0, st.st_size) < 0) {
        if (fd >= 0)
            close(fd);
        web_call_send_text(req, 404,
                           "There is no full history: start with --csv and --csv-full-history.\n");
    } else {
        web_call_add_headers(req, &like, NULL);
        evhttp_send_reply(req, 200, "OK", is_head(req) ? NULL : out);
    }
    if (out != NULL)
        evbuffer_free(out);
}

static void answer_here(struct web_server *s, struct evhttp_request *req, enum web_local local,
                        const struct web_form *body)
{
    switch (local) {
    case WEB_LOCAL_PAGE:
        send_page(s, req);
        break;
    case WEB_LOCAL_EVENTS:
        web_stream_begin(s, req);
        break;
    case WEB_LOCAL_LOGIN:
        if (method_of(req) == WEB_POST)
            web_login_post(s, req, body);
        else if (s->is_open)
            web_call_redirect(s, req, "/");
        else
            web_login_show(s, req, 200, NULL);
        break;
    case WEB_LOCAL_LOGOUT:
        web_login_out(s, req);
        break;
    case WEB_LOCAL_OPENAPI:
        send_openapi(req);
        break;
    case WEB_LOCAL_FULL_HISTORY:
        send_full_history(s, req);
        break;
    case WEB_LOCAL_HEALTH:
    case WEB_LOCAL_NONE:
        web_call_send_text(req, 200, "ok\n");
        break;
    }
}

/* --- who may ask what
 * --------------------------------------------------------------------------------- */

/* HEAD changes nothing, and waits for nothing: it has no answer to wait for. */
static bool is_allowed(const struct web_route *route, struct evhttp_request *req)
{
    bool is_look = (route->changes & WEB_GET) == 0 && route->local != WEB_LOCAL_EVENTS;

    return (route->methods & method_of(req)) != 0 && (!is_head(req) || is_look);
}

static const char *allowed(const struct web_route *route)
{
    if ((route->methods & WEB_GET) == 0)
        return "POST";
    if (route->local == WEB_LOCAL_EVENTS)
        return "GET";
    if ((route->changes & WEB_GET) != 0)
        return "GET, POST";
    return (route->methods & WEB_POST) != 0 ? "GET, HEAD, POST" : "GET, HEAD";
}

/* Returns: the route's index; -1 after an answer. */
static int find_route(struct web_server *s, struct evhttp_request *req)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
    const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
    const char *below = NULL;
    int route = -1;

    if (path == NULL || evhttp_uri_get_host(uri) != NULL || is_ambiguous(req)) {
        web_call_send_text(req, 400, "This request makes no sense.\n");
        return -1;
    }
    if (*path == '\0')
        path = "/";
    /* Below it is where the session's cookie is for. */
    if (s->base_path[0] != '\0' && strcmp(path, s->base_path) == 0 && method_of(req) == WEB_GET) {
        web_call_redirect(s, req, "/");
        return -1;
    }
    below = web_routes_below(s->base_path, path);
    if (below != NULL)
        route = web_routes_find(below);
    if (route < 0) {
        web_call_send_text(req, 404, "There is nothing here.\n");
        return -1;
    }
    if (is_allowed(web_routes_at((size_t)route), req))
        return route;
    evhttp_add_header(evhttp_request_get_output_headers(req), "Allow",
                      allowed(web_routes_at((size_t)route)));
    web_call_send_text(req, 405, "This is asked for by another method.\n");
    return -1;
}

static bool is_let_through(struct web_server *s, struct evhttp_request *req,
                           const struct web_route *route)
{
    const struct web_guard_headers h = {
        .host = web_call_header(req, "Host"),
        .origin = web_call_header(req, "Origin"),
        .fetch_site = web_call_header(req, "Sec-Fetch-Site"),
    };
    const char *why = web_guard_check(&h, s->own_names, (route->changes & method_of(req)) != 0,
                                      s->is_open && !route->is_open);
    char text[300];

    if (why == NULL)
        return web_login_check(s, req, route);
    snprintf(text, sizeof(text), "%s\n", why);
    web_call_send_text(req, 403, text);
    return false;
}

/* Both forms. Returns: false after an answer. */
static bool read_forms(struct evhttp_request *req, struct web_form *query, struct web_form *body)
{
    const char *text = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(req));
    struct evbuffer *in = evhttp_request_get_input_buffer(req);
    size_t n = evbuffer_get_length(in);
    const char *data = n > 0 ? (const char *)evbuffer_pullup(in, -1) : NULL;
    const char *error = NULL;

    if (text != NULL && !web_form_query(query, text, strlen(text)))
        error = query->error;
    if (error == NULL && data != NULL && method_of(req) == WEB_POST &&
        !web_form_body(body, web_call_header(req, "Content-Type"), data, n))
        error = body->error;
    if (error == NULL)
        return true;
    web_form_done(query);
    web_form_done(body);
    web_call_send_text(req, 400, error);
    return false;
}

static int descriptor_of(struct evhttp_request *req)
{
    return bufferevent_getfd(evhttp_connection_get_bufferevent(evhttp_request_get_connection(req)));
}

static void on_answered(struct evhttp_request *req, void *server)
{
    struct web_server *s = server;

    web_visitors_answered(s->visitors, descriptor_of(req), web_server_now());
}

void web_call_begin(struct evhttp_request *req, void *server)
{
    struct web_form query = { .n = 0 };
    struct web_form body = { .n = 0 };
    struct web_server *s = server;
    const struct web_route *route;
    int index;

    web_visitors_asked(s->visitors, descriptor_of(req));
    evhttp_request_set_on_complete_cb(req, on_answered, s);
    if (s->is_ending) {
        web_call_send_text(req, 503, IS_ENDING);
        return;
    }
    index = find_route(s, req);
    if (index < 0)
        return;
    route = web_routes_at((size_t)index);
    if (!is_let_through(s, req, route) || !read_forms(req, &query, &body))
        return;
    if (route->view != NULL) {
        begin_call(s, req, index, &query, &body);
        return;
    }
    answer_here(s, req, route->local, &body);
    web_form_done(&query);
    web_form_done(&body);
}
