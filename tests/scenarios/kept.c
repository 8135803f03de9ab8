/* SPDX-License-Identifier: MIT */
/* Two user types with tasks in sets, and an option that is wanted: what a process that is kept can
 * change from one run to the next. */
#include <acrida/control.h>
#include <acrida/http.h>

#include <stdlib.h>

static int hit(struct acr_user *u)
{
    acr_get(u, "/json", .name = acr_option_string("kept-name"));
    return 0;
}

static const struct acr_task steps[] = { { .name = "pay", .run = hit } };
static const struct acr_task_set checkout = { .tasks = steps, .n_tasks = ACR_LEN(steps) };
static const struct acr_task walk[] = {
    { .name = "look", .run = hit, .weight = 3 },
    { .name = "checkout", .set = &checkout },
};
static const struct acr_task poll_tasks[] = { { .name = "poll", .run = hit } };
static const struct acr_user_type types[] = {
    { .name = "walker", .wait = ACR_CONSTANT(0.01), .tasks = walk, .n_tasks = ACR_LEN(walk) },
    { .name = "poller",
      .wait = ACR_CONSTANT(0.01),
      .tasks = poll_tasks,
      .n_tasks = ACR_LEN(poll_tasks) },
};
static const struct acr_option options[] = {
    { .name = "kept-name",
      .metavar = "NAME",
      .help = "What requests are called.",
      .is_required = true },
};

static int on_init(struct acr_user *u)
{
    (void)u;
    acr_set_page_url(getenv("KEPT_PAGE"));
    return 0;
}

static const struct acr_hooks hooks = { .init = on_init };

ACR_PLUGIN(.name = "kept", .hooks = &hooks, .user_types = types, .n_user_types = ACR_LEN(types),
           .options = options, .n_options = ACR_LEN(options));
