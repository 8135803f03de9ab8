/* SPDX-License-Identifier: MIT */
#include "dist/ledger_file.h"

#include "base/crc.h"
#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 8192u
#define FIRST_BYTES (256u * 1024) /* of reports, at first */
#define VERSION 2u
#define COMMITTED 0x6b657074206f6b21ull /* with the seq: the last word of a record */
static const char magic[8] = "ACRLEDG";

struct live {
    struct acri_tally tally;
    uint64_t apart; /* so that no two loops write to one cache line */
};

struct head {
    char magic[8];
    uint32_t version;
    uint32_t n_bytes; /* of this struct: what another build lays out otherwise is refused */
    struct acri_worker_info info;
    uint32_t sum; /* of all before it; none of that changes */
    unsigned char uuids[2][16];
    /* From here on words that change, each by one store. */
    _Alignas(8) uint64_t uuid_word; /* which of the two counts, and its sum */
    uint64_t acknowledged;
    uint64_t begin; /* where the first record is, in the log */
    uint64_t run_id;
    _Alignas(64) struct live live[ACRI_WORKER_LOOPS];
};
_Static_assert(sizeof(struct head) <= HEAD_BYTES, "the head has its pages");
_Static_assert(sizeof(struct live) == 64, "a cache line");

/* One follows the other; each is a multiple of 8 bytes long. */
struct record {
    uint64_t committed;
    uint32_t sum; /* of what follows, with the bytes */
    uint32_t n_bytes;
    uint64_t seq;
    uint64_t run_id;
    uint64_t epoch;
};

struct acri_ledger_file {
    int fd;
    char *path;
    struct acri_ledger_file_owner owner;
    size_t n_mapped;
    struct head *head;
    unsigned char *log;
    size_t n_log;      /* bytes that are allocated */
    size_t end;        /* where the next record goes; of our own file only */
    uint64_t last_seq; /* of the record before it */
};

static void (*on_step)(void);

void acri_ledger_file_on_step(void (*function)(void))
{
    on_step = function;
}

static void step(void)
{
    if (ACRI_UNLIKELY(on_step != NULL))
        on_step();
}

/* Everything stored before is there before this is. */
static void store(uint64_t *to, uint64_t x)
{
    step();
    __atomic_store_n(to, x, __ATOMIC_RELEASE);
    step();
}

const char *acri_ledger_file_folder(void)
{
    const char *folder = getenv("TMPDIR");

    if (access("/dev/shm", W_OK | X_OK) == 0)
        return "/dev/shm";
    return folder != NULL && folder[0] != '\0' ? folder : "/tmp";
}

/* "acrida-", which master, "-". */
static char *prefix_of(const char *host, uint16_t port)
{
    const unsigned char two[2] = { (unsigned char)(port >> 8), (unsigned char)port };
    uint32_t sum = acri_crc(acri_crc(0, two, sizeof(two)), host, strlen(host));

    return acri_printf("acrida-%u-%08x-", port, sum);
}

static struct acri_ledger_file *map_file(int fd, char *path, size_t n_mapped)
{
    struct acri_ledger_file *f;
    void *at = mmap(NULL, n_mapped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);

    if (at == MAP_FAILED)
        return NULL;
    f = acri_alloc(sizeof(*f));
    *f = (struct acri_ledger_file){ .fd = fd, .path = path, .n_mapped = n_mapped, .head = at };
    f->log = (unsigned char *)at + HEAD_BYTES;
    return f;
}

static int allocate(int fd, size_t from, size_t n)
{
    int r;

    do
        r = posix_fallocate(fd, (off_t)from, (off_t)n);
    while (r == EINTR);
    return -r;
}

static uint32_t sum_of_head(const struct head *h)
{
    return acri_crc(0, h, offsetof(struct head, sum));
}

static uint64_t uuid_word(const struct head *h, uint64_t which)
{
    return (uint64_t)acri_crc(0, h->uuids[which], sizeof(h->uuids[which])) << 8 | which;
}

void acri_ledger_file_rename(struct acri_ledger_file *f, const unsigned char uuid[16])
{
    const uint64_t which = (f->head->uuid_word & 1) ^ 1;

    memcpy(f->owner.uuid, uuid, sizeof(f->owner.uuid));
    memcpy(f->head->uuids[which], uuid, sizeof(f->head->uuids[which]));
    store(&f->head->uuid_word, uuid_word(f->head, which));
}

/* A new empty file under a name that nobody takes for finished; ours alone, and locked. */
static int open_new(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat st;
    int r;

    if (fd < 0)
        return -errno;
    /* Who looks for files of the dead may have been quicker: then it is his to remove. */
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 1)
        return fd;
    r = errno != 0 ? -errno : -EAGAIN;
    if (r != -EAGAIN)
        unlink(path);
    close(fd);
    return r;
}

static int fill_new(int fd, char *path, const char *new_path,
                    const struct acri_ledger_file_owner *owner, struct acri_ledger_file **ret_file)
{
    struct acri_ledger_file *f;
    int r = allocate(fd, 0, HEAD_BYTES + FIRST_BYTES);

    if (r < 0)
        return r;
    /* Mapped as far as it may ever grow: counters that loops write to never move. */
    f = map_file(fd, path, HEAD_BYTES + (size_t)ACRI_LEDGER_FILE_MAX);
    if (f == NULL)
        return -errno;
    f->n_log = FIRST_BYTES;
    memcpy(f->head->magic, magic, sizeof(magic));
    f->head->version = VERSION;
    f->head->n_bytes = sizeof(struct head);
    f->head->info = owner->info;
    f->owner.info = owner->info;
    f->head->sum = sum_of_head(f->head);
    acri_ledger_file_rename(f, owner->uuid);
    step();
    if (rename(new_path, path) != 0) {
        r = -errno;
        munmap(f->head, f->n_mapped);
        free(f);
        return r;
    }
    *ret_file = f;
    return 0;
}

int acri_ledger_file_create(const char *folder, const char *master_host, uint16_t master_port,
                            const struct acri_ledger_file_owner *owner,
                            struct acri_ledger_file **ret_file, struct acri_error *reterr)
{
    char *prefix = prefix_of(master_host, master_port);
    char hex[2 * sizeof(owner->uuid) + 1];
    char *path;
    int fd = -EAGAIN;
    int r = -EAGAIN;

    for (size_t i = 0; i < sizeof(owner->uuid); i++) {
        hex[2 * i] = "0123456789abcdef"[owner->uuid[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[owner->uuid[i] & 15];
    }
    hex[sizeof(hex) - 1] = '\0';
    path = acri_printf("%s/%s%s.ledger", folder, prefix, hex);
    for (int i = 0; i < 100 && r < 0; i++) {
        char *new_path = acri_printf("%s/%s%s.%d.new", folder, prefix, hex, i);

        errno = 0;
        fd = open_new(new_path);
        r = fd < 0 ? fd : fill_new(fd, path, new_path, owner, ret_file);
        if (r < 0 && fd >= 0) {
            unlink(new_path);
            close(fd);
        }
        free(new_path);
        if (r != -EAGAIN && r != -EWOULDBLOCK && r != -EEXIST && r != -ENOENT)
            break;
    }
    free(prefix);
    if (r == 0)
        return 0;
    acri_fail(reterr, r,
              "cannot keep reports in %s: %s (free some space there, or set TMPDIR to a "
              "folder that has some)",
              path, strerror(-r));
    free(path);
    return r;
}

/* Ours, a plain file, and nobody else can write to it; -EACCES otherwise. */
static int check_owner(int fd, struct stat *ret_st)
{
    if (fstat(fd, ret_st) != 0)
        return -errno;
    if (!S_ISREG(ret_st->st_mode) || ret_st->st_uid != geteuid() || (ret_st->st_mode & 077) != 0 ||
        ret_st->st_nlink > 1)
        return -EACCES;
    return 0;
}

static bool is_intact(const struct head *h, size_t n_log)
{
    return h->uuid_word == uuid_word(h, h->uuid_word & 1) &&
           memcmp(h->magic, magic, sizeof(magic)) == 0 && h->version == VERSION &&
           h->n_bytes == sizeof(*h) && h->sum == sum_of_head(h) && h->begin <= n_log &&
           h->begin % 8 == 0;
}

static void terminate(struct acri_worker_info *info)
{
    info->name[sizeof(info->name) - 1] = '\0';
    info->host[sizeof(info->host) - 1] = '\0';
    info->labels[sizeof(info->labels) - 1] = '\0';
    info->version[sizeof(info->version) - 1] = '\0';
}

/* What cannot be read is out of the way, and kept for whoever wants to look. */
static void set_aside(const char *path)
{
    char *aside = acri_printf("%s.damaged", path);

    if (rename(path, aside) == 0)
        acri_log_warning("%s is damaged or of another version: its reports are lost (kept as %s)",
                         path, aside);
    free(aside);
}

/* Owner of path: the function. */
static struct acri_ledger_file *take_over(char *path)
{
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct acri_ledger_file *f = NULL;
    size_t length = strlen(path);
    struct stat st;

    /* Without a link it was removed, or given its name, before we had the lock. */
    if (fd < 0 || check_owner(fd, &st) < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 ||
        fstat(fd, &st) != 0 || st.st_nlink == 0)
        goto out;
    if (length > 4 && strcmp(path + length - 4, ".new") == 0) {
        unlink(path); /* killed before it was one: nothing is in it */
        goto out;
    }
    if (st.st_size >= (off_t)HEAD_BYTES &&
        st.st_size <= (off_t)HEAD_BYTES + (off_t)ACRI_LEDGER_FILE_MAX)
        f = map_file(fd, path, (size_t)st.st_size);
    if (f != NULL && is_intact(f->head, (size_t)st.st_size - HEAD_BYTES)) {
        f->n_log = (size_t)st.st_size - HEAD_BYTES;
        f->owner.info = f->head->info;
        terminate(&f->owner.info);
        memcpy(f->owner.uuid, f->head->uuids[f->head->uuid_word & 1], sizeof(f->owner.uuid));
        return f;
    }
    set_aside(path);
    if (f != NULL)
        munmap(f->head, f->n_mapped);
    free(f);
out:
    if (fd >= 0)
        close(fd);
    free(path);
    return NULL;
}

static bool is_candidate(const char *name, const char *prefix)
{
    size_t length = strlen(name);

    return strncmp(name, prefix, strlen(prefix)) == 0 &&
           ((length > 7 && strcmp(name + length - 7, ".ledger") == 0) ||
            (length > 4 && strcmp(name + length - 4, ".new") == 0));
}

struct acri_ledger_file *acri_ledger_file_find(const char *folder, const char *master_host,
                                               uint16_t master_port)
{
    char *prefix = prefix_of(master_host, master_port);
    struct acri_ledger_file *f = NULL;
    struct dirent *entry;
    DIR *dir = opendir(folder);

    while (dir != NULL && f == NULL && (entry = readdir(dir)) != NULL) {
        if (is_candidate(entry->d_name, prefix))
            f = take_over(acri_printf("%s/%s", folder, entry->d_name));
    }
    if (dir != NULL)
        closedir(dir);
    free(prefix);
    return f;
}

void acri_ledger_file_close(struct acri_ledger_file *f, bool is_done)
{
    if (f == NULL)
        return;
    if (is_done)
        unlink(f->path);
    munmap(f->head, f->n_mapped);
    close(f->fd); /* and with it the lock */
    free(f->path);
    free(f);
}

const char *acri_ledger_file_path(const struct acri_ledger_file *f)
{
    return f->path;
}

const struct acri_ledger_file_owner *acri_ledger_file_owner(const struct acri_ledger_file *f)
{
    return &f->owner;
}

/* --- reports ------------------------------------------------------------------------------------
 */

static size_t record_bytes(size_t n)
{
    return (sizeof(struct record) + n + 7) & ~(size_t)7;
}

static uint32_t sum_of_record(const struct record *r, const void *bytes)
{
    const size_t from = offsetof(struct record, n_bytes);

    return acri_crc(acri_crc(0, (const char *)r + from, sizeof(*r) - from), bytes, r->n_bytes);
}

/* Returns: NULL: there is no whole one. */
static const struct record *record_at(const struct acri_ledger_file *f, size_t at)
{
    const struct record *r = (const struct record *)(const void *)(f->log + at);

    if (at > f->n_log || f->n_log - at < sizeof(*r))
        return NULL;
    if (__atomic_load_n(&r->committed, __ATOMIC_ACQUIRE) != (r->seq ^ COMMITTED) ||
        r->n_bytes > ACRI_WORKER_REPORT_MAX || f->n_log - at < record_bytes(r->n_bytes) ||
        r->sum != sum_of_record(r, r + 1))
        return NULL;
    return r;
}

/* What is left of earlier rounds behind the last record is told by its seq: it does not go on. */
uint64_t acri_ledger_file_each(const struct acri_ledger_file *f, acri_ledger_file_fn function,
                               void *arg)
{
    const uint64_t acknowledged = f->head->acknowledged;
    size_t at = f->head->begin;
    const struct record *r;
    uint64_t before = 0;
    uint64_t n = 0;

    for (; (r = record_at(f, at)) != NULL; at += record_bytes(r->n_bytes)) {
        if (before != 0 && r->seq != before + 1)
            break;
        before = r->seq;
        if (r->seq <= acknowledged)
            continue;
        n++;
        function(arg, &(struct acri_ledger_file_report){ r->seq, r->run_id, r->epoch, r + 1,
                                                         r->n_bytes });
    }
    return n;
}

/* To the front, where nothing lies that is needed; the old place is good until begin says so. */
static void move_to_front(struct acri_ledger_file *f)
{
    const size_t n = f->end - f->head->begin;

    memcpy(f->log, f->log + f->head->begin, n / 2);
    step();
    memcpy(f->log + n / 2, f->log + f->head->begin + n / 2, n - n / 2);
    store(&f->head->begin, 0);
    f->end = n;
}

static int grow(struct acri_ledger_file *f)
{
    size_t n = f->n_log;

    if (n >= ACRI_LEDGER_FILE_MAX || allocate(f->fd, HEAD_BYTES + n, n) < 0)
        return -ENOSPC;
    step();
    f->n_log = 2 * n;
    return 0;
}

static int make_room(struct acri_ledger_file *f, size_t need)
{
    while (f->n_log - f->end < need) {
        const size_t used = f->end - f->head->begin;
        const bool can_move = used <= f->head->begin && f->head->begin > 0;

        /* Moved only when that frees half, so that a byte is moved about once. */
        if (can_move && used + need <= f->n_log / 2)
            move_to_front(f);
        else if (grow(f) == 0)
            continue;
        else if (can_move)
            move_to_front(f);
        else
            return -ENOSPC;
    }
    return 0;
}

int acri_ledger_file_add(struct acri_ledger_file *f, const struct acri_ledger_file_report *r)
{
    const uint64_t acknowledged = f->head->acknowledged;
    struct record *to;
    int result;

    ACRI_ASSERT(r->n_bytes <= ACRI_WORKER_REPORT_MAX);
    if (f->last_seq != 0 && r->seq != f->last_seq + 1) {
        if (acknowledged < f->last_seq || acknowledged + 1 != r->seq)
            return -EINVAL;
        f->end = 0; /* all that was kept is known to be safe */
        store(&f->head->begin, 0);
    }
    result = make_room(f, record_bytes(r->n_bytes));
    if (result < 0)
        return result;
    to = (struct record *)(void *)(f->log + f->end);
    store(&to->committed, 0);
    to->n_bytes = (uint32_t)r->n_bytes;
    to->seq = r->seq;
    to->run_id = r->run_id;
    to->epoch = r->epoch;
    memcpy(to + 1, r->bytes, r->n_bytes / 2);
    step();
    memcpy((char *)(to + 1) + r->n_bytes / 2, (const char *)r->bytes + r->n_bytes / 2,
           r->n_bytes - r->n_bytes / 2);
    to->sum = sum_of_record(to, r->bytes);
    store(&to->committed, r->seq ^ COMMITTED);
    f->end += record_bytes(r->n_bytes);
    f->last_seq = r->seq;
    return 0;
}

void acri_ledger_file_acknowledge(struct acri_ledger_file *f, uint64_t seq)
{
    size_t at = f->head->begin;

    if (seq <= f->head->acknowledged)
        return;
    store(&f->head->acknowledged, seq);
    while (at < f->end) {
        const struct record *r = (const struct record *)(const void *)(f->log + at);

        if (r->seq > seq)
            break;
        at += record_bytes(r->n_bytes);
    }
    store(&f->head->begin, at);
}

uint64_t acri_ledger_file_acknowledged(const struct acri_ledger_file *f)
{
    return f->head->acknowledged;
}

/* --- counters -----------------------------------------------------------------------------------
 */

struct acri_tally *acri_ledger_file_tally(struct acri_ledger_file *f, uint64_t run_id,
                                          uint32_t loop)
{
    struct head *h = f->head;

    if (loop >= ACRI_WORKER_LOOPS)
        return NULL;
    if (h->run_id != run_id) {
        store(&h->run_id, 0);
        memset(h->live, 0, sizeof(h->live));
        store(&h->run_id, run_id);
    }
    return &h->live[loop].tally;
}

uint64_t acri_ledger_file_total(const struct acri_ledger_file *f, struct acri_tally *ret_total)
{
    *ret_total = (struct acri_tally){ 0 };
    if (f->head->run_id == 0)
        return 0;
    for (size_t i = 0; i < ACRI_WORKER_LOOPS; i++) {
        const struct acri_tally *t = &f->head->live[i].tally;

        ret_total->started += t->started;
        ret_total->succeeded += t->succeeded;
        ret_total->failed += t->failed;
        ret_total->cancelled += t->cancelled;
        ret_total->lost += t->lost;
        ret_total->attempts += t->attempts;
        ret_total->iterations += t->iterations;
    }
    return f->head->run_id;
}
