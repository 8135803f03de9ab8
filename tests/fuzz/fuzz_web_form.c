/* SPDX-License-Identifier: MIT */
/* What clients of the web interface send: the first byte says how it is read. */
#include "fuzz.h"

#include "actions.h"
#include "auth.h"
#include "form.h"
#include "guard.h"

static void check_fields(const struct web_form *f)
{
    FUZZ_REQUIRE(f->n <= WEB_FORM_FIELDS_MAX);
    for (size_t i = 0; i < f->n; i++) {
        size_t index = 0;
        FUZZ_REQUIRE(f->fields[i].name != NULL && f->fields[i].value != NULL);
        FUZZ_REQUIRE(strpbrk(f->fields[i].name, "\r\n") == NULL);
        FUZZ_REQUIRE(web_form_get(f, f->fields[i].name) != NULL);
        FUZZ_REQUIRE(web_form_next(f, f->fields[i].name, &index) != NULL && index <= i + 1);
    }
}

static void check_form(const char *type, const uint8_t *data, size_t bytes)
{
    struct web_form f = { .n = 0 };
    struct web_swarm w;
    char error[200] = "";
    char *copy = malloc(bytes > 0 ? bytes : 1);

    /* Its end is the end of its memory. */
    if (bytes > 0)
        memcpy(copy, data, bytes);
    bool is_good = web_form_body(&f, type, copy, bytes);
    FUZZ_REQUIRE(is_good == (f.error[0] == '\0'));
    FUZZ_REQUIRE(is_good || f.n == 0);
    check_fields(&f);
    FUZZ_REQUIRE(web_actions_read(&f, &w, error, sizeof error) == (error[0] == '\0'));
    web_form_done(&f);
    free(copy);
}

static void check_headers(const char *text)
{
    struct web_guard_headers h = { .host = text, .origin = text, .fetch_site = text };
    web_guard_check(&h, text, true, true);
    web_guard_check(&h, NULL, true, false);
    web_guard_is_loopback(text);
    FUZZ_REQUIRE(web_actions_duration(text) >= 0 || web_actions_duration(text) <= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct web_auth *auth;
    char error[100];
    char *text;

    if (bytes == 0)
        return 0;
    if (auth == NULL)
        auth = web_auth_new(NULL, "0123456789abcdef", error, sizeof error);
    switch (data[0] % 3) {
    case 0:
        check_form(NULL, data + 1, bytes - 1);
        break;
    case 1:
        check_form("application/json", data + 1, bytes - 1);
        break;
    default:
        text = fuzz_text(data + 1, bytes - 1);
        check_headers(text);
        FUZZ_REQUIRE(!web_auth_is_open(auth, 1, text));
        free(text);
    }
    return 0;
}
