/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/ledger_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOST "master.test"
#define PORT 5557

static char folder[] = "/tmp/acrida-ledger-XXXXXX";
static unsigned char scratch[ACRI_WORKER_REPORT_MAX];

static struct acri_ledger_file *create(unsigned char id)
{
    struct acri_ledger_file_owner owner = { .uuid = { id, 2, 3 },
                                            .info = { .name = "w", .n_threads = 3 } };
    struct acri_ledger_file *f = NULL;
    struct acri_error error = { "" };

    assert_int_equal(acri_ledger_file_create(folder, HOST, PORT, &owner, &f, &error), 0);
    return f;
}

static uint64_t most = 30000; /* bytes of a report */

/* What report seq holds, told by its seq alone. */
static size_t size_of(uint64_t seq)
{
    return (size_t)(seq * 7919 % most);
}

static int add(struct acri_ledger_file *f, uint64_t seq)
{
    size_t n = size_of(seq);

    memset(scratch, (int)(seq & 0xff), n);
    return acri_ledger_file_add(
        f, &(struct acri_ledger_file_report){ seq, seq + 100, seq + 200, scratch, n });
}

struct seen {
    uint64_t first, last, n;
};

static void see(void *arg, const struct acri_ledger_file_report *r)
{
    struct seen *seen = arg;
    const unsigned char *bytes = r->bytes;

    if (seen->n++ == 0)
        seen->first = r->seq;
    else
        assert_int_equal(r->seq, seen->last + 1);
    seen->last = r->seq;
    assert_int_equal(r->run_id, r->seq + 100);
    assert_int_equal(r->epoch, r->seq + 200);
    assert_int_equal(r->n_bytes, size_of(r->seq));
    if (r->n_bytes > 0) {
        assert_int_equal(bytes[0], r->seq & 0xff);
        assert_memory_equal(bytes, bytes + 1, r->n_bytes - 1); /* all the same */
    }
}

static struct seen look(const struct acri_ledger_file *f)
{
    struct seen seen = { 0 };
    uint64_t n = acri_ledger_file_each(f, see, &seen);

    assert_int_equal(n, seen.n);
    return seen;
}

static void reports_are_kept_until_they_are_acknowledged(void **state)
{
    const uint64_t n = UNIT_UNDER_SANITIZER ? 500 : 5000;
    struct acri_ledger_file *f = create(1);
    struct acri_tally *tally;
    struct acri_tally total;
    struct stat st;

    (void)state;
    for (uint64_t seq = 1; seq <= n; seq++) {
        assert_int_equal(add(f, seq), 0);
        assert_int_equal(look(f).last, seq);
        if (seq > 3)
            acri_ledger_file_acknowledge(f, seq - 3);
    }
    assert_int_equal(look(f).first, n - 2);
    assert_int_equal(look(f).n, 3);
    acri_ledger_file_acknowledge(f, 17); /* an old one says nothing */
    assert_int_equal(acri_ledger_file_acknowledged(f), n - 3);
    /* 75 MB went through; few of them wait at once. */
    assert_int_equal(stat(acri_ledger_file_path(f), &st), 0);
    assert_true(st.st_size <= 1024 * 1024);
    assert_int_equal(st.st_mode & 0777, 0600);

    assert_null(acri_ledger_file_tally(f, 9, ACRI_WORKER_LOOPS));
    tally = acri_ledger_file_tally(f, 9, 63);
    tally->started = 10;
    acri_ledger_file_tally(f, 9, 0)->started = 5;
    assert_int_equal(acri_ledger_file_total(f, &total), 9);
    assert_int_equal(total.started, 15);
    assert_ptr_equal(acri_ledger_file_tally(f, 10, 63), tally);
    assert_int_equal(tally->started, 0);

    acri_ledger_file_rename(f, (const unsigned char[16]){ 55 });
    acri_ledger_file_rename(f, (const unsigned char[16]){ 66 });

    /* Not found while its process lives. */
    assert_null(acri_ledger_file_find(folder, HOST, PORT));
    acri_ledger_file_close(f, false);
    assert_null(acri_ledger_file_find(folder, "other.test", PORT));
    assert_null(acri_ledger_file_find(folder, HOST, PORT + 1));
    f = acri_ledger_file_find(folder, HOST, PORT);
    assert_non_null(f);
    assert_null(acri_ledger_file_find(folder, HOST, PORT));
    assert_int_equal(acri_ledger_file_owner(f)->uuid[0], 66);
    assert_int_equal(acri_ledger_file_owner(f)->info.n_threads, 3);
    assert_int_equal(look(f).first, n - 2);
    assert_int_equal(look(f).n, 3);
    acri_ledger_file_acknowledge(f, n - 1);
    assert_int_equal(look(f).n, 1);
    acri_ledger_file_close(f, true);
    assert_null(acri_ledger_file_find(folder, HOST, PORT));
}

/* Without acknowledgements it grows to its limit, then says no until it is empty again. */
static void a_full_file_goes_on_when_all_is_acknowledged(void **state)
{
    struct acri_ledger_file *f = create(1);
    struct acri_tally *tally = acri_ledger_file_tally(f, 1, 1);
    uint64_t seq = 1;
    uint64_t full;
    int r;

    (void)state;
    memset(scratch, 1, sizeof(scratch));
    while ((r = acri_ledger_file_add(
                f, &(struct acri_ledger_file_report){ seq, 0, 0, scratch, sizeof(scratch) })) == 0)
        seq++;
    assert_int_equal(r, -ENOSPC);
    assert_true(seq > ACRI_LEDGER_FILE_MAX / ACRI_WORKER_REPORT_MAX - 2);
    full = seq;
    assert_int_equal(add(f, seq + 1), -EINVAL);
    acri_ledger_file_acknowledge(f, full - 1);
    assert_int_equal(add(f, seq + 1), -EINVAL);
    acri_ledger_file_acknowledge(f, full);
    assert_int_equal(look(f).n, 0);
    assert_int_equal(add(f, full + 1), 0);
    assert_int_equal(look(f).first, full + 1);
    assert_ptr_equal(acri_ledger_file_tally(f, 1, 1), tally);
    acri_ledger_file_close(f, true);
}

/* What a child does on a small file system of its own. */
static _Noreturn void fill_folder(void)
{
    struct acri_ledger_file_owner owner = { .uuid = { 8 } };
    struct acri_ledger_file *f = NULL;
    struct acri_error error = { "" };
    struct seen seen;
    uint64_t seq = 1;
    int r;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", folder, "tmpfs", 0, "size=1m") != 0)
        _exit(77);
    f = create(7);
    while ((r = add(f, seq)) == 0)
        seq++;
    assert_int_equal(r, -ENOSPC);
    seen = look(f);
    assert_int_equal(seen.n, seq - 1);
    /* Nor is there room for many other files. */
    do {
        owner.uuid[0]++;
        r = acri_ledger_file_create(folder, HOST, PORT, &owner, &f, &error);
    } while (r == 0);
    assert_int_equal(r, -ENOSPC);
    assert_non_null(strstr(error.text, "free some space there"));
    _exit(0);
}

static void a_full_folder_is_an_error_and_no_signal(void **state)
{
    int status;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0)
        fill_folder();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip(); /* not root */
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- killed -------------------------------------------------------------------------------------
 */

struct progress {
    uint64_t steps, die_at;
    uint64_t kept, told; /* reports of which the call has returned, acknowledgements begun */
    uint64_t counted;
};
static struct progress *progress; /* shared with the child */

static void count_step(void)
{
    if (++progress->steps == progress->die_at)
        raise(SIGKILL);
}

static void work(void)
{
    struct acri_ledger_file *f = create(7);
    struct acri_tally *tally = acri_ledger_file_tally(f, 1, 5);

    for (uint64_t seq = 1; seq <= 60; seq++) {
        tally->started++;
        progress->counted++;
        if (add(f, seq) != 0)
            _exit(1);
        progress->kept = seq;
        if (seq > 4) {
            uint64_t told = seq % 10 == 0 ? seq : seq - 4;

            progress->told = told > progress->told ? told : progress->told;
            acri_ledger_file_acknowledge(f, told);
        }
    }
}

static void run_child(uint64_t die_at)
{
    int status;
    pid_t child;

    *progress = (struct progress){ .die_at = die_at };
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        acri_ledger_file_on_step(count_step);
        work();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(die_at == 0 ? WIFEXITED(status) && WEXITSTATUS(status) == 0
                            : WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void a_kill_between_any_two_steps_loses_nothing(void **state)
{
    const uint64_t stride = UNIT_UNDER_SANITIZER ? 7 : 1;
    uint64_t n_steps;
    uint64_t n_found = 0;

    (void)state;
    progress =
        mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(progress, MAP_FAILED);
    run_child(0);
    n_steps = progress->steps;
    acri_ledger_file_close(acri_ledger_file_find(folder, HOST, PORT), true);
    for (uint64_t die_at = 1; die_at <= n_steps; die_at += stride) {
        struct acri_ledger_file *f;
        struct acri_tally total;
        struct seen seen;
        uint64_t known;

        run_child(die_at);
        f = acri_ledger_file_find(folder, HOST, PORT);
        assert_true(f != NULL || progress->kept == 0);
        if (f == NULL)
            continue;
        n_found++;
        seen = look(f);
        known = acri_ledger_file_acknowledged(f);
        assert_true(known <= progress->told);
        if (seen.n > 0) {
            assert_int_equal(seen.first, known + 1);
            assert_true(seen.last == progress->kept || seen.last == progress->kept + 1);
        } else {
            assert_true(known == progress->kept || known == 0);
        }
        if (acri_ledger_file_total(f, &total) != 0)
            assert_int_equal(total.started, progress->counted);
        acri_ledger_file_close(f, true);
    }
    n_steps /= stride;
    printf("killed at %llu steps, %llu files found\n", (unsigned long long)n_steps,
           (unsigned long long)n_found);
    assert_true(n_found + 10 > n_steps);
    munmap(progress, sizeof(*progress));
}

/* --- damaged ------------------------------------------------------------------------------------
 */

static void restore(const char *path, const unsigned char *bytes, size_t n)
{
    char aside[300];
    FILE *file;
    int fd;

    snprintf(aside, sizeof(aside), "%s.damaged", path);
    unlink(aside);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    file = fdopen(fd, "w");
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

/* Whatever it is: what is told is what was written (see() checks it). */
static uint64_t try_it(void)
{
    struct acri_ledger_file *f = acri_ledger_file_find(folder, HOST, PORT);
    uint64_t n = 0;
    struct acri_tally total;

    if (f == NULL)
        return 0;
    n = look(f).n;
    acri_ledger_file_total(f, &total);
    acri_ledger_file_close(f, false);
    return n;
}

static void damaged_files_are_refused_or_give_what_is_intact(void **state)
{
    struct acri_ledger_file *f = create(9);
    char *path = strdup(acri_ledger_file_path(f));
    const size_t n_used = 8192 + 800;
    const size_t n_bytes = n_used + 1000;
    uint64_t n_lost = 0;
    unsigned char *bytes;
    FILE *file;

    (void)state;
    most = 60;
    for (uint64_t seq = 1001; seq < 1013; seq++)
        add(f, seq);
    acri_ledger_file_close(f, false);
    bytes = malloc(n_bytes);
    file = fopen(path, "r");
    assert_int_equal(fread(bytes, 1, n_bytes, file), n_bytes);
    fclose(file);
    assert_int_equal(try_it(), 12);
    for (size_t i = 0; i<n_used; i += i> 600 && i < 8000 ? 61 : 1) {
        bytes[i] ^= 0x55;
        restore(path, bytes, n_bytes);
        n_lost += try_it() < 12;
        bytes[i] ^= 0x55;
    }
    assert_true(n_lost > 900);
    for (size_t n = 0; n < 8192 + 600; n += n < 8000 ? 97 : 1) {
        restore(path, bytes, n);
        assert_true(try_it() < 12);
    }
    restore(path, bytes, n_bytes);
    assert_int_equal(try_it(), 12);
    unlink(path);
    most = 30000;
    free(bytes);
    free(path);
}

static void files_of_others_and_links_are_left_alone(void **state)
{
    struct acri_ledger_file *f = create(9);
    char *path = strdup(acri_ledger_file_path(f));
    char elsewhere[100];

    (void)state;
    add(f, 1);
    acri_ledger_file_close(f, false);
    snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", folder);
    assert_int_equal(rename(path, elsewhere), 0);
    assert_int_equal(symlink(elsewhere, path), 0);
    assert_null(acri_ledger_file_find(folder, HOST, PORT));
    unlink(path);
    assert_int_equal(link(elsewhere, path), 0);
    assert_null(acri_ledger_file_find(folder, HOST, PORT));
    unlink(elsewhere);
    assert_int_equal(chmod(path, 0620), 0);
    assert_null(acri_ledger_file_find(folder, HOST, PORT));
    assert_int_equal(chmod(path, 0600), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(path, 12345, 12345), 0);
        assert_null(acri_ledger_file_find(folder, HOST, PORT));
        assert_int_equal(chown(path, 0, 0), 0);
    }
    f = acri_ledger_file_find(folder, HOST, PORT);
    assert_non_null(f);
    acri_ledger_file_close(f, true);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(acri_ledger_file_find(folder, HOST, PORT));
    unlink(path);
    free(path);
}

static void a_folder_that_cannot_be_used_is_named(void **state)
{
    struct acri_ledger_file_owner owner = { .uuid = { 1 } };
    struct acri_ledger_file *f = NULL;
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(acri_ledger_file_create("/nowhere", HOST, PORT, &owner, &f, &error), -ENOENT);
    assert_non_null(strstr(error.text, "/nowhere/"));
    assert_null(acri_ledger_file_find("/nowhere", HOST, PORT));
    assert_non_null(acri_ledger_file_folder());
    acri_ledger_file_close(NULL, true);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_kept_until_they_are_acknowledged),
        cmocka_unit_test(a_full_file_goes_on_when_all_is_acknowledged),
        cmocka_unit_test(a_full_folder_is_an_error_and_no_signal),
        cmocka_unit_test(a_kill_between_any_two_steps_loses_nothing),
        cmocka_unit_test(damaged_files_are_refused_or_give_what_is_intact),
        cmocka_unit_test(files_of_others_and_links_are_left_alone),
        cmocka_unit_test(a_folder_that_cannot_be_used_is_named),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
