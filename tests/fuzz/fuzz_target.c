/* SPDX-License-Identifier: MIT */
/* Requests to the demo target, which are read as they arrive: whole and byte by byte alike. */
#include "fuzz.h"

#include "target/body.h"
#include "target/json.h"

static enum target_request_status read_single(struct target_request *request, const char *data,
                                              size_t bytes)
{
    struct target_request_scan scan = { 0, 0, false };
    enum target_request_status status = TARGET_REQUEST_MORE;

    for (size_t n = 1; n <= bytes && status == TARGET_REQUEST_MORE; n++) {
        status = target_request_read(&scan, request, data, n);
    }
    return status;
}

/* The body in pieces of at most `step`. Returns: how much of it there was. */
static uint64_t read_body(const struct target_request *request, const char *data, size_t bytes,
                          size_t step, enum target_body_status *ret_status)
{
    struct target_body body;
    uint64_t length = 0;

    target_body_start(&body, request);
    *ret_status = TARGET_BODY_MORE;
    while (*ret_status == TARGET_BODY_MORE && bytes > 0) {
        size_t used = 0;
        struct target_text content = { NULL, 0 };
        size_t n = bytes < step ? bytes : step;
        *ret_status = target_body_read(&body, data, n, &used, &content);
        FUZZ_REQUIRE(used <= n && content.size <= used);
        FUZZ_REQUIRE(*ret_status != TARGET_BODY_MORE || used > 0);
        length += content.size;
        data += used;
        bytes -= used;
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *text = malloc(bytes > 0 ? bytes : 1);
    struct target_request whole, single;
    struct target_request_scan scan = { 0, 0, false };
    struct target_text value;

    if (bytes > 0) {
        memcpy(text, data, bytes);
    }
    enum target_request_status status = target_request_read(&scan, &whole, text, bytes);
    FUZZ_REQUIRE(read_single(&single, text, bytes) == status);
    if (status == TARGET_REQUEST_DONE) {
        enum target_body_status all, bytewise;
        FUZZ_REQUIRE(whole.head_size == single.head_size && whole.head_size <= bytes);
        FUZZ_REQUIRE(whole.header_count == single.header_count);
        size_t rest = bytes - whole.head_size;
        uint64_t length = read_body(&whole, text + whole.head_size, rest, bytes, &all);
        FUZZ_REQUIRE(read_body(&whole, text + whole.head_size, rest, 1, &bytewise) == length);
        FUZZ_REQUIRE(all == bytewise && length <= rest);
    }
    if (target_json_member((struct target_text){ text, bytes }, "a", &value)) {
        FUZZ_REQUIRE(value.data >= text && value.data + value.size <= text + bytes);
    }
    free(text);
    return 0;
}
