/* SPDX-License-Identifier: MIT */
/* The routes that tell, and zero, the target's own counters. */
#include "handlers.h"

#include "json.h"

static void append_total(struct target_exchange *exchange, const char *before,
                         enum target_counters_total total)
{
    target_buffer_string(exchange->text, before);
    target_buffer_number(exchange->text, target_counters_total(exchange->counters, total));
}

void target_control_counters(struct target_exchange *exchange, struct target_text rest)
{
    struct target_buffer *text = exchange->text;
    const char *separator = "";
    struct target_text name;
    uint64_t count;
    size_t row = 0;

    (void)rest;
    append_total(exchange, "{\"heads\":", TARGET_COUNTERS_HEADS);
    append_total(exchange, ",\"answers\":", TARGET_COUNTERS_ANSWERS);
    append_total(exchange, ",\"connections\":", TARGET_COUNTERS_CONNECTIONS);
    append_total(exchange, ",\"open\":", TARGET_COUNTERS_OPEN);
    append_total(exchange, ",\"body_bytes\":", TARGET_COUNTERS_BODY_BYTES);
    append_total(exchange, ",\"malformed\":", TARGET_COUNTERS_MALFORMED);
    append_total(exchange, ",\"status\":{\"1xx\":", TARGET_COUNTERS_1XX);
    append_total(exchange, ",\"2xx\":", TARGET_COUNTERS_2XX);
    append_total(exchange, ",\"3xx\":", TARGET_COUNTERS_3XX);
    append_total(exchange, ",\"4xx\":", TARGET_COUNTERS_4XX);
    append_total(exchange, ",\"5xx\":", TARGET_COUNTERS_5XX);
    target_buffer_string(text, "},\"paths\":{");
    while (target_counters_next(exchange->counters, &row, &name, &count)) {
        target_buffer_string(text, separator);
        target_json_string(text, name);
        target_buffer_string(text, ":");
        target_buffer_number(text, count);
        separator = ",";
    }
    target_buffer_string(text, "}}\n");
    target_exchange_json(exchange, 200);
}

void target_control_count(struct target_exchange *exchange, struct target_text rest)
{
    struct target_text path;

    (void)rest;
    if (!target_text_query(exchange->request->query, "path", &path)) {
        target_exchange_error(exchange, 400, "use /_target/count?path=METHOD%20/PATH");
        return;
    }
    target_buffer_decoded(exchange->text, path, true);
    uint64_t count = target_counters_path(exchange->counters, target_buffer_view(exchange->text));
    target_buffer_clear(exchange->text);
    target_buffer_number(exchange->text, count);
    target_buffer_string(exchange->text, "\n");
    target_exchange_answer(exchange, 200, "text/plain", target_buffer_view(exchange->text));
}

void target_control_reset(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text body = TARGET_TEXT("{\"reset\":true}\n");
    (void)rest;
    target_counters_reset(exchange->counters);
    target_exchange_answer(exchange, 200, "application/json", body);
}
