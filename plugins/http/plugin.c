/* SPDX-License-Identifier: MIT */
/* What libacrida-http offers: one client and its options. */
#include "options.h"
#include "user.h"

static const struct acr_client http_plugin_clients[] = {
    { .name = "http",
      .slot = &http_user_slot,
      .loop_size = sizeof(struct http_loop),
      .user_size = sizeof(struct http_user),
      .loop_init = http_user_loop_init,
      .loop_done = http_user_loop_done,
      .user_init = http_user_init,
      .user_done = http_user_done,
      .task_done = http_user_task_done },
};

ACR_PLUGIN(.name = "http", .version = ACRIDA_VERSION, .clients = http_plugin_clients,
           .n_clients = ACR_LEN(http_plugin_clients), .options = http_options_table,
           .n_options = HTTP_OPTIONS_COUNT);
