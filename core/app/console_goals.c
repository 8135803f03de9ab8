/* SPDX-License-Identifier: MIT */
#include "app/console_goals.h"

#include "app/console_table.h"

#include <acrida/report.h>

void acri_console_goals(struct acri_buf *out, const struct acr_snapshot *s, unsigned columns)
{
    static const struct acri_console_column layout[] = {
        { .gap = "", .title = "Goal", .width = 20, .is_left = true, .is_cut = true },
        { .gap = " ", .title = "wanted", .width = 10, .is_left = true },
        { .gap = " ", .title = "measured", .width = 10, .is_left = true },
        { .gap = " ", .title = "met", .width = 6, .is_left = true },
    };
    static const char *const words[] = {
        [ACR_GOAL_WAITING] = "waiting",
        [ACR_GOAL_MET] = "yes",
        [ACR_GOAL_MISSED] = "NO",
        [ACR_GOAL_NOT_TESTED] = "not tested",
    };
    struct acri_console_table t;

    if (acr_snapshot_n_goals(s) == 0)
        return;
    acri_console_table_init(&t, layout, ACR_LEN(layout));
    for (size_t i = 0; i < acr_snapshot_n_goals(s); i++) {
        const struct acr_goal *g = acr_snapshot_goal(s, i);

        acri_console_table_add(&t, "%s", acr_goal_text(g));
        acri_console_table_add(&t, "%s", acr_goal_wanted(g));
        acri_console_table_add(&t, "%s", acr_goal_measured(g));
        acri_console_table_add(&t, "%s", words[acr_goal_state(g)]);
    }
    acri_buf_puts(out, "Goals\n");
    acri_console_table_write(&t, out, columns);
    acri_console_table_done(&t);
}

void acri_console_verdict(struct acri_buf *out, const struct acr_snapshot *s)
{
    static const char *const words[] = {
        [ACR_VERDICT_NONE] = "",
        [ACR_VERDICT_PASS] = "PASS",
        [ACR_VERDICT_FAIL] = "FAIL",
        [ACR_VERDICT_INVALID] = "INVALID: the numbers are not those of what was tested",
    };
    uint32_t verdict = acr_snapshot_verdict(s);
    const char *reason;

    if (verdict == ACR_VERDICT_NONE)
        return;
    acri_buf_printf(out, "Verdict: %s\n", words[verdict]);
    for (size_t i = 0; (reason = acr_snapshot_reason(s, i)) != NULL; i++) {
        acri_buf_puts(out, "  ");
        acri_console_table_text(out, reason, false);
        acri_buf_puts(out, "\n");
    }
}
