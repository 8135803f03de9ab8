/* SPDX-License-Identifier: MIT */
/* Rules that make chosen requests slow, wrong or unanswered, read from text such as
 * "GET /api/orders status=409 p=0.1". */
#ifndef ACRIDA_TARGET_RULES_H
#define ACRIDA_TARGET_RULES_H

#include "random.h"
#include "text.h"

enum target_rule_action {
    TARGET_RULE_PASS,     /* the route answers; only its timing changes */
    TARGET_RULE_STATUS,   /* a canned answer with this status */
    TARGET_RULE_DROP,     /* closed unanswered */
    TARGET_RULE_GARBAGE,  /* bytes that are not HTTP */
    TARGET_RULE_TRUNCATE, /* less body than announced */
};

struct target_rule {
    char *text; /* owned; method and pattern point into it */
    struct target_text method;
    struct target_text pattern;
    double probability;
    enum target_rule_action action;
    unsigned status;
    uint64_t delay_lowest_ms;
    uint64_t delay_highest_ms;
    uint64_t stall_ms; /* the whole server stops for that long */
    uint64_t slow_ms;
    uint64_t slow_parts; /* 0: the body goes out in one piece */
};

struct target_rules {
    struct target_rule *items;
    size_t count;
};

/* Adds a rule; on a bad one says why in `error` and returns false. */
bool target_rules_add(struct target_rules *rules, const char *text, char *error, size_t error_size);

/* The first rule that describes the request and whose probability hits, or NULL. */
const struct target_rule *target_rules_choose(const struct target_rules *rules,
                                              struct target_text method, struct target_text path,
                                              struct target_random *random);
void target_rules_free(struct target_rules *rules);

#endif
