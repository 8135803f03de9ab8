/* SPDX-License-Identifier: MIT */
/* Reads profiles and decides how slow an answer is. */
#include "profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum target_profile_kind kind;
} kinds[] = {
    { "steady", TARGET_PROFILE_STEADY },     { "noise", TARGET_PROFILE_NOISE },
    { "linear", TARGET_PROFILE_LINEAR },     { "cliff", TARGET_PROFILE_CLIFF },
    { "sawtooth", TARGET_PROFILE_SAWTOOTH }, { "saturation", TARGET_PROFILE_SATURATION },
    { "spike", TARGET_PROFILE_SPIKE },       { "drift", TARGET_PROFILE_DRIFT },
};

struct reading {
    struct target_profile *profile;
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

static bool read_kind(struct reading *reading, struct target_text word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (target_text_is(word, kinds[i].name)) {
            reading->profile->kind = kinds[i].kind;
            return true;
        }
    }
    return fail(reading, "the kind must be steady, noise, linear, cliff, saturation, sawtooth, "
                         "spike or drift");
}

static bool read_real(struct reading *reading, const char *name, struct target_text value,
                      double lowest, double highest, double *ret)
{
    char digits[32];
    char *end = digits;

    if (value.size > 0 && value.size < sizeof digits) {
        memcpy(digits, value.data, value.size);
        digits[value.size] = '\0';
        /* strtod would also take "nan", "inf", blanks and hexadecimal */
        if (strspn(digits, "0123456789.") == value.size) {
            *ret = strtod(digits, &end);
        }
    }
    if (end == digits || *end != '\0' || !(*ret >= lowest && *ret <= highest)) {
        return fail(reading, "%s must be a number from %g to %g", name, lowest, highest);
    }
    return true;
}

static bool read_setting(struct reading *reading, struct target_text word)
{
    struct target_profile *profile = reading->profile;
    struct target_text value = word;
    struct target_text name = target_text_cut(&value, '=');

    if (target_text_is(name, "base")) {
        return read_real(reading, "base", value, 0.001, 60000, &profile->base_ms);
    }
    if (target_text_is(name, "knee")) {
        return read_real(reading, "knee", value, 1, 1e6, &profile->knee);
    }
    if (target_text_is(name, "over")) {
        return read_real(reading, "over", value, 0.1, 1e6, &profile->over_s);
    }
    if (target_text_is(name, "fail")) {
        return read_real(reading, "fail", value, 0, 1, &profile->fail);
    }
    return fail(reading, "unknown word '%.*s'", (int)word.size, word.data);
}

static bool read_profile(struct reading *reading)
{
    struct target_text rest = target_text_trim(target_text_of(reading->profile->text));

    if (!read_kind(reading, target_text_cut(&rest, ' '))) {
        return false;
    }
    while ((rest = target_text_trim(rest)).size > 0) {
        struct target_text word = target_text_cut(&rest, ' ');
        if (word.data[0] == '/' || word.data[0] == '*') {
            reading->profile->pattern = word;
        } else if (!read_setting(reading, word)) {
            return false;
        }
    }
    return true;
}

bool target_profiles_add(struct target_profiles *profiles, const char *text, char *error,
                         size_t error_size)
{
    struct target_profile profile = {
        .text = strdup(text),
        .pattern = TARGET_TEXT("*"),
        .base_ms = 5,
        .knee = 10,
        .over_s = 10,
    };
    struct reading reading = { .profile = &profile, .error = error, .error_size = error_size };
    struct target_profile *items;

    if (profile.text == NULL) {
        return fail(&reading, "out of memory");
    }
    if (!read_profile(&reading)) {
        free(profile.text);
        return false;
    }
    items = realloc(profiles->items, (profiles->count + 1) * sizeof *items);
    if (items == NULL) {
        free(profile.text);
        return fail(&reading, "out of memory");
    }
    profiles->items = items;
    profiles->items[profiles->count++] = profile;
    return true;
}

const struct target_profile *target_profiles_find(const struct target_profiles *profiles,
                                                  struct target_text path)
{
    for (size_t i = 0; i < profiles->count; i++) {
        if (target_text_glob(profiles->items[i].pattern, path)) {
            return &profiles->items[i];
        }
    }
    return NULL;
}

/* 0.6 to 1.6, the same for half a second. */
static double weather(double now_s, uint64_t seed)
{
    struct target_random random = { seed ^ ((uint64_t)(now_s * 2) * UINT64_C(0x100000001b3)) };
    return 0.6 + target_random_unit(&random);
}

static double fraction(double number)
{
    return number - (double)(uint64_t)number;
}

/* A line before `knee` servers, each of which takes the base time. */
static double wait_in_line(const struct target_profile *profile, struct target_profile_state *state,
                           double now_s)
{
    double start = state->free_s > now_s ? state->free_s : now_s;
    state->free_s = start + profile->base_ms / 1000 / profile->knee;
    return 1 + (start - now_s) * 1000 / profile->base_ms;
}

struct target_profile_answer target_profile_decide(const struct target_profile *profile,
                                                   struct target_profile_state *state, double now_s,
                                                   uint64_t seed, struct target_random *random)
{
    double load = (double)state->in_flight / profile->knee;
    double time = now_s / profile->over_s;
    double factor = 1;
    bool is_bad = false;

    switch (profile->kind) {
    case TARGET_PROFILE_STEADY:
        break;
    case TARGET_PROFILE_NOISE:
        factor = weather(now_s, seed);
        break;
    case TARGET_PROFILE_LINEAR:
        factor = 1 + load;
        break;
    case TARGET_PROFILE_CLIFF:
        is_bad = load >= 1;
        factor = is_bad ? 20 : 1;
        break;
    case TARGET_PROFILE_SATURATION:
        factor = wait_in_line(profile, state, now_s);
        break;
    case TARGET_PROFILE_SAWTOOTH:
        factor = 1 + 3 * fraction(time);
        break;
    case TARGET_PROFILE_SPIKE:
        is_bad = time >= 1;
        factor = is_bad ? 15 : 1;
        break;
    case TARGET_PROFILE_DRIFT:
        factor = 1 + 0.4 * time;
        break;
    }
    factor *= 0.8 + 0.4 * target_random_unit(random);
    return (struct target_profile_answer){
        .delay_ns = (uint64_t)(profile->base_ms * factor * 1e6),
        .is_failure = is_bad && target_random_unit(random) < profile->fail,
    };
}

void target_profiles_free(struct target_profiles *profiles)
{
    for (size_t i = 0; i < profiles->count; i++) {
        free(profiles->items[i].text);
    }
    free(profiles->items);
    *profiles = (struct target_profiles){ 0 };
}
