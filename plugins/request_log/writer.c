/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1 /* O_CLOEXEC */
#include "writer.h"

#include "results/csv_files.h"
#include "results/csv_text.h"
#include "results/side_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define RINGS_MAX 1024
#define BATCH_BYTES (256u << 10)
#define PAUSE_NS 10000000

static const char heading[] =
    "time,type,name,response_time_ms,corrected_ms,lateness_ms,bytes,status,error,url,context,"
    "user_type,user\r\n";

struct writer {
    int fd;
    gzFile gz; /* NULL = not compressed */
    pthread_t id;
    pthread_mutex_t lock; /* of the list, and of both flags */
    pthread_cond_t changed;
    struct ring *rings[RINGS_MAX];
    size_t n_rings;
    bool is_ending;
    bool has_ended;
    struct writer_result result;
    struct csv_text text;
    uint64_t n_in_text;
};

/* --- rows
 * --------------------------------------------------------------------------------------------- */

/* n / 1,000,000 (or 1,000) with so many decimals, without the help of a locale. */
static void decimal(struct csv_text *t, uint64_t n, uint64_t unit)
{
    char number[40];

    snprintf(number, sizeof(number), unit == 1000000 ? "%llu.%06llu" : "%llu.%03llu",
             (unsigned long long)(n / unit), (unsigned long long)(n % unit));
    csv_text_plain(t, number);
}

static void ms(struct csv_text *t, const struct ring_record *x, uint64_t ns)
{
    if (x->has_time)
        decimal(t, (ns + 500) / 1000, 1000);
    else
        csv_text_plain(t, "");
}

static void row(struct csv_text *t, const struct ring_record *x)
{
    decimal(t, x->time_us, 1000000);
    csv_text_foreign(t, ring_text(x, RING_TYPE));
    csv_text_foreign(t, ring_text(x, RING_NAME));
    ms(t, x, x->response_time_ns);
    ms(t, x, x->corrected_ns);
    ms(t, x, x->lateness_ns);
    csv_text_count(t, x->response_bytes);
    csv_text_count(t, x->status > 0 ? (uint64_t)x->status : 0);
    csv_text_foreign(t, x->has_error && x->lengths[RING_ERROR] == 0 ? "failed"
                                                                    : ring_text(x, RING_ERROR));
    csv_text_foreign(t, ring_text(x, RING_URL));
    csv_text_foreign(t, ring_text(x, RING_CONTEXT));
    csv_text_foreign(t, ring_text(x, RING_USER_TYPE));
    csv_text_count(t, x->user);
    csv_text_end_row(t);
}

/* --- the thread
 * --------------------------------------------------------------------------------------- */

static int write_all(struct writer *w, const char *data, size_t bytes)
{
    if (w->gz != NULL)
        return bytes == 0 || gzwrite(w->gz, data, (unsigned)bytes) > 0 ? 0
               : errno != 0                                            ? -errno
                                                                       : -EIO;
    return csv_files_write(w->fd, data, bytes);
}

/* After the first failure nothing more is written: the file ends with whole rows, or one cut. */
static void flush(struct writer *w)
{
    if (w->result.error == 0)
        w->result.error =
            w->text.is_incomplete ? -ENOMEM : write_all(w, w->text.data, w->text.length);
    if (w->result.error == 0)
        w->result.n_written += w->n_in_text;
    else
        w->result.n_failed += w->n_in_text;
    csv_text_clear(&w->text);
    w->n_in_text = 0;
}

static size_t n_rings(struct writer *w)
{
    size_t n;

    pthread_mutex_lock(&w->lock);
    n = w->n_rings;
    pthread_mutex_unlock(&w->lock);
    return n;
}

static void drain(struct writer *w)
{
    size_t n = n_rings(w);

    for (size_t i = 0; i < n; i++) {
        const struct ring_record *x;

        while ((x = ring_first(w->rings[i])) != NULL) {
            row(&w->text, x);
            w->n_in_text++;
            ring_drop_first(w->rings[i]);
            if (w->text.length >= BATCH_BYTES || w->text.is_incomplete)
                flush(w);
        }
    }
    if (w->n_in_text > 0)
        flush(w);
}

static void *serve(void *arg)
{
    struct writer *w = arg;
    bool is_ending = false;

    while (!is_ending) {
        struct timespec until;

        pthread_mutex_lock(&w->lock);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PAUSE_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (!w->is_ending)
            pthread_cond_timedwait(&w->changed, &w->lock, &until);
        is_ending = w->is_ending;
        pthread_mutex_unlock(&w->lock);
        drain(w); /* after the flag was seen: the loops have ended */
    }
    if (w->gz != NULL) {
        int r = gzclose(w->gz);

        if (r != Z_OK && w->result.error == 0)
            w->result.error = r == Z_ERRNO && errno != 0 ? -errno : -EIO;
    } else if (close(w->fd) < 0 && w->result.error == 0) {
        w->result.error = -errno;
    }
    pthread_mutex_lock(&w->lock);
    w->has_ended = true;
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* --- from outside
 * ------------------------------------------------------------------------------------- */

/* Whether a file may be replaced: it is new, empty, no file (a pipe), or one of ours. */
static bool is_ours(int fd, bool is_compressed)
{
    char start[sizeof(heading) - 1];
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
        return true;
    n = pread(fd, start, sizeof(start), 0);
    if (is_compressed)
        return n >= 2 && start[0] == '\x1f' && start[1] == '\x8b';
    return n == (ssize_t)sizeof(start) && memcmp(start, heading, sizeof(start)) == 0;
}

static int open_file(struct writer *w, const char *path)
{
    size_t n = strlen(path);
    bool is_compressed = n > 3 && strcmp(path + n - 3, ".gz") == 0;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0 && errno != EISDIR) /* a pipe, a device: for writing only */
        fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (!is_ours(fd, is_compressed)) {
        close(fd);
        return -EEXIST;
    }
    (void)!ftruncate(fd, 0);
    w->fd = fd;
    w->gz = is_compressed ? gzdopen(fd, "wb1") : NULL;
    if (is_compressed && w->gz == NULL) {
        close(fd);
        return -ENOMEM;
    }
    return write_all(w, heading, sizeof(heading) - 1);
}

static void release(struct writer *w)
{
    for (size_t i = 0; i < w->n_rings; i++)
        ring_free(w->rings[i]);
    csv_text_done(&w->text);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

int writer_new(const char *path, struct writer **ret_writer)
{
    struct writer *w = calloc(1, sizeof(*w));
    int r;

    if (w == NULL)
        return -ENOMEM;
    w->fd = -1;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    r = open_file(w, path);
    if (r == 0)
        r = -side_thread_start(&w->id, serve, w);
    if (r < 0) {
        if (w->gz != NULL)
            gzclose(w->gz);
        else if (w->fd >= 0)
            close(w->fd);
        release(w);
        return r;
    }
    *ret_writer = w;
    return 0;
}

struct ring *writer_add_ring(struct writer *w)
{
    struct ring *ring = ring_new();

    if (ring == NULL)
        return NULL;
    pthread_mutex_lock(&w->lock);
    if (w->n_rings < RINGS_MAX) {
        w->rings[w->n_rings++] = ring;
    } else {
        ring_free(ring);
        ring = NULL;
    }
    pthread_mutex_unlock(&w->lock);
    return ring;
}

void writer_end(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

bool writer_has_ended(struct writer *w)
{
    bool has_it;

    pthread_mutex_lock(&w->lock);
    has_it = w->has_ended;
    pthread_mutex_unlock(&w->lock);
    return has_it;
}

void writer_free(struct writer *w, struct writer_result *ret_result)
{
    pthread_join(w->id, NULL);
    for (size_t i = 0; i < w->n_rings; i++)
        w->result.n_dropped += ring_n_dropped(w->rings[i]);
    *ret_result = w->result;
    release(w);
}
