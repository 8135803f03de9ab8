/* SPDX-License-Identifier: MIT */
/* --help: what one needs first comes first, examples last, where the eye rests after scrolling. */
#include "app/usage.h"

#include "app/options_value.h"

#include <stdio.h>
#include <string.h>

/* Where help texts start: behind "  --exit-code-on-error CODE  ". */
#define HELP_COLUMN 30

static const char head[] = "Usage: acrida [options] [USER_TYPE ...]\n"
                           "       acrida new NAME | build DIR | check FILE\n"
                           "       acrida keygen [FILE] | merge FILE...\n"
                           "\n"
                           "Runs the users of a scenario against a server and measures it. A "
                           "scenario is a C file that reads\n"
                           "like a locustfile; options are called as Locust's. Names of user types "
                           "select which ones run.\n";

static const char tail[] =
    "\n"
    "Times: 90 or 90s, 20m, 1h30m, 250ms. Options may be shortened while they stay unique; "
    "--no-FLAG\n"
    "unsets a flag. Every option but --config and those that only print is also read from the\n"
    "environment (--spawn-rate: ACRIDA_SPAWN_RATE) and from acrida.conf (spawn-rate = 10). The "
    "command\n"
    "line wins over the environment, then --config, ./acrida.conf, ~/.acrida.conf.\n"
    "\n"
    "Exit codes: 0 passed; 1 failures or exceptions, or the run could not start; 2 wrong usage or "
    "a\n"
    "listener's error; 3 a check failed; 4 invalid, the generator was the limit; 5 the scenario "
    "crashed.\n"
    "\n"
    "Examples:\n"
    "  acrida new shop                    write a first scenario into the folder shop\n"
    "  acrida -f shop.c -H http://localhost:8080 --headless -u 100 -r 10 -t 1m\n"
    "                                     compile and run it: 100 users, 10 more each second, 1 "
    "minute\n"
    "  acrida -f shop.c --list            what user types are there?\n"
    "  acrida -f shop.c -H http://localhost:8080 --headless -u 500 -r 50 -t 5m --csv results/shop\n"
    "                                     statistics for scripts: results/shop_stats.csv and "
    "others\n"
    "  ACRIDA_USERS=20 acrida -f shop.c,api.c buyer\n"
    "                                     20 users of the type buyer, from two scenarios\n";

/* Append text in lines of at most width, each but the first indented. */
static void write_wrapped(struct acri_buf *out, const char *text, size_t width)
{
    while (strlen(text) > width) {
        size_t n = width;
        size_t kept;

        while (n > 0 && text[n] != ' ')
            n--;
        if (n == 0)
            n = strcspn(text, " ");
        kept = n;
        while (kept > 0 && text[kept - 1] == ' ')
            kept--;
        acri_buf_append(out, text, kept);
        text += n;
        text += strspn(text, " ");
        if (*text != '\0')
            acri_buf_printf(out, "\n%*s", HELP_COLUMN, "");
    }
    acri_buf_puts(out, text);
    acri_buf_puts(out, "\n");
}

static void write_option(struct acri_buf *out, const struct acri_option_spec *spec, size_t width)
{
    size_t start = out->length;
    size_t used;
    bool has_default;
    char choices[512] = "";
    char help[1024];

    if (spec->letter != '\0')
        acri_buf_printf(out, "  -%c, --%s", spec->letter, spec->name);
    else
        acri_buf_printf(out, "      --%s", spec->name);
    if (spec->metavar != NULL)
        acri_buf_printf(out, " %s", spec->metavar);
    used = out->length - start;
    if (used + 2 > HELP_COLUMN) {
        acri_buf_puts(out, "\n");
        used = 0;
    }
    acri_buf_printf(out, "%*s", (int)(HELP_COLUMN - used), "");
    if (spec->choices != NULL && *spec->choices != '\0')
        acri_options_value_choices(spec->choices, choices, sizeof(choices));
    has_default = spec->default_value != NULL && spec->kind != ACRI_OPTION_FLAG && !spec->is_secret;
    snprintf(help, sizeof(help), "%s%s%s%s%s%s%s%s", spec->help, *choices != '\0' ? " One of " : "",
             choices, *choices != '\0' ? "." : "", spec->is_required ? " Required." : "",
             has_default ? " [" : "", has_default ? spec->default_value : "",
             has_default ? "]" : "");
    write_wrapped(out, help, width);
}

static void write_commands(struct acri_buf *out, const struct acr_plugin *const *plugins,
                           size_t n_plugins, size_t width)
{
    bool has_some = false;

    for (size_t i = 0; i < n_plugins; i++)
        for (size_t k = 0; k < plugins[i]->n_commands; k++) {
            const struct acr_command *c = &plugins[i]->commands[k];
            int used = (int)strlen(c->name) + 4;

            acri_buf_puts(out, has_some ? "" : "\nCommands (acrida NAME --help says more):\n");
            has_some = true;
            acri_buf_printf(out, "    %s%*s", c->name, HELP_COLUMN > used ? HELP_COLUMN - used : 1,
                            "");
            write_wrapped(out, c->help, width);
        }
}

void acri_usage_write(struct acri_buf *out, const struct acri_options *o,
                      const struct acr_plugin *const *plugins, size_t n_plugins, unsigned columns)
{
    const char *section = NULL;
    size_t width = (columns == 0 || columns > 100 ? 100
                    : columns < 60                ? 60
                                                  : columns) -
                   HELP_COLUMN;

    acri_buf_puts(out, head);
    write_commands(out, plugins, n_plugins, width);
    for (size_t i = 0; i < acri_options_count(o); i++) {
        const struct acri_option_spec *spec = acri_options_spec(o, i);

        if (spec->section == NULL)
            continue;
        if (section == NULL || strcmp(section, spec->section) != 0)
            acri_buf_printf(out, "\n%s:\n", spec->section);
        section = spec->section;
        write_option(out, spec, width);
    }
    acri_buf_puts(out, tail);
}
