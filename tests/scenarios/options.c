/* SPDX-License-Identifier: MIT */
/* options.c: a plugin with options of each sort, and user types with task sets, tags, and loads of
 * their own: each iteration is a sample, named after its task. */
#include <acrida/acrida.h>

#include <stdio.h>
#include <string.h>

static int tell(struct acr_user *u)
{
    acr_report(u, .type = acr_type_name(u), .name = acr_task_name(u), .response_time_ms = 5);
    return ACR_DONE;
}

static int leave(struct acr_user *u)
{
    tell(u);
    return ACR_INTERRUPT;
}

/* What others see of this process, with the secret's length and first letter to know it by. */
static int init(struct acr_user *u)
{
    const char *key = acr_option_string("api-key");
    char seen[4096];
    FILE *file = fopen("/proc/self/cmdline", "re");
    size_t n = file != NULL ? fread(seen, 1, sizeof(seen) - 1, file) : 0;

    if (file != NULL)
        fclose(file);
    for (size_t i = 0; i < n; i++)
        seen[i] = seen[i] == '\0' ? ' ' : seen[i];
    seen[n] = '\0';
    acr_log(u, "key of %zu letters, size %s, command line: %s", strlen(key),
            acr_option_string("size"), strstr(seen, "-f"));
    return 0;
}

static const struct acr_task cart_tasks[] = {
    { .name = "add", .run = leave, .tags = "write" },
    { .name = "view", .run = leave },
};
static const struct acr_task_set cart = {
    .tasks = cart_tasks, .n_tasks = 2, .order = ACR_SEQUENTIAL, .wait = ACR_CONSTANT_PACING(3)
};
static const struct acr_task tasks[] = {
    { .name = "home", .run = tell, .tags = "read quick" },
    { .name = "cart", .set = &cart, .weight = 3, .tags = "read" },
    { .name = "bare", .run = tell },
};
static const struct acr_transition to_two[] = { { "two", 3 }, { "one", 0 } };
static const struct acr_transition to_one[] = { { "one", 0 } };
static const struct acr_task chain[] = {
    { .name = "one", .run = tell, .transitions = to_two, .n_transitions = 2 },
    { .name = "two", .run = tell, .transitions = to_one, .n_transitions = 1 },
};
static const struct acr_task only[] = { { .name = "only", .run = tell } };

static const struct acr_user_type users[] = {
    { .name = "nested", .weight = 2, .wait = ACR_POISSON(0.5), .tasks = tasks, .n_tasks = 3 },
    { .name = "fixed",
      .fixed_count = 3,
      .wait = ACR_CONSTANT_THROUGHPUT(4),
      .catch_up = ACR_NEVER,
      .tasks = only,
      .n_tasks = 1 },
    { .name = "never",
      .weight = ACR_NEVER,
      .wait = ACR_CONSTANT(600),
      .tasks = only,
      .n_tasks = 1 },
    { .name = "chained",
      .wait = ACR_TOTAL_RATE(0.5),
      .order = ACR_MARKOV,
      .tasks = chain,
      .n_tasks = 2 },
};
static const struct acr_option options[] = {
    { .name = "api-key", .help = "Key.", .is_secret = true, .is_required = true },
    { .name = "size", .help = "Size.", .choices = "small large", .default_value = "small" },
};
static uint32_t slot;
static const struct acr_event events[] = {
    { .name = "options.done", .slot = &slot, .payload_size = 8 }
};
static const struct acr_hooks hooks = { .init = init };

ACR_PLUGIN(.name = "options", .user_types = users, .n_user_types = ACR_LEN(users),
           .options = options, .n_options = 2, .hooks = &hooks, .events = events, .n_events = 1);
