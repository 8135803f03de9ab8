/* SPDX-License-Identifier: MIT */
/* Things that become active some time after their creation, users, and the other small
 * answers a realistic test plan asks for. Nothing is stored: an id tells all there is. */
#include "handlers.h"

#include "json.h"

#include <time.h>

enum {
    PENDING_MS = 300,
    IDS_PER_MS = 100000,
    MOST_USER_ID = 1000000000,
    FOUND_USERS = 5,
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void answer_thing(struct target_exchange *exchange, unsigned status, uint64_t id,
                         const char *state)
{
    target_buffer_string(exchange->text, "{\"id\":\"");
    target_buffer_number(exchange->text, id);
    target_buffer_string(exchange->text, "\",\"status\":\"");
    target_buffer_string(exchange->text, state);
    target_buffer_string(exchange->text, "\"}\n");
    target_exchange_json(exchange, status);
}

void target_things_create(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    uint64_t noise = target_random_between(exchange->random, 0, IDS_PER_MS - 1);
    answer_thing(exchange, 201, now_ms() * IDS_PER_MS + noise, "PENDING");
}

void target_things_show(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t id;
    uint64_t now = now_ms();

    if (!target_text_number(rest, &id) || id < IDS_PER_MS || id / IDS_PER_MS > now) {
        target_exchange_error(exchange, 404, "no such thing");
    } else if (now < id / IDS_PER_MS + PENDING_MS) {
        answer_thing(exchange, 200, id, "PENDING");
    } else if (exchange->options->things_error && id % 10 == 0) {
        answer_thing(exchange, 200, id, "ERROR");
    } else {
        answer_thing(exchange, 200, id, "ACTIVE");
    }
}

static void answer_fixed(struct target_exchange *exchange, unsigned status, const char *json)
{
    target_exchange_answer(exchange, status, "application/json", target_text_of(json));
}

void target_things_export(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    answer_fixed(exchange, 200,
                 "{\"format\":\"json\",\"rows\":[{\"id\":1,\"value\":10},{\"id\":2,\"value\":20},"
                 "{\"id\":3,\"value\":30}]}\n");
}

void target_things_dashboard(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    answer_fixed(exchange, 200,
                 "{\"users\":1204,\"orders\":318,\"revenue\":28450.75,\"alerts\":[]}\n");
}

void target_things_report(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    target_buffer_string(exchange->text, "{\"report\":\"");
    target_buffer_number(exchange->text, target_random_between(exchange->random, 1, MOST_USER_ID));
    target_buffer_string(exchange->text, "\",\"status\":\"QUEUED\"}\n");
    target_exchange_json(exchange, 202);
}

void target_things_feed(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    answer_fixed(exchange, 200,
                 "{\"items\":[{\"id\":1,\"title\":\"Spring offers\"},{\"id\":2,\"title\":"
                 "\"New in store\"}],\"next\":null}\n");
}

static void append_user(struct target_buffer *text, uint64_t id, struct target_text name)
{
    target_buffer_string(text, "{\"id\":");
    target_buffer_number(text, id);
    target_buffer_string(text, ",\"name\":");
    target_json_string(text, name);
    target_buffer_string(text, "}");
}

void target_things_create_user(struct target_exchange *exchange, struct target_text rest)
{
    struct target_text name;

    (void)rest;
    if (!target_json_member(exchange->body, "name", &name) || name.size == 0) {
        name = target_text_of("somebody");
    }
    append_user(exchange->text, target_random_between(exchange->random, 1, MOST_USER_ID), name);
    target_buffer_string(exchange->text, "\n");
    target_exchange_json(exchange, 201);
}

/* Finds a few users with any name asked for, always the same ones. */
void target_things_search_users(struct target_exchange *exchange, struct target_text rest)
{
    struct target_text query;
    struct target_buffer name = { 0 };

    (void)rest;
    if (!target_text_query(exchange->request->query, "q", &query)) {
        query = target_text_of("user");
    }
    target_buffer_decoded(&name, query, true);
    target_buffer_string(exchange->text, "{\"users\":[");
    for (uint64_t id = 1; id <= FOUND_USERS; id++) {
        target_buffer_string(exchange->text, id > 1 ? "," : "");
        append_user(exchange->text, id, target_buffer_view(&name));
    }
    target_buffer_string(exchange->text, "]}\n");
    target_buffer_free(&name);
    target_exchange_json(exchange, 200);
}

void target_things_add_friend(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t id;
    struct target_text first = target_text_cut(&rest, '/');

    if (!target_text_number(first, &id) || id < 1 || !target_text_is(rest, "friends")) {
        target_exchange_error(exchange, 404, "no such user");
        return;
    }
    target_buffer_string(exchange->text, "{\"user\":");
    target_buffer_number(exchange->text, id);
    target_buffer_string(exchange->text, ",\"added\":true}\n");
    target_exchange_json(exchange, 201);
}
