/* SPDX-License-Identifier: MIT */
/* What is said of each pattern, and the JSON of those found. */
#include "results/json_text.h"
#include "results/patterns.h"

#include <math.h>

#define TEXTS 4
#define DIGITS 6 /* as in the history that they are made of */

struct words {
    const char *name;
    const char *causes[TEXTS];
    const char *fixes[TEXTS];
};

static const struct words words[] = {
    [PATTERN_NONE] = { .name = "none" },
    [PATTERN_LINEAR] = {
        "linear",
        { "Every request costs the same CPU time, and requests wait in line for it.",
          "A lock, or one thread or connection that all of them share, lets one through at a time." },
        { "Make the single request cheaper: cache its result, improve its queries.",
          "Let more of them run side by side: more workers, more cores, finer locks." },
    },
    [PATTERN_CLIFF] = {
        "cliff",
        { "A limited supply is used up at the knee: connections of a database pool, threads, "
          "descriptors, memory.",
          "Timeouts and retries behind it add load to what is already too much." },
        { "Find the pool or limit that matches the knee, and size it for the load that is wanted.",
          "Refuse early what is beyond it, so that the rest is served (queue limits, load "
          "shedding).", },
    },
    [PATTERN_SAWTOOTH] = {
        "sawtooth",
        { "Garbage collection stops the program at intervals.",
          "A cache expires and is filled anew, or a pool is renewed, all at once.",
          "A periodic job (backup, flush, compaction) takes the same disk or CPU." },
        { "Compare the period with logs of the garbage collector, cache lifetimes and timed jobs.",
          "Tune the collector; let entries expire at random times or renew them beforehand; move "
          "the job." },
    },
    [PATTERN_SPIKE] = {
        "spike",
        { "This work is far more expensive than the rest: a query without an index, a query for each "
          "row, an answer without a limit.",
          "Something it alone depends on has become slow: a table, a shard, a service behind it." },
        { "Look at this endpoint's queries and calls at that time; index, join or page them.",
          "Give it a timeout and a pool of its own, so that it cannot slow the others." },
    },
    [PATTERN_DRIFT] = {
        "drift",
        { "Something grows with each request: a table that is searched, a list, a log, sessions.",
          "Memory leaks, and the garbage collector or the page cache has less and less to work "
          "with." },
        { "Watch sizes over the run: rows, heap, open descriptors, queue lengths.",
          "Bound what grows (expiry, paging, an index), and repeat the run for hours." },
    },
    [PATTERN_SATURATION] = {
        "saturation",
        { "One resource is busy all the time: CPU, a disk, a link, a pool of workers; what comes "
          "beyond waits.",
          "A rate limit or a proxy in front lets no more through." },
        { "Find what is at its limit at the knee, and widen it or ask less of it.",
          "Plan for less load than at the knee: behind it every queue only grows." },
    },
};

static const char *const generator_busy =
    "The load generator's own CPU was at its limit there: it may be what is measured. Use more "
    "threads or workers.";

const char *patterns_name(enum pattern_kind kind)
{
    return words[kind].name;
}

const char *patterns_advice(const struct pattern *p, bool is_fix, size_t index)
{
    const char *const *texts = is_fix ? words[p->kind].fixes : words[p->kind].causes;

    if (p->is_generator_busy && !is_fix && index == 0)
        return generator_busy;
    index -= p->is_generator_busy && !is_fix;
    return index < TEXTS ? texts[index] : NULL;
}

static void advice(struct json_text *j, const char *key, const struct pattern *p, bool is_fix)
{
    const char *text;

    json_text_open(j, key, '[');
    for (size_t i = 0; (text = patterns_advice(p, is_fix, i)) != NULL; i++)
        json_text_string(j, NULL, text);
    json_text_close(j, ']');
}

static const char *slope_unit(const struct pattern *p)
{
    if (!isfinite(p->slope))
        return NULL;
    if (p->kind == PATTERN_DRIFT)
        return "ms per minute";
    return p->is_open ? "ms per arrival/s" : "ms per user";
}

static void place(struct json_text *j, const struct pattern *p)
{
    static const char *const what[] = {
        [PATTERN_AT_USERS] = "users",
        [PATTERN_AT_REQUEST_RATE] = "requests_per_s",
        [PATTERN_AT_ARRIVAL_RATE] = "arrivals_per_s",
        [PATTERN_AT_TIME] = "time_s",
    };

    if (p->at_what == PATTERN_AT_NOTHING) {
        json_text_null(j, "at");
        return;
    }
    json_text_open(j, "at", '{');
    json_text_string(j, "what", what[p->at_what]);
    json_text_rounded(j, "value", p->at, DIGITS);
    json_text_close(j, '}');
}

static void one(struct json_text *j, const struct pattern *p)
{
    json_text_open(j, NULL, '{');
    json_text_string(j, "pattern", patterns_name(p->kind));
    json_text_string(j, "title", p->title);
    json_text_string(j, "evidence", p->evidence);
    json_text_string(j, "type", p->type);
    json_text_string(j, "name", p->name);
    json_text_bool(j, "is_broken", p->is_broken);
    json_text_rounded(j, "from_s", p->from_s, DIGITS);
    json_text_rounded(j, "to_s", p->to_s, DIGITS);
    place(j, p);
    json_text_rounded(j, "before_ms", p->before_ms, DIGITS);
    json_text_rounded(j, "after_ms", p->after_ms, DIGITS);
    json_text_rounded(j, "period_s", p->period_s, DIGITS);
    json_text_rounded(j, "slope", p->slope, DIGITS);
    if (slope_unit(p) != NULL)
        json_text_string(j, "slope_unit", slope_unit(p));
    else
        json_text_null(j, "slope_unit");
    json_text_rounded(j, "slope_low", p->slope_low, DIGITS);
    json_text_rounded(j, "slope_high", p->slope_high, DIGITS);
    json_text_rounded(j, "recovery_s", p->recovery_s, DIGITS);
    json_text_rounded(j, "goodness", p->goodness, DIGITS);
    advice(j, "causes", p, false);
    advice(j, "fixes", p, true);
    json_text_close(j, '}');
}

void patterns_json(struct json_text *j, const struct pattern *found, size_t n)
{
    json_text_open(j, "patterns", '[');
    for (size_t i = 0; i < n; i++)
        one(j, &found[i]);
    json_text_close(j, ']');
}

void patterns_json_of(struct json_text *j, const struct acr_snapshot *s)
{
    struct pattern found[PATTERNS_MAX];

    patterns_json(j, found, patterns_of_snapshot(s, found, PATTERNS_MAX));
}
