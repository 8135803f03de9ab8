/* SPDX-License-Identifier: MIT */
/*
 * The one table of acrida's own options. The command line, environment, configuration files and
 * --help are all made from it; plugins' options join it at run time (see options.h).
 */
#ifndef ACRIDA_APP_OPTIONS_TABLE_H
#define ACRIDA_APP_OPTIONS_TABLE_H

#include <acrida/plugin.h>

#include <stdbool.h>
#include <stddef.h>

/* The kinds of the SDK, and two that only acrida itself uses. */
enum acri_option_kind {
    ACRI_OPTION_STRING = ACR_OPTION_STRING,
    ACRI_OPTION_FLAG = ACR_OPTION_FLAG,
    ACRI_OPTION_INT = ACR_OPTION_INT,
    ACRI_OPTION_NUMBER = ACR_OPTION_NUMBER,
    ACRI_OPTION_DURATION = ACR_OPTION_DURATION,
    ACRI_OPTION_LIST = 100,    /* strings: repeated, or with separators */
    ACRI_OPTION_RATE = 101,    /* "500/s", "30/m": a number per second */
    ACRI_OPTION_PERCENT = 102, /* "1%" or "1": a number */
};

/* What a value must hold besides being of its kind. */
enum acri_option_rule {
    ACRI_OPTION_ANY = 0,
    ACRI_OPTION_NOT_NEGATIVE,
    ACRI_OPTION_ABOVE_ZERO,
    ACRI_OPTION_THREADS,   /* 1 to 1024 */
    ACRI_OPTION_EXIT_CODE, /* 0 to 255 */
    ACRI_OPTION_PORT,      /* 1 to 65535 */
    ACRI_OPTION_LOG_LEVEL, /* a name of Python's levels, whatever its case */
};

struct acri_option_spec {
    const char *name; /* long form without dashes */
    char letter;      /* short form; 0 = none */
    enum acri_option_kind kind;
    enum acri_option_rule rule;
    const char *aliases;       /* other long forms, separated by spaces; NULL = none */
    const char *separators;    /* between the elements of a list; "" = each value is one */
    const char *metavar;       /* NULL for flags */
    const char *default_value; /* NULL = unset */
    const char *choices;       /* the values allowed, separated by spaces; NULL = any */
    const char *section;       /* heading in --help; NULL = not listed there */
    const char *help;
    bool is_command;  /* on the command line only: neither environment nor configuration */
    bool takes_words; /* a list: also the words behind its first, up to the next option */
    bool is_secret;   /* its value is shown nowhere */
    bool is_required; /* a run without it is refused */
    bool is_local;    /* concerns this process only: a master does not hand it to its workers */
};

/* An option of Locust that acrida does not have. */
struct acri_option_absent {
    const char *name;
    char letter;
    const char *text; /* what to say after the option's name; NULL = "is not there yet" */
};

/* The table, in the order of --help: options of one section are neighbours. */
const struct acri_option_spec *acri_options_table(size_t *ret_n);

/* Returns: NULL when Locust has no such option either. */
const struct acri_option_absent *acri_options_table_absent(const char *name, size_t length);
const struct acri_option_absent *acri_options_table_absent_letter(char letter);

#endif
