/* SPDX-License-Identifier: MIT */
/* Threads beside the run: no signals, descriptors of their own. */
#include "support/unit.h"

#include "results/side_thread.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void *look_at_signals(void *arg)
{
    sigset_t *ret_mask = arg;

    pthread_sigmask(SIG_SETMASK, NULL, ret_mask);
    return NULL;
}

static void signals_are_for_others(void **state)
{
    sigset_t seen;
    sigset_t before;
    sigset_t after;
    pthread_t id;

    (void)state;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_int_equal(side_thread_start(&id, look_at_signals, &seen), 0);
    pthread_join(id, NULL);
    assert_true(sigismember(&seen, SIGINT) && sigismember(&seen, SIGTERM));
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int s = 1; s < SIGRTMIN; s++)
        assert_int_equal(sigismember(&after, s), sigismember(&before, s));
}

/* What a thread sees of three descriptors, when it keeps one of them, or none. */
struct look {
    int fds[3];
    int keep;
    bool are_open[3];
};

static void *look_at_descriptors(void *arg)
{
    struct look *l = arg;

    side_thread_own_descriptors(l->keep);
    for (int i = 0; i < 3; i++)
        l->are_open[i] = is_open(l->fds[i]);
    return NULL;
}

static void descriptors_are_its_own_but_one(void **state)
{
    struct look l;
    pthread_t id;

    (void)state;
    for (int i = 0; i < 3; i++)
        l.fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (int kept = -1; kept < 3; kept++) {
        l.keep = kept < 0 ? STDERR_FILENO : l.fds[kept];
        assert_int_equal(side_thread_start(&id, look_at_descriptors, &l), 0);
        pthread_join(id, NULL);
        for (int i = 0; i < 3; i++) {
#ifndef ACRIDA_ONE_DESCRIPTOR_TABLE
            assert_int_equal(l.are_open[i], i == kept);
#endif
            assert_true(is_open(l.fds[i]));
        }
    }
    for (int i = 0; i < 3; i++)
        close(l.fds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_are_for_others),
        cmocka_unit_test(descriptors_are_its_own_but_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
