/* SPDX-License-Identifier: MIT */
/* The SDK's calls about the user: <acrida/acrida.h> but JSON and reporting, <acrida/client.h> but
 * samples. */
#include "engine/park.h"
#include "engine/step.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_BYTES (1024u << 20)

/* --- the user ------------------------------------------------------------------------------- */

void *acr_state(struct acr_user *u)
{
    if (u->plan->type->state_size == 0)
        return NULL;
    return (char *)u->root + ACRI_USER_STATE_AT(u->home->run->plan->n_clients);
}

uint64_t acr_number(const struct acr_user *u)
{
    return u->number;
}

const char *acr_type_name(const struct acr_user *u)
{
    return u->plan->type->name;
}

const char *acr_host(const struct acr_user *u)
{
    if (u->home->run->host[0] != '\0')
        return u->home->run->host;
    return u->plan->host;
}

bool acr_is_cancelled(const struct acr_user *u)
{
    return u->is_cancelled;
}

/* --- tasks ----------------------------------------------------------------------------------- */

const char *acr_task_name(const struct acr_user *u)
{
    return acri_step_name(u);
}

void *acr_set_state(struct acr_user *u)
{
    return u->root->frame->state;
}

int acr_schedule(struct acr_user *u, const char *task, bool first)
{
    struct acr_user *root = u->root;

    if (root->phase == ACRI_USER_SERVICE)
        return -ENOENT;
    return acri_frame_schedule(root->frame, task, first);
}

/* --- waiting and clocks ---------------------------------------------------------------------- */

int acr_sleep(struct acr_user *u, double seconds)
{
    uint64_t now_ns = acri_clock_now_ns();
    uint64_t wanted_ns = now_ns + acri_clock_ns_of(seconds);
    uint64_t at_ns = seconds > 0 ? acri_loop_coalesce_ns(now_ns, wanted_ns) : now_ns + 1;
    int reason = acri_user_suspend(u, at_ns);

    if (reason != -ETIMEDOUT)
        return reason;
    /* What comes next was wanted then: the sleep is the scenario's, what is later is the
     * generator's. Within a request it is part of that. */
    if (u->n_open == 0)
        u->intended_ns = wanted_ns;
    u->owed_ns = 0;
    return 0;
}

uint64_t acr_now_ns(void)
{
    return acri_clock_now_ns();
}

double acr_run_time(const struct acr_user *u)
{
    return (double)(acri_clock_now_ns() - u->home->run->started_ns) / 1e9;
}

double acr_user_time(const struct acr_user *u)
{
    return (double)(acri_clock_now_ns() - u->started_ns) / 1e9;
}

/* --- memory ----------------------------------------------------------------------------------- */

/* There is no way to return from a call that must give memory: the coroutine stays where it is. */
static _Noreturn void out_of_arena(struct acr_user *u, const char *what)
{
    struct acri_raised raised = { .message = what };

    raised.n_frames = backtrace(raised.frames, ACRI_EXCEPTION_FRAMES);
    acri_exceptions_add(&u->home->exceptions, &raised, u->plan->type->name, acri_step_name(u),
                        u->number);
    acri_user_park(u, what);
}

void *acr_alloc(struct acr_user *u, size_t bytes)
{
    void *memory = acri_arena_alloc(u->arena, bytes);

    if (ACRI_UNLIKELY(memory == NULL) && u->phase == ACRI_USER_SERVICE) {
        /* The conductor of the run itself must not be parked. */
        memory = acri_alloc(bytes);
        acr_defer(u, free, memory);
    } else if (ACRI_UNLIKELY(memory == NULL))
        out_of_arena(u, "exceeded the 64 MiB of memory of a task (acr_rewind frees earlier)");
    return memory;
}

void *acr_keep(struct acr_user *u, size_t bytes)
{
    struct acr_user *root = u->root;
    void *memory;

    if (root->kept == NULL) {
        root->kept = acri_alloc(sizeof(*root->kept));
        acri_arena_init(root->kept, KEEP_BYTES);
    }
    memory = acri_arena_alloc(root->kept, bytes);
    if (ACRI_UNLIKELY(memory == NULL) && u->phase == ACRI_USER_SERVICE) {
        acri_log_error("a hook keeps more than 1 GiB with acr_keep");
        return acri_alloc(bytes); /* the conductor must not be parked */
    }
    if (ACRI_UNLIKELY(memory == NULL))
        out_of_arena(u, "exceeded the 1 GiB of memory kept by a user");
    return memory;
}

static __attribute__((format(printf, 2, 0))) char *format(struct acr_user *u, const char *text,
                                                          va_list args)
{
    char brief[256];
    va_list again;
    char *made;
    int n;

    va_copy(again, args);
    n = vsnprintf(brief, sizeof(brief), text, again);
    va_end(again);
    ACRI_ASSERT(n >= 0);
    made = acr_alloc(u, (size_t)n + 1);
    if ((size_t)n < sizeof(brief))
        memcpy(made, brief, (size_t)n + 1);
    else
        vsnprintf(made, (size_t)n + 1, text, args);
    return made;
}

const char *acr_fmt(struct acr_user *u, const char *text, ...)
{
    va_list args;
    const char *made;

    va_start(args, text);
    made = format(u, text, args);
    va_end(args);
    return made;
}

const char *acr_dup(struct acr_user *u, const char *text)
{
    size_t bytes = text != NULL ? strlen(text) + 1 : 1;

    return memcpy(acr_alloc(u, bytes), text != NULL ? text : "", bytes);
}

void acr_copy(char *to, size_t to_bytes, const char *from)
{
    size_t n = from != NULL ? strlen(from) : 0;

    if (to_bytes == 0)
        return;
    if (n > to_bytes - 1)
        n = to_bytes - 1;
    if (n > 0)
        memcpy(to, from, n);
    to[n] = '\0';
}

size_t acr_mark(struct acr_user *u)
{
    return acri_arena_mark(u->arena);
}

void acr_rewind(struct acr_user *u, size_t mark)
{
    if (mark <= acri_arena_mark(u->arena))
        acri_arena_rewind(u->arena, mark);
}

void acr_defer(struct acr_user *u, void (*function)(void *arg), void *arg)
{
    /* Not in the arena: a rewind must not free what is still to be called. */
    struct acri_deferred *d = acri_alloc(sizeof(*d));

    *d = (struct acri_deferred){ .next = u->deferred, .function = function, .arg = arg };
    u->deferred = d;
}

/* --- random values ---------------------------------------------------------------------------- */

int64_t acr_random_int(struct acr_user *u, int64_t low, int64_t high)
{
    uint64_t n = (uint64_t)high - (uint64_t)low + 1;

    if (high <= low)
        return low;
    if (n == 0) /* the whole range */
        return (int64_t)acri_rng_next(&u->rng);
    return (int64_t)((uint64_t)low + acri_rng_below(&u->rng, n));
}

double acr_random_double(struct acr_user *u, double low, double high)
{
    return low + acri_rng_unit(&u->rng) * (high - low);
}

const char *acr_random_string(struct acr_user *u, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char *text = acr_alloc(u, length + 1);

    for (size_t i = 0; i < length; i++)
        text[i] = letters[acri_rng_below(&u->rng, sizeof(letters) - 1)];
    return text;
}

const char *acr_random_uuid(struct acr_user *u)
{
    uint64_t a = acri_rng_next(&u->rng);
    uint64_t b = acri_rng_next(&u->rng);

    /* RFC 9562, section 5.4: the version and variant bits; the rest is random. */
    return acr_fmt(u, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
                   (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
                   (unsigned)(b >> 48 & 0x3fff) | 0x8000u,
                   (unsigned long long)(b & 0xffffffffffffull));
}

size_t acr_random_index(struct acr_user *u, size_t n)
{
    return (size_t)acri_rng_below(&u->rng, n);
}

/* --- log, environment, errors ------------------------------------------------------------------
 */

static __attribute__((format(printf, 3, 0))) void log_line(const struct acr_user *u, uint32_t level,
                                                           const char *text, va_list args)
{
    char line[2048];

    if (level < ACR_LOG_DEBUG || level > ACR_LOG_ERROR)
        level = ACR_LOG_INFO;
    if (!acri_log_is_on((enum acri_log_level)level))
        return;
    vsnprintf(line, sizeof(line), text, args);
    if (u == NULL || u->phase == ACRI_USER_SERVICE)
        acri_log((enum acri_log_level)level, "scenario", "%s", line);
    else
        acri_log((enum acri_log_level)level, u->plan->type->name, "user %llu: %s",
                 (unsigned long long)u->number, line);
}

void acr_log(const struct acr_user *u, const char *text, ...)
{
    va_list args;

    va_start(args, text);
    log_line(u, ACR_LOG_INFO, text, args);
    va_end(args);
}

void acr_log_at(const struct acr_user *u, uint32_t level, const char *text, ...)
{
    va_list args;

    va_start(args, text);
    log_line(u, level, text, args);
    va_end(args);
}

const char *acr_env(const char *name, const char *default_value)
{
    const char *value = getenv(name);

    return value != NULL ? value : default_value;
}

int acr_raise(struct acr_user *u, const char *text, ...)
{
    struct acri_raised *raised;
    const char *message;
    va_list args;

    va_start(args, text);
    message = format(u, text, args);
    va_end(args);
    /* Not in the arena: a rewind must not free it. */
    raised = acri_alloc(sizeof(*raised));
    raised->message = acri_strdup(message);
    raised->n_frames = backtrace(raised->frames, ACRI_EXCEPTION_FRAMES);
    acri_step_drop_raised(u);
    u->raised = raised;
    return ACR_RAISED;
}

/* --- for clients --------------------------------------------------------------------------------
 */

struct acr_loop *acr_user_loop(struct acr_user *u)
{
    return &u->home->loop;
}

void *acr_client_loop_state(struct acr_loop *l, uint32_t slot)
{
    struct acri_users *us = l->owner;

    ACRI_ASSERT(slot < us->run->plan->n_clients);
    return us->client_states[slot];
}

void *acr_client_user_state(struct acr_user *u, uint32_t slot)
{
    const struct acri_plan *plan = u->home->run->plan;
    struct acr_user *root = u->root;
    const struct acr_client *client;

    ACRI_ASSERT(slot < plan->n_clients);
    if (root->client_states[slot] != NULL)
        return root->client_states[slot];
    client = plan->clients[slot];
    root->client_states[slot] = acri_alloc(client->user_size);
    if (client->user_init != NULL && client->user_init(root, root->client_states[slot]) < 0) {
        free(root->client_states[slot]);
        root->client_states[slot] = NULL;
    }
    return root->client_states[slot];
}

const struct acr_http_defaults *acr_user_http_defaults(const struct acr_user *u)
{
    return u->plan->type->http;
}

struct acr_coroutine *acr_coroutine_self(struct acr_user *u)
{
    return acri_loop_current(&u->home->loop);
}

void acr_forbid_yields(struct acr_loop *l, bool forbids)
{
    l->is_held = forbids;
}

int acr_suspend(struct acr_user *u, uint64_t deadline_ns)
{
    return acri_user_suspend(u, deadline_ns);
}

void acr_wake(struct acr_coroutine *c, int reason)
{
    acri_loop_wake(c, reason < 0 ? 0 : reason);
}
