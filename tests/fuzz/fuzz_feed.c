/* SPDX-License-Identifier: MIT */
/* Rows of data files; the first byte is the format: C, A (array of JSON) or L (lines of JSON). */
#include "fuzz.h"

#include "engine/feed_scan.h"

/* Rows are where they were, when one goes on from where a row begins. */
static void require_found_again(const struct acri_feed_scan *s)
{
    struct acri_feed_scan again;

    acri_feed_scan_from(&again, s->format, s->text, s->bytes, (size_t)(s->row - s->text));
    FUZZ_REQUIRE(acri_feed_scan_next(&again) == 1);
    FUZZ_REQUIRE(again.row == s->row && again.row_bytes == s->row_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes == 0) {
        return 0;
    }
    enum acri_feed_format format = data[0] == 'A'   ? ACRI_FEED_JSON
                                   : data[0] == 'L' ? ACRI_FEED_JSONL
                                                    : ACRI_FEED_CSV;
    char *text = malloc(bytes);
    size_t from = 0;
    struct acri_feed_scan s;

    bytes--;
    memcpy(text, data + 1, bytes);
    int r = acri_feed_scan_begin(&s, format, text, bytes);
    for (int n = 0; r == 0 && (r = acri_feed_scan_next(&s)) > 0; n++) {
        size_t at = (size_t)(s.row - text);
        FUZZ_REQUIRE(at >= from && at + s.row_bytes <= bytes && s.row_bytes > 0);
        if (n < 32) {
            require_found_again(&s);
        }
        from = at + s.row_bytes;
        r = 0;
    }
    FUZZ_REQUIRE(r == 0 || (s.error != NULL && s.line > 0));
    free(text);
    return 0;
}
