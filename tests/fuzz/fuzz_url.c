/* SPDX-License-Identifier: MIT */
/* URLs, in three lines: the base or the current URL, a path or Location, a query. */
#include "fuzz.h"

#include "url.h"

/* What came out can be sent: it is a URL again, and has no byte that may not stand in a request
 * line. */
static void require_url(const struct http_text *out)
{
    struct http_url url;

    FUZZ_REQUIRE(http_url_split(out->data, &url) == NULL);
    FUZZ_REQUIRE(url.host_bytes > 0);
    for (size_t i = 0; i < out->length; i++) {
        FUZZ_REQUIRE((unsigned char)out->data[i] > ' ' && out->data[i] != 0x7f);
    }
    FUZZ_REQUIRE(strchr(out->data, '#') == NULL);
    FUZZ_REQUIRE(http_url_same_origin(out->data, out->data));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *first = fuzz_text(data, bytes), *second = fuzz_cut(first), *third = fuzz_cut(second);
    struct http_text out = { NULL, 0, 0 };
    struct http_url_base base;
    struct http_url url;
    size_t path_at = 0;

    http_url_base_init(&base, first);
    if (http_url_join(&out, &base, second, third, &path_at) == NULL) {
        require_url(&out);
        FUZZ_REQUIRE(path_at <= out.length);
        struct http_text next = { NULL, 0, 0 };
        if (http_url_resolve(&next, out.data, second) == NULL) {
            require_url(&next);
        }
        http_text_done(&next);
    }
    http_url_base_done(&base);
    http_text_done(&out);
    if (http_url_split(first, &url) == NULL) {
        FUZZ_REQUIRE(url.host_bytes > 0 && url.rest >= first);
    }
    http_url_same_origin(first, second);
    free(first);
    return 0;
}
