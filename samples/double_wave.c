/* SPDX-License-Identifier: MIT */
/* double_wave.c: a shape as a function of time. Two waves of visitors, one higher than the other,
 * over a base: as a shop has around noon and in the evening. */
#include <acrida/acrida.h>
#include <acrida/http.h>

#include <math.h>

static int visit(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };

static const struct acr_user_type users[] = {
    { .name = "visitor", .wait = ACR_CONSTANT(1), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

/* A wave at some part of the whole time, 1 at its top. */
static double wave(double at, double top)
{
    double x = (at - top) * 15;

    return exp(-x * x);
}

/* Asked once a second. */
static int tick(struct acr_user *u, struct acr_load *load)
{
    double at = acr_run_time(u) / acr_option_number("wave-time", 600);
    double low = acr_option_number("wave-low", 20);
    double first = acr_option_number("wave-first", 60);
    double second = acr_option_number("wave-second", 40);

    if (at >= 1)
        return ACR_STOP_TEST;
    load->users = (uint64_t)lround(low + (first - low) * wave(at, 1.0 / 3) +
                                   (second - low) * wave(at, 2.0 / 3));
    load->spawn_rate = 100; /* fast enough to follow */
    return 0;
}

static const struct acr_shape shape = { .tick = tick };

static const struct acr_option options[] = {
    { .name = "wave-time",
      .metavar = "TIME",
      .help = "Length of the whole test.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "10m" },
    { .name = "wave-low",
      .metavar = "N",
      .help = "Users at the start and between the waves.",
      .kind = ACR_OPTION_NUMBER,
      .default_value = "20" },
    { .name = "wave-first",
      .metavar = "N",
      .help = "Users at the top of the first wave.",
      .kind = ACR_OPTION_NUMBER,
      .default_value = "60" },
    { .name = "wave-second",
      .metavar = "N",
      .help = "Users at the top of the second wave.",
      .kind = ACR_OPTION_NUMBER,
      .default_value = "40" },
};

ACR_PLUGIN(.name = "double_wave", .user_types = users, .n_user_types = ACR_LEN(users),
           .shape = &shape, .options = options, .n_options = ACR_LEN(options));
