/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/log.h"
#include "dist/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/acrida-journal-XXXXXX";
static char path[64];

struct told {
    uint64_t n, n_reports, first_report, last_report, epoch, have;
    unsigned n_workers, n_notes, n_states;
    char state[32], note[32];
};

/* Report seq of worker 3 holds seq bytes of seq. */
static void tell(void *arg, const struct acri_journal_record *r)
{
    struct told *t = arg;
    const unsigned char *bytes = r->bytes;

    t->n++;
    switch (r->kind) {
    case ACRI_JOURNAL_START:
        t->epoch = r->epoch;
        break;
    case ACRI_JOURNAL_WORKER:
        t->n_workers++;
        assert_int_equal(r->worker, 3);
        assert_int_equal(r->uuid[15], 77);
        assert_string_equal(r->info->name, "tester");
        assert_int_equal(r->info->n_cpus, 4);
        break;
    case ACRI_JOURNAL_REPORT:
        assert_int_equal(r->worker, 3);
        assert_int_equal(r->n_bytes, r->seq % 1000);
        for (size_t i = 0; i < r->n_bytes; i++)
            assert_int_equal(bytes[i], r->seq & 0xff);
        if (t->n_reports++ == 0)
            t->first_report = r->seq;
        assert_true(r->seq > t->last_report);
        t->last_report = r->seq;
        break;
    case ACRI_JOURNAL_HAVE:
        t->have = r->seq;
        break;
    case ACRI_JOURNAL_STATE:
        t->n_states++;
        snprintf(t->state, sizeof(t->state), "%.*s", (int)r->n_bytes, (const char *)r->bytes);
        break;
    case ACRI_JOURNAL_NOTE:
        t->n_notes++;
        snprintf(t->note, sizeof(t->note), "%.*s", (int)r->n_bytes, (const char *)r->bytes);
        break;
    default:
        fail();
    }
}

static struct acri_journal *open_it(struct told *told)
{
    struct acri_journal *j = NULL;
    struct acri_error error = { "" };
    int r;

    *told = (struct told){ 0 };
    r = acri_journal_open(path, tell, told, &j, &error);
    if (r < 0)
        printf("%s\n", error.text);
    assert_int_equal(r, 0);
    return j;
}

static uint64_t report(struct acri_journal *j, uint64_t seq)
{
    unsigned char bytes[1000];

    memset(bytes, (int)(seq & 0xff), sizeof(bytes));
    return acri_journal_add(j, &(struct acri_journal_record){ .kind = ACRI_JOURNAL_REPORT,
                                                              .worker = 3,
                                                              .seq = seq,
                                                              .bytes = bytes,
                                                              .n_bytes = seq % 1000 });
}

static uint64_t note(struct acri_journal *j, const char *text)
{
    return acri_journal_add(j, &(struct acri_journal_record){ .kind = ACRI_JOURNAL_NOTE,
                                                              .bytes = text,
                                                              .n_bytes = strlen(text) });
}

static void begin(struct acri_journal *j, uint64_t epoch)
{
    const struct acri_worker_info info = { .name = "tester", .n_cpus = 4 };

    acri_journal_add(j,
                     &(struct acri_journal_record){ .kind = ACRI_JOURNAL_START, .epoch = epoch });
    acri_journal_add(
        j, &(struct acri_journal_record){
               .kind = ACRI_JOURNAL_WORKER, .worker = 3, .uuid = { [15] = 77 }, .info = &info });
}

static void wait_for(struct acri_journal *j, uint64_t number)
{
    while (acri_journal_durable(j) < number) {
        struct pollfd p = { .fd = acri_journal_fd(j), .events = POLLIN };

        assert_int_equal(poll(&p, 1, 20000), 1);
    }
}

static void what_was_added_is_told_by_the_next_one(void **state)
{
    struct told told;
    struct acri_journal *j = open_it(&told);
    struct acri_journal_found found;
    struct acri_error error = { "" };
    struct acri_journal *second = NULL;
    struct stat st;
    uint64_t number = 0;

    (void)state;
    assert_int_equal(told.n, 0);
    begin(j, 5);
    for (uint64_t seq = 1; seq <= 500; seq++) {
        uint64_t next = report(j, seq);

        assert_true(next > number);
        number = next;
    }
    number = note(j, "the end");
    wait_for(j, number);
    assert_true(acri_journal_is_kept(j));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(acri_journal_bytes(j), st.st_size);
    /* Durable is durable: read beside the living master, which nobody else may be. */
    told = (struct told){ 0 };
    assert_int_equal(acri_journal_replay(path, tell, &told, &found, NULL), 0);
    assert_int_equal(told.n_reports, 500);
    assert_int_equal(found.last_number, number);
    assert_int_equal(acri_journal_open(path, tell, &told, &second, &error), -EBUSY);
    assert_non_null(strstr(error.text, "in use by another master"));
    acri_journal_close(j);
    j = open_it(&told);
    assert_int_equal(told.n_reports, 500);
    assert_int_equal(told.n_workers, 1);
    assert_int_equal(told.epoch, 5);
    assert_string_equal(told.note, "the end");
    assert_true(note(j, "more") > number);
    acri_journal_close(j);
    acri_journal_close(NULL);
    unlink(path);
}

/* --- damage -------------------------------------------------------------------------------------
 */

static unsigned char *read_all(size_t *ret_n)
{
    FILE *file = fopen(path, "r");
    unsigned char *bytes = malloc(1 << 20);

    assert_non_null(file);
    *ret_n = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static void write_all(const unsigned char *bytes, size_t n)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static int replay(struct told *told, struct acri_journal_found *found)
{
    *told = (struct told){ 0 };
    return acri_journal_replay(path, tell, told, found, NULL);
}

static void a_torn_end_is_cut_off_wherever_it_is(void **state)
{
    struct told told;
    struct acri_journal *j = open_it(&told);
    struct acri_journal_found found;
    unsigned char *bytes;
    size_t whole;
    size_t n;

    (void)state;
    begin(j, 1);
    report(j, 1);
    report(j, 2);
    acri_journal_close(j);
    assert_int_equal(replay(&told, &found), 0);
    whole = (size_t)found.end;
    j = open_it(&told);
    report(j, 150);
    acri_journal_close(j);
    bytes = read_all(&n);
    assert_true(n > whole + 150);
    for (size_t cut = whole; cut < n; cut++) {
        write_all(bytes, cut);
        assert_int_equal(replay(&told, &found), 0);
        assert_int_equal(told.last_report, 2);
        assert_int_equal(found.end, whole);
        assert_int_equal(found.n_torn, cut - whole);
        assert_int_equal(found.n_damaged, 0);
    }
    /* Written on: behind the last whole one. */
    for (size_t cut = 0; cut < n; cut += cut < 16 || cut > whole ? 9 : 40) {
        write_all(bytes, cut);
        j = open_it(&told);
        report(j, 999);
        acri_journal_close(j);
        assert_int_equal(replay(&told, &found), 0);
        assert_int_equal(told.last_report, 999);
        assert_int_equal(found.n_torn, 0);
        assert_int_equal(found.n_damaged, 0);
    }
    free(bytes);
    unlink(path);
}

static void a_flipped_byte_costs_its_own_record_only(void **state)
{
    struct told told;
    struct acri_journal *j = open_it(&told);
    struct acri_journal_found found;
    struct acri_error error = { "" };
    unsigned char *bytes;
    size_t n;

    (void)state;
    begin(j, 1);
    for (uint64_t seq = 100; seq < 108; seq++)
        report(j, seq);
    acri_journal_close(j);
    bytes = read_all(&n);
    assert_int_equal(replay(&told, &found), 0);
    assert_int_equal(told.n, 10);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= 0x21;
        write_all(bytes, n);
        if (i < 16) {
            assert_int_equal(replay(&told, &found), -EBADMSG);
            assert_int_equal(acri_journal_open(path, tell, &told, &j, &error), -EBADMSG);
        } else {
            assert_int_equal(replay(&told, &found), 0);
            assert_int_equal(told.n, 9);
            assert_true((found.n_damaged == 1) ^ (found.n_torn > 0));
        }
        bytes[i] ^= 0x21;
    }
    free(bytes);
    unlink(path);
}

static void what_is_no_journal_is_refused(void **state)
{
    struct acri_journal *j = NULL;
    struct acri_error error = { "" };
    struct told told = { 0 };
    struct acri_journal_found found;

    (void)state;
    write_all((const unsigned char *)"Name,Requests\n/,3\n0123456789", 27);
    assert_int_equal(acri_journal_open(path, tell, &told, &j, &error), -EBADMSG);
    assert_non_null(strstr(error.text, path));
    unlink(path);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(acri_journal_open(path, tell, &told, &j, &error), -ELOOP);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(acri_journal_open(path, tell, &told, &j, &error), -EPERM);
    unlink(path);
    assert_int_equal(acri_journal_open("/nowhere/j", tell, &told, &j, &error), -ENOENT);
    assert_int_equal(acri_journal_replay("/nowhere/j", tell, &told, &found, &error), -ENOENT);
    assert_non_null(strstr(error.text, "/nowhere/j"));
}

/* --- crashes ------------------------------------------------------------------------------------
 */

/* Its master was killed before it wrote a byte. */
static void an_empty_file_holds_nothing(void **state)
{
    struct acri_journal_found found;
    char name[] = "/tmp/acrida-empty-XXXXXX";
    int fd = mkstemp(name);

    (void)state;
    assert_true(fd >= 0);
    unlink(name);
    assert_int_equal(acri_journal_file_walk(fd, NULL, NULL, &found), 0);
    assert_int_equal(found.n_records, 0);
    assert_int_equal(found.n_torn, 0);
    close(fd);
}

static void what_was_durable_survives_a_kill(void **state)
{
    uint64_t *durable =
        mmap(NULL, sizeof(*durable), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    (void)state;
    for (uint64_t kill_at = 1; kill_at <= 40; kill_at++) {
        struct acri_journal_found found;
        struct told told;
        int status;
        pid_t child;

        unlink(path);
        *durable = 0;
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct acri_journal *j = open_it(&told);

            for (uint64_t seq = 1;; seq++) {
                uint64_t number = report(j, seq);

                if (seq % 7 == 0 && seq < 15) {
                    wait_for(j, number);
                    *durable = seq;
                }
                if (seq % 11 == 0)
                    acri_journal_checkpoint(j, number, "state", 5);
                if (seq == kill_at)
                    raise(SIGKILL);
            }
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        if (access(path, F_OK) != 0) {
            assert_int_equal(*durable, 0);
            continue;
        }
        assert_int_equal(replay(&told, &found), 0);
        assert_int_equal(found.n_damaged, 0);
        if (told.n_states > 0)
            assert_true(told.n_reports == 0 || told.first_report == told.have + 1);
        else
            assert_true(told.n_reports == 0 || told.first_report == 1);
        assert_true((told.last_report > told.have ? told.last_report : told.have) >= *durable);
    }
    munmap(durable, sizeof(*durable));
    unlink(path);
}

static void a_checkpoint_takes_the_place_of_what_it_says(void **state)
{
    struct told told;
    struct acri_journal *j = open_it(&told);
    uint64_t up_to = 0;
    uint64_t before;
    struct acri_journal *second = NULL;
    char new_path[80];

    (void)state;
    begin(j, 9);
    note(j, "old");
    for (uint64_t seq = 1; seq <= 1000; seq++) {
        uint64_t number = report(j, seq);

        up_to = seq == 900 ? number : up_to;
    }
    before = note(j, "older than the state");
    wait_for(j, before);
    before = acri_journal_bytes(j);
    acri_journal_checkpoint(j, up_to, "the state", 9);
    wait_for(j, note(j, "after"));
    wait_for(j, report(j, 1001));
    assert_true(acri_journal_bytes(j) < before / 5);
    /* The new file is locked as the old one was. */
    assert_int_equal(acri_journal_open(path, tell, &told, &second, NULL), -EBUSY);
    acri_journal_close(j);
    snprintf(new_path, sizeof(new_path), "%s.new", path);
    assert_int_not_equal(access(new_path, F_OK), 0);

    j = open_it(&told);
    assert_int_equal(told.epoch, 9);
    assert_int_equal(told.n_workers, 1);
    assert_string_equal(told.state, "the state");
    assert_int_equal(told.have, 900);
    assert_int_equal(told.first_report, 901);
    assert_int_equal(told.last_report, 1001);
    assert_int_equal(told.n_reports, 101);
    assert_int_equal(told.n_notes, 1);
    assert_string_equal(told.note, "after");
    /* Another one on top. */
    acri_journal_checkpoint(j, report(j, 1002), "next", 4);
    acri_journal_close(j);
    j = open_it(&told);
    assert_string_equal(told.state, "next");
    assert_int_equal(told.n_states, 1);
    assert_int_equal(told.have, 1002);
    assert_int_equal(told.n_reports, 0);
    assert_int_equal(told.n_workers, 1);
    assert_int_equal(told.epoch, 9);
    acri_journal_close(j);
    unlink(path);
}

/* A file size limit stands for a full disk: the write fails in the same way. */
static void a_full_disk_does_not_end_the_run(void **state)
{
    const struct rlimit small = { .rlim_cur = 20000, .rlim_max = RLIM_INFINITY };
    const struct rlimit none = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };
    struct acri_journal_found found;
    struct told told;
    struct acri_journal *j = open_it(&told);
    char log_path[80];
    char line[400] = "";
    FILE *log;

    (void)state;
    snprintf(log_path, sizeof(log_path), "%s.log", path);
    assert_int_equal(acri_log_open(log_path), 0);
    wait_for(j, report(j, 1));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (uint64_t seq = 2; seq <= 400; seq++)
        report(j, seq);
    wait_for(j, report(j, 401));
    assert_false(acri_journal_is_kept(j));
    wait_for(j, report(j, 402));
    acri_journal_checkpoint(j, 402, "state", 5);
    wait_for(j, report(j, 403));
    acri_journal_close(j);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    acri_log_close();
    log = fopen(log_path, "r");
    assert_non_null(fgets(line, sizeof(line), log));
    assert_non_null(strstr(line, "cannot write the journal"));
    assert_non_null(strstr(line, "File too large"));
    assert_null(fgets(line, sizeof(line), log)); /* said once */
    fclose(log);
    unlink(log_path);
    /* What was durable before is still there, and whole. */
    assert_int_equal(replay(&told, &found), 0);
    assert_int_equal(told.last_report, 1);
    assert_int_equal(found.n_torn, 0);
    unlink(path);
}

/* The same on a file system that is full; run by a child, for whom alone it is there. */
static _Noreturn void fill_folder(void)
{
    struct acri_journal_found found;
    struct told told;
    struct acri_journal *j;
    uint64_t seq = 0;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", folder, "tmpfs", 0, "size=64k") != 0)
        _exit(77);
    j = open_it(&told);
    while (acri_journal_is_kept(j)) {
        for (int i = 0; i < 50; i++)
            report(j, ++seq);
        wait_for(j, report(j, ++seq));
    }
    wait_for(j, report(j, ++seq));
    acri_journal_close(j);
    assert_int_equal(replay(&told, &found), 0);
    assert_int_equal(found.n_torn, 0);
    assert_true(told.n_reports > 0 && told.n_reports < seq);
    assert_int_equal(told.last_report, told.n_reports);
    _exit(0);
}

static void a_full_file_system(void **state)
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

static int make_folder(void **state)
{
    (void)state;
    /* As a process does that sets a limit: a write beyond it fails instead of ending it. */
    signal(SIGXFSZ, SIG_IGN);
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/journal", folder);
    return 0;
}

static int remove_folder(void **state)
{
    char new_path[80];

    (void)state;
    snprintf(new_path, sizeof(new_path), "%s.new", path);
    unlink(new_path); /* of a child that was killed */
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_told_by_the_next_one),
        cmocka_unit_test(a_torn_end_is_cut_off_wherever_it_is),
        cmocka_unit_test(a_flipped_byte_costs_its_own_record_only),
        cmocka_unit_test(what_is_no_journal_is_refused),
        cmocka_unit_test(an_empty_file_holds_nothing),
        cmocka_unit_test(what_was_durable_survives_a_kill),
        cmocka_unit_test(a_checkpoint_takes_the_place_of_what_it_says),
        cmocka_unit_test(a_full_disk_does_not_end_the_run),
        cmocka_unit_test(a_full_file_system),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
