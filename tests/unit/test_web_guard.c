/* SPDX-License-Identifier: MIT */
/* Where requests come from, and which paths there are. */
#include "support/unit.h"

#include "guard.h"
#include "openapi.h"
#include "routes.h"

#include <jansson.h>
#include <string.h>

static bool passes(const char *host, const char *origin, const char *site, bool is_open)
{
    const struct web_guard_headers h = { .host = host, .origin = origin, .fetch_site = site };

    return web_guard_check(&h, "load.example proxy.example", true, is_open) == NULL;
}

static void programs_pass(void **state)
{
    (void)state;
    assert_true(passes("127.0.0.1:8089", NULL, NULL, true));
    assert_true(passes("localhost:8089", NULL, NULL, true));
    assert_true(passes("[::1]:8089", NULL, NULL, true));
    assert_true(passes("10.1.2.3", NULL, NULL, true));
    assert_true(passes("LOAD.example:1", NULL, NULL, true));
}

static void names_of_others_do_not(void **state)
{
    static const char *const bad[] = {
        "evil.example",
        "evil.example:8089",
        "localhost.evil.example",
        "xlocalhost",
        "",
        "127.0.0.1.evil.example",
        "[::1]evil",
        "localhost:80:80",
        "localhost/",
        "load.example.",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(passes(bad[i], NULL, NULL, true));
    assert_false(passes(NULL, NULL, NULL, true));
    /* Where all log in a name may be any: no other site has the cookie. */
    assert_true(passes("lead.svc.cluster.local:8089", NULL, NULL, false));
}

static void pages_of_others_do_not(void **state)
{
    (void)state;
    assert_true(passes("localhost:8089", "http://localhost:8089", "same-origin", true));
    assert_true(passes("localhost", "http://localhost:80", NULL, true));
    assert_true(passes("localhost:443", "https://localhost", "none", true));
    assert_true(passes("127.0.0.1:8089", "https://proxy.example", NULL, true));
    assert_false(passes("localhost:8089", "http://localhost:9000", NULL, true));
    assert_false(passes("localhost:8089", "http://evil.example", NULL, true));
    assert_false(passes("localhost:8089", "null", NULL, true));
    assert_false(passes("localhost:8089", "", NULL, true));
    assert_false(passes("localhost:8089", NULL, "cross-site", true));
    assert_false(passes("localhost:8089", NULL, "same-site", true));
    assert_false(passes("localhost:8089", "http://evil.example", "same-origin", true));
    assert_false(passes("load.example", "https://evil.example", NULL, false));
}

static void looking_is_not_changing(void **state)
{
    const struct web_guard_headers h = { .host = "localhost", .fetch_site = "cross-site" };

    (void)state;
    assert_null(web_guard_check(&h, NULL, false, true));
    assert_non_null(web_guard_check(&h, NULL, true, true));
}

static void loopback_is_known(void **state)
{
    (void)state;
    assert_true(web_guard_is_loopback("127.0.0.1"));
    assert_true(web_guard_is_loopback("127.8.9.1"));
    assert_true(web_guard_is_loopback("::1"));
    assert_true(web_guard_is_loopback("localhost"));
    assert_false(web_guard_is_loopback("0.0.0.0"));
    assert_false(web_guard_is_loopback("::"));
    assert_false(web_guard_is_loopback("*"));
    assert_false(web_guard_is_loopback(""));
    assert_false(web_guard_is_loopback("10.0.0.1"));
    assert_false(web_guard_is_loopback("127.evil.example"));
}

static void paths_are_found_below_the_base_path(void **state)
{
    (void)state;
    assert_string_equal(web_routes_below("", "/swarm"), "/swarm");
    assert_string_equal(web_routes_below("/a/b", "/a/b/swarm"), "/swarm");
    assert_string_equal(web_routes_below("/a/b", "/a/b"), "/");
    assert_null(web_routes_below("/a/b", "/a/bc"));
    assert_null(web_routes_below("/a/b", "/swarm"));
    assert_true(web_routes_find("/swarm") >= 0);
    assert_int_equal(web_routes_find("/swarm/"), -1);
    assert_int_equal(web_routes_find("/SWARM"), -1);
    assert_true(web_routes_is_base(""));
    assert_true(web_routes_is_base("/a/b-c_d"));
    assert_false(web_routes_is_base("a"));
    assert_false(web_routes_is_base("/"));
    assert_false(web_routes_is_base("/a/"));
    assert_false(web_routes_is_base("/a//b"));
    assert_false(web_routes_is_base("/../b"));
    assert_false(web_routes_is_base("/a?b"));
    assert_false(web_routes_is_base("/a\"b"));
}

/* What changes something asks where it comes from; what is open tells nothing. */
static void routes_are_guarded(void **state)
{
    (void)state;
    for (size_t i = 0; i < web_routes_count(); i++) {
        const struct web_route *r = web_routes_at(i);

        assert_int_equal(r->changes & ~r->methods, 0);
        assert_true((r->methods & WEB_POST) == 0 || (r->changes & WEB_POST) != 0);
        assert_true((r->view != NULL) != (r->local != WEB_LOCAL_NONE));
        assert_true(!r->is_shared || (r->view != NULL && r->changes == 0));
        assert_true(!r->is_open || r->view == NULL);
    }
    assert_true((web_routes_at((size_t)web_routes_find("/stop"))->changes & WEB_GET) != 0);
    assert_true((web_routes_at((size_t)web_routes_find("/stats/reset"))->changes & WEB_GET) != 0);
}

static void each_path_is_described(void **state)
{
    json_t *d = json_loadb((const char *)web_openapi_json, web_openapi_json_bytes, 0, NULL);
    json_t *paths = json_object_get(d, "paths");

    (void)state;
    assert_non_null(d);
    assert_int_equal(json_object_size(paths), web_routes_count());
    for (size_t i = 0; i < web_routes_count(); i++) {
        const struct web_route *r = web_routes_at(i);
        json_t *path = json_object_get(paths, r->path);

        assert_int_equal(json_object_get(path, "get") != NULL, (r->methods & WEB_GET) != 0);
        assert_int_equal(json_object_get(path, "post") != NULL, (r->methods & WEB_POST) != 0);
    }
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_pass),
        cmocka_unit_test(names_of_others_do_not),
        cmocka_unit_test(pages_of_others_do_not),
        cmocka_unit_test(looking_is_not_changing),
        cmocka_unit_test(loopback_is_known),
        cmocka_unit_test(paths_are_found_below_the_base_path),
        cmocka_unit_test(routes_are_guarded),
        cmocka_unit_test(each_path_is_described),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
