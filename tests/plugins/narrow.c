/* SPDX-License-Identifier: MIT */
/* An older plugin: its structures end early, its header says so. Widened, if its version is let in.
 */
#include <acrida/plugin.h>

/* The layout of "ABI 0.0". */
struct old_task {
    const char *name;
    int (*run)(struct acr_user *u);
};

struct old_user_type {
    const char *name;
    double weight;
    struct acr_wait wait;
    size_t state_size;
    const char *host;
    uint32_t stack_kib;
    int (*on_start)(struct acr_user *u);
    int (*on_stop)(struct acr_user *u);
    const struct old_task *tasks;
    size_t n_tasks;
};

struct old_plugin {
    const char *name;
    const char *version;
    const struct old_user_type *user_types;
    size_t n_user_types;
};

struct old_module {
    struct {
        uint32_t magic, header_size, major, minor;
        uint32_t plugin_size, user_type_size, task_size, client_size, option_size, hooks_size;
    } abi;
    const struct old_plugin *plugin;
};

static int browse(struct acr_user *u)
{
    (void)u;
    return 0;
}

static const struct old_task tasks[] = { { "browse", browse }, { "buy", browse } };
static const struct old_user_type users[] = {
    { .name = "shopper", .weight = 3, .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
    { .name = "looker", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};
static const struct old_plugin plugin = { "shop", "1.2", users, ACR_LEN(users) };
static const struct old_module module = {
    { ACR_ABI_MAGIC, sizeof(module.abi), ACR_ABI_MAJOR, ACR_ABI_MINOR - 1,
      sizeof(struct old_plugin), sizeof(struct old_user_type), sizeof(struct old_task),
      sizeof(struct acr_client), sizeof(struct acr_option), sizeof(struct acr_hooks) },
    &plugin,
};

ACR_API const struct acr_module *acr_plugin_v1(void);

const struct acr_module *acr_plugin_v1(void)
{
    return (const void *)&module;
}
