/* SPDX-License-Identifier: MIT */
/* URLs that are asked for again and again: kept from the second time on, as long as someone holds
 * them. */
#include "support/unit.h"

#include "url_cache.h"

#include <stdio.h>
#include <string.h>

/* What a request does: the entry, or what the path has led to. */
static struct http_url_entry *ask(struct http_url_cache *cache, const char *path)
{
    uint32_t hash;
    struct http_url_entry *entry = http_url_cache_find(cache, path, &hash);
    char url[2048];

    assert_true(hash != 0);
    if (entry == NULL) {
        snprintf(url, sizeof url, "http://h%s", path);
        http_url_cache_note(cache, hash, path, url, 8);
    }
    return entry;
}

static void a_path_is_kept_when_it_comes_again(void **state)
{
    struct http_url_cache cache = { .seen = { 0 } };
    char path[] = "/a";

    (void)state;
    assert_null(ask(&cache, path));
    assert_null(ask(&cache, path));
    struct http_url_entry *entry = ask(&cache, path);
    assert_non_null(entry);
    path[1] = 'b'; /* the caller's */
    assert_string_equal(entry->path, "/a");
    assert_string_equal(entry->url, "http://h/a");
    assert_string_equal(entry->url + entry->path_at, "/a");
    assert_int_equal(entry->head.length, 0);
    assert_true(http_text_puts(&entry->head, "GET"));
    struct http_url_entry *again = ask(&cache, "/a");
    assert_ptr_equal(again, entry);
    http_url_cache_release(entry);
    http_url_cache_release(again);
    http_url_cache_release(NULL);
    http_url_cache_done(&cache);
    http_url_cache_done(&cache);
}

/* More paths than places, each twice in a row: the last at a place stays. */
static void others_take_its_place(void **state)
{
    struct http_url_cache cache = { .seen = { 0 } };
    char path[32];
    int n_kept = 0;

    (void)state;
    ask(&cache, "/held");
    ask(&cache, "/held");
    struct http_url_entry *held = ask(&cache, "/held");
    for (int i = 0; i < 1000; i++) {
        snprintf(path, sizeof path, "/%d", i);
        ask(&cache, path);
        ask(&cache, path);
    }
    uint32_t hash;
    assert_null(http_url_cache_find(&cache, "/held", &hash));
    assert_string_equal(held->url, "http://h/held"); /* all the same */
    assert_true(http_text_puts(&held->head, "GET /held"));
    http_url_cache_release(held);
    for (int i = 0; i < 1000; i++) {
        snprintf(path, sizeof path, "/%d", i);
        struct http_url_entry *entry = http_url_cache_find(&cache, path, &hash);
        if (entry != NULL) {
            assert_string_equal(entry->path, path);
            n_kept++;
        }
        http_url_cache_release(entry);
    }
    assert_true(n_kept > HTTP_URL_CACHE_SLOTS / 2 && n_kept <= HTTP_URL_CACHE_SLOTS);
    http_url_cache_done(&cache);
}

/* An entry that an exchange holds outlives the cache. */
static void who_holds_it_has_it(void **state)
{
    struct http_url_cache cache = { .seen = { 0 } };

    (void)state;
    ask(&cache, "");
    ask(&cache, "");
    struct http_url_entry *entry = ask(&cache, "");
    http_url_cache_done(&cache);
    assert_string_equal(entry->url, "http://h");
    http_url_cache_release(entry);
}

static void long_paths_are_not_kept(void **state)
{
    struct http_url_cache cache = { .seen = { 0 } };
    char path[600];

    (void)state;
    memset(path, 'x', sizeof path);
    path[0] = '/';
    for (size_t bytes = 510; bytes < sizeof path; bytes += 88) {
        path[bytes] = '\0';
        for (int i = 0; i < 4; i++) {
            struct http_url_entry *entry = ask(&cache, path);
            assert_int_equal(entry != NULL, i >= 2 && bytes == 510);
            http_url_cache_release(entry);
        }
        path[bytes] = 'x';
    }
    http_url_cache_done(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_kept_when_it_comes_again),
        cmocka_unit_test(others_take_its_place),
        cmocka_unit_test(who_holds_it_has_it),
        cmocka_unit_test(long_paths_are_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
