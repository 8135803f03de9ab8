/* SPDX-License-Identifier: MIT */
#include "engine/stages.h"

#include "base/duration.h"
#include "base/rate.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any stage that makes sense. */
#define LONGEST 128

/* One stage of the text, for errors. */
struct part {
    size_t number;
    const char *text;
    struct acri_error *reterr;
};

static int refuse(const struct part *p, const char *what)
{
    char shown[LONGEST];
    size_t i;

    for (i = 0; i + 1 < sizeof(shown) && p->text[i] != '\0'; i++)
        shown[i] = iscntrl((unsigned char)p->text[i]) ? '?' : p->text[i];
    shown[i] = '\0';
    return acri_fail(p->reterr, -EINVAL, "stage %zu, '%s': %s", p->number, shown, what);
}

static int parse_users(const char *text, uint64_t *ret_users)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0' || strlen(text) > 15)
        return -EINVAL;
    *ret_users = strtoull(text, NULL, 10);
    return 0;
}

/* text is DURATION:LOAD or DURATION:LOAD@SPEED, and is taken apart. */
static int parse_stage(const struct part *p, char *text, struct acr_stage *stage, bool *ret_is_open)
{
    char *load = strchr(text, ':');
    char *speed;

    if (load == NULL)
        return refuse(p, "a stage is DURATION:USERS, such as 60s:100, or DURATION:RATE, such as "
                         "60s:500/s");
    *load++ = '\0';
    speed = strchr(load, '@');
    if (speed != NULL)
        *speed++ = '\0';
    if (acri_duration_parse(text, &stage->duration_s) < 0 || stage->duration_s <= 0)
        return refuse(p, "it starts with a duration above 0, such as 90s, 20m or 1h30m");
    *ret_is_open = strchr(load, '/') != NULL;
    if (*ret_is_open && acri_rate_parse(load, &stage->arrival_rate) < 0)
        return refuse(p, "behind the colon comes a rate, such as 500/s, 30/m or 2/h");
    if (!*ret_is_open && parse_users(load, &stage->users) < 0)
        return refuse(p, "behind the colon comes a number of users, such as 100, or an arrival "
                         "rate, such as 500/s");
    if (speed == NULL)
        return 0;
    if (acri_rate_parse(speed, *ret_is_open ? &stage->ramp_per_s : &stage->spawn_rate) < 0 ||
        (stage->ramp_per_s <= 0 && stage->spawn_rate <= 0))
        return refuse(p, *ret_is_open ? "behind the @ comes by how much per second the rate moves, "
                                        "such as 10"
                                      : "behind the @ comes how many users are started per second, "
                                        "such as 10");
    return 0;
}

/* The characters up to the next comma, without the blanks around them. */
static int copy_part(const struct part *p, const char *at, size_t length, char *to)
{
    while (length > 0 && isspace((unsigned char)*at))
        at++, length--;
    while (length > 0 && isspace((unsigned char)at[length - 1]))
        length--;
    if (length >= LONGEST)
        return refuse(p, "this is too long for a stage");
    memcpy(to, at, length);
    to[length] = '\0';
    return length > 0 ? 0 : refuse(p, "there is nothing in it: one comma too many?");
}

static int add_stage(struct acri_stages *s, const char *at, size_t length,
                     struct acri_error *reterr)
{
    struct acr_stage stage = { 0 };
    struct part p = { .number = s->n + 1, .text = "", .reterr = reterr };
    char shown[LONGEST];
    char text[LONGEST];
    bool is_open = false;
    int r = copy_part(&p, at, length, text);

    if (r < 0)
        return r;
    memcpy(shown, text, sizeof(shown));
    p.text = shown;
    if (s->n == ACRI_STAGES_LIMIT)
        return refuse(&p, "there are more stages than make sense");
    r = parse_stage(&p, text, &stage, &is_open);
    if (r < 0)
        return r;
    if (s->n > 0 && is_open != s->are_open)
        return refuse(&p, "users and arrival rates cannot take turns: 0/s is a stage without "
                          "arrivals, 0 one without users");
    s->stages[s->n++] = stage;
    s->are_open = is_open;
    return 0;
}

int acri_stages_parse(const char *text, struct acri_stages *ret_stages, struct acri_error *reterr)
{
    struct acri_stages s = { 0 };
    size_t n_commas = 0;
    int r = 0;

    for (const char *at = text; *at != '\0' && n_commas < ACRI_STAGES_LIMIT; at++)
        n_commas += *at == ',';
    s.stages = acri_alloc((n_commas + 1) * sizeof(*s.stages));
    for (bool is_last = false; !is_last && r == 0;) {
        size_t length = strcspn(text, ",");

        r = add_stage(&s, text, length, reterr);
        is_last = text[length] == '\0';
        text += length + (is_last ? 0 : 1);
    }
    if (r < 0)
        acri_stages_done(&s);
    else
        *ret_stages = s;
    return r;
}

void acri_stages_done(struct acri_stages *s)
{
    free(s->stages);
    *s = (struct acri_stages){ 0 };
}
