/* SPDX-License-Identifier: MIT */
/* Goals: what is taken reads back as the same, what is refused gets one line. */
#include "fuzz.h"

#include "stats/goal_parse.h"

#include <math.h>

static void try_goal(const char *text)
{
    struct acri_goal_spec spec;
    struct acri_goal_spec again;
    struct acri_error error = { "" };
    char wanted[96];

    if (acri_goal_parse(text, &spec, &error) < 0) {
        FUZZ_REQUIRE(error.text[0] != '\0' && strchr(error.text, '\n') == NULL);
        FUZZ_REQUIRE(strchr(error.text, '\033') == NULL);
        FUZZ_REQUIRE(spec.text == NULL && spec.type == NULL && spec.name == NULL);
        return;
    }
    FUZZ_REQUIRE(strcmp(spec.text, text) == 0);
    FUZZ_REQUIRE(isfinite(spec.limit) && spec.quantile > 0 && spec.quantile <= 1);
    FUZZ_REQUIRE(spec.kind == ACRI_GOAL_ENTRIES || spec.name != NULL);
    FUZZ_REQUIRE(!acri_goal_spec_is_met(&spec, NAN));
    FUZZ_REQUIRE(strlen(acri_goal_spec_wanted(&spec, wanted, sizeof(wanted))) < sizeof(wanted));
    FUZZ_REQUIRE(acri_goal_parse(spec.text, &again, &error) == 0);
    FUZZ_REQUIRE(again.column == spec.column && again.unit == spec.unit);
    acri_goal_spec_done(&again);
    acri_goal_spec_done(&spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *text = fuzz_text(data, bytes);
    const char *at = text;
    const char *goal;
    size_t length;

    try_goal(text);
    while ((length = acri_goal_parse_split(&at, &goal)) > 0) {
        FUZZ_REQUIRE(goal >= text && goal + length <= text + strlen(text));
        FUZZ_REQUIRE(at >= goal + length);
    }
    free(text);
    return 0;
}
