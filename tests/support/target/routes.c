/* SPDX-License-Identifier: MIT */
/* The table of all routes, and what to say when none fits. */
#include "routes.h"

#include "handlers.h"

#include <string.h>

#define ANY TARGET_TEXT("")
#define GET TARGET_TEXT("GET")
#define POST TARGET_TEXT("POST")
#define AT(literal) TARGET_TEXT(literal)

static target_route_handler answer_not_found;
static target_route_handler answer_not_allowed;
static target_route_handler answer_options;

static const struct target_route table[] = {
    { ANY, AT("/"), target_behaviour_root, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/json"), target_behaviour_json, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/echo"), target_inspect_echo, TARGET_ROUTE_KEEP, false },
    { ANY, AT("/upload"), target_inspect_upload, TARGET_ROUTE_SUM, false },
    { ANY, AT("/status/"), target_behaviour_status, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/delay/"), target_behaviour_delay, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/bytes/"), target_behaviour_bytes, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/chunked/"), target_behaviour_chunked, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/until-close/"), target_behaviour_until_close, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/slow/"), target_behaviour_slow, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/drop"), target_behaviour_drop, TARGET_ROUTE_UNREAD, false },
    { ANY, AT("/garbage"), target_behaviour_garbage, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/truncate"), target_behaviour_truncate, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/never"), target_behaviour_never, TARGET_ROUTE_UNREAD, false },
    { ANY, AT("/close"), target_behaviour_close, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/gzip"), target_behaviour_gzip, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/server-timing"), target_behaviour_timing, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/redirect/"), target_inspect_redirect, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/redirect-to"), target_inspect_redirect_to, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/cookies/set"), target_inspect_set_cookies, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/cookies"), target_inspect_cookies, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/basic-auth/"), target_inspect_basic_auth, TARGET_ROUTE_IGNORE, false },
    { ANY, AT("/headers"), target_inspect_headers, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/api/auth/login"), target_shop_login, TARGET_ROUTE_KEEP, false },
    { GET, AT("/api/products"), target_shop_products, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/api/products/"), target_shop_product, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/api/cart/items"), target_shop_add_item, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/api/orders"), target_shop_order, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/things"), target_things_create, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/things/"), target_things_show, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/api/v1/data/export"), target_things_export, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/admin/dashboard"), target_things_dashboard, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/admin/reports/generate"), target_things_report, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/api/mobile/feed"), target_things_feed, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/api/users"), target_things_create_user, TARGET_ROUTE_KEEP, false },
    { GET, AT("/api/users"), target_things_search_users, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/api/users/"), target_things_add_friend, TARGET_ROUTE_KEEP, false },
    { GET, AT("/page/login"), target_page_form, TARGET_ROUTE_IGNORE, false },
    { POST, AT("/page/login"), target_page_login, TARGET_ROUTE_KEEP, false },
    { GET, AT("/page/search"), target_page_search, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/page/item/"), target_page_item, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/page/file/"), target_page_file, TARGET_ROUTE_IGNORE, false },
    { GET, AT("/_target/counters"), target_control_counters, TARGET_ROUTE_IGNORE, true },
    { GET, AT("/_target/count"), target_control_count, TARGET_ROUTE_IGNORE, true },
    { POST, AT("/_target/reset"), target_control_reset, TARGET_ROUTE_IGNORE, true },
    { ANY, AT("/_target/"), answer_not_found, TARGET_ROUTE_IGNORE, true },
};

enum { ROUTES = sizeof table / sizeof table[0] };

static const struct target_route not_found = { ANY, AT(""), answer_not_found, TARGET_ROUTE_IGNORE,
                                               false };
static const struct target_route not_allowed = { ANY, AT(""), answer_not_allowed,
                                                 TARGET_ROUTE_IGNORE, false };
static const struct target_route options = { ANY, AT(""), answer_options, TARGET_ROUTE_IGNORE,
                                             false };

static bool path_fits(const struct target_route *route, struct target_text path)
{
    /* "/" itself is exact: it must not take in every path there is */
    bool below = route->path.size > 1 && route->path.data[route->path.size - 1] == '/';
    return below ? path.size > route->path.size && target_text_starts(path, route->path)
                 : target_text_equal(path, route->path);
}

static bool method_fits(const struct target_route *route, struct target_text method)
{
    return route->method.size == 0 || target_text_equal(route->method, method) ||
           (target_text_is(route->method, "GET") && target_text_is(method, "HEAD"));
}

const struct target_route *target_routes_find(const struct target_request *request)
{
    const struct target_route *other_method = NULL;

    for (size_t i = 0; i < ROUTES; i++) {
        const struct target_route *route = &table[i];
        if (!path_fits(route, request->path)) {
            continue;
        }
        if (target_text_is(request->method, "OPTIONS") && !route->control &&
            route->handle != target_inspect_echo) {
            return &options;
        }
        if (method_fits(route, request->method)) {
            /* a wrong method on a control path must stay uncounted, too */
            return other_method != NULL && route->handle == answer_not_found ? other_method : route;
        }
        other_method = route->control ? route : &not_allowed;
    }
    if (target_text_is(request->method, "OPTIONS") && target_text_is(request->path, "*")) {
        return &options;
    }
    return other_method != NULL ? other_method : &not_found;
}

void target_routes_run(const struct target_route *route, struct target_exchange *exchange)
{
    if (!method_fits(route, exchange->request->method)) {
        answer_not_allowed(exchange, exchange->request->path);
        return;
    }
    route->handle(exchange, target_text_skip(exchange->request->path, route->path.size));
}

static void answer_not_found(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    target_exchange_error(exchange, 404, "there is nothing here");
}

/* Lists the methods a path takes, for the Allow header. */
static void add_allow(struct target_exchange *exchange)
{
    struct target_buffer *text = exchange->text;

    target_buffer_clear(text);
    for (size_t i = 0; i < ROUTES; i++) {
        if (!path_fits(&table[i], exchange->request->path) || table[i].handle == answer_not_found) {
            continue;
        }
        if (table[i].method.size == 0) {
            target_buffer_string(text, "GET, HEAD, POST, PUT, PATCH, DELETE, ");
            break;
        }
        target_buffer_text(text, table[i].method);
        target_buffer_string(text, target_text_is(table[i].method, "GET") ? ", HEAD, " : ", ");
    }
    target_buffer_string(text, "OPTIONS");
    target_exchange_header(exchange, "Allow", target_buffer_view(text));
}

static void answer_not_allowed(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    add_allow(exchange);
    target_exchange_error(exchange, 405, "this path does not take this method");
}

static void answer_options(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    add_allow(exchange);
    target_exchange_answer(exchange, 204, "", (struct target_text){ "", 0 });
}
