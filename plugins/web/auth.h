/* SPDX-License-Identifier: MIT */
/*
 * Who may in: users with passwords, whose browsers get a session, and programs with a token.
 *
 * Thread: one at a time; checking a password takes as long as its hash wants (some 10 ms to 1 s).
 */
#ifndef ACRIDA_WEB_AUTH_H
#define ACRIDA_WEB_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEB_AUTH_ID_BYTES 65 /* of a session: 256 random bits in hexadecimal digits, and a NUL */

struct web_auth;

enum web_auth_result {
    WEB_AUTH_GOOD = 0,
    WEB_AUTH_WRONG = 1,
    WEB_AUTH_TOO_OFTEN = 2, /* too many failures of late: not even looked at */
};

/*
 * users_path: lines "name:hash", as crypt(3) makes hashes; NULL = nobody has a password.
 * token: NULL = there is none. With neither all may in.
 *
 * Returns: NULL with a line in error.
 */
struct web_auth *web_auth_new(const char *users_path, const char *token, char *error,
                              size_t error_bytes);
/* NULL is allowed. */
void web_auth_free(struct web_auth *a);

/* The first line of a file, without what is blank around it. Returns: NULL with a line in error
 * (not there, empty, shorter than 16 characters). Owner: the caller. */
char *web_auth_read_token(const char *path, char *error, size_t error_bytes);

/* Whether anybody has to say who he is; whether users have passwords. */
bool web_auth_is_needed(const struct web_auth *a);
bool web_auth_has_users(const struct web_auth *a);

/* now_s: of a clock that does not jump; peer: the address that it comes from. */
enum web_auth_result web_auth_password(struct web_auth *a, const char *peer, double now_s,
                                       const char *user, const char *password);
enum web_auth_result web_auth_token(struct web_auth *a, const char *peer, double now_s,
                                    const char *token);
/* The value of an Authorization header: "Bearer TOKEN". */
enum web_auth_result web_auth_header(struct web_auth *a, const char *peer, double now_s,
                                     const char *authorization);

/* A session for who has shown that he may in. Returns: false without random bytes. */
bool web_auth_open(struct web_auth *a, double now_s, char id[WEB_AUTH_ID_BYTES]);
/* Whether a Cookie header holds a session that is open. */
bool web_auth_is_open(struct web_auth *a, double now_s, const char *cookies);
void web_auth_close(struct web_auth *a, const char *cookies);

/* Sessions are kept in a cookie of this name; with a port, "acrida_session_8089": to browsers, all
 * ports of a host share their cookies. Owner: a. */
#define WEB_AUTH_COOKIE "acrida_session"
void web_auth_set_port(struct web_auth *a, unsigned port);
const char *web_auth_cookie(const struct web_auth *a);

#endif
