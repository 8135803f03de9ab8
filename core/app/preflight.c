/* SPDX-License-Identifier: MIT */
#include "app/preflight.h"

#include "engine/lead.h"
#include "engine/user.h"

#include <acrida/http.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Descriptors of the process itself: files, reports, what libraries open; and of each loop. */
#define FILES_BASE 48u
#define FILES_PER_LOOP 4u
/* What a connection takes at least, buffers of the kernel included. */
#define PLAIN_BYTES (8u << 10)
#define TLS_BYTES (60u << 10)
#define MIB (1u << 20)

/* --- who needs what -----------------------------------------------------------------------------
 */

/* What is known of the users of a type. */
struct need {
    const char *host;
    double n;
    bool connects; /* each keeps a connection */
    bool may;      /* each may keep one */
};

struct judging {
    const struct acri_plan *plan;
    const struct acri_run_options *run;
    const struct acri_preflight_facts *facts;
    struct acri_preflight_verdict *verdict;
    struct need *needs; /* one for each of the plan's types */
};

static bool is_http(const char *host)
{
    return strncasecmp(host, "http://", 7) == 0 || strncasecmp(host, "https://", 8) == 0;
}

static bool keeps_alive(const struct judging *j, const struct acr_http_defaults *http)
{
    bool is_told = http != NULL && http->size > offsetof(struct acr_http_defaults, no_keep_alive);

    return !j->facts->no_keep_alive && !(is_told && http->no_keep_alive);
}

static bool has_detour(const struct judging *j, const struct acr_http_defaults *http)
{
    return j->facts->has_detour ||
           (http != NULL && http->size > offsetof(struct acr_http_defaults, unix_socket) &&
            (http->proxy != NULL || http->unix_socket != NULL));
}

/* The most users there will be, of those that --users asks for. */
static double most_users(const struct acri_run_options *run)
{
    double n = (double)run->n_users;

    if (run->run_time_s > 0)
        n = fmin(n, ceil(run->spawn_rate * run->run_time_s) + 1);
    if (run->n_iterations > 0)
        n = fmin(n, (double)run->n_iterations);
    return n;
}

static double most_of_stages(const struct acr_shape *shape)
{
    double n = 0;

    for (size_t i = 0; i < shape->n_stages; i++)
        n = fmax(n, (double)shape->stages[i].users);
    return n;
}

/* A worker's part, as if all that are there from the start had as many threads. One that comes
 * later (its users are numbered apart) does not know how many others there are. */
static double part(const struct acri_run_options *run)
{
    const struct acri_desired *d = run->lead != NULL ? &run->lead->desired : NULL;

    if (d == NULL || d->number_step <= 1)
        return d != NULL && d->first_number > 0 ? 0 : 1;
    return 1 / (double)d->number_step;
}

/* Fixed counts first, then by weight, as dispatch deals them. */
static void deal(const struct judging *j, double n)
{
    const struct acri_plan *plan = j->plan;
    double fixed = 0;
    double weights = 0;

    for (size_t i = 0; i < plan->n_types; i++) {
        fixed += (double)plan->types[i].fixed_count;
        weights += plan->types[i].fixed_count > 0 ? 0 : plan->types[i].weight;
    }
    for (size_t i = 0; i < plan->n_types; i++) {
        const struct acri_user_plan *p = &plan->types[i];

        if (p->fixed_count > 0)
            j->needs[i].n = (double)p->fixed_count * fmin(1, n / fixed);
        else if (weights > 0)
            j->needs[i].n = fmax(0, n - fixed) * p->weight / weights;
        j->needs[i].n *= part(j->run);
    }
}

/* Under open load users come as they are needed: any number up to a bound is only possible. */
static void deal_open(const struct judging *j)
{
    bool is_open = j->run->arrival_rate > 0;

    for (size_t i = 0; i < j->plan->n_types; i++)
        is_open = is_open || j->plan->types[i].type->arrival_rate > 0;
    for (size_t i = 0; is_open && i < j->plan->n_types; i++) {
        const struct acri_user_plan *p = &j->plan->types[i];

        if (j->run->arrival_rate <= 0 && p->type->arrival_rate <= 0)
            continue;
        j->needs[i].n =
            p->type->max_users > 0 ? (double)p->type->max_users : (double)j->run->max_users;
        j->needs[i].may = j->needs[i].may || j->needs[i].connects;
        j->needs[i].connects = false;
    }
}

static void find_needs(struct judging *j)
{
    const struct acr_shape *shape = j->run->shape != NULL ? j->run->shape
                                    : j->run->no_shape    ? NULL
                                                          : j->plan->shape;

    for (size_t i = 0; i < j->plan->n_types; i++) {
        const struct acri_user_plan *p = &j->plan->types[i];
        struct need *need = &j->needs[i];

        need->host = j->run->host[0] != '\0' ? j->run->host : p->host;
        need->connects =
            (p->type->http != NULL || is_http(p->host)) && keeps_alive(j, p->type->http);
        need->may = !need->connects && need->host[0] != '\0' &&
                    (!is_http(need->host) || keeps_alive(j, p->type->http));
    }
    deal(j, shape != NULL ? most_of_stages(shape) : most_users(j->run));
    deal_open(j);
    /* How far a shape gets depends on its ramps. */
    for (size_t i = 0; shape != NULL && i < j->plan->n_types; i++) {
        j->needs[i].may = j->needs[i].may || j->needs[i].connects;
        j->needs[i].connects = false;
    }
}

static double sum_up(const struct judging *j, bool and_may)
{
    double n = 0;

    for (size_t i = 0; i < j->plan->n_types; i++)
        if (j->needs[i].connects || (and_may && j->needs[i].may))
            n += j->needs[i].n;
    return ceil(n);
}

/* Where the next line goes. The first that is refused is told. */
static struct acri_error *line_of(struct judging *j, bool is_refusal)
{
    struct acri_preflight_verdict *v = j->verdict;

    if (is_refusal && v->refusal.text[0] == '\0')
        return &v->refusal;
    return &v->warnings[v->n_warnings++];
}

/* --- descriptors --------------------------------------------------------------------------------
 */

static void judge_files(struct judging *j)
{
    double own = (double)(j->facts->files_open + FILES_BASE + FILES_PER_LOOP * j->run->n_threads);
    double files = (double)j->facts->files;
    bool is_sure = sum_up(j, false) + own - FILES_BASE > files;

    if (j->facts->files == 0 || sum_up(j, true) + own <= files)
        return;
    acri_fail(line_of(j, is_sure), 0,
              "%.0f users %s a connection each, and this process may have %.0f descriptors, about "
              "%.0f of them its own: raise the limit (ulimit -n, as root; LimitNOFILE= of a "
              "service), run fewer users, or share them out over several processes",
              sum_up(j, !is_sure), is_sure ? "keep" : "may keep", files, own);
}

/* --- ports --------------------------------------------------------------------------------------
 */

/* "127.0.0.1:80" of "http://127.0.0.1:80/path". Returns: where it begins. */
static const char *server_of(const char *host, size_t *ret_bytes)
{
    const char *from = strstr(host, "://");
    const char *at;

    from = from != NULL ? from + 3 : host;
    *ret_bytes = strcspn(from, "/?#");
    at = memrchr(from, '@', *ret_bytes);
    if (at != NULL) {
        *ret_bytes -= (size_t)(at + 1 - from);
        from = at + 1;
    }
    return from;
}

/* The family of a server that is a number; AF_UNSPEC for a name. */
static int family_of(const char *server, size_t bytes)
{
    struct acri_addresses a;
    char text[64] = "";
    size_t n = server[0] == '[' ? strcspn(server, "]") : strcspn(server, ":");

    if (n > bytes)
        n = bytes;
    if (n >= sizeof(text))
        return AF_UNSPEC;
    memcpy(text, server, n);
    return acri_address_of_number(text + (text[0] == '['), &a) ? a.list[0].any.sa_family
                                                               : AF_UNSPEC;
}

/* All that go to the same server as that type. */
static double users_at(const struct judging *j, size_t type, bool and_may)
{
    size_t bytes;
    const char *server = server_of(j->needs[type].host, &bytes);
    double n = 0;

    for (size_t i = 0; i < j->plan->n_types; i++) {
        const struct need *need = &j->needs[i];
        size_t its_bytes;
        const char *its = server_of(need->host, &its_bytes);

        if (its_bytes != bytes || strncasecmp(its, server, bytes) != 0 ||
            has_detour(j, j->plan->types[i].type->http))
            continue;
        if (i < type) /* told with that one */
            return 0;
        if (need->connects || (and_may && need->may))
            n += need->n;
    }
    return ceil(n);
}

static void judge_ports(struct judging *j)
{
    for (size_t i = 0; j->facts->ports > 0 && i < j->plan->n_types; i++) {
        size_t bytes;
        const char *server = server_of(j->needs[i].host, &bytes);
        int family = family_of(server, bytes);
        double n_from =
            j->run->sources != NULL ? (double)acri_source_count(j->run->sources, family) : 1;
        double ports = (double)j->facts->ports * n_from;
        bool is_sure = family != AF_UNSPEC && users_at(j, i, false) > ports;

        /* Sources of another family are told with each request. */
        if (bytes == 0 || n_from < 1 || users_at(j, i, true) <= ports)
            continue;
        acri_fail(line_of(j, is_sure), 0,
                  "%.0f users %s a connection to %.*s each, and there are %.0f local ports for it: "
                  "add addresses to leave from (--source-address), widen "
                  "net.ipv4.ip_local_port_range, or run fewer users",
                  users_at(j, i, !is_sure), is_sure ? "keep" : "may keep",
                  bytes < 100 ? (int)bytes : 100, server, ports);
        return;
    }
}

/* --- memory -------------------------------------------------------------------------------------
 */

static void judge_memory(struct judging *j)
{
    double least = 0;
    double likely = 0;
    double memory = (double)j->facts->memory;
    bool is_sure;

    for (size_t i = 0; i < j->plan->n_types; i++) {
        const struct need *need = &j->needs[i];
        double bytes =
            (double)(ACRI_USER_STATE_AT(j->plan->n_clients) + j->plan->types[i].type->state_size);

        least += need->n * bytes;
        likely += need->n * (bytes + (!need->connects                               ? 0
                                      : strncasecmp(need->host, "https://", 8) == 0 ? TLS_BYTES
                                                                                    : PLAIN_BYTES));
    }
    is_sure = least > memory && j->run->arrival_rate <= 0 && j->run->shape == NULL;
    if (j->facts->memory == 0 || likely <= memory)
        return;
    acri_fail(
        line_of(j, is_sure), 0,
        "the users need %.0f MiB of memory at least, and there are %.0f MiB: run fewer users, "
        "smaller .state_size, or on a machine (or in a control group) with more",
        (is_sure ? least : likely) / MIB, memory / MIB);
}

void acri_preflight_judge(const struct acri_plan *plan, const struct acri_run_options *run,
                          const struct acri_preflight_facts *facts,
                          struct acri_preflight_verdict *ret_verdict)
{
    struct judging j = { .plan = plan, .run = run, .facts = facts, .verdict = ret_verdict };

    *ret_verdict = (struct acri_preflight_verdict){ .n_warnings = 0 };
    j.needs = acri_alloc((plan->n_types + 1) * sizeof(*j.needs));
    find_needs(&j);
    judge_files(&j);
    judge_ports(&j);
    judge_memory(&j);
    free(j.needs);
}
