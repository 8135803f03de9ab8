/* SPDX-License-Identifier: MIT */
/* http_stream.c: TEST_BYTES up and down, by file and by function, in little memory. */
#include "http_check.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t whole;

static size_t give(void *arg, char *buffer, size_t bytes)
{
    uint64_t *left = arg;
    size_t n = *left < bytes ? (size_t)*left : bytes;

    memset(buffer, 'x', n);
    *left -= n;
    return n;
}

static bool take(void *arg, const char *data, size_t bytes)
{
    uint64_t *taken = arg;

    (void)data;
    *taken += bytes;
    return true;
}

static int down(struct acr_user *u)
{
    uint64_t taken = 0;
    const char *path = acr_fmt(u, "/bytes/%s", acr_env("TEST_BYTES", ""));
    struct acr_response *res = acr_get(u, path, .receive = take, .receive_arg = &taken);
    CHECK(res->status == 200 && taken == whole && res->bytes == whole && res->body_bytes == 0);
    res = acr_get(u, path, .discard_body = true);
    CHECK(res->bytes == whole && res->body_bytes == 0);
    CHECK_TEXT("", res->body);
    return 0;
}

static int up(struct acr_user *u)
{
    uint64_t left = whole;
    struct acr_response *res =
        acr_post(u, "/upload", .send = give, .send_arg = &left, .send_bytes = whole);
    CHECK(acr_json_int(res, "bytes", 0) == (int64_t)whole);
    left = whole;
    res = acr_put(u, "/upload", .send = give, .send_arg = &left);
    CHECK(acr_json_int(res, "bytes", 0) == (int64_t)whole);

    const char *file = acr_env("TEST_LARGE", "");
    res = acr_put(u, "/upload", .body_file = file);
    CHECK(acr_json_int(res, "bytes", 0) == (int64_t)whole);
    CHECK_TEXT(acr_env("TEST_CRC", ""), acr_json_string(res, "crc32"));
    res = acr_put(u, "/redirect-to?url=/upload&status=307", .body_file = file);
    CHECK(acr_json_int(res, "bytes", 0) == (int64_t)whole);
    const struct acr_part parts[] = { { .name = "f", .file = file } };
    res = acr_post(u, "/upload", .parts = parts, .n_parts = 1);
    CHECK(acr_json_int(res, "bytes", 0) > (int64_t)whole);
    return 0;
}

static int in_little_memory(struct acr_user *u)
{
    char line[256];
    long peak_kb = 0;
    FILE *status = fopen("/proc/self/status", "r");

    CHECK(status != NULL);
    while (fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak_kb = strtol(line + 6, NULL, 10);
    fclose(status);
    acr_log(u, "peak of memory: %ld kB", peak_kb);
    if (acr_env("TEST_MEASURED", "")[0] != '\0')
        CHECK(peak_kb > 0 && peak_kb < 64000);
    return 0;
}

static int all(struct acr_user *u)
{
    static http_step *const steps[] = { down, up, in_little_memory };

    whole = strtoull(acr_env("TEST_BYTES", ""), NULL, 10);
    CHECK(whole > 0);
    return http_run_steps(u, steps, ACR_LEN(steps));
}

static const struct acr_task tasks[] = { { .name = "all", .run = all } };
static const struct acr_user_type users[] = {
    { .name = "streamer", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "http_stream", .user_types = users, .n_user_types = ACR_LEN(users));
