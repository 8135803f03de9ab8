/* SPDX-License-Identifier: MIT */
#include "pattern_lines.h"

#include "results/patterns.h"

#include <acrida/acrida.h>

void pattern_lines_log(const struct acr_user *u, const struct acr_snapshot *s)
{
    struct pattern found[PATTERNS_MAX];
    size_t n = patterns_of_snapshot(s, found, PATTERNS_MAX);

    for (size_t i = 0; i < n; i++) {
        const struct pattern *p = &found[i];
        bool is_endpoint = p->name[0] != '\0' || p->type[0] != '\0';

        if (p->kind == PATTERN_NONE)
            continue;
        acr_log(u, "pattern: %s%s%s%s%s: %s (%s)", p->type, p->type[0] != '\0' ? " " : "", p->name,
                is_endpoint ? ": " : "", p->title, p->evidence,
                p->is_broken ? "broken" : "graceful");
    }
}
