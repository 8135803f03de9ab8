/* SPDX-License-Identifier: MIT */
#include "engine/share.h"

#include "engine/user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct acri_shared {
    struct acri_shared *next;
    char *key;
    char *text;
};

static struct acri_shared *find(const struct acri_run_common *run, const char *key)
{
    struct acri_shared *s = run->shared;

    while (s != NULL && strcmp(s->key, key) != 0)
        s = s->next;
    return s;
}

int acr_share(struct acr_user *u, const char *key, const char *text)
{
    /* The one that the control loop made; loops only see it constant. */
    struct acri_run_common *run = (struct acri_run_common *)(uintptr_t)u->home->run;
    struct acri_shared *s;

    if (u->phase != ACRI_USER_SERVICE || run->is_share_closed)
        return -EPERM;
    s = find(run, key);
    if (s == NULL) {
        s = acri_alloc(sizeof(*s));
        *s = (struct acri_shared){ .next = run->shared, .key = acri_strdup(key) };
        run->shared = s;
    }
    free(s->text);
    s->text = acri_strdup(text != NULL ? text : "");
    return 0;
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
