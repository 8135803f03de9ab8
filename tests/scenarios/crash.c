/* SPDX-License-Identifier: MIT */
/* crash.c: user types that break in different ways, and one that does not. */
#include <acrida/acrida.h>

#include <time.h>

struct state {
    int n_done;
};

static int *volatile nothing;
static volatile int deepest = 1 << 30;

static int work(struct acr_user *u)
{
    acr_report(u, .type = "job", .name = "sound", .response_time_ms = 1);
    return 0;
}

/* Reported just before the fault: what was measured up to it must not be lost. */
static bool is_due(struct acr_user *u)
{
    struct state *me = acr_state(u);

    acr_report(u, .type = "job", .name = "before", .response_time_ms = 1);
    return ++me->n_done == 10;
}

static __attribute__((noinline)) void write_to_null(void)
{
    *nothing = 1;
}

static int fall(struct acr_user *u)
{
    if (is_due(u))
        write_to_null();
    return 0;
}

static __attribute__((noinline)) int dig_deeper(int n)
{
    volatile char block[512];

    block[n % 512] = (char)n;
    return n < deepest ? dig_deeper(n + 1) + block[0] : 0;
}

static int dig(struct acr_user *u)
{
    return is_due(u) && dig_deeper(0) == 1 ? ACR_STOP_USER : 0;
}

static int nap(struct acr_user *u)
{
    (void)u;
    nanosleep(&(const struct timespec){ .tv_nsec = 150000000 }, NULL);
    return 0;
}

/* On a loop that has no users any more, while others wait for its end. */
static void end_loop(struct acr_loop *l, void *state)
{
    (void)l;
    (void)state;
    if (acr_env("TEST_END", "")[0] != '\0')
        write_to_null();
}

static uint32_t slot;
static const struct acr_client clients[] = {
    { .name = "crash", .slot = &slot, .loop_done = end_loop }
};

static const struct acr_task work_tasks[] = { { .name = "work", .run = work } };
static const struct acr_task fall_tasks[] = { { .name = "fall", .run = fall } };
static const struct acr_task dig_tasks[] = { { .name = "dig", .run = dig } };
static const struct acr_task nap_tasks[] = { { .name = "nap", .run = nap } };

static const struct acr_user_type users[] = {
    { .name = "steady", .wait = ACR_CONSTANT(0.01), .tasks = work_tasks, .n_tasks = 1 },
    { .name = "faller",
      .wait = ACR_CONSTANT(0.02),
      .state_size = sizeof(struct state),
      .tasks = fall_tasks,
      .n_tasks = 1 },
    { .name = "digger",
      .wait = ACR_CONSTANT(0.02),
      .state_size = sizeof(struct state),
      .tasks = dig_tasks,
      .n_tasks = 1 },
    { .name = "sleeper", .wait = ACR_CONSTANT(0.01), .tasks = nap_tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "crash", .user_types = users, .n_user_types = ACR_LEN(users), .clients = clients,
           .n_clients = ACR_LEN(clients));
