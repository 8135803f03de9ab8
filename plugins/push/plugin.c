/* SPDX-License-Identifier: MIT */
/* libacrida-push: --statsd, --influx, --otlp. */
#include "formats.h"
#include "outlet.h"

#include <acrida/acrida.h>
#include <acrida/control.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* For what is left at the end. */
#define LAST_S 3.0

enum format { STATSD, INFLUX, OTLP, N_FORMATS };

/* One per process; hooks run one after another on the control loop. */
static struct {
    struct outlet outlets[N_FORMATS];
    struct statsd statsd;
    char url[512]; /* of StatsD */
    uint64_t due_ns;
} push;

static bool is_used(int i)
{
    return push.outlets[i].name != NULL;
}

/* --- options
 * ------------------------------------------------------------------------------------------ */

static int refuse(struct acr_user *u, const char *why)
{
    acr_set_exit_code(2); /* a mistake of usage */
    return acr_raise(u, "%s", why);
}

/* A secret must stay one line of a header. */
static bool is_word(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text >= 0x7f)
            return false;
    return true;
}

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

static int check_url(struct acr_user *u, const char *option, const char *url, bool may_be_udp)
{
    if (begins(url, "http://") || begins(url, "https://") || (may_be_udp && begins(url, "udp://")))
        return 0;
    return refuse(u, acr_fmt(u, "--%s: a URL begins with http:// or https://%s", option,
                             may_be_udp ? ", or with udp:// for datagrams" : ""));
}

static int init_influx(struct acr_user *u)
{
    const char *url = acr_option_string("influx");
    const char *token = acr_option_string("influx-token");
    char *headers = NULL;
    size_t bytes = strlen(token) + 128;
    int r;

    if (*url == '\0')
        return 0;
    r = check_url(u, "influx", url, true);
    if (r == 0 && !is_word(token))
        r = refuse(u, "--influx-token: a token has neither spaces nor control characters");
    if (r != 0)
        return r;
    headers = malloc(bytes);
    if (headers != NULL)
        snprintf(headers, bytes, "Content-Type: text/plain; charset=utf-8%s%s",
                 *token != '\0' ? "\nAuthorization: Token " : "", token);
    outlet_init(&push.outlets[INFLUX], "influx", url, headers);
    return 0;
}

/* "name=value,name=value" as OpenTelemetry's own variable has them. */
static int init_otlp(struct acr_user *u)
{
    const char *url = acr_option_string("otlp");
    const char *given = acr_option_string("otlp-headers");
    struct csv_text headers = { .data = NULL };
    int r;

    if (*url == '\0')
        return 0;
    r = check_url(u, "otlp", url, false);
    if (r != 0)
        return r;
    csv_text_append(&headers, "Content-Type: application/json", 30);
    while (*given != '\0') {
        size_t n = strcspn(given, ",");
        const char *equals = memchr(given, '=', n);

        if (equals == NULL || equals == given || strpbrk(given, "\r\n") != NULL) {
            csv_text_done(&headers);
            return refuse(u, "--otlp-headers: write NAME=VALUE,NAME=VALUE");
        }
        csv_text_append(&headers, "\n", 1);
        csv_text_append(&headers, given, (size_t)(equals - given));
        csv_text_append(&headers, ": ", 2);
        csv_text_append(&headers, equals + 1, n - (size_t)(equals - given) - 1);
        given += n + (given[n] == ',');
    }
    csv_text_append(&headers, "", 1);
    outlet_init(&push.outlets[OTLP], "otlp", url, headers.data);
    return 0;
}

static int init_statsd(struct acr_user *u)
{
    const char *to = acr_option_string("statsd");
    const char *colon = strrchr(to, ':');
    const char *prefix = acr_option_string("statsd-prefix");
    long port = colon != NULL ? strtol(colon + 1, NULL, 10) : 0;

    if (*to == '\0')
        return 0;
    if (port <= 0 || port > 65535 || strlen(to) > 400)
        return refuse(u, "--statsd: write HOST:PORT, such as 127.0.0.1:8125");
    if (!is_word(prefix) || strpbrk(prefix, ":|@#") != NULL)
        return refuse(u, "--statsd-prefix: letters, digits, dots, such as 'shop.load.'");
    snprintf(push.url, sizeof(push.url), "udp://%s", to);
    push.statsd.prefix = prefix;
    push.statsd.has_tags = acr_option_flag("statsd-tags");
    outlet_init(&push.outlets[STATSD], "statsd", push.url, NULL);
    return 0;
}

static int init(struct acr_user *u)
{
    int r;

    if (acr_is_worker()) /* its master pushes the sums */
        return 0;
    r = init_statsd(u);
    if (r == 0)
        r = init_influx(u);
    return r != 0 ? r : init_otlp(u);
}

/* --- the run
 * ------------------------------------------------------------------------------------------ */

static double unix_now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void offer(const struct acr_snapshot *s)
{
    double now_s = unix_now_s();

    for (int i = 0; i < N_FORMATS; i++) {
        struct csv_text text = { .data = NULL };

        if (!is_used(i))
            continue;
        if (i == STATSD)
            statsd_write(&push.statsd, &text, s);
        else if (i == INFLUX)
            influx_write(&text, s, now_s);
        else
            otlp_write(&text, s, now_s);
        outlet_offer(&push.outlets[i], &text);
    }
}

static int run(struct acr_user *u, void *arg)
{
    return outlet_run(u, *(struct outlet **)arg);
}

static int test_start(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    statsd_done(&push.statsd); /* there may have been a run before */
    push.due_ns = 0;
    for (int i = 0; i < N_FORMATS; i++) {
        struct outlet *o = &push.outlets[i];

        if (is_used(i))
            (void)acr_spawn(u, run, &o, sizeof(struct outlet *));
    }
    return 0;
}

static int tick(struct acr_user *u, const struct acr_snapshot *s)
{
    double interval_s = acr_option_number("push-interval", 5);
    uint64_t now_ns = acr_now_ns();

    (void)u;
    if (now_ns < push.due_ns)
        return 0;
    /* Half a second before: ticks come a little earlier or later. */
    push.due_ns = now_ns + (uint64_t)((interval_s > 1 ? interval_s - 0.5 : 0.5) * 1e9);
    offer(s);
    return 0;
}

static int finish(struct acr_user *u, void *arg)
{
    outlet_finish(u, *(struct outlet **)arg, acr_now_ns() + (uint64_t)(LAST_S * 1e9));
    return 0;
}

/* The last numbers, whatever the interval. One that is not there takes no time from the others. */
static int test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    offer(s);
    for (int i = 0; i < N_FORMATS; i++) {
        struct outlet *o = &push.outlets[i];

        if (is_used(i))
            (void)acr_spawn(u, finish, &o, sizeof(struct outlet *));
    }
    (void)acr_join_all(u);
    return 0;
}

static int quit(struct acr_user *u, const struct acr_quit_event *e)
{
    (void)u;
    (void)e;
    for (int i = 0; i < N_FORMATS; i++)
        outlet_done(&push.outlets[i]);
    statsd_done(&push.statsd);
    return 0;
}

static const struct acr_option options[] = {
    { .name = "statsd",
      .metavar = "HOST:PORT",
      .help = "Push numbers to a StatsD server, by UDP.",
      .is_local = true },
    { .name = "statsd-prefix",
      .metavar = "TEXT",
      .help = "What their names begin with.",
      .default_value = "acrida.",
      .is_local = true },
    { .name = "statsd-tags",
      .help = "Method and name as Datadog's tags, instead of as parts of the names.",
      .kind = ACR_OPTION_FLAG,
      .is_local = true },
    { .name = "influx",
      .metavar = "URL",
      .help = "Push numbers to an InfluxDB: http://HOST:8086/write?db=NAME, or "
              "http://HOST:8086/api/v2/write?org=ORG&bucket=NAME, or udp://HOST:8089.",
      .is_local = true },
    { .name = "influx-token",
      .metavar = "TOKEN",
      .help = "Token of the InfluxDB; better in ACRIDA_INFLUX_TOKEN or a configuration file.",
      .is_secret = true,
      .is_local = true },
    { .name = "otlp",
      .metavar = "URL",
      .help = "Push numbers by OTLP/HTTP as JSON: http://HOST:4318/v1/metrics.",
      .is_local = true },
    { .name = "otlp-headers",
      .metavar = "NAME=VALUE,...",
      .help = "Headers to send along; better in ACRIDA_OTLP_HEADERS.",
      .is_secret = true,
      .is_local = true },
    { .name = "push-interval",
      .metavar = "TIME",
      .help = "Push so often, at most once a second.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "5s",
      .is_local = true },
};

static const struct acr_hooks hooks = {
    .init = init,
    .test_start = test_start,
    .tick = tick,
    .test_stop = test_stop,
    .quit = quit,
};

ACR_PLUGIN(.name = "push", .version = ACRIDA_VERSION, .options = options,
           .n_options = ACR_LEN(options), .hooks = &hooks);
