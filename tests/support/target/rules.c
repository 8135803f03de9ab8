/* SPDX-License-Identifier: MIT */
/* Reads rules and picks the one that applies to a request. */
#include "rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_MS = 24 * 3600 * 1000, MOST_PARTS = 100000 };

/* What reading one rule needs at hand. */
struct reading {
    struct target_rule *rule;
    bool acts; /* some word said what to do */
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct reading *reading, const char *format,
                                                       ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->error, reading->error_size, format, arguments);
    va_end(arguments);
    return false;
}

static bool read_ms(struct target_text text, uint64_t *ms)
{
    return target_text_number(text, ms) && *ms <= LONGEST_MS;
}

static bool read_probability(struct reading *reading, struct target_text value)
{
    char digits[32];
    char *end = digits;
    if (value.size > 0 && value.size < sizeof digits) {
        memcpy(digits, value.data, value.size);
        digits[value.size] = '\0';
        /* strtod would also take "nan", "inf", blanks and hexadecimal */
        if (strspn(digits, "0123456789.eE+-") == value.size) {
            reading->rule->probability = strtod(digits, &end);
        }
    }
    if (end == digits || *end != '\0' || reading->rule->probability < 0 ||
        reading->rule->probability > 1) {
        return fail(reading, "p must be a number from 0 to 1");
    }
    return true;
}

static bool read_status(struct reading *reading, struct target_text value)
{
    uint64_t status;
    if (!target_text_number(value, &status) || status < 200 || status > 599) {
        return fail(reading, "status must be a number from 200 to 599");
    }
    reading->rule->status = (unsigned)status;
    return true;
}

static bool read_delay(struct reading *reading, struct target_text value)
{
    struct target_rule *rule = reading->rule;
    struct target_text lowest = target_text_cut(&value, '.');
    bool right = read_ms(lowest, &rule->delay_lowest_ms);

    rule->delay_highest_ms = rule->delay_lowest_ms;
    if (right && value.data > lowest.data + lowest.size) { /* there was a dot */
        right = value.size > 1 && value.data[0] == '.' &&
                read_ms(target_text_skip(value, 1), &rule->delay_highest_ms) &&
                rule->delay_lowest_ms <= rule->delay_highest_ms;
    }
    return right || fail(reading, "delay must be MS or LOW..HIGH, in milliseconds");
}

static bool read_slow(struct reading *reading, struct target_text value)
{
    struct target_rule *rule = reading->rule;
    struct target_text ms = target_text_cut(&value, 'x');
    if (!read_ms(ms, &rule->slow_ms) || !target_text_number(value, &rule->slow_parts) ||
        rule->slow_parts == 0 || rule->slow_parts > MOST_PARTS) {
        return fail(reading, "slow must be MSxPARTS, such as 100x10");
    }
    return true;
}

static bool set_action(struct reading *reading, enum target_rule_action action)
{
    if (reading->rule->action != TARGET_RULE_PASS) {
        return fail(reading, "only one of status, drop, garbage and truncate can be given");
    }
    reading->rule->action = action;
    reading->acts = true;
    return true;
}

static bool read_word(struct reading *reading, struct target_text word)
{
    struct target_text value = word;
    struct target_text name = target_text_cut(&value, '=');
    bool bare = name.size == word.size;

    if (bare && target_text_is(name, "drop")) {
        return set_action(reading, TARGET_RULE_DROP);
    }
    if (bare && target_text_is(name, "garbage")) {
        return set_action(reading, TARGET_RULE_GARBAGE);
    }
    if (bare && target_text_is(name, "truncate")) {
        return set_action(reading, TARGET_RULE_TRUNCATE);
    }
    if (!bare && target_text_is(name, "status")) {
        return set_action(reading, TARGET_RULE_STATUS) && read_status(reading, value);
    }
    if (!bare && target_text_is(name, "p")) {
        return read_probability(reading, value);
    }
    reading->acts = true;
    if (!bare && target_text_is(name, "delay")) {
        return read_delay(reading, value);
    }
    if (!bare && target_text_is(name, "slow")) {
        return read_slow(reading, value);
    }
    if (!bare && target_text_is(name, "stall")) {
        return read_ms(value, &reading->rule->stall_ms) ||
               fail(reading, "stall must be a number of milliseconds");
    }
    return fail(reading, "unknown word '%.*s'", (int)word.size, word.data);
}

/* The next run of bytes that are not blank; empty at the end. */
static struct target_text next_word(struct target_text *rest)
{
    struct target_text word;
    *rest = target_text_trim(*rest);
    for (size_t i = 0; i < rest->size; i++) {
        if (rest->data[i] == ' ' || rest->data[i] == '\t') {
            word = (struct target_text){ rest->data, i };
            *rest = target_text_skip(*rest, i);
            return word;
        }
    }
    word = *rest;
    *rest = target_text_skip(*rest, rest->size);
    return word;
}

static bool read_rule(struct reading *reading)
{
    struct target_rule *rule = reading->rule;
    struct target_text rest = target_text_of(rule->text);
    struct target_text word;

    rule->method = next_word(&rest);
    rule->pattern = next_word(&rest);
    if (rule->pattern.size == 0) {
        return fail(reading, "a rule is METHOD PATH ACTION...");
    }
    if (rule->pattern.data[0] != '/' && rule->pattern.data[0] != '*') {
        return fail(reading, "the path must start with / or *");
    }
    while ((word = next_word(&rest)).size > 0) {
        if (!read_word(reading, word)) {
            return false;
        }
    }
    return reading->acts || fail(reading, "the rule says nothing to do");
}

bool target_rules_add(struct target_rules *rules, const char *text, char *error, size_t error_size)
{
    struct target_rule rule = { .text = strdup(text), .probability = 1 };
    struct reading reading = { .rule = &rule, .error = error, .error_size = error_size };
    struct target_rule *items;

    if (rule.text == NULL) {
        return fail(&reading, "out of memory");
    }
    if (!read_rule(&reading)) {
        free(rule.text);
        return false;
    }
    items = realloc(rules->items, (rules->count + 1) * sizeof *items);
    if (items == NULL) {
        free(rule.text);
        return fail(&reading, "out of memory");
    }
    rules->items = items;
    rules->items[rules->count++] = rule;
    return true;
}

const struct target_rule *target_rules_choose(const struct target_rules *rules,
                                              struct target_text method, struct target_text path,
                                              struct target_random *random)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct target_rule *rule = &rules->items[i];
        if (target_text_glob(rule->method, method) && target_text_glob(rule->pattern, path) &&
            (rule->probability >= 1 || target_random_unit(random) < rule->probability)) {
            return rule;
        }
    }
    return NULL;
}

void target_rules_free(struct target_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        free(rules->items[i].text);
    }
    free(rules->items);
    *rules = (struct target_rules){ 0 };
}
