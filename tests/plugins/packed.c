/* SPDX-License-Identifier: MIT */
/* Our version with another layout, as -fpack-struct makes it; or a half-updated SDK. */
#include <acrida/plugin.h>

ACR_API const struct acr_module *acr_plugin_v1(void);

const struct acr_module *acr_plugin_v1(void)
{
    static const struct acr_plugin plugin = { .name = "shop" };
    static const struct acr_module module = {
        .abi = { .magic = ACR_ABI_MAGIC,
                 .header_size = sizeof(struct acr_abi),
                 .major = ACR_ABI_MAJOR,
                 .minor = ACR_ABI_MINOR,
                 .plugin_size = sizeof(struct acr_plugin),
                 .user_type_size = sizeof(struct acr_user_type),
                 .task_size = sizeof(struct acr_task) - 4,
                 .client_size = sizeof(struct acr_client),
                 .option_size = sizeof(struct acr_option),
                 .hooks_size = sizeof(struct acr_hooks) },
        .plugin = &plugin,
    };

    return &module;
}
