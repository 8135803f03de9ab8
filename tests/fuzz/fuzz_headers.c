/* SPDX-License-Identifier: MIT */
/* Lists of header lines, as scenarios and options give them. */
#include "fuzz.h"

#include "headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *text = fuzz_text(data, bytes);
    const char *end = text + strlen(text);
    size_t most = http_headers_count(text), n = 0;
    struct http_header *items = malloc((most + 1) * sizeof *items);
    struct http_header *merged = malloc((2 * most + 1) * sizeof *merged);

    if (http_headers_parse(text, items, &n) == NULL) {
        struct http_headers all = { items, n };
        FUZZ_REQUIRE(n <= most);
        for (size_t i = 0; i < n; i++) {
            const struct http_header *h = &items[i];
            FUZZ_REQUIRE(h->line >= text && h->line + strlen(h->line) <= end);
            FUZZ_REQUIRE(h->line[h->name_bytes] == ':');
            FUZZ_REQUIRE(http_headers_name_ok(h->line, h->name_bytes));
            FUZZ_REQUIRE(http_headers_value_ok(h->line, strlen(h->line)));
            FUZZ_REQUIRE(http_headers_item(h->line).is_removal == h->is_removal);
        }
        FUZZ_REQUIRE(http_headers_merge(all, all, merged) == n);
    }
    free(merged);
    free(items);
    free(text);
    return 0;
}
