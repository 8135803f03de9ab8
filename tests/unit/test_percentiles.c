/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "stats/percentiles.h"

#include <acrida/report.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_list(const char *wanted)
{
    char text[256] = "";
    const char *name;
    double quantile;

    for (size_t i = 0; acr_percentile_at(i, &quantile, &name); i++) {
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i > 0 ? "," : "", name);
        assert_true(fabs(quantile * 100 - strtod(name, NULL)) < 1e-9);
    }
    assert_string_equal(text, wanted);
}

static void they_are_locusts_unless_told(void **state)
{
    (void)state;
    assert_list(ACRI_PERCENTILES);
    assert_int_equal(acri_percentiles_set("99.9, 50,90,50.0", NULL), 0);
    assert_list("50,90,99.9");
    assert_int_equal(acri_percentiles_set("0.001", NULL), 0);
    assert_list("0.001");
    assert_int_equal(acri_percentiles_set(ACRI_PERCENTILES, NULL), 0);
    assert_list(ACRI_PERCENTILES);
}

static void what_is_no_list_is_refused(void **state)
{
    static const char *const lists[] = {
        "",      ",",   "50,",  "0",   "-1",  "100.1", "x",
        "50;90", "inf", "0x10", "1e1", "nan", "50 90", "1,2,3,4,5,6,7,8,9,10,11,12,13"
    };
    struct acri_error error;

    (void)state;
    for (size_t i = 0; i < ACR_LEN(lists); i++) {
        error.text[0] = '\0';
        if (acri_percentiles_set(lists[i], &error) != -EINVAL)
            fail_msg("'%s' was taken", lists[i]);
        assert_non_null(strstr(error.text, "--percentiles: '"));
    }
    assert_list(ACRI_PERCENTILES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_locusts_unless_told),
        cmocka_unit_test(what_is_no_list_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
