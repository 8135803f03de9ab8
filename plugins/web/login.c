/* SPDX-License-Identifier: MIT */
/* Logging in and out over HTTP. */
#include "server_parts.h"

#include "auth.h"
#include "html.h"

#include <event2/http.h>

#include <stdio.h>
#include <string.h>

#define RETRY_S "60"

static void add_header(struct evhttp_request *req, const char *name, const char *value)
{
    evhttp_add_header(evhttp_request_get_output_headers(req), name, value);
}

void web_login_show(struct web_server *s, struct evhttp_request *req, int status, const char *error)
{
    struct web_reply reply = { .status = status, .type = WEB_TYPE_HTML };
    struct web_body *b;

    web_html_login(&reply.json.text, s->base_path, web_auth_has_users(s->auth), error);
    b = web_body_new(&reply);
    web_call_send(req, b, web_html_login_policy());
    web_body_drop(b);
}

static void refuse(struct web_server *s, struct evhttp_request *req, const struct web_route *route,
                   bool is_too_often)
{
    struct web_reply reply = { .status = is_too_often ? 429 : 401 };
    struct web_body *b;

    if (is_too_often)
        add_header(req, "Retry-After", RETRY_S);
    else if (route->local == WEB_LOCAL_PAGE) {
        web_call_redirect(s, req, "/login");
        return;
    } else {
        add_header(req, "WWW-Authenticate", "Bearer realm=\"acrida\"");
    }
    web_reply_open(&reply, false,
                   is_too_often ? "Too many wrong tokens or passwords: wait a minute."
                                : "Log in at /login, or send \"Authorization: Bearer TOKEN\".");
    web_reply_close(&reply);
    b = web_body_new(&reply);
    web_call_send(req, b, NULL);
    web_body_drop(b);
}

bool web_login_check(struct web_server *s, struct evhttp_request *req,
                     const struct web_route *route)
{
    const char *authorization = web_call_header(req, "Authorization");
    enum web_auth_result r = WEB_AUTH_WRONG;
    double now_s = web_server_now();

    if (s->is_open || route->is_open ||
        web_auth_is_open(s->auth, now_s, web_call_header(req, "Cookie")))
        return true;
    if (authorization != NULL)
        r = web_auth_header(s->auth, web_call_peer(req), now_s, authorization);
    if (r != WEB_AUTH_GOOD)
        refuse(s, req, route, r == WEB_AUTH_TOO_OFTEN);
    return r == WEB_AUTH_GOOD;
}

static void set_cookie(struct web_server *s, struct evhttp_request *req, const char *id,
                       const char *more)
{
    char cookie[600];

    snprintf(cookie, sizeof(cookie), "%s=%s; Path=%s/; HttpOnly; SameSite=Strict%s%s",
             web_auth_cookie(s->auth), id, s->base_path, s->tls != NULL ? "; Secure" : "", more);
    add_header(req, "Set-Cookie", cookie);
}

void web_login_post(struct web_server *s, struct evhttp_request *req, const struct web_form *f)
{
    const char *user = web_form_get(f, "username");
    const char *password = web_form_get(f, "password");
    const char *token = web_form_get(f, "token");
    const char *peer = web_call_peer(req);
    double now_s = web_server_now();
    char id[WEB_AUTH_ID_BYTES];
    enum web_auth_result r = WEB_AUTH_WRONG;

    if (s->is_open) {
        web_call_redirect(s, req, "/");
        return;
    }
    if (token == NULL && !web_auth_has_users(s->auth))
        token = password; /* the page asks for a name and a password, whatever there is */
    if (token != NULL)
        r = web_auth_token(s->auth, peer, now_s, token);
    else if (user != NULL && password != NULL)
        r = web_auth_password(s->auth, peer, now_s, user, password);
    if (r == WEB_AUTH_TOO_OFTEN) {
        add_header(req, "Retry-After", RETRY_S);
        web_login_show(s, req, 429, "Too many wrong tries: wait a minute.");
    } else if (r != WEB_AUTH_GOOD) {
        web_login_show(s, req, 401,
                       token != NULL ? "That is not the token."
                                     : "That name and password do not belong together.");
    } else if (!web_auth_open(s->auth, now_s, id)) {
        web_call_send_text(req, 500, "There are no random numbers for a session.\n");
    } else {
        set_cookie(s, req, id, "");
        web_call_redirect(s, req, "/");
    }
}

void web_login_out(struct web_server *s, struct evhttp_request *req)
{
    web_auth_close(s->auth, web_call_header(req, "Cookie"));
    set_cookie(s, req, "", "; Max-Age=0");
    web_call_redirect(s, req, s->is_open ? "/" : "/login");
}
