/* SPDX-License-Identifier: MIT */
/* JSON of answers and paths into it: a path in the first line, then the text. */
#include "fuzz.h"
#include "support/user.h"

#include <acrida/acrida.h>

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const uint8_t *newline = bytes > 0 ? memchr(data, '\n', bytes) : NULL;
    size_t path_bytes = newline != NULL ? (size_t)(newline - data) : bytes;
    size_t text_bytes = newline != NULL ? bytes - path_bytes - 1 : 0;
    char *path = fuzz_text(data, path_bytes);
    char *text = malloc(text_bytes > 0 ? text_bytes : 1);
    struct acri_arena arena;
    struct user_home home;

    if (text_bytes > 0) {
        memcpy(text, newline + 1, text_bytes);
    }
    user_home_init(&home);
    struct acr_user *u = user_new(&home, NULL);
    acri_arena_init(&arena, SIZE_MAX / 2);
    u->arena = &arena;
    const struct acr_json *json = acr_json_parse(u, text, text_bytes);
    bool exists = acr_value_exists(json, path);
    FUZZ_REQUIRE(!exists || acr_json_error(json)[0] == '\0');
    FUZZ_REQUIRE(acr_value_string(json, path) != NULL);
    FUZZ_REQUIRE(exists || acr_value_string(json, path)[0] == '\0');
    FUZZ_REQUIRE(exists || acr_value_int(json, path, 7) == 7);
    FUZZ_REQUIRE(exists || acr_value_number(json, path, 7) == 7);
    FUZZ_REQUIRE(exists || acr_value_bool(json, path, true));
    FUZZ_REQUIRE(exists || acr_value_count(json, path) == 0);
    acr_value_int(json, path, 0);
    acr_value_number(json, path, 0);
    acr_value_count(json, path);
    /* A quoted text is JSON, when the text is UTF-8, and means the text. */
    const char *quoted = acr_json_quote(u, path);
    const struct acr_json *again = acr_json_parse(u, quoted, strlen(quoted));
    FUZZ_REQUIRE(acr_json_error(again)[0] != '\0' ||
                 strcmp(acr_value_string(again, ""), path) == 0);
    user_free(u);
    acri_arena_done(&arena);
    user_home_done(&home);
    free(text);
    free(path);
    return 0;
}
