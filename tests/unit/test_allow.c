/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "sched/allow.h"

#include <errno.h>
#include <string.h>

static struct acri_allow a;
static struct acri_error error;

static int clear(void **state)
{
    (void)state;
    acri_allow_done(&a);
    error.text[0] = '\0';
    return 0;
}

static void add(const char *text)
{
    assert_int_equal(acri_allow_add(&a, text, &error), 0);
}

static void without_a_list_all_are_allowed(void **state)
{
    (void)state;
    assert_true(acri_allow_host(NULL, "example.com"));
    assert_true(acri_allow_host(&a, "example.com"));
    assert_true(acri_allow_host(&a, ""));
    assert_int_equal(acri_allow_check_url(NULL, "http://example.com", &error), 0);
}

static void names_are_compared(void **state)
{
    static const struct {
        const char *host;
        bool is_allowed;
    } rows[] = {
        { "example.com", true },
        { "EXAMPLE.com", true },
        { "example.com.", true },
        { "www.example.com", false },
        { "example.org", false },
        { "example.co", false },
        { "a.wild.test", true },
        { "a.b.wild.test", true },
        { "wild.test", false },
        { "notwild.test", false },
        { ".wild.test", false },
        { "wild.test.org", false },
        { "", false },
        { ".", false },
        { "1.2.3.4", false },
        { "example.com.evil", false },
    };

    (void)state;
    add("example.com");
    add("*.wild.test");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(acri_allow_host(&a, rows[i].host), rows[i].is_allowed);
}

static void numbers_are_looked_for_in_networks(void **state)
{
    static const struct {
        const char *host;
        bool is_allowed;
    } rows[] = {
        { "10.1.2.3", true },        { "11.0.0.0", false },        { "9.255.255.255", false },
        { "192.168.4.0", true },     { "192.168.7.255", true },    { "192.168.8.0", false },
        { "127.0.0.1", true },       { "127.0.0.2", false },       { "2001:db8::5", true },
        { "[2001:db8::5]", true },   { "2001:db9::5", false },     { "::1", false },
        { "::ffff:10.0.0.1", true }, { "::ffff:12.0.0.1", false }, { "[::ffff:10.0.0.1]", true },
        { "[10.0.0.1", false },      { "localhost", false },
    };

    (void)state;
    add("10.0.0.0/8");
    add("192.168.5.77/22");
    add("127.0.0.1");
    add("2001:db8::/32");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(acri_allow_host(&a, rows[i].host), rows[i].is_allowed);
}

static void a_mapped_network_is_the_ipv4_one(void **state)
{
    (void)state;
    add("::ffff:10.0.0.0/104");
    assert_true(acri_allow_host(&a, "10.200.0.1"));
    assert_false(acri_allow_host(&a, "11.0.0.1"));
}

static void a_network_of_all_takes_one_family(void **state)
{
    (void)state;
    add("0.0.0.0/0");
    assert_true(acri_allow_host(&a, "8.8.8.8"));
    assert_false(acri_allow_host(&a, "::1"));
}

static void addresses_are_filtered(void **state)
{
    struct acri_addresses found;

    (void)state;
    add("10.0.0.0/8");
    add("named.test");
    assert_true(acri_address_of_number("10.0.0.1", &found));
    found.list[found.n++] = found.list[0];
    found.list[0].v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(acri_allow_filter(&a, "other.test", &found, &error), 0);
    assert_int_equal(found.n, 1);
    assert_int_equal(ntohl(found.list[0].v4.sin_addr.s_addr), 0x0a000001);
    found.list[0].v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(acri_allow_filter(&a, "named.test", &found, &error), 0);
    assert_int_equal(found.n, 1);
    assert_int_equal(acri_allow_filter(&a, "other.test", &found, &error), -EACCES);
    assert_string_equal(error.text, "other.test is not among the hosts of --allow-host");
}

static void urls_are_taken_apart(void **state)
{
    static const struct {
        const char *url;
        int result;
    } rows[] = {
        { "http://10.0.0.1", 0 },
        { "http://10.0.0.1:8080/x?y", 0 },
        { "https://user:secret@10.0.0.1:8080/", 0 },
        { "http://10.0.0.1@127.0.0.1/", -EACCES },
        { "http://127.0.0.1/@10.0.0.1", -EACCES },
        { "http://[2001:db8::1]:80/", 0 },
        { "http://[::1]:80/", -EACCES },
        { "10.0.0.1:80", 0 },
        { "127.0.0.1:80", -EACCES },
        { "", 0 },
        { "http://", 0 },
        { "http://[", 0 },
    };

    (void)state;
    add("10.0.0.0/8");
    add("2001:db8::/32");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(acri_allow_check_url(&a, rows[i].url, &error), rows[i].result);
}

static void what_is_no_host_is_refused(void **state)
{
    static const char *const texts[] = { "",        "*",        "*.",          "a b",
                                         "host:80", "http://a", "10.0.0.0/33", "10.0.0.0/",
                                         "a*.test", ".test",    "::1/129",     "name/8" };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(acri_allow_add(&a, texts[i], &error), -EINVAL);
        assert_true(error.text[0] != '\0');
    }
    assert_int_equal(a.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_list_all_are_allowed, clear, clear),
        cmocka_unit_test_setup_teardown(names_are_compared, clear, clear),
        cmocka_unit_test_setup_teardown(numbers_are_looked_for_in_networks, clear, clear),
        cmocka_unit_test_setup_teardown(a_mapped_network_is_the_ipv4_one, clear, clear),
        cmocka_unit_test_setup_teardown(a_network_of_all_takes_one_family, clear, clear),
        cmocka_unit_test_setup_teardown(addresses_are_filtered, clear, clear),
        cmocka_unit_test_setup_teardown(urls_are_taken_apart, clear, clear),
        cmocka_unit_test_setup_teardown(what_is_no_host_is_refused, clear, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
