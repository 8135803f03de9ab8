/* SPDX-License-Identifier: MIT */
/* Users, sessions, tokens. */
#include "auth.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#define SESSIONS_MAX 64
#define SESSION_S (12 * 3600.0)
#define PEERS_MAX 64
#define PEER_BYTES 64
#define WINDOW_S 60.0
#define FAILURES_PER_PEER 10
#define FAILURES_OF_ALL 60
#define TOKEN_MIN 16
#define LINE_MAX_BYTES 1024

struct user {
    char *name;
    char *hash;
};

struct session {
    char id[WEB_AUTH_ID_BYTES];
    double until_s; /* 0 = free */
};

/* Failures since a time. */
struct failures {
    char peer[PEER_BYTES];
    double since_s;
    unsigned n;
};

struct web_auth {
    struct user *users;
    size_t n_users;
    char *token;
    char cookie[32];
    struct session sessions[SESSIONS_MAX];
    struct failures peers[PEERS_MAX];
    struct failures all;
    struct crypt_data crypt;
};

/* --- users and token -----------------------------------------------------------------------------
 */

/* Without the line end and blanks around. */
static char *strip(char *line)
{
    size_t n = strlen(line);

    while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL)
        line[--n] = '\0';
    return line + strspn(line, " \t");
}

static bool add_user(struct web_auth *a, const char *name, const char *hash)
{
    struct user *grown = realloc(a->users, (a->n_users + 1) * sizeof(*grown));

    if (grown == NULL)
        return false;
    a->users = grown;
    grown[a->n_users].name = strdup(name);
    grown[a->n_users].hash = strdup(hash);
    a->n_users++;
    return grown[a->n_users - 1].name != NULL && grown[a->n_users - 1].hash != NULL;
}

/* Returns: what is wrong with a line, or NULL. */
static const char *read_user(struct web_auth *a, char *line)
{
    char *colon = strchr(line, ':');
    const char *setting;

    if (*line == '\0' || *line == '#')
        return NULL;
    if (colon == NULL || colon == line)
        return "it is not \"name:hash\"";
    *colon = '\0';
    setting = colon + 1;
    /* Hashes of DES and texts as they are have no "$". */
    if (*setting != '$' || crypt_checksalt(setting) != CRYPT_SALT_OK)
        return "its hash is none that crypt(3) takes; `openssl passwd -6` or `mkpasswd` makes one";
    return add_user(a, line, setting) ? NULL : "there is no memory";
}

static bool read_users(struct web_auth *a, const char *path, char *error, size_t error_bytes)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX_BYTES];
    const char *wrong = NULL;
    unsigned n_lines = 0;

    if (file == NULL) {
        snprintf(error, error_bytes, "--web-users-file: %s cannot be read: %s", path,
                 strerror(errno));
        return false;
    }
    while (wrong == NULL && fgets(line, sizeof(line), file) != NULL) {
        n_lines++;
        wrong = read_user(a, strip(line));
    }
    fclose(file);
    if (wrong != NULL)
        snprintf(error, error_bytes, "--web-users-file: %s, line %u: %s", path, n_lines, wrong);
    else if (a->n_users == 0)
        snprintf(error, error_bytes, "--web-users-file: %s names nobody: it wants \"name:hash\"",
                 path);
    return wrong == NULL && a->n_users > 0;
}

struct web_auth *web_auth_new(const char *users_path, const char *token, char *error,
                              size_t error_bytes)
{
    struct web_auth *a = calloc(1, sizeof(*a));
    bool is_good = a != NULL;

    if (a == NULL)
        snprintf(error, error_bytes, "there is no memory");
    else
        snprintf(a->cookie, sizeof(a->cookie), WEB_AUTH_COOKIE);
    if (is_good && token != NULL) {
        is_good = strlen(token) >= TOKEN_MIN && (a->token = strdup(token)) != NULL;
        if (!is_good)
            snprintf(error, error_bytes,
                     "--web-token is too short: 16 characters or more, as of `openssl rand -hex "
                     "16`");
    }
    if (is_good && users_path != NULL)
        is_good = read_users(a, users_path, error, error_bytes);
    if (is_good)
        return a;
    web_auth_free(a);
    return NULL;
}

void web_auth_set_port(struct web_auth *a, unsigned port)
{
    snprintf(a->cookie, sizeof(a->cookie), WEB_AUTH_COOKIE "_%u", port);
}

const char *web_auth_cookie(const struct web_auth *a)
{
    return a->cookie;
}

/* What is left in freed memory may turn up in a core file. */
static void forget(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

void web_auth_free(struct web_auth *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->n_users; i++) {
        free(a->users[i].name);
        forget(a->users[i].hash);
    }
    free(a->users);
    forget(a->token);
    explicit_bzero(a, sizeof(*a));
    free(a);
}

char *web_auth_read_token(const char *path, char *error, size_t error_bytes)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX_BYTES] = "";
    char *token = NULL;

    if (file == NULL) {
        snprintf(error, error_bytes, "--web-token-file: %s cannot be read: %s", path,
                 strerror(errno));
        return NULL;
    }
    if (fgets(line, sizeof(line), file) != NULL && strlen(strip(line)) >= TOKEN_MIN)
        token = strdup(strip(line));
    else
        snprintf(error, error_bytes,
                 "--web-token-file: the first line of %s is no token: 16 characters or more, as "
                 "of `openssl rand -hex 16`",
                 path);
    explicit_bzero(line, sizeof(line));
    fclose(file);
    return token;
}

bool web_auth_is_needed(const struct web_auth *a)
{
    return a->n_users > 0 || a->token != NULL;
}

bool web_auth_has_users(const struct web_auth *a)
{
    return a->n_users > 0;
}

/* --- failures ------------------------------------------------------------------------------------
 */

static void age(struct failures *f, double now_s)
{
    if (now_s - f->since_s >= WINDOW_S)
        f->n = 0;
    if (f->n == 0)
        f->since_s = now_s;
}

/* The place of a peer; when there is none free, that of who failed longest ago. */
static struct failures *place_of(struct web_auth *a, const char *peer, double now_s)
{
    struct failures *oldest = &a->peers[0];

    for (size_t i = 0; i < PEERS_MAX; i++) {
        struct failures *f = &a->peers[i];

        if (strncmp(f->peer, peer, PEER_BYTES - 1) == 0) {
            age(f, now_s);
            return f;
        }
        if (f->peer[0] == '\0' || f->since_s < oldest->since_s)
            oldest = f;
        if (f->peer[0] == '\0')
            break;
    }
    *oldest = (struct failures){ .since_s = now_s };
    snprintf(oldest->peer, sizeof(oldest->peer), "%s", peer);
    return oldest;
}

static bool is_too_often(struct web_auth *a, const char *peer, double now_s)
{
    return place_of(a, peer, now_s)->n >= FAILURES_PER_PEER;
}

static enum web_auth_result count(struct web_auth *a, const char *peer, double now_s, bool is_good)
{
    if (is_good)
        return WEB_AUTH_GOOD;
    place_of(a, peer, now_s)->n++;
    return WEB_AUTH_WRONG;
}

/* In a time that tells nothing but the length of what was given. */
static bool is_equal(const char *given, const char *wanted)
{
    size_t n = strlen(given);
    size_t n_wanted = strlen(wanted);
    unsigned differs = n != n_wanted;

    for (size_t i = 0; i < n; i++)
        differs |= (unsigned char)given[i] ^ (unsigned)(unsigned char)wanted[i % (n_wanted + 1)];
    return differs == 0;
}

enum web_auth_result web_auth_password(struct web_auth *a, const char *peer, double now_s,
                                       const char *user, const char *password)
{
    const struct user *found = NULL;
    const char *hashed;
    bool is_good = false;

    if (a->n_users == 0)
        return WEB_AUTH_WRONG;
    /* Of all: each costs the time of a hash, wherever it comes from. */
    age(&a->all, now_s);
    if (a->all.n >= FAILURES_OF_ALL || is_too_often(a, peer, now_s))
        return WEB_AUTH_TOO_OFTEN;
    for (size_t i = 0; i < a->n_users; i++)
        if (strcmp(a->users[i].name, user) == 0)
            found = &a->users[i];
    /* crypt_rn: sanitizers take crypt_r for libc's. An unknown user costs as much time as a known
     * one. */
    hashed = crypt_rn(password, found != NULL ? found->hash : a->users[0].hash, &a->crypt,
                      (int)sizeof(a->crypt));
    if (found != NULL && hashed != NULL)
        is_good = is_equal(hashed, found->hash);
    a->all.n += !is_good;
    return count(a, peer, now_s, is_good);
}

enum web_auth_result web_auth_token(struct web_auth *a, const char *peer, double now_s,
                                    const char *token)
{
    if (a->token == NULL)
        return WEB_AUTH_WRONG;
    if (is_too_often(a, peer, now_s))
        return WEB_AUTH_TOO_OFTEN;
    return count(a, peer, now_s, is_equal(token, a->token));
}

enum web_auth_result web_auth_header(struct web_auth *a, const char *peer, double now_s,
                                     const char *authorization)
{
    static const char scheme[] = "Bearer ";

    if (strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
        return WEB_AUTH_WRONG;
    return web_auth_token(a, peer, now_s, authorization + sizeof(scheme) - 1);
}

/* --- sessions ------------------------------------------------------------------------------------
 */

bool web_auth_open(struct web_auth *a, double now_s, char id[WEB_AUTH_ID_BYTES])
{
    unsigned char bytes[(WEB_AUTH_ID_BYTES - 1) / 2];
    struct session *s = &a->sessions[0];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    for (size_t i = 1; i < SESSIONS_MAX; i++)
        if (a->sessions[i].until_s < s->until_s)
            s = &a->sessions[i]; /* free, or the oldest */
    memcpy(s->id, id, sizeof(s->id));
    s->until_s = now_s + SESSION_S;
    return true;
}

/* The next session's id that a Cookie header names. Returns: where to look on, NULL past the last.
 */
static const char *next_cookie(const char *name, const char *at, char id[WEB_AUTH_ID_BYTES])
{
    size_t n_name = strlen(name);

    while (*at != '\0') {
        size_t n;

        at += strspn(at, "; \t");
        n = strcspn(at, ";");
        if (n == n_name + 1 + WEB_AUTH_ID_BYTES - 1 && strncmp(at, name, n_name) == 0 &&
            at[n_name] == '=') {
            memcpy(id, at + n_name + 1, WEB_AUTH_ID_BYTES - 1);
            id[WEB_AUTH_ID_BYTES - 1] = '\0';
            return at + n;
        }
        at += n;
    }
    return NULL;
}

static struct session *find(struct web_auth *a, double now_s, const char *cookies)
{
    char id[WEB_AUTH_ID_BYTES];

    if (cookies == NULL)
        return NULL;
    while ((cookies = next_cookie(a->cookie, cookies, id)) != NULL)
        for (size_t i = 0; i < SESSIONS_MAX; i++)
            if (a->sessions[i].until_s > now_s && is_equal(id, a->sessions[i].id))
                return &a->sessions[i];
    return NULL;
}

bool web_auth_is_open(struct web_auth *a, double now_s, const char *cookies)
{
    return find(a, now_s, cookies) != NULL;
}

void web_auth_close(struct web_auth *a, const char *cookies)
{
    struct session *s = find(a, 0, cookies);

    if (s != NULL)
        *s = (struct session){ .until_s = 0 };
}
