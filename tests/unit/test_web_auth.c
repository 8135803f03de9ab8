/* SPDX-License-Identifier: MIT */
/* Users, tokens, sessions. */
#include "support/unit.h"

#include "auth.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOKEN "0123456789abcdef"

static char path[] = "/tmp/test_web_auth_XXXXXX";
static char error[200];

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* One user, "eve", with the password "right". */
static struct web_auth *with_eve(const char *token)
{
    struct crypt_data data = { .initialized = 0 };
    char line[300];

    snprintf(line, sizeof(line), "# who may in\n\neve:%s\n",
             crypt_r("right", "$6$rounds=1000$saltsalt", &data));
    write_file(line);
    return web_auth_new(path, token, error, sizeof(error));
}

static void passwords_are_checked(void **state)
{
    struct web_auth *a = with_eve(NULL);

    (void)state;
    assert_non_null(a);
    assert_true(web_auth_is_needed(a) && web_auth_has_users(a));
    assert_int_equal(web_auth_password(a, "p", 1, "eve", "right"), WEB_AUTH_GOOD);
    assert_int_equal(web_auth_password(a, "p", 1, "eve", "wrong"), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_password(a, "p", 1, "eve", ""), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_password(a, "p", 1, "adam", "right"), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_password(a, "p", 1, "", ""), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_token(a, "p", 1, TOKEN), WEB_AUTH_WRONG);
    web_auth_free(a);
}

static void tokens_are_checked(void **state)
{
    struct web_auth *a = web_auth_new(NULL, TOKEN, error, sizeof(error));

    (void)state;
    assert_non_null(a);
    assert_int_equal(web_auth_header(a, "p", 1, "Bearer " TOKEN), WEB_AUTH_GOOD);
    assert_int_equal(web_auth_header(a, "p", 1, "bearer " TOKEN), WEB_AUTH_GOOD);
    assert_int_equal(web_auth_header(a, "p", 1, "Bearer " TOKEN "0"), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_header(a, "p", 1, "Bearer 0123456789abcde"), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_header(a, "p", 1, "Bearer "), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_header(a, "p", 1, "Basic " TOKEN), WEB_AUTH_WRONG);
    assert_int_equal(web_auth_password(a, "p", 1, "eve", "right"), WEB_AUTH_WRONG);
    web_auth_free(a);
}

static void failures_are_limited(void **state)
{
    struct web_auth *a = with_eve(TOKEN);
    char peer[20];

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(web_auth_token(a, "p", 1, "wrong"), WEB_AUTH_WRONG);
    /* Right ones, too: else it could be guessed on. */
    assert_int_equal(web_auth_token(a, "p", 2, TOKEN), WEB_AUTH_TOO_OFTEN);
    assert_int_equal(web_auth_password(a, "p", 2, "eve", "right"), WEB_AUTH_TOO_OFTEN);
    assert_int_equal(web_auth_token(a, "q", 2, TOKEN), WEB_AUTH_GOOD);
    assert_int_equal(web_auth_token(a, "p", 61, TOKEN), WEB_AUTH_GOOD);
    /* From many places: passwords cost time, wherever they come from. */
    for (int i = 0; i < 60; i++) {
        snprintf(peer, sizeof(peer), "10.0.0.%d", i);
        assert_int_equal(web_auth_password(a, peer, 100, "eve", "wrong"), WEB_AUTH_WRONG);
    }
    assert_int_equal(web_auth_password(a, "r", 100, "eve", "right"), WEB_AUTH_TOO_OFTEN);
    assert_int_equal(web_auth_token(a, "r", 100, TOKEN), WEB_AUTH_GOOD);
    assert_int_equal(web_auth_password(a, "r", 161, "eve", "right"), WEB_AUTH_GOOD);
    web_auth_free(a);
}

static void sessions_end(void **state)
{
    struct web_auth *a = with_eve(NULL);
    char id[WEB_AUTH_ID_BYTES], other[WEB_AUTH_ID_BYTES];
    char cookies[300];

    (void)state;
    assert_true(web_auth_open(a, 10, id));
    assert_true(web_auth_open(a, 10, other));
    assert_string_not_equal(id, other);
    assert_int_equal(strlen(id), 64);
    snprintf(cookies, sizeof(cookies), "a=b; " WEB_AUTH_COOKIE "=%s; c=d", id);
    assert_true(web_auth_is_open(a, 11, cookies));
    assert_false(web_auth_is_open(a, 10 + 12 * 3600, cookies));
    web_auth_close(a, cookies);
    assert_false(web_auth_is_open(a, 11, cookies));
    snprintf(cookies, sizeof(cookies), WEB_AUTH_COOKIE "=%s", other);
    assert_true(web_auth_is_open(a, 11, cookies));
    cookies[20] ^= 1;
    assert_false(web_auth_is_open(a, 11, cookies));
    assert_false(web_auth_is_open(a, 11, WEB_AUTH_COOKIE "="));
    assert_false(web_auth_is_open(a, 11, NULL));
    snprintf(cookies, sizeof(cookies), "x" WEB_AUTH_COOKIE "=%s", other);
    assert_false(web_auth_is_open(a, 11, cookies));
    /* There is room for so many; the oldest goes. */
    snprintf(cookies, sizeof(cookies), WEB_AUTH_COOKIE "=%s", other);
    for (int i = 0; i < 64; i++)
        assert_true(web_auth_open(a, 20, id));
    assert_false(web_auth_is_open(a, 21, cookies));
    web_auth_free(a);
}

static void ports_have_cookies_of_their_own(void **state)
{
    struct web_auth *a = with_eve(NULL);
    char id[WEB_AUTH_ID_BYTES];
    char cookies[300];

    (void)state;
    web_auth_set_port(a, 8089);
    assert_string_equal(web_auth_cookie(a), WEB_AUTH_COOKIE "_8089");
    assert_true(web_auth_open(a, 10, id));
    snprintf(cookies, sizeof(cookies), "%s_8090=%s; %s=%s", WEB_AUTH_COOKIE, id, WEB_AUTH_COOKIE,
             id);
    assert_false(web_auth_is_open(a, 11, cookies));
    snprintf(cookies, sizeof(cookies), "%s_8090=x; %s=%s", WEB_AUTH_COOKIE, web_auth_cookie(a), id);
    assert_true(web_auth_is_open(a, 11, cookies));
    web_auth_free(a);
}

static void bad_files_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "eve\n", ":$6$salt$hash\n", "eve:secret\n", "eve:ab01FAX.bQRSU\n", "eve:*\n"
    };
    char *token;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        write_file(bad[i]);
        error[0] = '\0';
        assert_null(web_auth_new(path, NULL, error, sizeof(error)));
        assert_non_null(strstr(error, path));
    }
    assert_null(web_auth_new("/nowhere", NULL, error, sizeof(error)));
    assert_null(web_auth_new(NULL, "short", error, sizeof(error)));
    write_file("short\n");
    assert_null(web_auth_read_token(path, error, sizeof(error)));
    write_file("  " TOKEN "  \nmore\n");
    token = web_auth_read_token(path, error, sizeof(error));
    assert_string_equal(token, TOKEN);
    free(token);
}

static void nobody_has_to_when_there_is_nothing(void **state)
{
    struct web_auth *a = web_auth_new(NULL, NULL, error, sizeof(error));

    (void)state;
    assert_false(web_auth_is_needed(a));
    web_auth_free(a);
    web_auth_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_checked),
        cmocka_unit_test(tokens_are_checked),
        cmocka_unit_test(failures_are_limited),
        cmocka_unit_test(sessions_end),
        cmocka_unit_test(ports_have_cookies_of_their_own),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(nobody_has_to_when_there_is_nothing),
    };
    int fd = mkstemp(path);
    int r;

    if (fd < 0)
        return 1;
    close(fd);
    r = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return r;
}
