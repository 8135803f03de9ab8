/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <acrida/acrida.h>

#include <pthread.h>
#include <stdlib.h>

/* A page that takes longer is made for those that ask only, and not beforehand. */
#define CHEAP_NS 5000000ull
/* Whoever has not asked for so long has gone. */
#define FORGET_NS 300000000000ull

struct format {
    struct metrics_text *text;
    uint64_t tick;     /* of which it is */
    uint64_t asked_ns; /* when somebody last asked; 0 = never */
    uint64_t took_ns;  /* to make it */
    bool is_awaited;
};

struct metrics_page {
    pthread_mutex_t lock;
    struct format formats[2]; /* by is_classic */
    uint64_t tick;
    bool was_sent;
    void (*made)(void *arg);
    void *arg;
};

struct metrics_page *metrics_page_new(void (*made)(void *arg), void *arg)
{
    struct metrics_page *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    p->made = made;
    p->arg = arg;
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

static void let_go(struct metrics_text *text)
{
    if (text == NULL || --text->n_holders > 0)
        return;
    csv_text_done(&text->text);
    free(text);
}

void metrics_page_free(struct metrics_page *p)
{
    if (p == NULL)
        return;
    for (int i = 0; i < 2; i++)
        let_go(p->formats[i].text);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static struct metrics_text *make(const struct acr_snapshot *s, const struct openmetrics_options *o,
                                 bool is_classic, uint64_t *ret_took_ns)
{
    struct metrics_text *text = calloc(1, sizeof(*text));
    struct openmetrics_options own = *o;
    uint64_t began_ns = acr_now_ns();

    if (text == NULL)
        return NULL;
    text->n_holders = 1;
    own.is_classic = is_classic;
    openmetrics_write(&text->text, s, &own);
    *ret_took_ns = acr_now_ns() - began_ns;
    if (!text->text.is_incomplete)
        return text;
    let_go(text);
    return NULL;
}

static bool is_wanted(const struct format *f, uint64_t now_ns, bool is_last)
{
    if (f->is_awaited || is_last)
        return true;
    return f->asked_ns != 0 && now_ns - f->asked_ns < FORGET_NS && f->took_ns < CHEAP_NS;
}

void metrics_page_tick(struct metrics_page *p, const struct acr_snapshot *s,
                       const struct openmetrics_options *o, bool is_last)
{
    bool are_wanted[2];

    pthread_mutex_lock(&p->lock);
    p->tick++;
    p->was_sent = false;
    for (int i = 0; i < 2; i++)
        are_wanted[i] = is_wanted(&p->formats[i], acr_now_ns(), is_last);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < 2; i++) {
        struct format *f = &p->formats[i];
        struct metrics_text *before;
        struct metrics_text *text;
        uint64_t took_ns = 0;

        text = are_wanted[i] ? make(s, o, i == 1, &took_ns) : NULL;
        if (text == NULL)
            continue;
        pthread_mutex_lock(&p->lock);
        before = f->text;
        f->text = text;
        f->tick = p->tick;
        f->took_ns = took_ns;
        f->is_awaited = false;
        let_go(before);
        pthread_mutex_unlock(&p->lock);
    }
    if (are_wanted[0] || are_wanted[1])
        p->made(p->arg);
}

bool metrics_page_was_sent(struct metrics_page *p)
{
    bool was_sent;

    pthread_mutex_lock(&p->lock);
    was_sent = p->was_sent;
    pthread_mutex_unlock(&p->lock);
    return was_sent;
}

struct metrics_text *metrics_page_take(struct metrics_page *p, bool is_classic, bool is_patient)
{
    struct format *f = &p->formats[is_classic];
    struct metrics_text *text = NULL;

    pthread_mutex_lock(&p->lock);
    f->asked_ns = acr_now_ns();
    if (f->text != NULL && (f->tick == p->tick || !is_patient)) {
        text = f->text;
        text->n_holders++;
    } else {
        f->is_awaited = true;
    }
    pthread_mutex_unlock(&p->lock);
    return text;
}

void metrics_page_drop(struct metrics_page *p, struct metrics_text *text, bool is_sent)
{
    pthread_mutex_lock(&p->lock);
    for (int i = 0; i < 2 && is_sent; i++)
        if (p->formats[i].text == text && p->formats[i].tick == p->tick)
            p->was_sent = true;
    let_go(text);
    pthread_mutex_unlock(&p->lock);
}
