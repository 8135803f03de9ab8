/* SPDX-License-Identifier: MIT */
#include "support/one_run.h"

#include "base/clock.h"
#include "sched/offload.h"

#include <acrida/io.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- the pool -----------------------------------------------------------------------------------
 */

static int gate[2]; /* functions wait until it can be read */

struct job {
    struct acri_offload_job job;
    int *n_done;
    int ran;
};

static void wait_at_gate(struct acri_offload_job *job)
{
    struct pollfd p = { .fd = gate[0], .events = POLLIN };

    ACRI_CONTAINER_OF(job, struct job, job)->ran++;
    poll(&p, 1, -1);
}

static void count_done(struct acri_offload_job *job)
{
    ++*ACRI_CONTAINER_OF(job, struct job, job)->n_done;
}

static void jobs_run_and_the_queue_is_bounded(void **state)
{
    enum { N = ACRI_OFFLOAD_THREADS + ACRI_OFFLOAD_QUEUE };
    struct job *jobs = calloc(N + 1, sizeof(*jobs));
    struct acri_offload *pool;
    struct acr_loop l;
    int n_done = 0;

    (void)state;
    assert_int_equal(pipe(gate), 0);
    assert_int_equal(acri_loop_init(&l, 0, NULL), 0);
    assert_int_equal(acri_offload_new(&l, &pool), 0);
    for (int i = 0; i <= N; i++) {
        jobs[i] = (struct job){ { wait_at_gate, count_done, NULL }, &n_done, 0 };
        assert_int_equal(acri_offload_submit(pool, &jobs[i].job), i < N ? 0 : -EAGAIN);
    }
    acri_loop_turn(&l, false);
    assert_int_equal(n_done, 0);
    assert_int_equal(write(gate[1], "x", 1), 1);
    while (n_done < N)
        acri_loop_turn(&l, true);
    for (int i = 0; i <= N; i++)
        assert_int_equal(jobs[i].ran, i < N);
    assert_true(acri_offload_free(pool));
    acri_loop_done(&l);
    close(gate[0]);
    close(gate[1]);
    free(jobs);
}

/* What it works with stays where it is: the thread may still come back. */
static void a_thread_that_never_comes_back_is_left_alone(void **state)
{
    static struct job jobs[2];
    struct acri_offload *pool;
    struct acr_loop l;
    int n_done = 0;

    (void)state;
    assert_int_equal(pipe(gate), 0);
    assert_int_equal(acri_loop_init(&l, 0, NULL), 0);
    assert_int_equal(acri_offload_new(&l, &pool), 0);
    for (int i = 0; i < 2; i++) {
        jobs[i] = (struct job){ { wait_at_gate, count_done, NULL }, &n_done, 0 };
        assert_int_equal(acri_offload_submit(pool, &jobs[i].job), 0);
    }
    assert_false(acri_offload_free(pool));
    assert_int_equal(n_done, 0);
    acri_loop_done(&l);
    assert_int_equal(write(gate[1], "x", 1), 1);
}

/* --- acr_offload --------------------------------------------------------------------------------
 */

struct sum {
    int of[3];
    int is;
};

static int add_up(void *arg)
{
    struct sum *s = arg;

    for (int i = 0; i < 3; i++)
        s->is += s->of[i];
    return s->of[0];
}

static _Atomic uint64_t n_right;

static int offload_sums(struct acr_user *u)
{
    for (int i = 0; i < 20; i++) {
        struct sum s = { { i, (int)acr_number(u), 1 }, 0 };

        if (acr_offload(u, add_up, &s, sizeof(s)) == i && s.is == i + (int)acr_number(u) + 1)
            n_right++;
    }
    return ACR_STOP_USER;
}

static int run_task(int (*task)(struct acr_user *u), uint64_t n_users, uint32_t n_threads)
{
    const struct acr_task tasks[] = { { .name = "task", .run = task } };
    const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = 1 };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    return one_run(&plugin,
                   (struct acri_run_options){ .n_users = n_users, .n_threads = n_threads });
}

static void results_are_copied_back(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 4; threads += 3) {
        n_right = 0;
        assert_int_equal(run_task(offload_sums, 50, threads), 0);
        assert_int_equal(n_right, 50 * 20);
    }
}

static int wait_for_byte(void *arg)
{
    char c;

    *(int *)arg = (int)read(gate[0], &c, 1);
    return 5;
}

/* Ended while the function runs: it is waited for, and its result is there. */
static int offload_and_end(struct acr_user *u)
{
    int n = 0;

    if (acr_number(u) == 0) {
        acr_sleep(u, 0.01);
        return ACR_STOP_TEST;
    }
    assert_int_equal(acr_offload(u, wait_for_byte, &n, sizeof(n)), 5);
    assert_int_equal(n, 1);
    assert_true(acr_is_cancelled(u));
    assert_int_equal(acr_offload(u, wait_for_byte, &n, sizeof(n)), -ECANCELED);
    n_right++;
    return 0;
}

static int give_byte(struct acr_user *u, const struct acr_test_event *e)
{
    (void)u;
    (void)e;
    return write(gate[1], "x", 1) == 1 ? 0 : -1;
}

static void the_end_of_a_user_waits_for_the_function(void **state)
{
    const struct acr_task tasks[] = { { .name = "task", .run = offload_and_end } };
    const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = 1 };
    const struct acr_hooks hooks = { .test_stopping = give_byte };
    const struct acr_plugin plugin = {
        .name = "p", .user_types = &type, .n_user_types = 1, .hooks = &hooks
    };

    (void)state;
    n_right = 0;
    assert_int_equal(pipe(gate), 0);
    assert_int_equal(one_run(&plugin, (struct acri_run_options){ .n_users = 2, .n_threads = 2 }),
                     0);
    assert_int_equal(n_right, 1);
    close(gate[0]);
    close(gate[1]);
}

/* --- acr_wait_fd --------------------------------------------------------------------------------
 */

static int wait_for_descriptors(struct acr_user *u)
{
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    assert_int_equal(acr_wait_fd(u, fds[0], ACR_READ, 0.001), -ETIMEDOUT);
    assert_int_equal(acr_wait_fd(u, fds[0], ACR_READ, -1), -ETIMEDOUT);
    assert_int_equal(acr_wait_fd(u, fds[1], ACR_WRITE, 0), ACR_WRITE);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(acr_wait_fd(u, fds[0], ACR_READ, 10), ACR_READ);
    assert_int_equal(acr_wait_fd(u, fds[0], ACR_READ, -1), ACR_READ);
    close(fds[1]);
    assert_int_equal(acr_wait_fd(u, fds[0], ACR_READ, 0), ACR_READ);
    close(fds[0]);
    assert_int_equal(acr_wait_fd(u, fds[0], ACR_READ, 0), -EBADF);
    assert_int_equal(acr_wait_fd(u, fds[0], ACR_READ, -1), -EBADF);
    assert_int_equal(acr_wait_fd(u, file, ACR_READ, 0), -EPERM);
    assert_int_equal(acr_wait_fd(u, file, 0, 0), -EINVAL);
    close(file);
    return ACR_STOP_USER;
}

static void descriptors_of_others_are_waited_for(void **state)
{
    (void)state;
    assert_int_equal(run_task(wait_for_descriptors, 1, 1), 0);
    assert_int_equal(outcome.exceptions, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_run_and_the_queue_is_bounded),
        cmocka_unit_test(results_are_copied_back),
        cmocka_unit_test(the_end_of_a_user_waits_for_the_function),
        cmocka_unit_test(descriptors_of_others_are_waited_for),
        cmocka_unit_test(a_thread_that_never_comes_back_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
