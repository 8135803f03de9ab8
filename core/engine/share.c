/* SPDX-License-Identifier: MIT */
#include "engine/share.h"

#include "engine/user.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct acri_shared {
    struct acri_shared *next;
    char *key;
    char *text;
    bool is_masters;
};

static struct acri_shared *find(const struct acri_run_common *run, const char *key)
{
    struct acri_shared *s = run->shared;

    while (s != NULL && strcmp(s->key, key) != 0)
        s = s->next;
    return s;
}

static struct acri_shared *find_or_add(struct acri_run_common *run, const char *key)
{
    struct acri_shared *s = find(run, key);

    if (s == NULL) {
        s = acri_alloc(sizeof(*s));
        *s = (struct acri_shared){ .next = run->shared, .key = acri_strdup(key) };
        run->shared = s;
    }
    return s;
}

static void set_text(struct acri_shared *s, const char *text)
{
    free(s->text);
    s->text = acri_strdup(text != NULL ? text : "");
}

int acr_share(struct acr_user *u, const char *key, const char *text)
{
    /* The one that the control loop made; loops only see it constant. */
    struct acri_run_common *run = (struct acri_run_common *)(uintptr_t)u->home->run;
    struct acri_shared *s;

    if (u->phase != ACRI_USER_SERVICE || run->is_share_closed)
        return -EPERM;
    s = find_or_add(run, key);
    if (!s->is_masters)
        set_text(s, text);
    return 0;
}

void acri_share_take(struct acri_run_common *run, const char *key, const char *text)
{
    struct acri_shared *s = find_or_add(run, key);

    s->is_masters = true;
    set_text(s, text);
}

const struct acri_shared *acri_share_next(const struct acri_run_common *run,
                                          const struct acri_shared *after, const char **ret_key,
                                          const char **ret_text)
{
    const struct acri_shared *s = after == NULL ? run->shared : after->next;

    if (s != NULL) {
        *ret_key = s->key;
        *ret_text = s->text;
    }
    return s;
}

const char *acr_shared(const struct acr_user *u, const char *key)
{
    const struct acri_shared *s = find(u->home->run, key);

    return s != NULL ? s->text : "";
}

void acri_share_close(struct acri_run_common *run)
{
    run->is_share_closed = true;
}

void acri_share_done(struct acri_run_common *run)
{
    while (run->shared != NULL) {
        struct acri_shared *s = run->shared;

        run->shared = s->next;
        free(s->key);
        free(s->text);
        free(s);
    }
}
