/* SPDX-License-Identifier: MIT */
/* The environment and the three configuration files, each as a source of options. */
#include "app/options_files.h"

#include "app/config_file.h"
#include "app/options_value.h"
#include "app/suggest.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "ACRIDA_"

/* ACRIDA_SPAWN_RATE for "spawn-rate". */
static void variable_name(const char *option, size_t length, char *to, size_t size)
{
    size_t i;
    int n = snprintf(to, size, PREFIX);

    to += n;
    size -= (size_t)n;
    for (i = 0; i < length && i < size - 1; i++)
        to[i] = option[i] == '-' ? '_' : (char)toupper((unsigned char)option[i]);
    to[i] = '\0';
}

char *acri_options_files_variable(const char *name, char to[ACRI_OPTIONS_FILES_VARIABLE])
{
    variable_name(name, strlen(name), to, ACRI_OPTIONS_FILES_VARIABLE);
    return to;
}

/* Returns: whether the variable was set, or a negative errno. */
static int read_variable(struct acri_options *o, size_t index, const char *option, size_t length,
                         struct acri_error *reterr)
{
    char variable[ACRI_OPTIONS_FILES_VARIABLE];
    const char *text;
    int r;

    variable_name(option, length, variable, sizeof(variable));
    text = getenv(variable);
    if (text == NULL || *text == '\0')
        return 0;
    r = acri_options_set(o, index, ACRI_OPTIONS_ENVIRONMENT, variable, text, reterr);
    return r < 0 ? r : 1;
}

int acri_options_files_environment(struct acri_options *o, struct acri_error *reterr)
{
    for (size_t i = 0; i < acri_options_count(o); i++) {
        const struct acri_option_spec *spec = acri_options_spec(o, i);
        const char *alias = spec->aliases;
        int r;

        if (spec->is_command)
            continue;
        r = read_variable(o, i, spec->name, strlen(spec->name), reterr);
        /* The names of Locust count when acrida's own is not set. */
        while (r == 0 && alias != NULL && *alias != '\0') {
            size_t length = strcspn(alias, " ");

            r = read_variable(o, i, alias, length, reterr);
            alias += length;
            alias += strspn(alias, " ");
        }
        if (r < 0)
            return r;
    }
    return 0;
}

/* --- files ---------------------------------------------------------------------------------------
 */

struct reading {
    struct acri_options *o;
    const char *path;
    enum acri_options_source source;
    bool is_tolerant;
    struct acri_error *reterr;
};

static int fail_key(const struct reading *r, const struct acri_config_item *item, const char *key)
{
    const struct acri_option_absent *absent = acri_options_table_absent(key, strlen(key));
    size_t n = acri_options_count(r->o);
    const char **names;
    const char *nearest;
    char shown[80];

    acri_options_value_shown(item->key, shown, sizeof(shown));
    if (absent != NULL)
        return acri_fail(r->reterr, -EINVAL, "%s:%u: %s %s", r->path, item->line, absent->name,
                         absent->text != NULL ? absent->text : "is not there yet");
    names = acri_alloc(n * sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = acri_options_spec(r->o, i)->name;
    nearest = acri_suggest_nearest(key, names, n);
    free(names);
    return acri_fail(r->reterr, -EINVAL, "%s:%u: unknown option '%s'%s%s%s", r->path, item->line,
                     shown, nearest != NULL ? ": did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

/* The option that a key names; *ret_is_negated for "no-headless". */
static int find_key(const struct acri_options *o, const char *key, bool *ret_is_negated)
{
    int index = acri_options_find(o, key, strlen(key));

    *ret_is_negated = false;
    if (index < 0 && strncmp(key, "no-", 3) == 0) {
        index = acri_options_find(o, key + 3, strlen(key + 3));
        if (index >= 0 && acri_options_spec(o, (size_t)index)->kind != ACRI_OPTION_FLAG)
            index = -1;
        *ret_is_negated = index >= 0;
    }
    return index;
}

static int set_item(const struct reading *r, const struct acri_config_item *item, size_t index,
                    bool is_negated)
{
    const struct acri_option_spec *spec = acri_options_spec(r->o, index);
    const char *flag_text = is_negated ? "false" : "true";
    char *who;
    int result = 0;

    if (spec->is_command)
        return acri_fail(r->reterr, -EINVAL, "%s:%u: %s belongs on the command line", r->path,
                         item->line, spec->name);
    if (is_negated && item->n_values > 0)
        return acri_fail(r->reterr, -EINVAL, "%s:%u: no-%s takes no value", r->path, item->line,
                         spec->name);
    if (item->is_list && spec->kind != ACRI_OPTION_LIST)
        return acri_fail(r->reterr, -EINVAL, "%s:%u: %s wants one value, not a list", r->path,
                         item->line, spec->name);
    if (item->n_values == 0 && spec->kind != ACRI_OPTION_FLAG && !item->is_list)
        return acri_fail(r->reterr, -EINVAL, "%s:%u: %s wants a value", r->path, item->line,
                         spec->name);
    who = acri_printf("%s:%u: %s", r->path, item->line, spec->name);
    if (item->n_values == 0 && !item->is_list)
        result = acri_options_set(r->o, index, r->source, who, flag_text, r->reterr);
    /* [{"weight": 1}, ...] is one JSON text, not a list of pieces of it. */
    if (item->is_list && spec->separators[0] == '\0' &&
        item->text[1 + strspn(item->text + 1, " \t")] == '{')
        result = acri_options_set(r->o, index, r->source, who, item->text, r->reterr);
    else
        for (size_t i = 0; i < item->n_values && result == 0; i++)
            result = acri_options_set(r->o, index, r->source, who, item->values[i], r->reterr);
    free(who);
    return result;
}

static int read_item(const struct reading *r, const struct acri_config_item *item)
{
    char *key = acri_strdup(item->key);
    bool is_negated;
    int index;
    int result = 0;

    /* spawn_rate is what people write who know the variable's name. */
    for (char *c = key; *c != '\0'; c++)
        if (*c == '_')
            *c = '-';
    index = find_key(r->o, key, &is_negated);
    if (index >= 0)
        result = set_item(r, item, (size_t)index, is_negated);
    else if (!r->is_tolerant)
        result = fail_key(r, item, key);
    free(key);
    return result;
}

static int read_file(const struct reading *r, bool is_required)
{
    struct acri_config_file file;
    struct acri_error why;
    int result = acri_config_file_read(r->path, &file, &why);

    /* ENOTDIR: HOME=/dev/null, as some services have it. */
    if ((result == -ENOENT || result == -ENOTDIR) && !is_required)
        return 0;
    if (result < 0)
        return acri_fail(r->reterr, -EINVAL, "%s", why.text);
    for (size_t i = 0; i < file.n_items && result == 0; i++)
        result = read_item(r, &file.items[i]);
    acri_config_file_done(&file);
    return result;
}

int acri_options_files_read(struct acri_options *o, bool is_tolerant, struct acri_error *reterr)
{
    struct reading reading = { .o = o, .is_tolerant = is_tolerant, .reterr = reterr };
    const char *home = getenv("HOME");
    char *home_path;
    int r = 0;

    reading.path = acri_options_string(o, "config");
    reading.source = ACRI_OPTIONS_CONFIG_FILE;
    if (acri_options_is_set(o, "config"))
        r = read_file(&reading, true);
    if (r == 0) {
        reading.path = "acrida.conf";
        reading.source = ACRI_OPTIONS_LOCAL_FILE;
        r = read_file(&reading, false);
    }
    if (r == 0 && home != NULL && *home != '\0') {
        home_path = acri_printf("%s/.acrida.conf", home);
        reading.path = home_path;
        reading.source = ACRI_OPTIONS_HOME_FILE;
        r = read_file(&reading, false);
        free(home_path);
    }
    return r;
}
