/* SPDX-License-Identifier: MIT */
/* Files can be opened when the process has no descriptor left. */
#include "support/unit.h"

#include "results/csv_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef ACRIDA_ONE_DESCRIPTOR_TABLE
enum { OPENED = -EMFILE };
#else
enum { OPENED = 0 };
#endif

static int open_and_close(void *arg)
{
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

    *(int *)arg += 1;
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static void files_are_opened_when_all_descriptors_are_taken(void **state)
{
    struct csv_thread *t = csv_thread_new();
    struct rlimit before;
    struct rlimit few;
    int taken[64];
    size_t n_taken = 0;
    int n = 0;
    int r;

    (void)state;
    assert_non_null(t);
    assert_int_equal(csv_thread_run(t, open_and_close, &n), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = 48;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    while (n_taken < 64 && (taken[n_taken] = dup(0)) >= 0)
        n_taken++;
    r = csv_thread_run(NULL, open_and_close, &n);
    for (int i = 0; i < 100; i++)
        assert_int_equal(csv_thread_run(t, open_and_close, &n), OPENED);
    while (n_taken > 0)
        close(taken[--n_taken]);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(r, -EMFILE);
    assert_int_equal(n, 102);
    csv_thread_free(t);
    csv_thread_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_opened_when_all_descriptors_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
