/* SPDX-License-Identifier: MIT */
/* The thread that serves the page, and clients that mean no good. */
#include "support/unit.h"

#include "client.h"
#include "server.h"

#include "golden/sample.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct world {
    struct metrics_server *server;
    struct sample sample;
    uint16_t port;
};

static const struct openmetrics_options defaults = { .n_buckets = 0 };

static void begin(struct world *w, const char *token)
{
    const struct metrics_server_options o = { .host = "127.0.0.1", .token = token };
    char error[200] = "";

    w->server = metrics_server_new(&o, &w->port, error, sizeof(error));
    if (w->server == NULL)
        fail_msg("%s", error);
    sample_make(&w->sample, 2, true);
    metrics_page_tick(metrics_server_page(w->server), NULL, &defaults, true);
}

static void end(struct world *w)
{
    metrics_server_free(w->server);
    sample_done(&w->sample);
}

static int come(const struct world *w)
{
    const struct sockaddr_in to = { .sin_family = AF_INET,
                                    .sin_port = htons(w->port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* All up to the end. */
static const char *hear(int fd)
{
    static char text[200000];
    size_t n = 0;
    ssize_t more;

    while ((more = recv(fd, text + n, sizeof(text) - 1 - n, 0)) > 0)
        n += (size_t)more;
    assert_int_equal(more, 0);
    text[n] = '\0';
    close(fd);
    return text;
}

static const char *ask(const struct world *w, const char *head)
{
    int fd = come(w);

    say(fd, head);
    return hear(fd);
}

#define GET "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"

static void before_the_run_and_after_it_there_is_no_waiting(void **state)
{
    struct world w;
    const char *text;

    (void)state;
    begin(&w, NULL);
    text = ask(&w, GET "\r\n");
    assert_non_null(strstr(text, "acrida_state{acrida_state=\"ready\"} 1\n"));
    assert_non_null(strstr(text, "text/plain; version=0.0.4"));
    metrics_page_tick(metrics_server_page(w.server), &w.sample.snapshot, &defaults, true);
    text = ask(&w, GET "Accept: application/openmetrics-text\r\n\r\n");
    assert_non_null(strstr(text, "application/openmetrics-text; version=1.0.0"));
    assert_non_null(strstr(text, "acrida_state{acrida_state=\"running\"} 1\n"));
    assert_string_equal(text + strlen(text) - 6, "# EOF\n");
    end(&w);
}

static void who_asks_between_two_ticks_gets_the_later(void **state)
{
    struct world w;
    struct metrics_page *page;
    int fd;

    (void)state;
    begin(&w, NULL);
    page = metrics_server_page(w.server);
    /* Too dear to be made beforehand, or not asked for yet. */
    metrics_page_tick(page, &w.sample.snapshot, &defaults, false);
    assert_null(metrics_page_take(page, true, true));
    fd = come(&w);
    say(fd, GET "\r\n");
    metrics_page_tick(page, &w.sample.snapshot, &defaults, false);
    assert_non_null(strstr(hear(fd), "acrida_state{acrida_state=\"running\"} 1\n"));
    end(&w);
}

static void it_is_known_whether_the_last_page_was_sent(void **state)
{
    struct world w;
    struct metrics_page *page;

    (void)state;
    begin(&w, NULL);
    page = metrics_server_page(w.server);
    assert_false(metrics_page_was_sent(page));
    ask(&w, GET "\r\n");
    /* The thread notes it before it closes. */
    assert_true(metrics_page_was_sent(page));
    metrics_page_tick(page, &w.sample.snapshot, &defaults, true);
    assert_false(metrics_page_was_sent(page));
    end(&w);
}

static void a_text_lives_as_long_as_somebody_has_it(void **state)
{
    struct world w;
    struct metrics_page *page;
    struct metrics_text *old;

    (void)state;
    begin(&w, NULL);
    page = metrics_server_page(w.server);
    old = metrics_page_take(page, true, true);
    assert_non_null(old);
    for (int i = 0; i < 3; i++)
        metrics_page_tick(page, &w.sample.snapshot, &defaults, true);
    assert_memory_equal(old->text.data, "# TYPE", 6);
    metrics_page_drop(page, old, true);
    assert_false(metrics_page_was_sent(page)); /* that was an old one */
    end(&w);
}

static void silent_clients_make_room(void **state)
{
    struct world w;
    int silent[40];

    (void)state;
    begin(&w, NULL);
    for (size_t i = 0; i < ACR_LEN(silent); i++) {
        silent[i] = come(&w);
        if (i % 2 == 0)
            say(silent[i], "GET /metr");
    }
    assert_non_null(strstr(ask(&w, GET "\r\n"), "HTTP/1.1 200 OK"));
    for (size_t i = 0; i < ACR_LEN(silent); i++)
        close(silent[i]);
    end(&w);
}

static void nonsense_is_refused(void **state)
{
    char head[6000];
    struct world w;

    (void)state;
    begin(&w, NULL);
    assert_non_null(strstr(ask(&w, "\x16\x03\x01\r\n\r\n"), "HTTP/1.1 400 "));
    assert_non_null(strstr(ask(&w, "GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 404 "));
    assert_non_null(strstr(ask(&w, "DELETE /metrics HTTP/1.1\r\n\r\n"), "Allow: GET, HEAD\r\n"));
    assert_non_null(strstr(ask(&w, "GET /metrics HTTP/1.1\r\nHost: evil.com\r\n\r\n"), " 403 "));
    memset(head, 'a', sizeof(head));
    memcpy(head, "GET /metrics HTTP/1.1\r\nX: ", 26);
    head[METRICS_HEAD_BYTES] = '\0';
    assert_non_null(strstr(ask(&w, head), "HTTP/1.1 431 "));
    assert_non_null(strstr(ask(&w, "HEAD /metrics HTTP/1.1\r\n\r\n"), "\r\n\r\n"));
    assert_null(strstr(ask(&w, "HEAD /metrics HTTP/1.1\r\n\r\n"), "acrida_state"));
    end(&w);
}

static void a_token_is_asked_for(void **state)
{
    struct world w;

    (void)state;
    begin(&w, "0123456789abcdef");
    assert_non_null(strstr(ask(&w, GET "\r\n"), "HTTP/1.1 401 "));
    assert_non_null(strstr(ask(&w, GET "Authorization: Bearer 0123456789abcdef\r\n\r\n"), " 200 "));
    end(&w);
}

static void places_that_cannot_be_are_told(void **state)
{
    static const struct {
        const char *host;
        const char *error;
    } bad[] = { { "0.0.0.0", "--metrics-token-file" },
                { "::", "--metrics-token-file" },
                { "192.0.2.1", "--metrics-token-file" },
                { "no such host", "--metrics-host" } };
    char error[400];
    struct world w;
    uint16_t port;

    (void)state;
    for (size_t i = 0; i < ACR_LEN(bad); i++) {
        const struct metrics_server_options o = { .host = bad[i].host };

        assert_null(metrics_server_new(&o, &port, error, sizeof(error)));
        assert_non_null(strstr(error, bad[i].error));
    }
    begin(&w, NULL);
    {
        const struct metrics_server_options o = { .host = "127.0.0.1", .port = w.port };

        assert_null(metrics_server_new(&o, &port, error, sizeof(error)));
        assert_non_null(strstr(error, "Address already in use"));
    }
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_run_and_after_it_there_is_no_waiting),
        cmocka_unit_test(who_asks_between_two_ticks_gets_the_later),
        cmocka_unit_test(it_is_known_whether_the_last_page_was_sent),
        cmocka_unit_test(a_text_lives_as_long_as_somebody_has_it),
        cmocka_unit_test(silent_clients_make_room),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(a_token_is_asked_for),
        cmocka_unit_test(places_that_cannot_be_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
