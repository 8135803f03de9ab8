/* SPDX-License-Identifier: MIT */
/* The options of a run: the table joined with plugins' options, and their values. */
#include "app/options.h"

#include "app/options_files.h"
#include "app/options_parse.h"
#include "app/options_value.h"

#include <acrida/acrida.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct option {
    struct acri_option_spec spec;
    const char *plugin; /* NULL = acrida's own */
    char *section;      /* owned: the heading of a plugin's options */

    enum acri_options_source source;
    char *origin; /* NULL = default */
    char *text;   /* NULL = unset; of a list its elements, joined by "," */
    struct acri_option_value value;
    char **list;
    size_t n_list;
};

struct acri_options {
    struct option *options;
    size_t n;
    struct option *before; /* n elements, while there are changes: as they were; else NULL */
    void **kept;           /* n_kept elements: old values that somebody may still read */
    size_t n_kept;
};

/* Set once on the main thread before loops run. */
static const struct acri_options *published;

/* Not what it was before the changes. */
static void forget(struct acri_options *o, struct option *option)
{
    const struct option *before = o->before != NULL ? &o->before[option - o->options] : NULL;

    for (size_t i = 0; i < option->n_list && (before == NULL || option->list != before->list); i++)
        free(option->list[i]);
    if (before == NULL || option->list != before->list)
        free(option->list);
    if (before == NULL || option->text != before->text)
        free(option->text);
    if (before == NULL || option->origin != before->origin)
        free(option->origin);
    option->list = NULL;
    option->n_list = 0;
    option->text = NULL;
    option->origin = NULL;
    option->source = ACRI_OPTIONS_DEFAULT;
    option->value = (struct acri_option_value){ 0 };
}

static void add_element(struct option *option, const char *text, size_t length)
{
    option->list = acri_realloc(option->list, (option->n_list + 2) * sizeof(*option->list));
    option->list[option->n_list++] = acri_printf("%.*s", (int)length, text);
    option->list[option->n_list] = NULL;
}

static void add_elements(struct option *option, const char *text)
{
    const char *separators = option->spec.separators;

    while (*text != '\0') {
        size_t length = strcspn(text, separators);
        size_t kept = length;

        /* " b" of "a, b" is "b"; blanks inside, as of file names, stay. */
        while (kept > 0 && isspace((unsigned char)text[kept - 1]))
            kept--;
        if (kept > 0)
            add_element(option, text, kept);
        text += length;
        text += strspn(text, separators);
        text += strspn(text, " \t\r\n");
    }
}

static void store(struct option *option, const char *text, const struct acri_option_value *value)
{
    char *joined;

    if (option->spec.kind != ACRI_OPTION_LIST) {
        joined = acri_strdup(text);
    } else {
        add_elements(option, text + strspn(text, " \t\r\n"));
        joined =
            option->text != NULL ? acri_printf("%s,%s", option->text, text) : acri_strdup(text);
    }
    free(option->text);
    option->text = joined;
    option->value = *value;
}

static void set_default(struct acri_options *o, struct option *option)
{
    struct acri_option_value value = { 0 };

    forget(o, option);
    if (option->spec.default_value == NULL)
        return;
    /* Defaults were checked when the option was added. */
    ACRI_ASSERT(acri_options_value_parse(&option->spec, option->spec.name,
                                         option->spec.default_value, &value, NULL) == 0);
    store(option, option->spec.default_value, &value);
}

static void append(struct acri_options *o, const struct acri_option_spec *spec, const char *plugin,
                   char *section)
{
    struct option *option;

    o->options = acri_realloc(o->options, (o->n + 1) * sizeof(*o->options));
    option = &o->options[o->n++];
    *option = (struct option){ .spec = *spec, .plugin = plugin, .section = section };
    if (section != NULL)
        option->spec.section = section;
    set_default(o, option);
}

struct acri_options *acri_options_new(void)
{
    struct acri_options *o = acri_alloc(sizeof(*o));
    size_t n;
    const struct acri_option_spec *table = acri_options_table(&n);

    for (size_t i = 0; i < n; i++)
        append(o, &table[i], NULL, NULL);
    return o;
}

void acri_options_free(struct acri_options *o)
{
    if (o == NULL)
        return;
    if (published == o)
        published = NULL;
    for (size_t i = 0; i < o->n; i++) {
        forget(o, &o->options[i]);
        free(o->options[i].section);
    }
    for (size_t i = 0; i < o->n_kept; i++)
        free(o->kept[i]);
    free(o->kept);
    free(o->options);
    free(o);
}

void acri_options_publish(const struct acri_options *o)
{
    published = o;
}

bool acri_options_are_published(void)
{
    return published != NULL;
}

/* --- the table -----------------------------------------------------------------------------------
 */

size_t acri_options_count(const struct acri_options *o)
{
    return o->n;
}

const struct acri_option_spec *acri_options_spec(const struct acri_options *o, size_t index)
{
    ACRI_ASSERT(index < o->n);
    return &o->options[index].spec;
}

const char *acri_options_plugin(const struct acri_options *o, size_t index)
{
    ACRI_ASSERT(index < o->n);
    return o->options[index].plugin;
}

static bool has_word(const char *words, const char *word, size_t length)
{
    while (words != NULL && *words != '\0') {
        size_t n = strcspn(words, " ");

        if (n == length && memcmp(words, word, n) == 0)
            return true;
        words += n;
        words += strspn(words, " ");
    }
    return false;
}

int acri_options_find(const struct acri_options *o, const char *name, size_t length)
{
    for (size_t i = 0; i < o->n; i++)
        if (has_word(o->options[i].spec.name, name, length) ||
            has_word(o->options[i].spec.aliases, name, length))
            return (int)i;
    return -1;
}

static bool is_name(const char *name)
{
    if (name == NULL || !islower((unsigned char)name[0]))
        return false;
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static int check_added(const struct acri_options *o, const char *plugin_name,
                       const struct acr_option *added, struct acri_error *reterr)
{
    const struct acri_option_spec spec = { .kind = (enum acri_option_kind)added->kind,
                                           .choices = added->choices,
                                           .is_secret = added->is_secret };
    struct acri_option_value value;
    struct acri_error why;
    char shown[80];
    int there;

    if (!is_name(added->name))
        return acri_fail(
            reterr, -EINVAL,
            "plugin '%s' adds an option called '%s': only a-z, 0-9 and dashes can be", plugin_name,
            acri_options_value_shown(added->name != NULL ? added->name : "", shown, sizeof(shown)));
    if (added->kind > ACR_OPTION_DURATION)
        return acri_fail(reterr, -EINVAL, "plugin '%s': --%s is of the unknown kind %u",
                         plugin_name, added->name, added->kind);
    if (added->help == NULL)
        return acri_fail(reterr, -EINVAL, "plugin '%s': --%s has no help", plugin_name,
                         added->name);
    there = acri_options_find(o, added->name, strlen(added->name));
    if (there >= 0)
        return acri_fail(reterr, -EEXIST, "plugin '%s' adds --%s, which %s%s%s has already",
                         plugin_name, added->name, o->options[there].plugin ? "plugin '" : "",
                         o->options[there].plugin ? o->options[there].plugin : "acrida",
                         o->options[there].plugin ? "'" : "");
    for (size_t i = 0; added->letter != '\0' && i < o->n; i++)
        if (o->options[i].spec.letter == added->letter || !isalpha((unsigned char)added->letter))
            return acri_fail(reterr, -EEXIST, "plugin '%s': --%s cannot have the letter '%c'",
                             plugin_name, added->name,
                             isalpha((unsigned char)added->letter) ? added->letter : '?');
    if (added->default_value != NULL &&
        acri_options_value_parse(&spec, "its default", added->default_value, &value, &why) < 0)
        return acri_fail(reterr, -EINVAL, "plugin '%s': --%s: %.500s", plugin_name, added->name,
                         why.text);
    return 0;
}

int acri_options_add(struct acri_options *o, const char *plugin_name,
                     const struct acr_option *added, size_t n, struct acri_error *reterr)
{
    for (size_t i = 0; i < n; i++) {
        int r = check_added(o, plugin_name, &added[i], reterr);
        struct acri_option_spec spec;

        if (r < 0)
            return r;
        spec = (struct acri_option_spec){
            .name = added[i].name,
            .letter = added[i].letter,
            .kind = (enum acri_option_kind)added[i].kind,
            .metavar = added[i].kind == ACR_OPTION_FLAG  ? NULL
                       : added[i].metavar != NULL        ? added[i].metavar
                       : added[i].kind == ACR_OPTION_INT ? "N"
                                                         : "VALUE",
            .default_value = added[i].default_value,
            .choices = added[i].choices,
            .help = added[i].help,
            .is_secret = added[i].is_secret,
            .is_required = added[i].is_required,
            .is_local = added[i].is_local,
        };
        append(o, &spec, plugin_name, acri_printf("Plugin %s", plugin_name));
    }
    return 0;
}

/* --- reading -------------------------------------------------------------------------------------
 */

int acri_options_set(struct acri_options *o, size_t index, enum acri_options_source source,
                     const char *who, const char *text, struct acri_error *reterr)
{
    struct option *option = &o->options[index];
    struct acri_option_value value = { 0 };
    int r;

    ACRI_ASSERT(index < o->n && source != ACRI_OPTIONS_DEFAULT);
    if (source < option->source)
        return 0;
    r = acri_options_value_parse(&option->spec, who, text, &value, reterr);
    if (r < 0)
        return r;
    if (source > option->source)
        forget(o, option);
    option->source = source;
    free(option->origin);
    option->origin = acri_strdup(who);
    store(option, text, &value);
    return 0;
}

static int read_all(struct acri_options *o, int argc, char *const *argv, bool is_tolerant,
                    struct acri_error *reterr)
{
    int r;

    for (size_t i = 0; i < o->n; i++)
        set_default(o, &o->options[i]);
    /* The command line first: it names --config, and what it sets the others cannot spoil. */
    r = acri_options_parse_arguments(o, argc, argv, is_tolerant, reterr);
    if (r == 0)
        r = acri_options_files_environment(o, reterr);
    if (r == 0)
        r = acri_options_files_read(o, is_tolerant, reterr);
    return r;
}

int acri_options_scan(struct acri_options *o, int argc, char *const *argv,
                      struct acri_error *reterr)
{
    return read_all(o, argc, argv, true, reterr);
}

int acri_options_parse(struct acri_options *o, int argc, char *const *argv,
                       struct acri_error *reterr)
{
    return read_all(o, argc, argv, false, reterr);
}

int acri_options_exclude(struct acri_options *o, const char *a, const char *b,
                         struct acri_error *reterr)
{
    int at_a = acri_options_find(o, a, strlen(a));
    int at_b = acri_options_find(o, b, strlen(b));

    ACRI_ASSERT(at_a >= 0 && at_b >= 0);
    if (o->options[at_a].source == ACRI_OPTIONS_DEFAULT ||
        o->options[at_b].source == ACRI_OPTIONS_DEFAULT)
        return 0;
    if (o->options[at_a].source == o->options[at_b].source)
        return acri_fail(reterr, -EINVAL, "%s and %s exclude each other: leave one out",
                         o->options[at_a].origin, o->options[at_b].origin);
    set_default(o, &o->options[o->options[at_a].source < o->options[at_b].source ? at_a : at_b]);
    return 0;
}

static void keep(struct acri_options *o, void *memory, const void *now)
{
    if (memory == NULL || memory == now)
        return;
    o->kept = acri_realloc(o->kept, (o->n_kept + 1) * sizeof(*o->kept));
    o->kept[o->n_kept++] = memory;
}

void acri_options_change_begin(struct acri_options *o)
{
    ACRI_ASSERT(o->before == NULL);
    for (size_t i = 0; i < o->n; i++)
        if (o->options[i].source == ACRI_OPTIONS_START)
            o->options[i].source = ACRI_OPTIONS_EARLIER_START;
    o->before = acri_alloc(o->n * sizeof(*o->before));
    memcpy(o->before, o->options, o->n * sizeof(*o->before));
}

int acri_options_change(struct acri_options *o, size_t index, const char *who, const char *text,
                        struct acri_error *reterr)
{
    ACRI_ASSERT(index < o->n && o->before != NULL);
    if (text != NULL)
        return acri_options_set(o, index, ACRI_OPTIONS_START, who, text, reterr);
    set_default(o, &o->options[index]);
    return 0;
}

void acri_options_change_end(struct acri_options *o, bool did_take)
{
    for (size_t i = 0; i < o->n; i++) {
        struct option *now = &o->options[i];
        struct option *before = &o->before[i];

        if (!did_take) {
            forget(o, now);
            *now = *before;
            continue;
        }
        keep(o, before->text, now->text);
        keep(o, before->origin, now->origin);
        for (size_t k = 0; k < before->n_list && before->list != now->list; k++)
            keep(o, before->list[k], NULL);
        keep(o, before->list, now->list);
    }
    free(o->before);
    o->before = NULL;
}

int acri_options_check_required(const struct acri_options *o, bool is_embedded,
                                struct acri_error *reterr)
{
    for (size_t i = 0; i < o->n; i++) {
        const struct option *option = &o->options[i];
        const char *name = option->spec.name;
        char variable[ACRI_OPTIONS_FILES_VARIABLE];

        if (!option->spec.is_required || (option->text != NULL && *option->text != '\0'))
            continue;
        if (is_embedded)
            return acri_fail(reterr, -EINVAL, "plugin '%s' wants --%s: give it in .options",
                             option->plugin, name);
        return acri_fail(reterr, -EINVAL,
                         "plugin '%s' wants --%s: %s %s, or %s = ... in acrida.conf",
                         option->plugin, name, option->spec.is_secret ? "set" : "give it, or set",
                         acri_options_files_variable(name, variable), name);
    }
    return 0;
}

/* --- values --------------------------------------------------------------------------------------
 */

static const struct option *lookup(const struct acri_options *o, const char *name)
{
    int index = acri_options_find(o, name, strlen(name));

    return index >= 0 ? &o->options[index] : NULL;
}

static const struct option *get(const struct acri_options *o, const char *name)
{
    const struct option *option = lookup(o, name);

    ACRI_ASSERT(option != NULL);
    return option;
}

static const char *as_text(const struct option *option)
{
    if (option->spec.kind == ACRI_OPTION_FLAG)
        return option->value.flag ? "true" : "";
    return option->text != NULL ? option->text : "";
}

bool acri_options_is_set(const struct acri_options *o, const char *name)
{
    return get(o, name)->source != ACRI_OPTIONS_DEFAULT;
}

const char *acri_options_string(const struct acri_options *o, const char *name)
{
    return as_text(get(o, name));
}

bool acri_options_flag(const struct acri_options *o, const char *name)
{
    return get(o, name)->value.flag;
}

int64_t acri_options_int(const struct acri_options *o, const char *name)
{
    return get(o, name)->value.integer;
}

double acri_options_number(const struct acri_options *o, const char *name)
{
    return get(o, name)->value.number;
}

double acri_options_duration(const struct acri_options *o, const char *name)
{
    return get(o, name)->value.number;
}

const char *const *acri_options_list(const struct acri_options *o, const char *name, size_t *ret_n)
{
    const struct option *option = get(o, name);

    *ret_n = option->n_list;
    return (const char *const *)option->list;
}

enum acri_options_source acri_options_source_of(const struct acri_options *o, const char *name)
{
    return get(o, name)->source;
}

const char *acri_options_origin(const struct acri_options *o, const char *name)
{
    const struct option *option = get(o, name);

    return option->origin != NULL ? option->origin : "default";
}

/* --- the SDK: names come from plugins, so that an unknown one is unset, not a bug of ours
 * ---------- */

static const struct option *public_option(const char *name)
{
    return published != NULL && name != NULL ? lookup(published, name) : NULL;
}

const char *acr_option_string(const char *name)
{
    const struct option *option = public_option(name);

    return option != NULL ? as_text(option) : "";
}

bool acr_option_flag(const char *name)
{
    const struct option *option = public_option(name);

    return option != NULL && option->value.flag;
}

int64_t acr_option_int(const char *name, int64_t default_value)
{
    const struct option *option = public_option(name);

    if (option == NULL || option->text == NULL || option->spec.kind != ACRI_OPTION_INT)
        return default_value;
    return option->value.integer;
}

double acr_option_number(const char *name, double default_value)
{
    const struct option *option = public_option(name);

    if (option == NULL || option->text == NULL ||
        (option->spec.kind != ACRI_OPTION_INT && option->spec.kind != ACRI_OPTION_NUMBER &&
         option->spec.kind != ACRI_OPTION_DURATION && option->spec.kind != ACRI_OPTION_RATE))
        return default_value;
    return option->value.number;
}
