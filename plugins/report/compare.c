/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include "compare_math.h"
#include "compare_pair.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIFFERENCES 4096
#define SAME_LOAD 0.02    /* by how much the mean of users or arrivals may differ */
#define SAME_RATIO 0.005  /* of failures: half a percentage point */
#define FEW_FAILURES 5    /* fewer in both say nothing of their ratio */
#define FEW_STRETCHES 1.9 /* independent ones: below there are fewer than six at all */
#define MOST_GAPS 0.2     /* of the stretches may be without requests */

static const struct {
    const char *name;
    double few_requests; /* with fewer in a run nothing is said */
} metrics[] = {
    [COMPARE_RATE] = { "requests/s", 20 }, [COMPARE_FAIL_RATIO] = { "failures", 100 },
    [COMPARE_MEAN] = { "mean", 100 },      [COMPARE_P50] = { "p50", 100 },
    [COMPARE_P95] = { "p95", 200 },        [COMPARE_P99] = { "p99", 1000 },
};

const char *compare_metric_name(enum compare_metric metric)
{
    return metrics[metric].name;
}

const char *compare_result_name(enum compare_result result)
{
    static const char *const names[] = {
        [COMPARE_UNSURE] = "cannot tell", [COMPARE_SAME] = "same",   [COMPARE_WORSE] = "worse",
        [COMPARE_BETTER] = "better",      [COMPARE_MIXED] = "mixed",
    };

    return names[result];
}

__attribute__((format(printf, 2, 3))) static void note(struct compare *c, const char *format, ...)
{
    va_list args;

    if (c->n_notes == COMPARE_NOTES)
        return;
    va_start(args, format);
    vsnprintf(c->notes[c->n_notes++], sizeof(c->notes[0]), format, args);
    va_end(args);
}

/* --- which entries
 * ------------------------------------------------------------------------------- */

static int compare_entries(const void *a, const void *b)
{
    const struct saved_entry *x = *(const struct saved_entry *const *)a;
    const struct saved_entry *y = *(const struct saved_entry *const *)b;
    int order = strcmp(x->name, y->name);

    return order != 0 ? order : strcmp(x->type, y->type);
}

/* Entries of a run by name. Owner: the caller. */
static const struct saved_entry **sorted(const struct saved_run *r)
{
    const struct saved_entry **list = calloc(r->n_entries + 1, sizeof(const struct saved_entry *));

    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < r->n_entries; i++)
        list[i] = &r->entries[i];
    qsort(list, r->n_entries, sizeof(const struct saved_entry *), compare_entries);
    return list;
}

static const struct saved_entry *find(const struct saved_entry *const *list, size_t n,
                                      const struct saved_entry *like)
{
    const struct saved_entry *const *found =
        n > 0 ? bsearch(&like, list, n, sizeof(const struct saved_entry *), compare_entries) : NULL;

    return found != NULL ? *found : NULL;
}

/* All runs of a comparison: those of A, then those of B. */
struct runs {
    const struct saved_run **all;
    const struct saved_entry ***by_name; /* of each */
    size_t n_a;
    size_t n;
};

/* The same entry of all runs; with like NULL their sums. Returns: whether all have it. */
static bool collect(const struct runs *r, const struct saved_entry *like,
                    const struct saved_entry **ret_entries)
{
    for (size_t i = 0; i < r->n; i++) {
        ret_entries[i] = like == NULL ? &r->all[i]->total
                                      : find((const struct saved_entry *const *)r->by_name[i],
                                             r->all[i]->n_entries, like);
        if (ret_entries[i] == NULL)
            return false;
    }
    return true;
}

/* --- one number
 * ---------------------------------------------------------------------------------- */

static double value_of(const struct saved_entry *e, enum compare_metric metric)
{
    switch (metric) {
    case COMPARE_RATE:
        return e->requests_per_s;
    case COMPARE_FAIL_RATIO:
        return e->requests > 0 ? e->failures / e->requests : NAN;
    case COMPARE_MEAN:
        return e->mean_ms;
    case COMPARE_P50:
        return saved_quantile(e, 0.5);
    case COMPARE_P95:
        return saved_quantile(e, 0.95);
    default:
        return saved_quantile(e, 0.99);
    }
}

static bool is_log(enum compare_metric metric)
{
    return metric >= COMPARE_MEAN;
}

static const char *too_few(const struct saved_entry *const *entries, size_t n,
                           enum compare_metric metric)
{
    double failures = 0;

    for (size_t i = 0; i < n; i++) {
        double count = is_log(metric) ? entries[i]->timed : entries[i]->requests;

        if (count < metrics[metric].few_requests || isnan(value_of(entries[i], metric)))
            return "too few requests";
        failures = fmax(failures, entries[i]->failures);
    }
    return metric == COMPARE_FAIL_RATIO && failures > 0 && failures < FEW_FAILURES
               ? "too few failures"
               : NULL;
}

/* One run each. */
static struct compare_interval by_time(const struct compare_pair *p,
                                       const struct saved_entry *const *entries,
                                       enum compare_metric metric, double alpha, const char **why)
{
    static double d[MOST_DIFFERENCES]; /* commands run on main alone */
    struct compare_interval x = { NAN, NAN, NAN, 0 };
    size_t n_gaps;
    size_t n =
        compare_pair_differences(p, entries[0], entries[1], metric, d, MOST_DIFFERENCES, &n_gaps);

    if (*why != NULL)
        return x;
    if (n == 0)
        *why = "no history";
    else if ((double)n_gaps > MOST_GAPS * (double)(n + n_gaps))
        *why = "gaps without requests";
    else
        x = compare_series(d, n, alpha);
    if (*why == NULL && x.n_effective < FEW_STRETCHES)
        *why = "too short";
    return x;
}

/* Several runs each. */
static struct compare_interval by_run(const struct runs *r,
                                      const struct saved_entry *const *entries,
                                      enum compare_metric metric, double alpha)
{
    double *values = calloc(r->n, sizeof(*values));
    struct compare_interval x = { NAN, NAN, NAN, 0 };

    if (values == NULL)
        return x;
    for (size_t i = 0; i < r->n; i++) {
        values[i] = value_of(entries[i], metric);
        if (metric != COMPARE_FAIL_RATIO)
            values[i] = values[i] > 0 ? log(values[i]) : NAN;
    }
    x = compare_groups(values, r->n_a, values + r->n_a, r->n - r->n_a, alpha);
    free(values);
    return x;
}

static double mean_value(const struct saved_entry *const *entries, size_t n,
                         enum compare_metric metric)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += value_of(entries[i], metric);
    return sum / (double)n;
}

/* What an interval says. The difference must be there, and matter. */
static enum compare_result judge(const struct compare_row *row, double threshold)
{
    bool is_ratio = row->metric == COMPARE_FAIL_RATIO;
    double same = is_ratio ? SAME_RATIO : threshold;
    bool is_less_good = row->metric == COMPARE_RATE ? row->difference < 0 : row->difference > 0;

    /* More failures matter however few they are; to name the direction is what is left. */
    if ((row->low > 0 || row->high < 0) && (is_ratio || fabs(row->difference) >= threshold))
        return is_less_good ? COMPARE_WORSE : COMPARE_BETTER;
    return row->low > -same && row->high < same ? COMPARE_SAME : COMPARE_UNSURE;
}

static void fill(struct compare_row *row, const struct runs *r, const struct compare_pair *pair,
                 const struct saved_entry *const *entries, double alpha,
                 const struct compare_options *o)
{
    struct compare_interval x = { NAN, NAN, NAN, 0 };

    row->a = mean_value(entries, r->n_a, row->metric);
    row->b = mean_value(entries + r->n_a, r->n - r->n_a, row->metric);
    row->why = too_few(entries, r->n, row->metric);
    row->is_left_out = row->why != NULL;
    if (pair != NULL)
        x = by_time(pair, entries, row->metric, alpha, &row->why);
    else
        x = by_run(r, entries, row->metric, alpha);
    if (is_log(row->metric) || (pair == NULL && row->metric == COMPARE_RATE)) {
        x.mean = expm1(x.mean);
        x.low = expm1(x.low);
        x.high = expm1(x.high);
    }
    row->difference = x.mean;
    if (row->why != NULL || isnan(x.low))
        return;
    row->low = x.low;
    row->high = x.high;
    row->result = judge(row, o->threshold);
}

/* --- whether they may be compared
 * ---------------------------------------------------------------- */

static void refuse(struct compare *c, const char *why, const struct saved_run *r)
{
    c->is_refused = true;
    note(c, "cannot tell: %s: %s", r->path, why);
}

static void check_load(struct compare *c, const struct saved_run *a, const struct saved_run *b)
{
    struct compare_pair p;
    const char *why = compare_pair_align(&p, a, b);
    double load[2][2];

    if (why != NULL) {
        refuse(c, why, b);
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        const struct saved_run *r = i == 0 ? a : b;

        load[i][0] = compare_pair_mean(&p, i, r->arrivals_per_s);
        load[i][1] = load[i][0] > 0 ? load[i][0] : compare_pair_mean(&p, i, r->users);
    }
    if ((load[0][0] > 0) != (load[1][0] > 0) ||
        fabs(load[0][1] - load[1][1]) > SAME_LOAD * fmax(load[0][1], load[1][1])) {
        c->is_refused = true;
        note(c, "cannot tell: the loads differ: %g %s on average in %s, %g %s in %s", load[0][1],
             load[0][0] > 0 ? "arrivals/s" : "users", a->path, load[1][1],
             load[1][0] > 0 ? "arrivals/s" : "users", b->path);
    }
    if (fabs(a->duration_s - b->duration_s) > 0.05 * fmax(a->duration_s, b->duration_s))
        note(c, "%s took %.0f s, %s %.0f s", a->path, a->duration_s, b->path, b->duration_s);
}

static void check(struct compare *c, const struct runs *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct saved_run *run = r->all[i];
        const char *reason = saved_reason(run, 0);

        if (strcmp(run->verdict, "invalid") == 0) {
            refuse(c, reason != NULL ? reason : "the run is invalid", run);
            continue;
        }
        if (i > 0)
            check_load(c, r->all[0], run);
        if (i > 0 && strcmp(run->scenario, r->all[0]->scenario) != 0)
            note(c, "the scenarios are %s and %s", r->all[0]->scenario, run->scenario);
    }
}

/* --- all numbers
 * --------------------------------------------------------------------------------- */

static void note_missing(struct compare *c, const struct runs *r)
{
    size_t n = 0;
    const char *name = "";

    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->all[i]->n_entries; k++) {
            const struct saved_entry *e = &r->all[i]->entries[k];
            bool is_everywhere = true;

            for (size_t m = 0; m < r->n && is_everywhere; m++)
                is_everywhere = find((const struct saved_entry *const *)r->by_name[m],
                                     r->all[m]->n_entries, e) != NULL;
            n += !is_everywhere;
            if (!is_everywhere && *name == '\0')
                name = e->name;
        }
    if (n > 0)
        note(c, "%zu entries are not in all runs, such as %.200s", n, name);
}

static int add_rows(struct compare *c, const struct saved_entry *like)
{
    struct compare_row *rows = realloc(c->rows, (c->n_rows + COMPARE_METRICS) * sizeof(*c->rows));

    if (rows == NULL)
        return -ENOMEM;
    c->rows = rows;
    for (unsigned m = 0; m < COMPARE_METRICS; m++)
        c->rows[c->n_rows++] = (struct compare_row){ .type = like->type,
                                                     .name = like->name,
                                                     .metric = m,
                                                     .difference = NAN,
                                                     .low = NAN,
                                                     .high = NAN };
    return 0;
}

static enum compare_result conclude(const struct compare *c)
{
    size_t n[COMPARE_MIXED + 1] = { 0 };

    for (size_t i = 0; i < c->n_rows; i++)
        n[c->rows[i].result] += !c->rows[i].is_left_out;
    if (n[COMPARE_WORSE] > 0)
        return n[COMPARE_BETTER] > 0 ? COMPARE_MIXED : COMPARE_WORSE;
    if (n[COMPARE_BETTER] > 0)
        return COMPARE_BETTER;
    /* That nothing differs is said of the whole, up to its p95: single entries have fewer requests,
     * and longer times vary too much. */
    for (size_t i = 0; i < c->n_rows && i < COMPARE_P99; i++)
        if (c->rows[i].result == COMPARE_UNSURE && !c->rows[i].is_left_out)
            return COMPARE_UNSURE;
    return n[COMPARE_SAME] > 0 ? COMPARE_SAME : COMPARE_UNSURE;
}

/* Of the entries that all have: the sum first, which is left out when there is but one. */
static int list_rows(struct compare *c, const struct runs *r, const struct saved_entry **entries)
{
    const struct saved_run *first = r->all[0];
    int code = first->n_entries == 1 && collect(r, &first->entries[0], entries)
                   ? 0
                   : add_rows(c, &first->total);

    for (size_t i = 0; i < first->n_entries && code == 0; i++)
        if (collect(r, &first->entries[i], entries))
            code = add_rows(c, &first->entries[i]);
    return code;
}

static int compare_all(struct compare *c, const struct runs *r, const struct compare_options *o)
{
    const struct saved_entry **entries = calloc(r->n, sizeof(const struct saved_entry *));
    struct compare_pair pair;
    bool is_pair = r->n == 2;
    size_t n_tests = 0;
    int code = entries != NULL ? list_rows(c, r, entries) : -ENOMEM;

    if (is_pair && compare_pair_align(&pair, r->all[0], r->all[1]) != NULL)
        pair.n = 0; /* noted already */
    for (int pass = 0; pass < 2 && code == 0; pass++)
        for (size_t i = 0; i < c->n_rows; i++) {
            struct compare_row *row = &c->rows[i];
            bool is_total = i < COMPARE_METRICS && row->name == r->all[0]->total.name;
            const struct saved_entry like = { .type = row->type, .name = row->name };

            collect(r, is_total ? NULL : &like, entries);
            if (pass == 0)
                n_tests += too_few(entries, r->n, row->metric) == NULL;
            else
                fill(row, r, is_pair ? &pair : NULL, entries,
                     (1 - o->confidence) / (double)(n_tests > 0 ? n_tests : 1), o);
        }
    free((void *)entries);
    if (code < 0)
        return code;
    for (size_t i = 0; i < c->n_rows && c->is_refused; i++)
        c->rows[i].result = COMPARE_UNSURE;
    c->result = c->is_refused ? COMPARE_UNSURE : conclude(c);
    return 0;
}

int compare_runs(struct compare *c, const struct saved_run *a, size_t n_a,
                 const struct saved_run *b, size_t n_b, const struct compare_options *o)
{
    struct runs r = { .n_a = n_a, .n = n_a + n_b };
    int code = 0;

    *c = (struct compare){ 0 };
    r.all = calloc(r.n, sizeof(const struct saved_run *));
    r.by_name = calloc(r.n, sizeof(const struct saved_entry **));
    if (r.all == NULL || r.by_name == NULL)
        code = -ENOMEM;
    for (size_t i = 0; i < r.n && code == 0; i++) {
        r.all[i] = i < n_a ? &a[i] : &b[i - n_a];
        r.by_name[i] = sorted(r.all[i]);
        code = r.by_name[i] != NULL ? 0 : -ENOMEM;
    }
    if (code == 0) {
        check(c, &r);
        note_missing(c, &r);
        code = compare_all(c, &r, o);
    }
    for (size_t i = 0; i < r.n && r.by_name != NULL; i++)
        free((void *)r.by_name[i]);
    free((void *)r.by_name);
    free((void *)r.all);
    return code;
}

void compare_free(struct compare *c)
{
    free(c->rows);
    *c = (struct compare){ 0 };
}
