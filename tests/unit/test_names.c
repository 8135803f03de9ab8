/* SPDX-License-Identifier: MIT */
/* Names on real loops, with a system's resolver, and a clock that can jump, made here. */
#include "support/one_run.h"

#include "base/clock.h"
#include "engine/names.h"

#include <acrida/client.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* --- in place of the system's -------------------------------------------------------------------
 */

static atomic_uint n_asked;
static atomic_ullong ahead_s;
static int gate[2] = { -1, -1 }; /* the resolver waits until it can be read; -1 = it does not */

int clock_gettime(clockid_t id, struct timespec *to)
{
    int r = (int)syscall(SYS_clock_gettime, id, to);

    to->tv_sec += (time_t)atomic_load(&ahead_s);
    return r;
}

static void add(struct addrinfo **list, unsigned last)
{
    struct {
        struct addrinfo info;
        struct sockaddr_in at;
    } *both = calloc(1, sizeof(*both));

    both->at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = { htonl(last) } };
    both->info = (struct addrinfo){ .ai_family = AF_INET,
                                    .ai_addrlen = sizeof(both->at),
                                    .ai_addr = (struct sockaddr *)&both->at,
                                    .ai_next = *list };
    *list = &both->info;
}

/* "three" has the addresses 1, 2, 3; "one" has 1; "n7" has 7; others have none. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    struct pollfd p = { .fd = gate[0], .events = POLLIN };
    unsigned long n = node[0] == 'n' ? strtoul(node + 1, NULL, 10) : 0;

    (void)service;
    *ret = NULL;
    if ((hints->ai_flags & AI_NUMERICHOST) != 0) {
        struct in_addr a;

        if (inet_pton(AF_INET, node, &a) != 1)
            return EAI_NONAME;
        add(ret, ntohl(a.s_addr));
        return 0;
    }
    atomic_fetch_add(&n_asked, 1);
    if (gate[0] >= 0)
        poll(&p, 1, -1);
    if (strcmp(node, "three") == 0) {
        for (unsigned i = 3; i > 0; i--)
            add(ret, i);
        return 0;
    }
    if (strcmp(node, "one") != 0 && n == 0)
        return EAI_NONAME;
    add(ret, n > 0 ? (unsigned)n : 1);
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    while (list != NULL) {
        struct addrinfo *next = list->ai_next;

        free(list);
        list = next;
    }
}

/* --- asking -------------------------------------------------------------------------------------
 */

static unsigned asked_before;

static unsigned newly_asked(void)
{
    unsigned n = atomic_load(&n_asked) - asked_before;

    asked_before += n;
    return n;
}

/* The addresses as decimals: 1, 2, 3 are 123. Or a negative errno. */
static int look_up(struct acr_user *u, const char *host, double timeout_s)
{
    struct sockaddr_storage to[4];
    int n = acr_resolve_host(u, host, 80, timeout_s, to, ACR_LEN(to));
    int all = 0;

    for (int i = 0; i < n; i++) {
        const struct sockaddr_in *at = (const struct sockaddr_in *)&to[i];

        assert_int_equal(ntohs(at->sin_port), 80);
        all = all * 10 + (int)(ntohl(at->sin_addr.s_addr) & 0xff) % 10;
    }
    return n < 0 ? n : all;
}

static void run_with(int (*task)(struct acr_user *u), struct acri_run_options o)
{
    const struct acr_task tasks[] = { { .name = "task", .run = task } };
    const struct acr_user_type type = { .name = "u", .tasks = tasks, .n_tasks = 1 };
    const struct acr_plugin plugin = { .name = "p", .user_types = &type, .n_user_types = 1 };

    /* The kernel's timers do not jump. */
    atomic_store(&ahead_s, 0);
    newly_asked();
    assert_int_equal(one_run(&plugin, o), 0);
    assert_int_equal(outcome.exceptions, 0);
}

static int ask_again_and_again(struct acr_user *u)
{
    assert_int_equal(look_up(u, "three", 0), 123);
    assert_int_equal(look_up(u, "three", 0), 123);
    assert_int_equal(newly_asked(), 1);
    atomic_fetch_add(&ahead_s, ACRI_NAMES_TTL_S - 2);
    assert_int_equal(look_up(u, "three", 0), 123);
    assert_int_equal(newly_asked(), 0);
    atomic_fetch_add(&ahead_s, 3);
    assert_int_equal(look_up(u, "three", 0), 123);
    assert_int_equal(newly_asked(), 1);
    /* That there is none is forgotten soon. */
    assert_int_equal(look_up(u, "nobody", 0), -ENOENT);
    assert_int_equal(look_up(u, "nobody", 0), -ENOENT);
    assert_int_equal(newly_asked(), 1);
    atomic_fetch_add(&ahead_s, ACRI_NAMES_FAILED_TTL_S + 1);
    assert_int_equal(look_up(u, "nobody", 0), -ENOENT);
    assert_int_equal(newly_asked(), 1);
    return ACR_STOP_TEST;
}

static void answers_are_kept_for_their_time(void **state)
{
    (void)state;
    run_with(ask_again_and_again, (struct acri_run_options){ .n_users = 1 });
}

static int ask_for_numbers(struct acr_user *u)
{
    struct sockaddr_storage to[2];
    char longest[300];

    assert_int_equal(look_up(u, "127.0.0.1", 0), 1);
    assert_int_equal(newly_asked(), 0);
    assert_int_equal(acr_resolve_host(u, "three", 1, 0, to, 2), 2);
    assert_int_equal(acr_resolve_host(u, "", 1, 0, to, 2), -EINVAL);
    assert_int_equal(acr_resolve_host(u, NULL, 1, 0, to, 2), -EINVAL);
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(acr_resolve_host(u, longest, 1, 0, to, 2), -EINVAL);
    return ACR_STOP_TEST;
}

static void numbers_are_not_asked_for(void **state)
{
    (void)state;
    run_with(ask_for_numbers, (struct acri_run_options){ .n_users = 1 });
}

/* More than are kept: the first is asked for again, the last is not. */
static int ask_for_many(struct acr_user *u)
{
    for (int i = 1; i <= 300; i++)
        assert_int_equal(look_up(u, acr_fmt(u, "n%d", i), 0), (i & 0xff) % 10);
    assert_int_equal(newly_asked(), 300);
    assert_int_equal(look_up(u, "n300", 0), 4);
    assert_int_equal(newly_asked(), 0);
    assert_int_equal(look_up(u, "n1", 0), 1);
    assert_int_equal(newly_asked(), 1);
    return ACR_STOP_TEST;
}

static void the_oldest_names_make_room(void **state)
{
    (void)state;
    run_with(ask_for_many, (struct acri_run_options){ .n_users = 1 });
}

static atomic_uint n_waiting;

/* All of them wait for the same answer; the last to come lets the resolver go on. */
static int ask_together(struct acr_user *u)
{
    if (atomic_fetch_add(&n_waiting, 1) == 49)
        assert_int_equal(write(gate[1], "x", 1), 1);
    assert_int_equal(look_up(u, "three", 0), 123);
    return ACR_STOP_USER;
}

static void many_askers_are_one_question(void **state)
{
    (void)state;
    atomic_store(&n_waiting, 0);
    assert_int_equal(pipe(gate), 0);
    run_with(ask_together, (struct acri_run_options){ .n_users = 50, .n_threads = 2 });
    assert_int_equal(newly_asked(), 1);
    close(gate[0]);
    close(gate[1]);
    gate[0] = -1;
}

static int lose_patience(struct acr_user *u)
{
    assert_int_equal(look_up(u, "one", 0.001), -ETIMEDOUT);
    assert_int_equal(write(gate[1], "x", 1), 1);
    assert_int_equal(look_up(u, "one", 0), 1); /* the same question */
    assert_int_equal(newly_asked(), 1);
    return ACR_STOP_TEST;
}

static int ask_at_the_end(struct acr_user *u)
{
    if (acr_number(u) == 0)
        return ACR_STOP_TEST;
    assert_int_equal(look_up(u, "one", 0), -ECANCELED);
    assert_int_equal(look_up(u, "one", 0), -ECANCELED);
    /* The offload threads are waited for. */
    (void)!write(gate[1], "x", 1);
    return 0;
}

static void who_waits_can_give_up(void **state)
{
    (void)state;
    assert_int_equal(pipe(gate), 0);
    run_with(lose_patience, (struct acri_run_options){ .n_users = 1 });
    close(gate[0]);
    close(gate[1]);
    assert_int_equal(pipe(gate), 0);
    run_with(ask_at_the_end, (struct acri_run_options){ .n_users = 10 });
    close(gate[0]);
    close(gate[1]);
    gate[0] = -1;
}

/* --- order --------------------------------------------------------------------------------------
 */

static int take_turns(struct acr_user *u)
{
    assert_int_equal(look_up(u, "three", 0), 123);
    assert_int_equal(look_up(u, "one", 0), 1);
    assert_int_equal(look_up(u, "three", 0), 231);
    assert_int_equal(look_up(u, "one", 0), 1);
    assert_int_equal(look_up(u, "three", 0), 312);
    assert_int_equal(look_up(u, "three", 0), 123);
    return ACR_STOP_TEST;
}

static int drawn[2][30];
static size_t n_runs;

static int draw(struct acr_user *u)
{
    for (size_t i = 0; i < ACR_LEN(drawn[0]); i++)
        drawn[n_runs][i] = look_up(u, "three", 0);
    n_runs++;
    return ACR_STOP_TEST;
}

static void the_order_is_the_runs(void **state)
{
    struct acri_run_options o = { .n_users = 1, .address_order = ACRI_ADDRESS_ROUND_ROBIN };
    unsigned seen = 0;

    (void)state;
    run_with(take_turns, o);
    o.address_order = ACRI_ADDRESS_RANDOM;
    o.seed = 7;
    run_with(draw, o);
    run_with(draw, o);
    /* The same seed, the same order: and each of them comes first at times. */
    assert_memory_equal(drawn[0], drawn[1], sizeof(drawn[0]));
    for (size_t i = 0; i < ACR_LEN(drawn[0]); i++) {
        assert_true(drawn[0][i] == 123 || drawn[0][i] == 231 || drawn[0][i] == 312);
        seen |= 1u << drawn[0][i] / 100;
    }
    assert_int_equal(seen, 0xe);
}

/* --- time ---------------------------------------------------------------------------------------
 */

/* A look-up within a request is part of it: what follows is not late for it. */
static int ask_within(struct acr_user *u)
{
    struct acr_settlement how = { .size = sizeof(how), .name = "x" };
    struct acr_sample *s = acr_sample_begin(u);

    assert_int_equal(look_up(u, "one", 0), 1);
    assert_int_equal(u->intended_ns, 0);
    acr_sample_settle(s, &how);
    return ACR_STOP_TEST;
}

static void a_look_up_makes_no_later_request_late(void **state)
{
    (void)state;
    run_with(ask_within, (struct acri_run_options){ .n_users = 1 });
    assert_int_equal(outcome.ledger[ACR_LEDGER_SUCCEEDED], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_kept_for_their_time),
        cmocka_unit_test(numbers_are_not_asked_for),
        cmocka_unit_test(the_oldest_names_make_room),
        cmocka_unit_test(many_askers_are_one_question),
        cmocka_unit_test(who_waits_can_give_up),
        cmocka_unit_test(the_order_is_the_runs),
        cmocka_unit_test(a_look_up_makes_no_later_request_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
