/* SPDX-License-Identifier: MIT */
#include "app/console_workers.h"

#include "app/console_table.h"

#include <acrida/report.h>

/* More would push all else off the screen; files have them all. */
#define MOST_ROWS 100u

static void add_count(struct acri_console_table *t, uint64_t n)
{
    acri_console_table_add(t, "%llu", (unsigned long long)n);
}

static void add_ms(struct acri_console_table *t, double ms)
{
    char text[32];

    acri_console_table_add(t, "%s", acri_console_table_ms(ms, text, sizeof(text)));
}

static void add_requests(struct acri_console_table *t, const struct acr_entry *total)
{
    uint64_t requests = acr_entry_count(total, ACR_REQUESTS);
    uint64_t failures = acr_entry_count(total, ACR_FAILURES);

    add_count(t, requests);
    acri_console_table_add(t, "%llu(%.2f%%)", (unsigned long long)failures,
                           requests > 0 ? 100 * (double)failures / (double)requests : 0);
    add_ms(t, acr_entry_quantile_ms(total, ACR_RESPONSE_TIME, ACR_TOTAL, 0.99));
}

static void add_percent(struct acri_console_table *t, const struct acr_worker *w, uint32_t which)
{
    /* A worker that never told what it needs has no memory either. */
    if (acr_worker_value(w, ACR_WORKER_MEMORY_BYTES) > 0)
        acri_console_table_add(t, "%.0f", acr_worker_value(w, which));
    else
        acri_console_table_add(t, "-");
}

static void add_worker(struct acri_console_table *t, const struct acr_worker *w)
{
    acri_console_table_add(t, "%s", acr_worker_name(w));
    acri_console_table_add(t, "%s", acr_worker_labels(w));
    acri_console_table_add(t, "%s", acr_worker_state(w));
    acri_console_table_add(t, "%.0f", acr_worker_value(w, ACR_WORKER_USERS_MAX));
    add_requests(t, acr_worker_total(w));
    add_percent(t, w, ACR_WORKER_CPU_PERCENT);
    add_percent(t, w, ACR_WORKER_LOOP_PERCENT);
    add_ms(t, acr_worker_value(w, ACR_WORKER_LATENESS_MS));
    add_ms(t, acr_worker_value(w, ACR_WORKER_LATENESS_RECENT_MS));
    add_count(t, acr_worker_ledger(w, ACR_LEDGER_LOST));
}

static void write_workers(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns)
{
    static const struct acri_console_column layout[] = {
        { .gap = "", .title = "Worker", .width = 12, .is_left = true, .is_cut = true },
        { .gap = " ", .title = "Labels", .width = 10, .is_left = true },
        { .gap = " ", .title = "State", .width = 8, .is_left = true },
        { .gap = " | ", .title = "users", .width = 6 },
        { .gap = " ", .title = "# reqs", .width = 7 },
        { .gap = " ", .title = "# fails", .width = 12 },
        { .gap = " ", .title = "99%", .width = 6 },
        { .gap = " | ", .title = "CPU %", .width = 5 },
        { .gap = " ", .title = "thread %", .width = 8 },
        { .gap = " ", .title = "late 99%", .width = 8 },
        { .gap = " ", .title = "in 10 s", .width = 7 },
        { .gap = " ", .title = "lost", .width = 6 },
    };
    size_t n = acr_snapshot_n_workers(s);
    struct acri_console_table t;

    acri_console_table_init(&t, layout, ACR_LEN(layout));
    for (size_t i = 0; i < n && i < MOST_ROWS; i++)
        add_worker(&t, acr_snapshot_worker(s, i));
    acri_buf_puts(out, "Workers (users at their peak, times in ms)\n");
    acri_console_table_write(&t, out, columns);
    if (n > MOST_ROWS)
        acri_buf_printf(out, "and %zu more: --csv has them all\n", n - MOST_ROWS);
    acri_console_table_done(&t);
}

static void write_labels(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns)
{
    static const struct acri_console_column layout[] = {
        { .gap = "", .title = "Label", .width = 12, .is_left = true, .is_cut = true },
        { .gap = " | ", .title = "# reqs", .width = 7 },
        { .gap = " ", .title = "# fails", .width = 12 },
        { .gap = " ", .title = "99%", .width = 6 },
        { .gap = " | ", .title = "req/s", .width = 7 },
        { .gap = " ", .title = "failures/s", .width = 11 },
    };
    struct acri_console_table t;

    acri_console_table_init(&t, layout, ACR_LEN(layout));
    for (size_t i = 0; i < acr_snapshot_n_labels(s); i++) {
        const struct acr_entry *total = acr_snapshot_total(acr_snapshot_of_label(s, i));

        acri_console_table_add(&t, "%s", acr_snapshot_label(s, i));
        add_requests(&t, total);
        acri_console_table_add(&t, "%.2f", acr_entry_request_rate(total, ACR_TOTAL));
        acri_console_table_add(&t, "%.2f", acr_entry_failure_rate(total, ACR_TOTAL));
    }
    acri_buf_puts(out, "Labels\n");
    acri_console_table_write(&t, out, columns);
    acri_console_table_done(&t);
}

void acri_console_workers(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns)
{
    if (acr_snapshot_n_workers(s) == 0)
        return;
    write_workers(out, s, columns);
    if (acr_snapshot_n_labels(s) == 0)
        return;
    acri_buf_puts(out, "\n");
    write_labels(out, s, columns);
}
