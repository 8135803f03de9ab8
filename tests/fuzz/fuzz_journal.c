/* SPDX-License-Identifier: MIT */
/*
 * Readers of a journal: a file as it is ('r' first), or records in whole ones: a list of lengths of
 * two bytes and payloads, which get the heads and sums that they need. What comes out is taken in
 * by a master, by a run that goes on, and written and read once more.
 */
#include "fuzz.h"

#include "app/fleet_journal.h"
#include "app/fleet_state.h"
#include "base/crc.h"
#include "base/log.h"
#include "dist/master_past.h"
#include "engine/cluster_report.h"
#include "engine/users.h"

#include <sys/mman.h>
#include <unistd.h>

enum { HEAD = 16, WORKERS_MAX = 300, RUN_ID = 7 };

struct seen {
    struct acri_master_past past;
    struct acri_buf again;
    uint64_t n;
    uint32_t most_worker;
};

static void take(void *arg, const struct acri_journal_record *r)
{
    static const struct acri_plan no_plan = { 0 };
    struct seen *s = arg;

    s->n++;
    s->most_worker = r->worker > s->most_worker ? r->worker : s->most_worker;
    acri_journal_file_put(&s->again, r);
    if (r->worker < WORKERS_MAX)
        acri_master_past_take(&s->past, r);
    if (r->kind == ACRI_JOURNAL_REPORT) {
        struct acri_stats *stats = acri_stats_new(1, 1);

        acri_cluster_report_take(&no_plan, stats, NULL, "n", 1, r->bytes, r->n_bytes);
        acri_stats_free(stats);
    }
}

static int file_of(const void *bytes, size_t n)
{
    int fd = memfd_create("journal", MFD_CLOEXEC);

    FUZZ_REQUIRE(fd >= 0 && acri_journal_file_write(fd, bytes, n) == 0);
    return fd;
}

static void put_u32(struct acri_buf *b, uint32_t x)
{
    unsigned char bytes[4] = { (unsigned char)x, (unsigned char)(x >> 8), (unsigned char)(x >> 16),
                               (unsigned char)(x >> 24) };

    acri_buf_append(b, bytes, sizeof(bytes));
}

static void make_records(struct acri_buf *b, const uint8_t *data, size_t bytes)
{
    acri_journal_file_put_begin(b);
    for (size_t at = 0; at + 2 <= bytes;) {
        size_t n = data[at] + 256u * data[at + 1];
        size_t head = b->length;

        at += 2;
        n = n < bytes - at ? n : bytes - at;
        put_u32(b, 0x4c4e524a);
        put_u32(b, (uint32_t)n);
        put_u32(b, acri_crc(0, data + at, n));
        put_u32(b, acri_crc(0, b->data + head, 12));
        acri_buf_append(b, data + at, n);
        at += n;
    }
}

/* A run that goes on with it. */
static void restore(int fd)
{
    struct acri_plan plan = { 0 };
    struct acri_run_common common = { .plan = &plan };
    struct acri_fleet fleet = { .crew = { .run = &common }, .run_id = RUN_ID, .epoch = 1 };
    struct acri_fleet_past past = { .run_id = RUN_ID, .last_number = UINT64_MAX };
    struct acri_stats *stats = acri_stats_new(1, 1);
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    past.path = path;
    fleet.started_ns = 1;
    acri_fleet_past_restore(&past, &fleet, stats);
    acri_fleet_done(&fleet);
    acri_stats_free(stats);
}

static void read_file(const void *bytes, size_t n)
{
    struct seen first = { .n = 0 }, second = { .n = 0 };
    struct acri_journal_found found, again;
    int fd = file_of(bytes, n);

    acri_buf_init(&first.again, 1u << 24);
    acri_buf_init(&second.again, 1u << 24);
    acri_journal_file_put_begin(&first.again);
    if (acri_journal_file_walk(fd, take, &first, &found) == 0) {
        FUZZ_REQUIRE(found.end >= 0 && found.n_torn >= 0);
        FUZZ_REQUIRE((size_t)(found.end + found.n_torn) == n);
        FUZZ_REQUIRE(found.n_records == first.n);
        if (first.most_worker < WORKERS_MAX)
            restore(fd);
        close(fd);
        fd = file_of(first.again.data, first.again.length);
        FUZZ_REQUIRE(acri_journal_file_walk(fd, take, &second, &again) == 0);
        FUZZ_REQUIRE(again.n_records == found.n_records && again.n_damaged == 0);
        FUZZ_REQUIRE(again.n_torn == 0 && again.last_number == found.last_number);
    }
    close(fd);
    acri_buf_done(&first.again);
    acri_buf_done(&second.again);
    acri_master_past_done(&first.past);
    acri_master_past_done(&second.past);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct acri_buf b;

    acri_log_set_level(ACRI_LOG_ERROR + 1);
    if (bytes == 0)
        return 0;
    if (data[0] == 'r') {
        read_file(data + 1, bytes - 1);
        return 0;
    }
    acri_buf_init(&b, 1u << 24);
    make_records(&b, data + 1, bytes - 1);
    read_file(b.data, b.length);
    acri_buf_done(&b);
    return 0;
}
