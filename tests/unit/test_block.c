/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <acrida/report.h>

#include "base/clock.h"
#include "stats/block.h"

#define MS ACRI_NS_PER_MS

static struct acri_record sample(const char *type, const char *name, uint64_t at_ns)
{
    return (struct acri_record){ .type = type,
                                 .name = name,
                                 .intended_ns = at_ns,
                                 .sent_ns = at_ns + 2 * MS,
                                 .answered_ns = at_ns + 12 * MS,
                                 .bytes = 100,
                                 .attempts = 1,
                                 .has_time = true };
}

static const struct acri_block_entry *find(const struct acri_block *b, const char *type,
                                           const char *name)
{
    for (const struct acri_block_entry *e = b->active; e != NULL; e = e->next_active)
        if (strcmp(e->key.text[0], type) == 0 && strcmp(e->key.text[1], name) == 0)
            return e;
    return NULL;
}

static const struct acri_block_failure *find_failure(const struct acri_block *b, const char *name,
                                                     const char *error)
{
    for (const struct acri_block_failure *f = b->failures; f != NULL; f = f->next)
        if (strcmp(f->key.text[1], name) == 0 && strcmp(f->key.text[2], error) == 0)
            return f;
    return NULL;
}

static void a_sample_is_counted_with_its_three_times(void **state)
{
    struct acri_block *b = acri_block_new();
    struct acri_record r = sample("GET", "/x", 1000 * MS);
    const struct acri_block_entry *e;

    (void)state;
    acri_block_started(b);
    acri_block_record(b, &r);
    e = find(b, "GET", "/x");
    assert_non_null(e);
    assert_int_equal(e->counts.requests, 1);
    assert_int_equal(e->counts.bytes, 100);
    assert_int_equal(e->counts.attempts, 1);
    assert_int_equal(acri_histogram_max_ns(&e->times[ACR_RESPONSE_TIME]), 10 * MS);
    assert_int_equal(acri_histogram_max_ns(&e->times[ACR_CORRECTED]), 12 * MS);
    assert_int_equal(acri_histogram_max_ns(&e->times[ACR_LATENESS]), 2 * MS);
    assert_int_equal(b->last_ns, 1012 * MS);
    assert_int_equal(b->ledger.started, 1);
    assert_int_equal(b->ledger.succeeded, 1);
    acri_block_free(b);
}

static void clocks_out_of_order_count_as_equal(void **state)
{
    struct acri_block *b = acri_block_new();
    struct acri_record r = sample("GET", "/x", 1000 * MS);
    const struct acri_block_entry *e;

    (void)state;
    r.answered_ns = r.sent_ns - 1;
    r.intended_ns = r.sent_ns + 1;
    acri_block_record(b, &r);
    r.intended_ns = 0;
    acri_block_record(b, &r);
    e = find(b, "GET", "/x");
    for (int i = 0; i < ACRI_STATS_CLOCKS; i++) {
        assert_int_equal(acri_histogram_count(&e->times[i]), 2);
        assert_int_equal(acri_histogram_max_ns(&e->times[i]), 0);
    }
    acri_block_free(b);
}

static void type_and_name_together_make_the_entry(void **state)
{
    struct acri_block *b = acri_block_new();
    char type[8], name[16]; /* the same addresses for all */

    (void)state;
    for (int i = 0; i < 400; i++) {
        snprintf(type, sizeof(type), "%s", i % 2 == 0 ? "GET" : "POST");
        snprintf(name, sizeof(name), "/%d", i / 2 % 100);
        acri_block_record(b, &(struct acri_record){ .type = type, .name = name });
    }
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "/%d", i);
        assert_int_equal(find(b, "GET", name)->counts.requests, 2);
        assert_int_equal(find(b, "POST", name)->counts.requests, 2);
    }
    acri_block_free(b);
}

static void a_sample_without_a_time_counts_as_an_untimed_request(void **state)
{
    struct acri_block *b = acri_block_new();
    struct acri_record r = sample("job", "encode", 5);
    const struct acri_block_entry *e;

    (void)state;
    r.has_time = false;
    acri_block_record(b, &r);
    e = find(b, "job", "encode");
    assert_int_equal(e->counts.requests, 1);
    assert_int_equal(e->counts.untimed, 1);
    for (int i = 0; i < ACRI_STATS_CLOCKS; i++)
        assert_int_equal(acri_histogram_count(&e->times[i]), 0);
    acri_block_free(b);
}

static void a_cancelled_sample_counts_as_nothing_else(void **state)
{
    struct acri_block *b = acri_block_new();
    struct acri_record r = sample("GET", "/x", 5);
    const struct acri_block_entry *e;

    (void)state;
    r.is_cancelled = true;
    r.error = "ended";
    r.attempts = 3;
    acri_block_record(b, &r);
    e = find(b, "GET", "/x");
    assert_int_equal(e->counts.cancelled, 1);
    assert_int_equal(e->counts.attempts, 3);
    assert_int_equal(e->counts.requests + e->counts.failures + e->counts.bytes, 0);
    assert_int_equal(acri_histogram_count(&e->times[ACR_LATENESS]), 0);
    assert_null(b->failures);
    assert_int_equal(b->last_ns, 0);
    assert_int_equal(b->ledger.cancelled, 1);
    assert_int_equal(b->ledger.attempts, 3);
    assert_int_equal(b->ledger.succeeded + b->ledger.failed, 0);
    acri_block_free(b);
}

static void failures_are_counted_by_entry_and_error(void **state)
{
    struct acri_block *b = acri_block_new();
    const struct acri_block_failure *f;

    (void)state;
    for (uint64_t i = 0; i < 12; i++) {
        struct acri_record r = sample("GET", i % 2 == 0 ? "/x" : "/y", 5);

        r.error = i % 3 == 0 ? "refused" : "timeout";
        r.real_ns = 100 + (i * 5) % 12;
        acri_block_record(b, &r);
    }
    f = find_failure(b, "/x", "timeout");
    assert_int_equal(f->count, 4);
    assert_int_equal(f->first_real_ns, 102);
    assert_int_equal(f->last_real_ns, 110);
    assert_int_equal(find_failure(b, "/y", "refused")->count, 2);
    assert_int_equal(find(b, "GET", "/x")->counts.failures, 6);
    assert_int_equal(find(b, "GET", "/x")->counts.requests, 6);
    assert_int_equal(b->ledger.failed, 12);
    acri_block_free(b);
}

static void names_beyond_the_limit_are_counted_together(void **state)
{
    struct acri_block *b = acri_block_new_limited(10, 5);
    char name[16];

    (void)state;
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "/%d", i % 30);
        acri_block_record(b, &(struct acri_record){ .type = "GET", .name = name, .bytes = 1 });
    }
    assert_int_equal(find(b, "GET", "/0")->counts.requests, 10);
    assert_int_equal(find(b, "GET", "/9")->counts.requests, 10);
    assert_null(find(b, "GET", "/10"));
    assert_int_equal(find(b, "", ACRI_STATS_OTHER_NAMES)->counts.requests, 200);
    acri_block_free(b);
}

static void errors_beyond_the_limit_are_counted_together_for_each_entry(void **state)
{
    struct acri_block *b = acri_block_new_limited(10, 5);
    char error[32];

    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(error, sizeof(error), "request %d failed", i);
        acri_block_record(b, &(struct acri_record){
                                 .name = i % 2 == 0 ? "/x" : "/y", .error = error, .real_ns = 7 });
    }
    assert_int_equal(find_failure(b, "/x", "request 0 failed")->count, 1);
    assert_int_equal(find_failure(b, "/y", "request 3 failed")->count, 1);
    assert_null(find_failure(b, "/y", "request 5 failed"));
    assert_int_equal(find_failure(b, "/x", ACRI_STATS_OTHER_ERRORS)->count, 47);
    assert_int_equal(find_failure(b, "/y", ACRI_STATS_OTHER_ERRORS)->count, 48);
    acri_block_free(b);
}

static void hostile_names_are_kept_apart(void **state)
{
    static char long_a[10241], long_b[10241];
    const char *const names[] = { "",
                                  "\xff\xfe\x80\x01",
                                  "\xff\xfe\x80\x02",
                                  "a\nb\t\"',",
                                  long_a,
                                  long_b,
                                  "(other names)",
                                  "%s%n" };
    struct acri_block *b = acri_block_new();

    (void)state;
    memset(long_a, 'n', sizeof(long_a) - 1);
    memset(long_b, 'n', sizeof(long_b) - 1);
    long_b[sizeof(long_b) - 2] = 'm';
    for (size_t i = 0; i < ACR_LEN(names); i++)
        for (size_t j = 0; j <= i; j++)
            acri_block_record(
                b, &(struct acri_record){ .type = names[i], .name = names[i], .error = names[i] });
    for (size_t i = 0; i < ACR_LEN(names); i++) {
        assert_int_equal(find(b, names[i], names[i])->counts.requests, i + 1);
        assert_int_equal(find_failure(b, names[i], names[i])->count, i + 1);
    }
    acri_block_record(b, &(struct acri_record){ .type = NULL, .name = NULL });
    assert_int_equal(find(b, "", "")->counts.requests, 2);
    acri_block_free(b);
}

static void a_cleared_block_is_empty_and_counts_from_zero(void **state)
{
    struct acri_block *b = acri_block_new();
    struct acri_record r = sample("GET", "/x", 5);
    size_t bytes;

    (void)state;
    for (int tick = 0; tick < 3; tick++) {
        acri_block_started(b);
        acri_block_lost(b, 2);
        r.error = NULL;
        acri_block_record(b, &r);
        r.error = "timeout";
        acri_block_record(b, &r);
        assert_int_equal(find(b, "GET", "/x")->counts.requests, 2);
        assert_int_equal(acri_histogram_count(&find(b, "GET", "/x")->times[ACR_CORRECTED]), 2);
        assert_int_equal(find_failure(b, "/x", "timeout")->count, 1);
        assert_int_equal(b->ledger.lost, 2);
        bytes = acri_block_bytes(b);
        acri_block_clear(b);
        assert_null(b->active);
        assert_null(b->failures);
        assert_int_equal(b->ledger.started + b->ledger.failed + b->ledger.lost, 0);
        assert_true(acri_block_bytes(b) < bytes); /* failures are gone, entries are kept */
    }
    acri_block_free(b);
}

static void entries_that_are_long_idle_are_freed(void **state)
{
    struct acri_block *b = acri_block_new_limited(10, 10);
    size_t bytes = 0;
    char name[32];

    (void)state;
    for (int tick = 0; tick < 10000; tick++) {
        snprintf(name, sizeof(name), "/%d", tick / 1000); /* each name is used for 1,000 ticks */
        acri_block_record(b, &(struct acri_record){ .type = "GET", .name = name });
        acri_block_record(b, &(struct acri_record){ .type = "GET", .name = "/always" });
        assert_non_null(find(b, "GET", name));
        acri_block_clear(b);
        if (tick == 2999)
            bytes = acri_block_bytes(b);
    }
    assert_true(b->n_entries <= 3);
    assert_int_equal(acri_block_bytes(b), bytes);
    acri_block_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_is_counted_with_its_three_times),
        cmocka_unit_test(clocks_out_of_order_count_as_equal),
        cmocka_unit_test(type_and_name_together_make_the_entry),
        cmocka_unit_test(a_sample_without_a_time_counts_as_an_untimed_request),
        cmocka_unit_test(a_cancelled_sample_counts_as_nothing_else),
        cmocka_unit_test(failures_are_counted_by_entry_and_error),
        cmocka_unit_test(names_beyond_the_limit_are_counted_together),
        cmocka_unit_test(errors_beyond_the_limit_are_counted_together_for_each_entry),
        cmocka_unit_test(hostile_names_are_kept_apart),
        cmocka_unit_test(a_cleared_block_is_empty_and_counts_from_zero),
        cmocka_unit_test(entries_that_are_long_idle_are_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
