/* SPDX-License-Identifier: MIT */
/* Shares of connections, and the end of those on which nothing is asked. */
#include "support/unit.h"

#include "visitors.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener;

struct pair {
    int here;
    int there;
};

static int set_up(void **state)
{
    struct sockaddr_in any = { .sin_family = AF_INET };

    (void)state;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    return bind(listener, (struct sockaddr *)&any, sizeof(any)) == 0 ? listen(listener, 200) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return close(listener);
}

static struct pair come_from(const char *address)
{
    struct pair p = { .there = socket(AF_INET, SOCK_STREAM, 0) };
    struct sockaddr_in from = { .sin_family = AF_INET };
    struct sockaddr_in to;
    socklen_t bytes = sizeof(to);

    inet_pton(AF_INET, address, &from.sin_addr);
    assert_int_equal(bind(p.there, (struct sockaddr *)&from, sizeof(from)), 0);
    getsockname(listener, (struct sockaddr *)&to, &bytes);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    assert_int_equal(connect(p.there, (struct sockaddr *)&to, sizeof(to)), 0);
    p.here = accept(listener, NULL, NULL);
    assert_true(p.here >= 0);
    return p;
}

static void leave(const struct pair *p)
{
    close(p->here);
    close(p->there);
}

static bool is_shut(const struct pair *p)
{
    char c;

    return recv(p->there, &c, 1, MSG_DONTWAIT) == 0;
}

static void an_address_has_its_share(void **state)
{
    struct web_visitors *v = web_visitors_new();
    struct pair all[WEB_VISITORS_OF_ADDRESS];
    struct pair more, other;

    (void)state;
    for (size_t i = 0; i < WEB_VISITORS_OF_ADDRESS; i++) {
        all[i] = come_from("127.0.0.1");
        assert_true(web_visitors_came(v, all[i].here, 0));
    }
    more = come_from("127.0.0.1");
    assert_false(web_visitors_came(v, more.here, 0));
    assert_true(is_shut(&more));
    leave(&more);
    other = come_from("127.0.0.2");
    assert_true(web_visitors_came(v, other.here, 0));
    /* One goes, and its descriptor is another's: the place is free. */
    leave(&all[0]);
    all[0] = come_from("127.0.0.1");
    assert_true(web_visitors_came(v, all[0].here, 0));
    assert_false(is_shut(&all[0]) || is_shut(&other));
    for (size_t i = 0; i < WEB_VISITORS_OF_ADDRESS; i++)
        leave(&all[i]);
    leave(&other);
    web_visitors_free(v);
    web_visitors_free(NULL);
}

static void who_never_asks_goes(void **state)
{
    struct web_visitors *v = web_visitors_new();
    struct pair slow = come_from("127.0.0.1");
    struct pair busy = come_from("127.0.0.1");
    struct pair gone = come_from("127.0.0.1");
    struct pair another;

    (void)state;
    assert_true(web_visitors_came(v, slow.here, 100));
    assert_true(web_visitors_came(v, busy.here, 100));
    assert_true(web_visitors_came(v, gone.here, 100));
    web_visitors_asked(v, busy.here);
    leave(&gone);
    another = come_from("127.0.0.1"); /* that nobody has told of, with the same descriptor */
    web_visitors_step(v, 100 + WEB_VISITORS_PATIENCE_S);
    assert_false(is_shut(&slow));
    web_visitors_step(v, 101 + WEB_VISITORS_PATIENCE_S);
    assert_true(is_shut(&slow));
    assert_false(is_shut(&busy) || is_shut(&another));
    web_visitors_answered(v, busy.here, 1000);
    web_visitors_step(v, 1000 + WEB_VISITORS_PATIENCE_S);
    assert_false(is_shut(&busy));
    web_visitors_step(v, 1001 + WEB_VISITORS_PATIENCE_S);
    assert_true(is_shut(&busy));
    leave(&slow);
    leave(&busy);
    leave(&another);
    web_visitors_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_has_its_share),
        cmocka_unit_test(who_never_asks_goes),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
