/* SPDX-License-Identifier: MIT */
/* Server-Timing headers, and numbers in headers. */
#include "fuzz.h"

#include "server_timing.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *text = fuzz_text(data, bytes);
    const char *end = text + strlen(text), *at = text;
    struct http_server_timing metric;
    double number;

    for (;;) {
        const char *next = http_server_timing_next(at, &metric);
        if (next == NULL) {
            break;
        }
        FUZZ_REQUIRE(next > at && next <= end);
        FUZZ_REQUIRE(metric.name >= at && metric.name + metric.name_bytes <= next);
        FUZZ_REQUIRE(metric.name_bytes > 0);
        FUZZ_REQUIRE(!metric.has_ms || isfinite(metric.ms));
        at = next;
    }
    free(text);
    /* Not terminated: a value within a line. */
    char *exact = malloc(bytes > 0 ? bytes : 1);
    if (bytes > 0) {
        memcpy(exact, data, bytes);
    }
    if (http_server_timing_number(exact, bytes, &number)) {
        FUZZ_REQUIRE(isfinite(number));
    }
    free(exact);
    return 0;
}
