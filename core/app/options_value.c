/* SPDX-License-Identifier: MIT */
/* Values of options: checking, and the words for what is wrong with one. */
#include "app/options_value.h"

#include "base/duration.h"
#include "base/rate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MOST_SHOWN 120

char *acri_options_value_shown(const char *text, char *to, size_t size)
{
    size_t limit = size - 1 < MOST_SHOWN ? size - 1 : MOST_SHOWN;
    size_t i;

    for (i = 0; i < limit && text[i] != '\0'; i++)
        to[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    to[i] = '\0';
    if (text[i] != '\0' && i >= 3)
        memcpy(to + i - 3, "...", 3);
    return to;
}

/* Only plain decimals: strtod would also take "inf", "nan" and hexadecimal. */
static int parse_number(const char *text, double *ret_number)
{
    char *end;
    double number;

    if (*text == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return -EINVAL;
    number = strtod(text, &end);
    if (*end != '\0' || !isfinite(number))
        return -EINVAL;
    *ret_number = number;
    return 0;
}

static int parse_percent(const char *text, double *ret_percent)
{
    char digits[32];
    size_t n = strlen(text);

    n -= n > 0 && text[n - 1] == '%';
    if (n >= sizeof(digits))
        return -EINVAL;
    memcpy(digits, text, n);
    digits[n] = '\0';
    if (parse_number(digits, ret_percent) < 0 || *ret_percent < 0 || *ret_percent > 100)
        return -EINVAL;
    return 0;
}

static int parse_integer(const char *text, int64_t *ret_integer)
{
    size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
    long long integer;

    if (text[sign] == '\0' || text[sign + strspn(text + sign, "0123456789")] != '\0')
        return -EINVAL;
    errno = 0;
    integer = strtoll(text, NULL, 10);
    if (errno != 0)
        return -ERANGE;
    *ret_integer = integer;
    return 0;
}

static int parse_flag(const char *text, bool *ret_flag)
{
    static const char *const yes[] = { "true", "yes", "on", "1" };
    static const char *const no[] = { "false", "no", "off", "0" };

    for (size_t i = 0; i < ACR_LEN(yes); i++) {
        if (strcasecmp(text, yes[i]) == 0) {
            *ret_flag = true;
            return 0;
        }
        if (strcasecmp(text, no[i]) == 0) {
            *ret_flag = false;
            return 0;
        }
    }
    return -EINVAL;
}

static bool is_log_level(const char *text)
{
    static const char *const levels[] = { "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL" };

    for (size_t i = 0; i < ACR_LEN(levels); i++)
        if (strcasecmp(text, levels[i]) == 0)
            return true;
    return false;
}

/* NULL when the value keeps the rule, else what it should be. */
static const char *broken_rule(enum acri_option_rule rule, const char *text, double number)
{
    switch (rule) {
    case ACRI_OPTION_NOT_NEGATIVE:
        return number >= 0 ? NULL : "0 or more";
    case ACRI_OPTION_ABOVE_ZERO:
        return number > 0 ? NULL : "a number above 0";
    case ACRI_OPTION_PORT:
        return number < 1 || number > 65535 ? "1 to 65535" : NULL;
    case ACRI_OPTION_THREADS:
        return number >= 1 && number <= 1024 ? NULL : "1 to 1024";
    case ACRI_OPTION_EXIT_CODE:
        return number >= 0 && number <= 255 ? NULL : "0 to 255";
    case ACRI_OPTION_LOG_LEVEL:
        return is_log_level(text) ? NULL : "DEBUG, INFO, WARNING, ERROR or CRITICAL";
    case ACRI_OPTION_ANY:
        break;
    }
    return NULL;
}

/* NULL when the text is of the kind, else what it should be. */
static const char *broken_kind(enum acri_option_kind kind, const char *text,
                               struct acri_option_value *value)
{
    int r;

    switch (kind) {
    case ACRI_OPTION_INT:
        r = parse_integer(text, &value->integer);
        value->number = (double)value->integer;
        return r == -ERANGE ? "a smaller number" : r < 0 ? "a whole number" : NULL;
    case ACRI_OPTION_NUMBER:
        return parse_number(text, &value->number) < 0 ? "a number" : NULL;
    case ACRI_OPTION_DURATION:
        return acri_duration_parse(text, &value->number) < 0
                   ? "a duration such as 90s, 20m or 1h30m"
                   : NULL;
    case ACRI_OPTION_RATE:
        return acri_rate_parse(text, &value->number) < 0 ? "a rate such as 500/s, 30/m or 2/h"
                                                         : NULL;
    case ACRI_OPTION_PERCENT:
        return parse_percent(text, &value->number) < 0 ? "a percentage from 0% to 100%" : NULL;
    case ACRI_OPTION_FLAG:
        return parse_flag(text, &value->flag) < 0 ? "true or false" : NULL;
    case ACRI_OPTION_STRING:
    case ACRI_OPTION_LIST:
        break;
    }
    return NULL;
}

/* Whether the text is a choice, or there is nothing to choose from. */
static bool is_choice(const char *choices, const char *text)
{
    const char *at = choices;
    size_t length = strlen(text);

    if (choices == NULL || *choices == '\0')
        return true;
    while (*(at += strspn(at, " ")) != '\0') {
        size_t n = strcspn(at, " ");

        if (n == length && memcmp(at, text, n) == 0)
            return true;
        at += n;
    }
    return false;
}

char *acri_options_value_choices(const char *choices, char *to, size_t size)
{
    size_t used = 0;

    to[0] = '\0';
    while (*(choices += strspn(choices, " ")) != '\0') {
        size_t n = strcspn(choices, " ");
        int written =
            snprintf(to + used, size - used, "%s%.*s", used > 0 ? ", " : "", (int)n, choices);

        if (written < 0 || (size_t)written >= size - used) {
            to[used] = '\0';
            break;
        }
        used += (size_t)written;
        choices += n;
    }
    return to;
}

int acri_options_value_parse(const struct acri_option_spec *spec, const char *who, const char *text,
                             struct acri_option_value *ret_value, struct acri_error *reterr)
{
    struct acri_option_value value = { 0 };
    const char *wanted = broken_kind(spec->kind, text, &value);
    char choices[512];
    char shown[MOST_SHOWN + 1];

    if (wanted == NULL)
        wanted = broken_rule(spec->rule, text, value.number);
    if (wanted == NULL && !is_choice(spec->choices, text)) {
        snprintf(choices, sizeof(choices), "one of ");
        acri_options_value_choices(spec->choices, choices + strlen(choices),
                                   sizeof(choices) - strlen(choices));
        wanted = choices;
    }
    if (wanted != NULL && spec->is_secret)
        return acri_fail(reterr, -EINVAL, "%s wants %s", who, wanted);
    if (wanted != NULL)
        return acri_fail(reterr, -EINVAL, "%s wants %s, got '%s'", who, wanted,
                         acri_options_value_shown(text, shown, sizeof(shown)));
    *ret_value = value;
    return 0;
}
