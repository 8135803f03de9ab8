/* SPDX-License-Identifier: MIT */
#include "dist/journal.h"

#include "base/clock.h"
#include "base/log.h"
#include "sched/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct checkpoint {
    uint64_t up_to;  /* reports up to this number are in it */
    uint64_t number; /* its own */
    void *bytes;
    size_t n_bytes;
};

struct acri_journal {
    char *path;
    struct acri_thread thread;
    int event_fd;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct acri_buf waiting;       /* records to be written */
    struct checkpoint *checkpoint; /* the latest that is to be written */
    uint64_t last_number;
    uint64_t durable;
    uint64_t n_bytes;
    bool is_urgent;
    bool is_ending;
    bool has_failed;

    /* The thread's own. */
    int fd;
    off_t end;
};

/* --- writing ------------------------------------------------------------------------------------
 */

static void ring(struct acri_journal *j)
{
    const uint64_t one = 1;

    ACRI_ASSERT(write(j->event_fd, &one, sizeof(one)) == (ssize_t)sizeof(one));
}

static void fail(struct acri_journal *j, int error)
{
    acri_log_error(
        "cannot write the journal %s: %s. The run goes on, but what is reported from now "
        "on would be lost with this master",
        j->path, strerror(-error));
    /* Half a record is no use to anybody. */
    if (ftruncate(j->fd, j->end) != 0)
        acri_log_warning("cannot cut the journal %s at its last record: %s", j->path,
                         strerror(errno));
    pthread_mutex_lock(&j->lock);
    j->has_failed = true;
    pthread_mutex_unlock(&j->lock);
}

/* Returns: whether it is on disk. */
static bool write_group(struct acri_journal *j, const struct acri_buf *group)
{
    int r = acri_journal_file_write(j->fd, group->data, group->length);

    if (r == 0 && fdatasync(j->fd) != 0)
        r = -errno;
    if (r < 0) {
        fail(j, r);
        return false;
    }
    j->end += (off_t)group->length;
    return true;
}

/* --- checkpoints --------------------------------------------------------------------------------
 */

struct rewrite {
    const struct checkpoint *checkpoint;
    struct acri_buf buf;
    int fd;
    int error;
    off_t n_written;
    uint64_t epoch;
    uint64_t *have; /* by worker: the last report that the state has, or 0 */
    size_t n_have;
};

static void flush(struct rewrite *w, size_t from)
{
    if (w->buf.length < from)
        return;
    if (w->error == 0)
        w->error = acri_journal_file_write(w->fd, w->buf.data, w->buf.length);
    w->n_written += (off_t)w->buf.length;
    acri_buf_clear(&w->buf);
}

static void put(struct rewrite *w, const struct acri_journal_record *r)
{
    acri_journal_file_put(&w->buf, r);
    flush(w, 1024 * 1024);
}

static void has(struct rewrite *w, uint32_t worker, uint64_t seq)
{
    w->have = acri_grow(w->have, &w->n_have, (size_t)worker + 1, sizeof(*w->have));
    if (w->have[worker] < seq)
        w->have[worker] = seq;
}

static void take_in(void *arg, const struct acri_journal_record *r)
{
    struct rewrite *w = arg;

    if (r->kind == ACRI_JOURNAL_WORKER)
        put(w, r);
    else if (r->kind == ACRI_JOURNAL_START && r->epoch > w->epoch)
        w->epoch = r->epoch;
    else if (r->kind == ACRI_JOURNAL_HAVE ||
             (r->kind == ACRI_JOURNAL_REPORT && r->number <= w->checkpoint->up_to))
        has(w, r->worker, r->seq);
}

static void take_over(void *arg, const struct acri_journal_record *r)
{
    struct rewrite *w = arg;

    if ((r->kind == ACRI_JOURNAL_REPORT && r->number > w->checkpoint->up_to) ||
        (r->kind == ACRI_JOURNAL_NOTE && r->number > w->checkpoint->number))
        put(w, r);
}

/* Who is known and what the state has of each, the state, and what came after it. */
static void write_anew(struct acri_journal *j, struct rewrite *w)
{
    const struct checkpoint *c = w->checkpoint;
    struct acri_journal_found found;

    acri_journal_file_put_begin(&w->buf);
    w->error = acri_journal_file_walk(j->fd, take_in, w, &found);
    put(w, &(struct acri_journal_record){
               .kind = ACRI_JOURNAL_START, .number = c->number, .epoch = w->epoch });
    for (size_t i = 0; i < w->n_have; i++) {
        if (w->have[i] != 0)
            put(w, &(struct acri_journal_record){ .kind = ACRI_JOURNAL_HAVE,
                                                  .number = c->number,
                                                  .worker = (uint32_t)i,
                                                  .seq = w->have[i] });
    }
    put(w, &(struct acri_journal_record){ .kind = ACRI_JOURNAL_STATE,
                                          .number = c->number,
                                          .bytes = c->bytes,
                                          .n_bytes = c->n_bytes });
    if (w->error == 0)
        w->error = acri_journal_file_walk(j->fd, take_over, w, &found);
    flush(w, 1);
}

static void sync_folder(const char *path)
{
    char *copy = acri_strdup(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    /* Not all file systems can; the file's name is then as safe as they make it. */
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(copy);
}

static void write_checkpoint(struct acri_journal *j, const struct checkpoint *c)
{
    struct rewrite w = { .checkpoint = c };
    char *new_path = acri_printf("%s.new", j->path);

    acri_buf_init(&w.buf, SIZE_MAX / 2);
    unlink(new_path); /* of one that was killed: we have the lock */
    w.fd = open(new_path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_APPEND, 0600);
    if (w.fd < 0 || flock(w.fd, LOCK_EX | LOCK_NB) != 0)
        w.error = -errno;
    else
        write_anew(j, &w);
    if (w.error == 0 && (fdatasync(w.fd) != 0 || rename(new_path, j->path) != 0))
        w.error = -errno;
    if (w.error == 0) {
        sync_folder(j->path);
        close(j->fd);
        j->fd = w.fd;
        j->end = w.n_written;
    } else {
        acri_log_warning("cannot write the journal %s anew: %s; it goes on growing", j->path,
                         strerror(-w.error));
        unlink(new_path);
        if (w.fd >= 0)
            close(w.fd);
    }
    acri_buf_done(&w.buf);
    free(w.have);
    free(new_path);
}

/* --- the thread ---------------------------------------------------------------------------------
 */

static void free_checkpoint(struct checkpoint *c)
{
    if (c != NULL)
        free(c->bytes);
    free(c);
}

/* Groups are apart in time, so that a disk is not kept busy with small ones. With the lock. */
static void pause_between(struct acri_journal *j)
{
    struct timespec begun;
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    do {
        until = begun;
        until.tv_nsec +=
            (long)((j->is_urgent ? ACRI_JOURNAL_HURRY_MS : ACRI_JOURNAL_GROUP_MS) * ACRI_NS_PER_MS);
        if (until.tv_nsec >= (long)ACRI_NS_PER_S) {
            until.tv_nsec -= (long)ACRI_NS_PER_S;
            until.tv_sec++;
        }
    } while (!j->is_ending && pthread_cond_timedwait(&j->changed, &j->lock, &until) == 0);
}

static void run(void *arg)
{
    struct acri_journal *j = arg;

    pthread_mutex_lock(&j->lock);
    for (;;) {
        struct acri_buf group;
        struct checkpoint *c;
        uint64_t last;

        while (!j->is_ending && j->waiting.length == 0 && j->checkpoint == NULL)
            pthread_cond_wait(&j->changed, &j->lock);
        if (j->waiting.length == 0 && j->checkpoint == NULL)
            break;
        group = j->waiting;
        acri_buf_init(&j->waiting, SIZE_MAX / 2);
        c = j->checkpoint;
        j->checkpoint = NULL;
        last = j->last_number;
        j->is_urgent = false;
        if (!j->has_failed) {
            pthread_mutex_unlock(&j->lock);
            if (write_group(j, &group) && c != NULL)
                write_checkpoint(j, c);
            pthread_mutex_lock(&j->lock);
        }
        acri_buf_done(&group);
        free_checkpoint(c);
        j->durable = last;
        j->n_bytes = (uint64_t)j->end;
        ring(j);
        pause_between(j);
    }
    pthread_mutex_unlock(&j->lock);
}

/* --- opening ------------------------------------------------------------------------------------
 */

/* The file that has the name, locked. Returns: its descriptor, or a negative errno. */
static int open_locked(const char *path)
{
    for (int i = 0; i < 100; i++) {
        int fd =
            open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_APPEND, 0600);
        struct stat st;
        struct stat named;
        int r = 0;

        if (fd < 0)
            return -errno;
        if (fstat(fd, &st) != 0)
            r = -errno;
        else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
            r = -EPERM;
        else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
            r = errno == EWOULDBLOCK ? -EBUSY : -errno;
        else if (fchmod(fd, 0600) != 0)
            r = -errno;
        else if (stat(path, &named) == 0 && named.st_ino == st.st_ino && named.st_dev == st.st_dev)
            return fd;
        close(fd);
        if (r < 0)
            return r;
        /* It was written anew while we opened the old one. */
    }
    return -EBUSY;
}

static int explain(const char *path, int r, struct acri_error *reterr)
{
    if (r == -EBUSY)
        return acri_fail(reterr, r,
                         "the journal %s is in use by another master: end that one, or "
                         "name another file",
                         path);
    if (r == -EBADMSG)
        return acri_fail(reterr, r,
                         "%s is not a journal that this version of acrida can read: "
                         "name another file",
                         path);
    if (r == -EPERM || r == -ELOOP)
        return acri_fail(reterr, r,
                         "the journal %s is not a plain file of this user: name another "
                         "file",
                         path);
    return acri_fail(reterr, r, "cannot open the journal %s: %s", path, strerror(-r));
}

/* Read what is there, cut off what is torn, begin what is new. */
static int prepare(struct acri_journal *j, acri_journal_fn function, void *arg)
{
    struct acri_journal_found found;
    struct acri_buf first;
    int r = acri_journal_file_walk(j->fd, function, arg, &found);

    if (r < 0)
        return r;
    if (found.n_damaged > 0)
        acri_log_warning("the journal %s is damaged in %llu places: what was there is lost",
                         j->path, (unsigned long long)found.n_damaged);
    if (found.n_torn > 0 && ftruncate(j->fd, found.end) != 0)
        return -errno;
    j->end = found.end;
    j->last_number = found.last_number;
    if (found.end == 0) {
        acri_buf_init(&first, 64);
        acri_journal_file_put_begin(&first);
        r = acri_journal_file_write(j->fd, first.data, first.length);
        j->end = (off_t)first.length;
        acri_buf_done(&first);
        if (r == 0 && fdatasync(j->fd) != 0)
            r = -errno;
        sync_folder(j->path);
    }
    j->durable = j->last_number;
    j->n_bytes = (uint64_t)j->end;
    return r;
}

static void free_journal(struct acri_journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    if (j->event_fd >= 0)
        close(j->event_fd);
    pthread_cond_destroy(&j->changed);
    pthread_mutex_destroy(&j->lock);
    acri_buf_done(&j->waiting);
    free_checkpoint(j->checkpoint);
    free(j->path);
    free(j);
}

int acri_journal_open(const char *path, acri_journal_fn function, void *arg,
                      struct acri_journal **ret_journal, struct acri_error *reterr)
{
    struct acri_journal *j = acri_alloc(sizeof(*j));
    pthread_condattr_t monotonic;
    int r = 0;

    j->path = acri_strdup(path);
    acri_buf_init(&j->waiting, SIZE_MAX / 2);
    ACRI_ASSERT(pthread_mutex_init(&j->lock, NULL) == 0);
    ACRI_ASSERT(pthread_condattr_init(&monotonic) == 0);
    ACRI_ASSERT(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
    ACRI_ASSERT(pthread_cond_init(&j->changed, &monotonic) == 0);
    pthread_condattr_destroy(&monotonic);
    j->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (j->event_fd < 0)
        r = -errno;
    j->fd = r < 0 ? -1 : open_locked(path);
    if (r == 0 && j->fd < 0)
        r = j->fd;
    if (r == 0)
        r = prepare(j, function, arg);
    if (r == 0)
        r = acri_thread_start(&j->thread, "journal", run, j);
    if (r < 0) {
        free_journal(j);
        return explain(path, r, reterr);
    }
    *ret_journal = j;
    return 0;
}

void acri_journal_close(struct acri_journal *j)
{
    if (j == NULL)
        return;
    pthread_mutex_lock(&j->lock);
    j->is_ending = true;
    pthread_cond_signal(&j->changed);
    pthread_mutex_unlock(&j->lock);
    acri_thread_join(&j->thread);
    free_journal(j);
}

/* --- calls of other threads ---------------------------------------------------------------------
 */

uint64_t acri_journal_add(struct acri_journal *j, const struct acri_journal_record *r)
{
    struct acri_journal_record numbered = *r;

    pthread_mutex_lock(&j->lock);
    numbered.number = ++j->last_number;
    acri_journal_file_put(&j->waiting, &numbered);
    pthread_cond_signal(&j->changed);
    pthread_mutex_unlock(&j->lock);
    return numbered.number;
}

void acri_journal_hurry(struct acri_journal *j)
{
    pthread_mutex_lock(&j->lock);
    j->is_urgent = true;
    pthread_cond_signal(&j->changed);
    pthread_mutex_unlock(&j->lock);
}

int acri_journal_fd(const struct acri_journal *j)
{
    return j->event_fd;
}

uint64_t acri_journal_durable(struct acri_journal *j)
{
    uint64_t durable;
    uint64_t count;

    /* Emptied first: what becomes durable from here on rings again. */
    if (read(j->event_fd, &count, sizeof(count)) < 0)
        ACRI_ASSERT(errno == EAGAIN || errno == EINTR);
    pthread_mutex_lock(&j->lock);
    durable = j->durable;
    pthread_mutex_unlock(&j->lock);
    return durable;
}

uint64_t acri_journal_bytes(struct acri_journal *j)
{
    uint64_t n;

    pthread_mutex_lock(&j->lock);
    n = j->n_bytes;
    pthread_mutex_unlock(&j->lock);
    return n;
}

bool acri_journal_is_kept(struct acri_journal *j)
{
    bool is_kept;

    pthread_mutex_lock(&j->lock);
    is_kept = !j->has_failed;
    pthread_mutex_unlock(&j->lock);
    return is_kept;
}

void acri_journal_checkpoint(struct acri_journal *j, uint64_t up_to, const void *bytes,
                             size_t n_bytes)
{
    struct checkpoint *c = acri_alloc(sizeof(*c));
    struct checkpoint *before;

    c->up_to = up_to;
    c->bytes = acri_alloc(n_bytes);
    if (n_bytes > 0)
        memcpy(c->bytes, bytes, n_bytes);
    c->n_bytes = n_bytes;
    pthread_mutex_lock(&j->lock);
    c->number = ++j->last_number;
    before = j->checkpoint;
    j->checkpoint = c;
    pthread_cond_signal(&j->changed);
    pthread_mutex_unlock(&j->lock);
    free_checkpoint(before);
}
