/* SPDX-License-Identifier: MIT */
/*
 * The options of a run: acrida's own and those of its plugins, from the command line, the
 * environment (ACRIDA_<NAME>) and configuration files.
 *
 * Precedence: command line, environment, --config FILE, ./acrida.conf, ~/.acrida.conf, default.
 *
 * Used in two passes, because plugins bring options and options name plugins: acri_options_scan,
 * then load plugins and acri_options_add theirs, then acri_options_parse. Names are long forms
 * without dashes ("spawn-rate"); asking for a name that does not exist is a bug of the caller and
 * aborts, except through the SDK's acr_option_* (which this module implements).
 *
 * Thread: set up on the main thread; after acri_options_publish it is constant and any may read.
 */
#ifndef ACRIDA_APP_OPTIONS_H
#define ACRIDA_APP_OPTIONS_H

#include "app/options_table.h"
#include "base/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acri_options;

/* Where a value comes from; a higher one wins. */
enum acri_options_source {
    ACRI_OPTIONS_DEFAULT = 0,
    ACRI_OPTIONS_HOME_FILE,
    ACRI_OPTIONS_LOCAL_FILE,
    ACRI_OPTIONS_CONFIG_FILE,
    ACRI_OPTIONS_ENVIRONMENT,
    ACRI_OPTIONS_COMMAND_LINE,
    ACRI_OPTIONS_EARLIER_START, /* acr_start_load, of a run before this one */
    ACRI_OPTIONS_START,
};

/* Owner: the caller, to be given to acri_options_free (NULL is fine there). */
struct acri_options *acri_options_new(void);
void acri_options_free(struct acri_options *o);

/*
 * The first pass: read all sources, but let pass what may be a plugin's (unknown options and keys),
 * so that "scenario", "plugin", "config", "help", "version" and "loglevel" can be asked for. A bad
 * value of a known option is an error already, so that nothing is compiled before it is told.
 *
 * Returns: 0, or -EINVAL (usage: exit code 2).
 */
int acri_options_scan(struct acri_options *o, int argc, char *const *argv,
                      struct acri_error *reterr);

/*
 * Add a plugin's options. Borrowed, with plugin_name: both must outlive o.
 *
 * Returns: 0, or -EINVAL (a bad name, kind or default, no help) or -EEXIST (there already).
 */
int acri_options_add(struct acri_options *o, const char *plugin_name,
                     const struct acr_option *added, size_t n, struct acri_error *reterr);

/*
 * The second pass: forget the first one's values and read all sources strictly.
 *
 * Returns: 0, or -EINVAL (usage: exit code 2) with one line that names the option, the environment
 *          variable, or the file and line.
 */
int acri_options_parse(struct acri_options *o, int argc, char *const *argv,
                       struct acri_error *reterr);

/*
 * Two options that contradict each other: the one from the higher source stays, and the other is
 * forgotten.
 *
 * Returns: 0, or -EINVAL when both are from one source.
 */
int acri_options_exclude(struct acri_options *o, const char *a, const char *b,
                         struct acri_error *reterr);

/* Returns: 0, or -EINVAL for the first option that a plugin requires and nobody gave (or gave
 * empty). is_embedded: the line speaks to a program, which has .options only. */
int acri_options_check_required(const struct acri_options *o, bool is_embedded,
                                struct acri_error *reterr);

/*
 * Changes between two runs, all of them or none: begin, change, end. What was asked for before
 * stays valid until acri_options_free: plugins keep it. Thread: main, while no users run.
 */
void acri_options_change_begin(struct acri_options *o);
/* text: NULL = as if it had never been set. who: as in acri_options_set. Returns: 0, or -EINVAL. */
int acri_options_change(struct acri_options *o, size_t index, const char *who, const char *text,
                        struct acri_error *reterr);
void acri_options_change_end(struct acri_options *o, bool did_take);

/* --- values ------------------------------------------------------------------------------------
 */

/* Whether any source but the default has set it. */
bool acri_options_is_set(const struct acri_options *o, const char *name);
/* Any kind, as text; "" when unset; a flag is "true" or "". Borrowed until the next pass. */
const char *acri_options_string(const struct acri_options *o, const char *name);
bool acri_options_flag(const struct acri_options *o, const char *name);
/* Kind INT; 0 when it is unset and has no default. */
int64_t acri_options_int(const struct acri_options *o, const char *name);
/* Kinds INT, NUMBER, DURATION and RATE; 0 when unset and without default. */
double acri_options_number(const struct acri_options *o, const char *name);
/* Seconds. */
double acri_options_duration(const struct acri_options *o, const char *name);
/* Kind LIST: "scenario", "tags", "user-types" (the positional names). Borrowed until the next pass.
 */
const char *const *acri_options_list(const struct acri_options *o, const char *name, size_t *ret_n);
enum acri_options_source acri_options_source_of(const struct acri_options *o, const char *name);
/* Where the value comes from, for a person: "--users", "ACRIDA_USERS", "acrida.conf:3", "default".
 */
const char *acri_options_origin(const struct acri_options *o, const char *name);

/* --- the table, for --help ---------------------------------------------------------------------
 */

size_t acri_options_count(const struct acri_options *o);
const struct acri_option_spec *acri_options_spec(const struct acri_options *o, size_t index);
/* Who brought it. Returns: NULL: it is acrida's own. */
const char *acri_options_plugin(const struct acri_options *o, size_t index);

/* Make these the options that acr_option_string, _flag, _int and _number answer from; NULL = none.
 */
void acri_options_publish(const struct acri_options *o);
bool acri_options_are_published(void);

/* --- for the readers of sources (options_parse, options_files) ----------------------------------
 */

/* The index of an option by exact name or alias; -1 when there is none. */
int acri_options_find(const struct acri_options *o, const char *name, size_t length);

/*
 * Give an option a value from a source. What a higher source has set stays; a repeated option keeps
 * its last value, a list grows. who names the option as the user wrote it, for the error and the
 * origin.
 *
 * Returns: 0, or -EINVAL.
 */
int acri_options_set(struct acri_options *o, size_t index, enum acri_options_source source,
                     const char *who, const char *text, struct acri_error *reterr);

#endif
