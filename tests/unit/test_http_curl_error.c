/* SPDX-License-Identifier: MIT */
/* curl's failures in words that group. */
#include "support/unit.h"

#include "curl_error.h"

#include <errno.h>

static const char *text_of(CURLcode code, int system_errno, const char *detail)
{
    static char to[192];
    const struct http_curl_failure f = {
        .code = code, .system_errno = system_errno, .detail = detail, .connect_timeout_s = 10
    };

    return http_curl_error_text(&f, to, sizeof to);
}

static void no_failure_has_no_text(void **state)
{
    (void)state;
    assert_null(text_of(CURLE_OK, 0, ""));
}

static void connecting_says_what_the_system_says(void **state)
{
    (void)state;
    assert_string_equal(
        text_of(CURLE_COULDNT_CONNECT, ECONNREFUSED, "Failed to connect to 1.2.3.4"),
        "Connection refused");
    assert_string_equal(text_of(CURLE_COULDNT_CONNECT, 0, ""), "could not connect");
    assert_string_equal(text_of(CURLE_OPERATION_TIMEDOUT, 0, "after 10001 milliseconds"),
                        "connecting timed out after 10 s");
    assert_string_equal(text_of(CURLE_COULDNT_RESOLVE_HOST, 0, "Could not resolve host: x"),
                        "the host's name could not be resolved");
}

static void broken_answers_carry_no_counts(void **state)
{
    (void)state;
    assert_string_equal(text_of(CURLE_PARTIAL_FILE, 0, "transfer closed with 17 bytes remaining"),
                        "connection closed before the answer was complete");
    assert_string_equal(text_of(CURLE_GOT_NOTHING, 0, "Empty reply from server"),
                        "connection closed without an answer");
    assert_string_equal(text_of(CURLE_RECV_ERROR, 0, "Recv failure: Connection reset by peer"),
                        "Connection reset by peer");
    assert_string_equal(text_of(CURLE_RECV_ERROR, 0, "Illegal hex in chunked-encoding"),
                        "invalid HTTP in the answer");
    assert_string_equal(
        text_of(CURLE_UNSUPPORTED_PROTOCOL, 0, "Received HTTP/0.9 when not allowed"),
        "invalid HTTP in the answer");
    assert_string_equal(text_of(CURLE_SEND_ERROR, 0, "Send failure: Broken pipe"), "Broken pipe");
}

static void proxies_are_named(void **state)
{
    char to[192];
    struct http_curl_failure f = {
        .code = CURLE_COULDNT_CONNECT, .system_errno = ECONNREFUSED, .detail = "", .has_proxy = true
    };

    (void)state;
    assert_string_equal(http_curl_error_text(&f, to, sizeof to), "the proxy: Connection refused");
    f = (struct http_curl_failure){ .code = CURLE_RECV_ERROR,
                                    .detail = "CONNECT tunnel failed, response 403",
                                    .has_proxy = true };
    assert_string_equal(http_curl_error_text(&f, to, sizeof to),
                        "the proxy refused the connection: 403 Forbidden");
    f.detail = "Proxy CONNECT aborted";
    assert_string_equal(http_curl_error_text(&f, to, sizeof to), "the proxy closed the connection");
    f = (struct http_curl_failure){ .code = CURLE_COULDNT_RESOLVE_HOST,
                                    .detail = "Could not resolve host: socks.test",
                                    .has_proxy = true };
    assert_string_equal(http_curl_error_text(&f, to, sizeof to),
                        "the proxy's name could not be resolved");
}

static void socks_proxies_say_why(void **state)
{
    char to[192];
    struct http_curl_failure f = { .code = CURLE_PROXY, .detail = "", .has_proxy = true };

    (void)state;
    assert_string_equal(http_curl_error_text(&f, to, sizeof to), "the proxy refused");
    f.proxy_code = CURLPX_REPLY_CONNECTION_REFUSED;
    assert_string_equal(http_curl_error_text(&f, to, sizeof to),
                        "the proxy could not connect: connection refused");
    f.proxy_code = CURLPX_USER_REJECTED;
    assert_string_equal(http_curl_error_text(&f, to, sizeof to),
                        "the proxy refused the user or password");
    f.proxy_code = CURLPX_RESOLVE_HOST;
    assert_string_equal(http_curl_error_text(&f, to, sizeof to),
                        "the host's name could not be resolved");
}

static void a_family_without_source_is_named(void **state)
{
    char to[192];
    struct http_curl_failure f = { .code = CURLE_COULDNT_CONNECT,
                                   .system_errno = EAFNOSUPPORT,
                                   .detail = "",
                                   .has_sources = true };

    (void)state;
    assert_string_equal(http_curl_error_text(&f, to, sizeof to),
                        "no --source-address is of the family of the host's address");
    f.has_sources = false;
    assert_string_equal(http_curl_error_text(&f, to, sizeof to),
                        "Address family not supported by protocol");
}

static void tls_failures_keep_the_reason(void **state)
{
    (void)state;
    assert_string_equal(text_of(CURLE_PEER_FAILED_VERIFICATION, 0,
                                "SSL certificate problem: self-signed certificate"),
                        "TLS failed: SSL certificate problem: self-signed certificate");
}

static void anything_else_says_what_curl_calls_it(void **state)
{
    (void)state;
    assert_string_equal(text_of(CURLE_FTP_ACCEPT_FAILED, 0, ""),
                        curl_easy_strerror(CURLE_FTP_ACCEPT_FAILED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_failure_has_no_text),
        cmocka_unit_test(connecting_says_what_the_system_says),
        cmocka_unit_test(broken_answers_carry_no_counts),
        cmocka_unit_test(proxies_are_named),
        cmocka_unit_test(socks_proxies_say_why),
        cmocka_unit_test(a_family_without_source_is_named),
        cmocka_unit_test(tls_failures_keep_the_reason),
        cmocka_unit_test(anything_else_says_what_curl_calls_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
