/* SPDX-License-Identifier: MIT */
/* The command line, with the habits of Locust's (argparse's): abbreviations, values after "=" or
 * next. */
#include "app/options_parse.h"

#include "app/conceal.h"
#include "app/options_files.h"
#include "app/options_value.h"
#include "app/suggest.h"
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct walk {
    struct acri_options *o;
    int argc;
    char *const *argv;
    int next; /* the argument to be read next */
    bool is_tolerant;
    struct acri_error *reterr;
};

/* What a long name stands for. */
struct match {
    int index; /* -1 = nothing; -2 = several */
    bool is_negated;
};

static bool is_flag(const struct acri_options *o, int index)
{
    return acri_options_spec(o, (size_t)index)->kind == ACRI_OPTION_FLAG;
}

static bool starts_with(const char *name, const char *start, size_t length)
{
    return strncmp(name, start, length) == 0;
}

/* The one option that a name is the start of; aliases count as the option they stand for. */
static int find_abbreviated(const struct acri_options *o, const char *name, size_t length,
                            bool only_flags)
{
    int found = -1;

    for (size_t i = 0; i < acri_options_count(o) && length > 0; i++) {
        const struct acri_option_spec *spec = acri_options_spec(o, i);

        /* What is not listed in --help is not meant by a few letters of it. */
        if (spec->section == NULL || (only_flags && spec->kind != ACRI_OPTION_FLAG))
            continue;
        if (!starts_with(spec->name, name, length) &&
            (spec->aliases == NULL || !starts_with(spec->aliases, name, length)))
            continue;
        if (found >= 0)
            return -2;
        found = (int)i;
    }
    return found;
}

static struct match find_long(const struct acri_options *o, const char *name, size_t length)
{
    bool may_negate = length > 3 && starts_with(name, "no-", 3);
    struct match match = { .index = acri_options_find(o, name, length) };

    if (match.index >= 0)
        return match;
    if (may_negate) {
        match.index = acri_options_find(o, name + 3, length - 3);
        if (match.index >= 0 && is_flag(o, match.index))
            return (struct match){ .index = match.index, .is_negated = true };
    }
    /* Before abbreviations: --master is not an abbreviation of a plugin's --master-log. */
    if (acri_options_table_absent(name, length) != NULL)
        return (struct match){ .index = -1 };
    match.index = find_abbreviated(o, name, length, false);
    if (match.index == -1 && may_negate)
        match = (struct match){ .index = find_abbreviated(o, name + 3, length - 3, true),
                                .is_negated = true };
    return match;
}

static int fail_ambiguous(struct walk *w, const char *name, size_t length)
{
    char could[512];
    char shown[64];
    size_t used = 0;

    could[0] = '\0';
    for (size_t i = 0; i < acri_options_count(w->o); i++) {
        const struct acri_option_spec *spec = acri_options_spec(w->o, i);
        int n;

        if (spec->section == NULL || !starts_with(spec->name, name, length))
            continue;
        n = snprintf(could + used, sizeof(could) - used, "%s--%s", used > 0 ? ", " : "",
                     spec->name);
        if (n < 0 || (size_t)n >= sizeof(could) - used)
            break;
        used += (size_t)n;
    }
    acri_options_value_shown(name, shown, length + 1 < sizeof(shown) ? length + 1 : sizeof(shown));
    return acri_fail(w->reterr, -EINVAL, "--%s is short for several options: %s", shown, could);
}

static int fail_unknown(struct walk *w, const char *name, size_t length)
{
    const struct acri_option_absent *absent = acri_options_table_absent(name, length);
    const char **names;
    const char *nearest;
    char *word;
    char shown[128];
    size_t n = acri_options_count(w->o);

    if (absent != NULL)
        return acri_fail(w->reterr, -EINVAL, "--%s %s", absent->name,
                         absent->text != NULL ? absent->text : "is not there yet");
    names = acri_alloc(n * sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = acri_options_spec(w->o, i)->name;
    word = acri_printf("%.*s", (int)length, name);
    nearest = acri_suggest_nearest(word, names, n);
    acri_options_value_shown(word, shown, sizeof(shown));
    free(word);
    free(names);
    if (nearest != NULL)
        return acri_fail(w->reterr, -EINVAL, "unknown option --%s: did you mean --%s?", shown,
                         nearest);
    return acri_fail(w->reterr, -EINVAL, "unknown option --%s (acrida --help lists them)", shown);
}

/* A number is a value even if it is negative; anything else with a dash is the next option. */
static bool is_value(const char *argument)
{
    if (argument == NULL)
        return false;
    if (argument[0] != '-' || argument[1] == '\0')
        return true;
    return isdigit((unsigned char)argument[1]) || argument[1] == '.';
}

static int set(struct walk *w, int index, const char *text)
{
    const struct acri_option_spec *spec = acri_options_spec(w->o, (size_t)index);
    char variable[ACRI_OPTIONS_FILES_VARIABLE];
    char who[128];
    int r;

    snprintf(who, sizeof(who), "--%s", spec->name);
    r = acri_options_set(w->o, (size_t)index, ACRI_OPTIONS_COMMAND_LINE, who, text, w->reterr);
    if (spec->is_secret && acri_conceal(text))
        acri_log_warning("--%s is a secret, and all users of this machine could read it on the "
                         "command line until now: set %s, or %s = ... in a configuration file",
                         spec->name, acri_options_files_variable(spec->name, variable), spec->name);
    return r;
}

/* Argparse's nargs="*": -T a b. */
static int set_words(struct walk *w, int index)
{
    int r = 0;

    while (r == 0 && w->next < w->argc && is_value(w->argv[w->next]))
        r = set(w, index, w->argv[w->next++]);
    return r;
}

/* The value of an option that takes one: what came with it, else the next argument. */
static int set_value(struct walk *w, int index, const char *attached)
{
    const struct acri_option_spec *spec = acri_options_spec(w->o, (size_t)index);
    const char *following = w->next < w->argc ? w->argv[w->next] : NULL;

    if (attached != NULL)
        return set(w, index, attached);
    if (is_value(following)) {
        if (spec->takes_words)
            return set_words(w, index);
        w->next++;
        return set(w, index, following);
    }
    /* It may be short for an option of a plugin that is not known yet. */
    if (w->is_tolerant)
        return 0;
    if (following != NULL && strcmp(following, "--") != 0)
        return acri_fail(w->reterr, -EINVAL,
                         "--%s wants a value (one that starts with a dash is written --%s=-...)",
                         spec->name, spec->name);
    return acri_fail(w->reterr, -EINVAL, "--%s wants a value: --%s %s", spec->name, spec->name,
                     spec->metavar);
}

static int read_long(struct walk *w, const char *argument)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    const char *attached = name[length] == '=' ? name + length + 1 : NULL;
    struct match match = find_long(w->o, name, length);

    if (match.index < 0) {
        if (w->is_tolerant)
            return 0;
        return match.index == -2 ? fail_ambiguous(w, name, length) : fail_unknown(w, name, length);
    }
    if (!is_flag(w->o, match.index))
        return set_value(w, match.index, attached);
    if (match.is_negated && attached != NULL)
        return acri_fail(w->reterr, -EINVAL, "--no-%s takes no value",
                         acri_options_spec(w->o, (size_t)match.index)->name);
    return set(w, match.index, match.is_negated ? "false" : attached != NULL ? attached : "true");
}

static int find_letter(const struct acri_options *o, char letter)
{
    for (size_t i = 0; i < acri_options_count(o); i++)
        if (acri_options_spec(o, i)->letter == letter)
            return (int)i;
    return -1;
}

static int fail_letter(struct walk *w, char letter)
{
    const struct acri_option_absent *absent = acri_options_table_absent_letter(letter);
    char text[2] = { letter, '\0' };
    char shown[2];

    if (absent != NULL)
        return acri_fail(w->reterr, -EINVAL, "--%s (-%c) %s", absent->name, letter,
                         absent->text != NULL ? absent->text : "is not there yet");
    return acri_fail(w->reterr, -EINVAL, "unknown option -%s (acrida --help lists them)",
                     acri_options_value_shown(text, shown, sizeof(shown)));
}

/* -u10, -u 10, -u=10, -lV. */
static int read_short(struct walk *w, const char *argument)
{
    for (const char *at = argument + 1; *at != '\0'; at++) {
        int index = find_letter(w->o, *at);
        int r;

        if (index < 0)
            return w->is_tolerant ? 0 : fail_letter(w, *at);
        if (!is_flag(w->o, index)) {
            const char *attached = at[1] == '=' ? at + 2 : at + 1;

            return set_value(w, index, at[1] != '\0' ? attached : NULL);
        }
        r = set(w, index, "true");
        if (r < 0)
            return r;
    }
    return 0;
}

static int read_name(struct walk *w, const char *argument)
{
    int index = acri_options_find(w->o, "user-types", strlen("user-types"));

    return acri_options_set(w->o, (size_t)index, ACRI_OPTIONS_COMMAND_LINE, "names of user types",
                            argument, w->reterr);
}

int acri_options_parse_arguments(struct acri_options *o, int argc, char *const *argv,
                                 bool is_tolerant, struct acri_error *reterr)
{
    struct walk w = {
        .o = o, .argc = argc, .argv = argv, .next = 1, .is_tolerant = is_tolerant, .reterr = reterr
    };
    bool only_names = false;

    while (w.next < argc) {
        const char *argument = argv[w.next++];
        int r = 0;

        if (only_names || argument[0] != '-' || argument[1] == '\0')
            r = read_name(&w, argument);
        else if (strcmp(argument, "--") == 0)
            only_names = true;
        else if (argument[1] == '-')
            r = read_long(&w, argument);
        else
            r = read_short(&w, argument);
        if (r < 0)
            return r;
    }
    return 0;
}
