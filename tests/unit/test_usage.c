/* SPDX-License-Identifier: MIT */
/* The text of --help. */
#include "support/unit.h"

#include "app/usage.h"
#include "golden/golden.h"

#include <acrida/plugin.h>

static void help_is_as_agreed(void **state)
{
    static const struct acr_option added[] = {
        { .name = "csv", .metavar = "PREFIX", .help = "Write statistics to files." },
        { .name = "a-plugin-option-with-a-long-name", .help = "Whole.", .kind = ACR_OPTION_INT },
    };
    struct acri_options *o = acri_options_new();
    struct acri_buf out;

    (void)state;
    assert_int_equal(acri_options_add(o, "report", added, ACR_LEN(added), NULL), 0);
    acri_buf_init(&out, 1u << 20);
    acri_usage_write(&out, o, 0);
    assert_golden("help.txt", out.data, out.length);
    acri_buf_done(&out);
    acri_options_free(o);
}

static void lines_fit_the_terminal(void **state)
{
    struct acri_options *o = acri_options_new();
    struct acri_buf out;
    char *line;
    char *rest;

    (void)state;
    acri_buf_init(&out, 1u << 20);
    acri_usage_write(&out, o, 70);
    rest = strstr(out.data, "\nScenario:");
    *strstr(rest, "\nTimes:") = '\0';
    while ((line = strsep(&rest, "\n")) != NULL)
        assert_true(strlen(line) <= 70);
    acri_buf_done(&out);
    acri_options_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_as_agreed),
        cmocka_unit_test(lines_fit_the_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
