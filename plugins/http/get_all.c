/* SPDX-License-Identifier: MIT */
/* acr_http_get_all: several URLs at once, by coroutines of the user. */
#include <acrida/http.h>

#include <stdlib.h>
#include <string.h>

enum { PARALLEL_DEFAULT = 6, PARALLEL_MAX = 100 };

/*
 * What the coroutines share. It is nobody's task memory: a user that is being ended does not wait
 * for them.
 */
struct job {
    size_t n_holders;
    size_t n;
    size_t next; /* URL to fetch */
    size_t n_failed;
    struct acr_request request; /* for all of them, but for the path */
    const char **urls;
    char text[]; /* what all these point to */
};

static void release(void *arg)
{
    struct job *job = arg;

    if (--job->n_holders == 0) {
        free(job->urls);
        free(job);
    }
}

static bool is_set(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static size_t bytes_of(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

static const char *put(char **at, const char *text)
{
    size_t bytes = bytes_of(text);
    char *copy = *at;

    if (bytes == 0) {
        return NULL;
    }
    memcpy(copy, text, bytes);
    *at += bytes;
    return copy;
}

/* NULL when out of memory. */
static struct job *new_job(const char *const *urls, const struct acr_get_all *all)
{
    size_t bytes = bytes_of(all->name) + bytes_of(all->headers) + bytes_of(all->expect) +
                   bytes_of(all->context) + bytes_of(all->tags);

    for (size_t i = 0; i < all->n; i++) {
        bytes += bytes_of(urls[i]);
    }
    struct job *job = calloc(1, sizeof *job + bytes);
    const char **copies = calloc(all->n, sizeof *copies);
    if (job == NULL || copies == NULL) {
        free(job);
        free(copies);
        return NULL;
    }
    char *at = job->text;
    job->n_holders = 1;
    job->urls = copies;
    job->request = (struct acr_request){ .size = sizeof job->request, .method = "GET" };
    job->request.name = put(&at, all->name);
    job->request.headers = put(&at, all->headers);
    job->request.discard_body = true;
    job->request.timeout_s = all->timeout_s;
    job->request.expect = put(&at, all->expect);
    job->request.context = put(&at, all->context);
    job->request.tags = put(&at, all->tags);
    for (size_t i = 0; i < all->n; i++) {
        if (is_set(urls[i])) {
            job->urls[job->n++] = put(&at, urls[i]);
        }
    }
    return job;
}

/* Fetches what is left, one after the other. */
static void work(struct acr_user *u, struct job *job)
{
    size_t mark = acr_mark(u);

    while (job->next < job->n && !acr_is_cancelled(u)) {
        struct acr_request request = job->request;
        request.path = job->urls[job->next++];
        job->n_failed += acr_http_send(u, &request)->error[0] != '\0';
        acr_rewind(u, mark);
    }
}

static int run(struct acr_user *u, void *arg)
{
    struct job *job;

    memcpy(&job, arg, sizeof job);
    acr_defer(u, release, job); /* even when it never returns */
    work(u, job);
    return 0;
}

size_t acr_http_get_all(struct acr_user *u, const char *const *urls,
                        const struct acr_get_all *given)
{
    struct acr_spawned *spawned[PARALLEL_MAX];
    struct acr_get_all all = { .size = sizeof all };

    memcpy(&all, given, given->size < sizeof all ? given->size : sizeof all);
    if (all.n == 0) {
        return 0;
    }
    struct job *job = new_job(urls, &all);
    if (job == NULL) {
        acr_log_at(u, ACR_LOG_ERROR, "acr_get_all: out of memory, nothing is fetched");
        return all.n;
    }
    size_t parallel = all.parallel == 0 ? PARALLEL_DEFAULT : all.parallel;
    parallel = parallel > PARALLEL_MAX ? PARALLEL_MAX : parallel;
    parallel = parallel > job->n ? job->n : parallel;
    size_t n = 0;
    for (; parallel > 1 && n < parallel && job->next < job->n; n++) {
        job->n_holders++;
        spawned[n] = acr_spawn(u, run, &job, sizeof job);
        if (spawned[n] == NULL) {
            release(job);
            break;
        }
    }
    if (n == 0) {
        work(u, job);
    }
    for (size_t i = 0; i < n && acr_join(u, spawned[i], 0) >= 0; i++) {
    }
    size_t n_failed = job->n_failed;
    release(job);
    return n_failed;
}
