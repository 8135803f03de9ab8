/* SPDX-License-Identifier: MIT */
#include "stats/goal_parse.h"

#include "base/duration.h"

#include <acrida/report.h>

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define SHORTEST_S 1.0
#define DEFAULT_HOLD_S 10.0

struct parser {
    struct acri_goal_spec *spec;
    const char *start;
    const char *at;
    struct acri_error *reterr;
};

/* --- words
 * ----------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c != '\0' && strchr(BLANKS, c) != NULL;
}

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, BLANKS);
}

static int refuse(const struct parser *p, const char *at, const char *expected)
{
    char whole[200];
    char found[40];

    /* Control characters of hostile texts do not reach the terminal. */
    snprintf(whole, sizeof(whole), "%.*s", 190, p->start);
    snprintf(found, sizeof(found), "%.*s", 30, at);
    for (char *c = whole; *c != '\0'; c++)
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    for (char *c = found; *c != '\0'; c++)
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    if (*at == '\0')
        return acri_fail(p->reterr, -EINVAL, "goal \"%s\": at its end %s is expected", whole,
                         expected);
    return acri_fail(p->reterr, -EINVAL, "goal \"%s\": at character %zu, \"%s\": %s is expected",
                     whole, (size_t)(at - p->start) + 1, found, expected);
}

/* A word of letters, digits, '_' and '.', and its length; 0 = there is none. */
static size_t word_length(const char *at)
{
    size_t n = 0;

    while (isalnum((unsigned char)at[n]) || at[n] == '_' || at[n] == '.')
        n++;
    return n;
}

static bool takes_word(struct parser *p, const char *word)
{
    size_t n = word_length(p->at);

    if (n != strlen(word) || memcmp(p->at, word, n) != 0)
        return false;
    p->at += n;
    skip_blanks(p);
    return true;
}

/* Past a text in quotes, or NULL when it has no end. at: the first quote. */
static const char *quoted_end(const char *at)
{
    char quote = *at++;

    for (; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == quote)
            return at + 1;
    }
    return NULL;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

static char *unquote(const char *from, const char *end)
{
    char *text = acri_alloc((size_t)(end - from) + 1);
    size_t n = 0;

    for (from++, end--; from < end; from++) {
        if (*from == '\\' && from + 1 < end)
            from++;
        text[n++] = *from;
    }
    return text;
}

/* --- the selector
 * ---------------------------------------------------------------------------------- */

/* The first colon that is not in quotes; NULL = none. */
static const char *find_colon(const char *at)
{
    while (*at != '\0' && *at != ':') {
        if (is_quote(*at)) {
            const char *end = quoted_end(at);

            if (end == NULL)
                return NULL;
            at = end;
        } else {
            at++;
        }
    }
    return *at == ':' ? at : NULL;
}

/* A name up to a blank or the end, or one in quotes. Unquoted "*" is any: NULL. */
static int read_name(struct parser *p, const char *end, char **ret_name)
{
    const char *from = p->at;
    const char *to = from;

    if (is_quote(*from)) {
        to = quoted_end(from);
        if (to == NULL || to > end)
            return refuse(p, from, "a name with both its quotes");
        *ret_name = unquote(from, to);
    } else {
        while (to < end && !is_blank(*to))
            to++;
        if (to == from)
            return refuse(p, from, "a name");
        if (to != from + 1 || *from != '*')
            *ret_name = acri_printf("%.*s", (int)(to - from), from);
    }
    p->at = to;
    return 0;
}

/* "tag=" and so on. */
static bool takes_kind(struct parser *p)
{
    static const struct {
        const char *word;
        enum acri_goal_kind kind;
    } kinds[] = { { "tag=", ACRI_GOAL_TAG },
                  { "counter=", ACRI_GOAL_COUNTER },
                  { "gauge=", ACRI_GOAL_GAUGE },
                  { "trend=", ACRI_GOAL_TREND },
                  { "check=", ACRI_GOAL_CHECK } };

    for (size_t i = 0; i < ACR_LEN(kinds); i++)
        if (strncmp(p->at, kinds[i].word, strlen(kinds[i].word)) == 0) {
            p->at += strlen(kinds[i].word);
            p->spec->kind = kinds[i].kind;
            return true;
        }
    return false;
}

static int read_selector(struct parser *p)
{
    static const char rest[] =
        "':' (a name with spaces or colons goes in quotes: GET \"/a b\": ...)";
    const char *colon = find_colon(p->at);
    int r;

    if (colon == NULL)
        return 0;
    if (takes_kind(p)) {
        r = read_name(p, colon, &p->spec->name);
        if (r == 0 && p->spec->name == NULL)
            r = refuse(p, p->at - 1, "the name of one");
    } else {
        r = read_name(p, colon, &p->spec->name);
        skip_blanks(p);
        if (r == 0 && p->at < colon) {
            p->spec->type = p->spec->name;
            p->spec->name = NULL;
            r = read_name(p, colon, &p->spec->name);
        }
    }
    if (r < 0)
        return r;
    skip_blanks(p);
    if (p->at != colon)
        return refuse(p, p->at, rest);
    p->at++;
    skip_blanks(p);
    return 0;
}

/* --- the column
 * ------------------------------------------------------------------------------------ */

#define OF(kind) (1u << (kind))
#define OF_ENTRIES OF(ACRI_GOAL_ENTRIES)
#define OF_REQUESTS (OF_ENTRIES | OF(ACRI_GOAL_TAG))
#define OF_VALUES (OF_REQUESTS | OF(ACRI_GOAL_TREND))
#define OF_METRICS \
    (OF(ACRI_GOAL_COUNTER) | OF(ACRI_GOAL_GAUGE) | OF(ACRI_GOAL_TREND) | OF(ACRI_GOAL_CHECK))

/* Times are of requests and tags; of trends they are plain numbers. */
static const struct column {
    const char *name;
    unsigned kinds;
    enum acri_goal_column column;
    enum acri_goal_unit unit;
} columns[] = {
    { "requests", OF_REQUESTS, ACRI_GOAL_REQUESTS, ACRI_GOAL_NUMBER },
    { "failures", OF_REQUESTS, ACRI_GOAL_FAILURES, ACRI_GOAL_NUMBER },
    { "fail_ratio", OF_REQUESTS, ACRI_GOAL_FAIL_RATIO, ACRI_GOAL_RATIO },
    { "rps", OF_REQUESTS, ACRI_GOAL_REQUEST_RATE, ACRI_GOAL_PER_S },
    { "fails_per_s", OF_REQUESTS, ACRI_GOAL_FAILURE_RATE, ACRI_GOAL_PER_S },
    { "min", OF_VALUES | OF(ACRI_GOAL_GAUGE), ACRI_GOAL_MIN, ACRI_GOAL_MS },
    { "avg", OF_VALUES, ACRI_GOAL_AVERAGE, ACRI_GOAL_MS },
    { "max", OF_VALUES | OF(ACRI_GOAL_GAUGE), ACRI_GOAL_MAX, ACRI_GOAL_MS },
    { "median", OF_VALUES, ACRI_GOAL_QUANTILE, ACRI_GOAL_MS },
    { "size", OF_ENTRIES, ACRI_GOAL_SIZE, ACRI_GOAL_LENGTH },
    { "bytes", OF_ENTRIES, ACRI_GOAL_BYTES, ACRI_GOAL_LENGTH },
    { "attempts", OF_ENTRIES, ACRI_GOAL_ATTEMPTS, ACRI_GOAL_NUMBER },
    { "cancelled", OF_ENTRIES, ACRI_GOAL_CANCELLED, ACRI_GOAL_NUMBER },
    { "untimed", OF_ENTRIES, ACRI_GOAL_UNTIMED, ACRI_GOAL_NUMBER },
    { "users", OF_ENTRIES, ACRI_GOAL_USERS, ACRI_GOAL_NUMBER },
    { "drop_ratio", OF_ENTRIES, ACRI_GOAL_DROP_RATIO, ACRI_GOAL_RATIO },
    { "count", OF_METRICS, ACRI_GOAL_COUNT, ACRI_GOAL_NUMBER },
    { "sum", OF(ACRI_GOAL_COUNTER) | OF(ACRI_GOAL_TREND), ACRI_GOAL_SUM, ACRI_GOAL_NUMBER },
    { "rate", OF(ACRI_GOAL_COUNTER), ACRI_GOAL_RATE, ACRI_GOAL_PER_S },
    { "last", OF(ACRI_GOAL_GAUGE), ACRI_GOAL_LAST, ACRI_GOAL_NUMBER },
    { "passed", OF(ACRI_GOAL_CHECK), ACRI_GOAL_PASSED, ACRI_GOAL_NUMBER },
    { "failed", OF(ACRI_GOAL_CHECK), ACRI_GOAL_FAILURES, ACRI_GOAL_NUMBER },
    { "ratio", OF(ACRI_GOAL_CHECK), ACRI_GOAL_PASS_RATIO, ACRI_GOAL_RATIO },
};

static const char *columns_of(enum acri_goal_kind kind)
{
    static const char *const texts[] = {
        [ACRI_GOAL_ENTRIES] =
            "a column (p95, p99.9, median, avg, min, max, corrected p99, lateness p99, requests, "
            "failures, fail_ratio, rps, fails_per_s, size, bytes, attempts, cancelled, untimed; of "
            "all: users, drop_ratio)",
        [ACRI_GOAL_TAG] = ("a column of tags (p95, median, avg, min, max, requests, failures, "
                           "fail_ratio, rps, fails_per_s)"),
        [ACRI_GOAL_COUNTER] = "sum, rate or count",
        [ACRI_GOAL_GAUGE] = "last, min, max or count",
        [ACRI_GOAL_TREND] = "p95, median, avg, min, max, sum or count",
        [ACRI_GOAL_CHECK] = "ratio, passed, failed or count",
    };

    return texts[kind];
}

/* "p99.9". Returns: false: it is none. */
static bool read_quantile(const char *word, size_t n, double *ret_quantile)
{
    char digits[16];
    char *end;
    double percent;

    if (n < 2 || n >= sizeof(digits) || word[0] != 'p')
        return false;
    memcpy(digits, word + 1, n - 1);
    digits[n - 1] = '\0';
    if (!isdigit((unsigned char)digits[0]) || digits[strspn(digits, "0123456789.")] != '\0')
        return false;
    percent = strtod(digits, &end);
    if (*end != '\0' || !(percent > 0 && percent <= 100))
        return false;
    *ret_quantile = percent / 100;
    return true;
}

static const struct column *find_column(const char *word, size_t n)
{
    for (size_t i = 0; i < ACR_LEN(columns); i++)
        if (strlen(columns[i].name) == n && memcmp(columns[i].name, word, n) == 0)
            return &columns[i];
    return NULL;
}

/* "corrected p99" or "corrected_p99". */
static bool takes_clock(struct parser *p)
{
    static const struct {
        const char *word;
        uint32_t clock;
    } clocks[] = { { "corrected", ACR_CORRECTED }, { "lateness", ACR_LATENESS } };

    for (size_t i = 0; i < ACR_LEN(clocks); i++) {
        size_t n = strlen(clocks[i].word);

        if (strncmp(p->at, clocks[i].word, n) != 0 || (p->at[n] != '_' && !is_blank(p->at[n])))
            continue;
        p->at += n + 1;
        skip_blanks(p);
        p->spec->clock = clocks[i].clock;
        return true;
    }
    return false;
}

static int read_column(struct parser *p)
{
    struct acri_goal_spec *s = p->spec;
    const char *from = p->at;
    bool has_clock = s->kind == ACRI_GOAL_ENTRIES && takes_clock(p);
    size_t n = word_length(p->at);
    const struct column *found = find_column(p->at, n);
    bool is_time;

    s->quantile = 0.5;
    if (read_quantile(p->at, n, &s->quantile))
        found = find_column("median", 6);
    if (found == NULL || (found->kinds & OF(s->kind)) == 0)
        return refuse(p, has_clock ? p->at : from, columns_of(s->kind));
    is_time = found->unit == ACRI_GOAL_MS;
    if (has_clock && !is_time)
        return refuse(p, p->at, "a time (p99, median, avg, min or max)");
    s->column = found->column;
    s->unit = is_time && (OF(s->kind) & OF_REQUESTS) == 0 ? ACRI_GOAL_NUMBER : found->unit;
    if ((s->column == ACRI_GOAL_USERS || s->column == ACRI_GOAL_DROP_RATIO) &&
        (s->name != NULL || s->type != NULL))
        return refuse(p, from,
                      "a column of requests; this is one of the whole, without a selector");
    p->at += n;
    skip_blanks(p);
    return 0;
}

/* --- the limit
 * ------------------------------------------------------------------------------------- */

static int read_operator(struct parser *p)
{
    static const struct {
        const char *text;
        enum acri_goal_operator operator_;
    } operators[] = { { "<=", ACRI_GOAL_AT_MOST }, { ">=", ACRI_GOAL_AT_LEAST },
                      { "==", ACRI_GOAL_EQUAL },   { "!=", ACRI_GOAL_NOT_EQUAL },
                      { "<", ACRI_GOAL_LESS },     { ">", ACRI_GOAL_MORE } };

    for (size_t i = 0; i < ACR_LEN(operators); i++)
        if (strncmp(p->at, operators[i].text, strlen(operators[i].text)) == 0) {
            p->spec->operator_ = operators[i].operator_;
            p->at += strlen(operators[i].text);
            skip_blanks(p);
            return 0;
        }
    return refuse(p, p->at, "<, <=, >, >=, == or !=");
}

/* What a limit may be followed by, and by how much that multiplies it. */
static const struct unit {
    const char *name; /* "" = none */
    enum acri_goal_unit unit;
    double factor;
} units[] = {
    { "ns", ACRI_GOAL_MS, 1e-6 },
    { "us", ACRI_GOAL_MS, 1e-3 },
    { "\xc2\xb5s", ACRI_GOAL_MS, 1e-3 },
    { "ms", ACRI_GOAL_MS, 1 },
    { "s", ACRI_GOAL_MS, 1e3 },
    { "m", ACRI_GOAL_MS, 6e4 },
    { "%", ACRI_GOAL_RATIO, 0.01 },
    { "", ACRI_GOAL_RATIO, 1 },
    { "/s", ACRI_GOAL_PER_S, 1 },
    { "/m", ACRI_GOAL_PER_S, 1.0 / 60 },
    { "/h", ACRI_GOAL_PER_S, 1.0 / 3600 },
    { "", ACRI_GOAL_PER_S, 1 },
    { "B", ACRI_GOAL_LENGTH, 1 },
    { "kB", ACRI_GOAL_LENGTH, 1e3 },
    { "MB", ACRI_GOAL_LENGTH, 1e6 },
    { "GB", ACRI_GOAL_LENGTH, 1e9 },
    { "", ACRI_GOAL_LENGTH, 1 },
    { "", ACRI_GOAL_NUMBER, 1 },
};

/* Plain decimals: strtod would also take "inf", "nan" and hexadecimal. */
static bool takes_number(struct parser *p, double *ret_number)
{
    const char *at = p->at;
    const char *digits;
    char *end;

    if (*at == '-' || *at == '+')
        at++;
    digits = at;
    at += strspn(at, "0123456789");
    if (*at == '.')
        at += 1 + strspn(at + 1, "0123456789");
    if (at == digits || (at == digits + 1 && *digits == '.') || at - p->at > 40)
        return false;
    if ((*at == 'e' || *at == 'E') && isdigit((unsigned char)at[1]))
        at += 1 + strspn(at + 1, "0123456789");
    *ret_number = strtod(p->at, &end);
    if (end != at || !isfinite(*ret_number))
        return false;
    p->at = at;
    return true;
}

static int read_limit(struct parser *p)
{
    static const char *const expected[] = {
        [ACRI_GOAL_NUMBER] = "a plain number",
        [ACRI_GOAL_MS] = "a time with its unit, such as 500ms, 1.5s or 20us",
        [ACRI_GOAL_RATIO] = "a share, such as 1% or 0.01",
        [ACRI_GOAL_PER_S] = "a rate, such as 1000, 1000/s or 30/m",
        [ACRI_GOAL_LENGTH] = "a length, such as 2048, 10kB or 1MB",
    };
    struct acri_goal_spec *s = p->spec;
    const char *from = p->at;
    size_t n = 0;
    double number;

    if (!takes_number(p, &number))
        return refuse(p, from, expected[s->unit]);
    /* "500 ms" is fine; but what follows a blank may be "over" as well. */
    if (is_blank(*p->at)) {
        const char *next = p->at + strspn(p->at, BLANKS);

        n = strcspn(next, BLANKS);
        for (size_t i = 0; i < ACR_LEN(units); i++)
            if (units[i].unit == s->unit && n > 0 && strlen(units[i].name) == n &&
                memcmp(units[i].name, next, n) == 0)
                p->at = next;
    }
    n = strcspn(p->at, BLANKS);
    for (size_t i = 0; i < ACR_LEN(units); i++) {
        if (units[i].unit != s->unit || strlen(units[i].name) != n ||
            memcmp(units[i].name, p->at, n) != 0)
            continue;
        s->limit = number * units[i].factor;
        p->at += n;
        skip_blanks(p);
        return 0;
    }
    return refuse(p, from, expected[s->unit]);
}

/* --- when it counts
 * -------------------------------------------------------------------------------- */

static int read_time(struct parser *p, double *ret_s)
{
    static const char expected[] = "a time from 1s on, such as 10s, 30m or 1h30m";
    const char *from = p->at;
    size_t n = strcspn(p->at, BLANKS);
    char text[64];

    if (n == 0 || n >= sizeof(text))
        return refuse(p, from, expected);
    memcpy(text, p->at, n);
    text[n] = '\0';
    if (acri_duration_parse(text, ret_s) < 0 || *ret_s < SHORTEST_S)
        return refuse(p, from, expected);
    p->at += n;
    skip_blanks(p);
    return 0;
}

/* "100 rps", "100/s". */
static int read_load(struct parser *p)
{
    const char *from = p->at;
    struct acri_goal_spec *s = p->spec;

    if (!takes_number(p, &s->load) || s->load <= 0)
        return refuse(p, from, "a load, such as 100 rps");
    skip_blanks(p);
    if (strncmp(p->at, "/s", 2) == 0 && (p->at[2] == '\0' || is_blank(p->at[2]))) {
        p->at += 2;
        skip_blanks(p);
    } else if (!takes_word(p, "rps")) {
        return refuse(p, p->at, "\"rps\"");
    }
    s->hold_s = DEFAULT_HOLD_S;
    return takes_word(p, "for") ? read_time(p, &s->hold_s) : 0;
}

static int read_rest(struct parser *p)
{
    struct acri_goal_spec *s = p->spec;
    const char *from;
    int r = 0;

    while (r == 0 && *(from = p->at) != '\0') {
        if (s->over_s <= 0 && takes_word(p, "over"))
            r = read_time(p, &s->over_s);
        else if (s->load <= 0 && takes_word(p, "at"))
            r = read_load(p);
        else if (!s->is_abort && takes_word(p, "abort"))
            s->is_abort = true;
        else
            r = refuse(p, from, "\"over 10s\", \"at 100 rps for 5m\", \"abort\" or its end");
        if (r == 0 && s->kind == ACRI_GOAL_GAUGE && s->column != ACRI_GOAL_LAST &&
            (s->over_s > 0 || s->load > 0))
            r = refuse(p, from, "its end: of a gauge only \"last\" has a mean over time");
    }
    return r;
}

int acri_goal_parse(const char *text, struct acri_goal_spec *ret_spec, struct acri_error *reterr)
{
    struct parser p = { .spec = ret_spec, .start = text, .at = text, .reterr = reterr };
    int r = 0;

    *ret_spec = (struct acri_goal_spec){ .text = NULL };
    if (strlen(text) > ACRI_GOAL_TEXT_MAX)
        r = acri_fail(reterr, -EINVAL, "a goal is longer than %u bytes: \"%.40s...\"",
                      ACRI_GOAL_TEXT_MAX, text);
    skip_blanks(&p);
    if (r == 0)
        r = read_selector(&p);
    if (r == 0)
        r = read_column(&p);
    if (r == 0)
        r = read_operator(&p);
    if (r == 0)
        r = read_limit(&p);
    if (r == 0)
        r = read_rest(&p);
    if (r < 0)
        acri_goal_spec_done(ret_spec);
    else
        ret_spec->text = acri_strdup(text);
    return r;
}

size_t acri_goal_parse_split(const char **text, const char **ret_goal)
{
    const char *at = *text + strspn(*text, BLANKS ";");
    const char *from = at;
    size_t n;

    while (*at != '\0' && *at != ';') {
        const char *end = is_quote(*at) ? quoted_end(at) : NULL;

        at = end != NULL ? end : at + 1;
    }
    *ret_goal = from;
    *text = at;
    n = (size_t)(at - from);
    while (n > 0 && is_blank(from[n - 1]))
        n--;
    return n;
}
