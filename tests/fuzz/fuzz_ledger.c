/* SPDX-License-Identifier: MIT */
/*
 * Who finds the ledger file of a process that has ended reads what another build, a bad disk or
 * somebody else has made of it. The input is written over a real file: a list of places (four
 * bytes), lengths (one) and bytes. With an odd first byte the records get sums that fit, so that
 * what is behind them is reached.
 */
#include "fuzz.h"

#include "base/crc.h"
#include "base/log.h"
#include "dist/ledger_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PORT = 9, FILE_BYTES = 8192 + 256 * 1024 };

static char folder[64];
static unsigned char *image; /* of a real file with two reports */
static char name[256];

static void remove_folder(void)
{
    unlink(name);
    rmdir(folder);
}

/* A real one, made once. */
static void begin(void)
{
    const struct acri_ledger_file_owner owner = { .uuid = { 1, 2, 3 }, .info = { .name = "w" } };
    const struct acri_ledger_file_report reports[] = {
        { .seq = 1, .run_id = 5, .epoch = 1, .bytes = "first report", .n_bytes = 12 },
        { .seq = 2, .run_id = 5, .epoch = 1, .bytes = "second", .n_bytes = 6 },
    };
    struct acri_ledger_file *f = NULL;
    int fd;

    snprintf(folder, sizeof(folder), "%s/acrida-fuzz-%d", acri_ledger_file_folder(), (int)getpid());
    FUZZ_REQUIRE(mkdir(folder, 0700) == 0);
    FUZZ_REQUIRE(acri_ledger_file_create(folder, "h", PORT, &owner, &f, NULL) == 0);
    for (int i = 0; i < 2; i++)
        FUZZ_REQUIRE(acri_ledger_file_add(f, &reports[i]) == 0);
    acri_ledger_file_tally(f, 5, 3)->started = 10;
    snprintf(name, sizeof(name), "%s", acri_ledger_file_path(f));
    acri_ledger_file_close(f, false);
    image = malloc(FILE_BYTES);
    fd = open(name, O_RDONLY | O_CLOEXEC);
    FUZZ_REQUIRE(image != NULL && fd >= 0 && read(fd, image, FILE_BYTES) == FILE_BYTES);
    close(fd);
    atexit(remove_folder);
}

static void on_report(void *arg, const struct acri_ledger_file_report *r)
{
    const unsigned char *bytes = r->bytes;
    uint64_t *sum = arg;

    FUZZ_REQUIRE(r->n_bytes <= ACRI_WORKER_REPORT_MAX);
    for (size_t i = 0; i < r->n_bytes; i++)
        *sum += bytes[i];
    *sum += r->seq;
}

/* As in dist/ledger_file.c. */
enum { LOG = 8192, RECORD = 40 };

static void fit_sums(unsigned char *file)
{
    size_t at = LOG;

    for (int i = 0; i < 8 && at + RECORD <= FILE_BYTES; i++) {
        const uint64_t mark = 0x6b657074206f6b21ull;
        uint64_t seq;
        uint32_t n, sum;

        memcpy(&n, file + at + 12, sizeof(n));
        memcpy(&seq, file + at + 16, sizeof(seq));
        if (n > FILE_BYTES - at - RECORD)
            return;
        seq ^= mark;
        memcpy(file + at, &seq, sizeof(seq));
        sum = acri_crc(0, file + at + 12, RECORD - 12);
        sum = acri_crc(sum, file + at + RECORD, n);
        memcpy(file + at + 8, &sum, sizeof(sum));
        at += (RECORD + (size_t)n + 7) & ~(size_t)7;
    }
}

static void write_file(const uint8_t *data, size_t bytes, size_t length, bool is_fit)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    unsigned char *at;

    FUZZ_REQUIRE(fd >= 0 && ftruncate(fd, FILE_BYTES) == 0);
    at = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    FUZZ_REQUIRE(at != MAP_FAILED);
    memcpy(at, image, 16384);
    for (size_t i = 0; i + 5 <= bytes;) {
        uint32_t place = data[i] | data[i + 1] << 8 | data[i + 2] << 16;
        size_t n = data[i + 4];

        i += 5;
        n = n < bytes - i ? n : bytes - i;
        place %= FILE_BYTES;
        n = n < FILE_BYTES - place ? n : FILE_BYTES - place;
        memcpy(at + place, data + i, n);
        i += n;
    }
    if (is_fit)
        fit_sums(at);
    munmap(at, FILE_BYTES);
    FUZZ_REQUIRE(ftruncate(fd, (off_t)length) == 0);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct acri_ledger_file *f;
    struct acri_tally total;
    char aside[300];
    uint64_t sum = 0;

    acri_log_set_level(ACRI_LOG_ERROR + 1);
    if (image == NULL)
        begin();
    if (bytes < 3)
        return 0;
    /* Mostly of its own length. */
    write_file(data + 3, bytes - 3,
               data[0] < 200 ? FILE_BYTES : (data[1] + 256u * data[2]) % FILE_BYTES, data[0] & 1);
    f = acri_ledger_file_find(folder, "h", PORT);
    if (f != NULL) {
        acri_ledger_file_each(f, on_report, &sum);
        acri_ledger_file_total(f, &total);
        FUZZ_REQUIRE(memchr(acri_ledger_file_owner(f)->info.name, '\0',
                            sizeof(acri_ledger_file_owner(f)->info.name)) != NULL);
        acri_ledger_file_acknowledge(f, data[0]);
        acri_ledger_file_each(f, on_report, &sum);
        acri_ledger_file_close(f, true);
    }
    snprintf(aside, sizeof(aside), "%s.damaged", name);
    unlink(aside);
    unlink(name);
    return 0;
}
