/* SPDX-License-Identifier: MIT */
#include "dist/journal_file.h"

#include "base/crc.h"
#include "base/pack.h"
#include "dist/wire_hello.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK 0x4c4e524au
static const char begin[16] = "acrida-journal2\n"; /* without a NUL */

enum { HEAD = 16, WINDOW = 256 * 1024 };

static void put_u32(unsigned char *to, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(x >> (8 * i));
}

static uint32_t get_u32(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

void acri_journal_file_put_begin(struct acri_buf *b)
{
    acri_buf_append(b, begin, sizeof(begin));
}

void acri_journal_file_put(struct acri_buf *b, const struct acri_journal_record *r)
{
    const unsigned char nothing[HEAD] = { 0 };
    const size_t at = b->length;
    unsigned char *head;
    size_t n;

    acri_buf_append(b, nothing, sizeof(nothing));
    acri_pack_u64(b, r->kind);
    acri_pack_u64(b, r->number);
    acri_pack_u64(b, r->worker);
    acri_pack_u64(b, r->seq);
    acri_pack_u64(b, r->run_id);
    acri_pack_u64(b, r->epoch);
    if (r->kind == ACRI_JOURNAL_WORKER) {
        acri_pack_bytes(b, r->uuid, sizeof(r->uuid));
        acri_wire_put_info(b, r->info);
    }
    acri_pack_bytes(b, r->bytes, r->n_bytes);
    n = b->length - at - HEAD;
    ACRI_ASSERT(!b->is_cut && n <= ACRI_JOURNAL_RECORD_MAX);
    head = (unsigned char *)b->data + at;
    put_u32(head, MARK);
    put_u32(head + 4, (uint32_t)n);
    put_u32(head + 8, acri_crc(0, head + HEAD, n));
    put_u32(head + 12, acri_crc(0, head, 12));
}

/* Returns: false: of a later version. */
static bool get(const unsigned char *bytes, size_t n, struct acri_journal_record *r,
                struct acri_worker_info *info)
{
    struct acri_unpack u;

    *r = (struct acri_journal_record){ 0 };
    acri_unpack_init(&u, bytes, n);
    r->kind = (uint32_t)acri_unpack_most(&u, UINT32_MAX);
    r->number = acri_unpack_u64(&u);
    r->worker = (uint32_t)acri_unpack_most(&u, UINT32_MAX);
    r->seq = acri_unpack_u64(&u);
    r->run_id = acri_unpack_u64(&u);
    r->epoch = acri_unpack_u64(&u);
    if (r->kind == ACRI_JOURNAL_WORKER) {
        size_t n_uuid;
        const void *uuid = acri_unpack_bytes(&u, &n_uuid);

        if (n_uuid != sizeof(r->uuid))
            return false;
        memcpy(r->uuid, uuid, sizeof(r->uuid));
        acri_wire_get_info(&u, info);
        r->info = info;
    }
    r->bytes = acri_unpack_bytes(&u, &r->n_bytes);
    return acri_unpack_is_done(&u);
}

int acri_journal_file_write(int fd, const void *bytes, size_t n_bytes)
{
    const char *from = bytes;

    while (n_bytes > 0) {
        ssize_t n = write(fd, from, n_bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        from += n;
        n_bytes -= (size_t)n;
    }
    return 0;
}

int acri_journal_file_save(const char *path, const struct acri_buf *b)
{
    char *new_path = acri_printf("%s.%d.new", path, (int)getpid());
    int fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int r = fd < 0 ? -errno : acri_journal_file_write(fd, b->data, b->length);

    if (r == 0 && fsync(fd) != 0)
        r = -errno;
    if (fd >= 0)
        close(fd);
    if (r == 0 && rename(new_path, path) != 0)
        r = -errno;
    if (r < 0 && fd >= 0)
        unlink(new_path);
    free(new_path);
    return r;
}

/* --- reading ------------------------------------------------------------------------------------
 */

struct reader {
    int fd;
    off_t size;
    unsigned char *window;
    size_t capacity;
    off_t at; /* of the window in the file */
    size_t n; /* bytes in it */
    int error;
};

/* Returns: n bytes at a place of the file, borrowed until the next call; NULL: there are fewer. */
static const unsigned char *peek(struct reader *r, off_t at, size_t n)
{
    if (r->error != 0 || at > r->size || (size_t)(r->size - at) < n)
        return NULL;
    if (r->window != NULL && at >= r->at && (size_t)(at - r->at) <= r->n &&
        r->n - (size_t)(at - r->at) >= n)
        return r->window + (at - r->at);
    if (r->capacity < n || r->capacity == 0) {
        r->capacity = n > WINDOW ? n : WINDOW;
        r->window = acri_realloc(r->window, r->capacity);
    }
    r->at = at;
    r->n = 0;
    while (r->n < r->capacity) {
        ssize_t got = pread(r->fd, r->window + r->n, r->capacity - r->n, at + (off_t)r->n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            r->error = -errno;
        if (got <= 0)
            break;
        r->n += (size_t)got;
    }
    return r->n >= n ? r->window : NULL;
}

/* Returns: bytes of the record at this place; 0: there is no good head. */
static size_t head_at(struct reader *r, off_t at, uint32_t *ret_sum)
{
    const unsigned char *head = peek(r, at, HEAD);
    size_t n;

    if (head == NULL || get_u32(head) != MARK || get_u32(head + 12) != acri_crc(0, head, 12))
        return 0;
    n = get_u32(head + 4);
    *ret_sum = get_u32(head + 8);
    return n > 0 && n <= ACRI_JOURNAL_RECORD_MAX ? n : 0;
}

static void walk(struct reader *reader, acri_journal_fn function, void *arg,
                 struct acri_journal_found *found)
{
    struct acri_journal_record record;
    struct acri_worker_info info;
    bool is_damaged = false;
    off_t at = sizeof(begin);

    while (at < reader->size) {
        uint32_t sum = 0;
        size_t n = head_at(reader, at, &sum);
        const unsigned char *bytes = n > 0 ? peek(reader, at + HEAD, n) : NULL;

        if (bytes == NULL || acri_crc(0, bytes, n) != sum || !get(bytes, n, &record, &info)) {
            /* Its head tells where the next one is; otherwise it is looked for. */
            at += bytes != NULL ? (off_t)(HEAD + n) : 1;
            is_damaged = true;
            continue;
        }
        found->n_damaged += is_damaged;
        is_damaged = false;
        found->n_records++;
        if (record.number > found->last_number)
            found->last_number = record.number;
        at += (off_t)(HEAD + n);
        found->end = at;
        if (function != NULL)
            function(arg, &record);
    }
}

int acri_journal_file_walk(int fd, acri_journal_fn function, void *arg,
                           struct acri_journal_found *ret_found)
{
    struct reader reader = { .fd = fd };
    const unsigned char *first;
    size_t n_first;

    *ret_found = (struct acri_journal_found){ 0 };
    reader.size = lseek(fd, 0, SEEK_END);
    if (reader.size < 0)
        return -errno;
    n_first = reader.size < (off_t)sizeof(begin) ? (size_t)reader.size : sizeof(begin);
    first = peek(&reader, 0, n_first);
    if (first != NULL && memcmp(first, begin, n_first) != 0)
        reader.error = -EBADMSG;
    else if (first != NULL && n_first == sizeof(begin))
        ret_found->end = sizeof(begin);
    if (reader.error == 0)
        walk(&reader, function, arg, ret_found);
    ret_found->n_torn = reader.size - ret_found->end;
    free(reader.window);
    return reader.error;
}

int acri_journal_replay(const char *path, acri_journal_fn function, void *arg,
                        struct acri_journal_found *ret_found, struct acri_error *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int r = fd < 0 ? -errno : acri_journal_file_walk(fd, function, arg, ret_found);

    if (fd >= 0)
        close(fd);
    if (r == -EBADMSG)
        return acri_fail(reterr, r, "%s is not a journal that this version of acrida can read",
                         path);
    return r < 0 ? acri_fail(reterr, r, "cannot read the journal %s: %s", path, strerror(-r)) : 0;
}
