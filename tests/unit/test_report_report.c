/* SPDX-License-Identifier: MIT */
/* What the report plugin offers. Its files are tested in the other test_report_*.c. */
#include "support/unit.h"

#include <acrida/acrida.h>

#include <string.h>

const struct acr_module *acr_plugin_v1(void);

static void the_plugin_offers_options_and_hooks(void **state)
{
    const struct acr_module *module = acr_plugin_v1();
    const struct acr_plugin *plugin = module->plugin;

    (void)state;
    assert_int_equal(module->abi.magic, ACR_ABI_MAGIC);
    assert_string_equal(plugin->name, "report");
    assert_int_equal(plugin->n_options, 6);
    assert_string_equal(plugin->options[0].name, "csv");
    assert_int_equal(plugin->options[0].kind, ACR_OPTION_STRING);
    assert_string_equal(plugin->options[1].name, "csv-full-history");
    assert_int_equal(plugin->options[1].kind, ACR_OPTION_FLAG);
    assert_non_null(plugin->hooks->init);
    assert_non_null(plugin->hooks->tick);
    assert_non_null(plugin->hooks->test_stop);
    assert_non_null(plugin->hooks->quitting);
    assert_null(plugin->hooks->request);
}

static void without_csv_the_hooks_do_nothing(void **state)
{
    const struct acr_hooks *hooks = acr_plugin_v1()->plugin->hooks;

    (void)state;
    assert_int_equal(hooks->init(NULL), 0);
    assert_int_equal(hooks->tick(NULL, NULL), 0);
    assert_int_equal(hooks->test_stop(NULL, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plugin_offers_options_and_hooks),
        cmocka_unit_test(without_csv_the_hooks_do_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
