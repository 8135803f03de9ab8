/* SPDX-License-Identifier: MIT */
#include "engine/feeder.h"

#include "base/clock.h"
#include "base/csv.h"
#include "engine/feed_file.h"
#include "engine/feed_order.h"
#include "engine/feed_own.h"
#include "engine/lead.h"
#include "engine/park.h"
#include "engine/objects.h"
#include "engine/user.h"

#include <acrida/acrida.h>

#include <stdlib.h>
#include <string.h>

#define MOST_AT_ONCE 64u

struct range {
    uint64_t from;
    uint64_t to; /* not included */
};

/* A user that waits for a row; on its coroutine's stack. */
struct waiter {
    struct waiter *next;
    struct waiter *previous;
    struct acr_coroutine *coroutine;
    struct acri_feed_own *own; /* where it is kept; NULL = nowhere */
    uint64_t position;
    bool has_position;
    bool is_listed;
};

/* What one loop has of a feeder. */
struct share {
    struct acr_feeder *feeder;
    /* The loop's. */
    struct acri_users *home; /* set before the first question; the control loop reads it after */
    struct range range;
    struct waiter *first;
    struct waiter *last;
    uint64_t n_waiting;
    bool is_asking;
    bool is_dry; /* none will ever come */
    struct acri_feed_cursor cursor;
    struct acri_feed_order order; /* of `pass`, when n is not 0 */
    uint64_t pass;
    struct acri_log_limit log_limit;
    /* A question and its answer, and a recall: whoever got the message. */
    struct acri_message question;
    uint64_t n_wanted;
    struct range dealt;
    struct acri_message recall;
    struct range returned;
    /* The control loop's. */
    struct share *next_asker;
    bool holds;
    bool is_recalled;
};

struct acr_feeder {
    struct acri_object object;
    struct acri_feed_file file;
    char *path;
    uint32_t order;
    uint64_t seed;
    struct acr_loop *control;
    struct share **shares; /* of n_loops loops, and the control loop's own */
    size_t n_loops;
    /* The control loop's. */
    uint64_t next;
    uint64_t end;           /* of all positions */
    struct range *returned; /* n_returned elements */
    size_t n_returned;
    size_t n_recalled;      /* recalls that are out */
    struct acri_lead *lead; /* a worker's: positions come from its master; NULL = all are here */
    uint64_t number;        /* among the objects: the same in all processes */
    uint64_t last; /* a worker's: the end of all positions; `end` is of those it was given */
    bool is_claiming;
    bool is_drained; /* the master has none left */
    struct share *first_asker;
    struct share *last_asker;
};

struct acr_row {
    const struct acr_feeder *feeder;
    uint64_t number;
    const struct acr_json *json; /* NULL: of CSV */
    const char *values[];        /* as many as there are columns */
};

/* --- the control loop deals ---------------------------------------------------------------------
 */

uint64_t acri_feeder_block(uint64_t n, uint64_t n_wanted, size_t n_loops)
{
    /* A loop alone shares with nobody; otherwise loops come around several times. */
    uint64_t block = n_loops > 1 ? n / (4 * n_loops) : MOST_AT_ONCE;

    if (block > MOST_AT_ONCE)
        block = MOST_AT_ONCE;
    if (block < n_wanted)
        block = n_wanted;
    return block > 0 ? block : 1;
}

/* Empty when there is nothing left here. */
static struct range take_range(struct acr_feeder *f, const struct share *s)
{
    struct range *from = f->n_returned > 0 ? &f->returned[f->n_returned - 1] : NULL;
    uint64_t left = from != NULL ? from->to - from->from : f->end - f->next;
    struct range taken;
    uint64_t n;

    /* Hooks are no reason to hold rows back, and what one has for good is not to lie idle. */
    if (s == f->shares[f->n_loops] || f->order == ACR_FEED_UNIQUE)
        n = s->n_wanted;
    else
        n = acri_feeder_block(f->order == ACR_FEED_ONCE ? left : f->file.n_rows, s->n_wanted,
                              f->n_loops);
    if (n > left)
        n = left;
    if (from == NULL) {
        taken = (struct range){ f->next, f->next + n };
        f->next += n;
        return taken;
    }
    taken = (struct range){ from->from, from->from + n };
    from->from += n;
    if (from->from == from->to)
        f->n_returned--;
    return taken;
}

static void serve(struct acr_feeder *f);
static void free_feeder(struct acri_object *object);

static void keep_range(struct acr_feeder *f, struct range range)
{
    if (range.from == range.to)
        return;
    f->returned = acri_realloc(f->returned, (f->n_returned + 1) * sizeof(*f->returned));
    f->returned[f->n_returned++] = range;
}

/* On the control loop, from a loop. */
static void run_returned(struct acri_message *m)
{
    struct share *s = ACRI_CONTAINER_OF(m, struct share, recall);
    struct acr_feeder *f = s->feeder;

    s->is_recalled = false;
    f->n_recalled--;
    keep_range(f, s->returned);
    serve(f);
}

/* On the loop. */
static void run_recall(struct acri_message *m)
{
    struct share *s = ACRI_CONTAINER_OF(m, struct share, recall);

    s->returned = s->range;
    s->range = (struct range){ 0, 0 };
    s->recall.run = run_returned;
    acri_loop_post(s->feeder->control, &s->recall);
}

/* Ask all loops for what they have left. Returns: whether some may still come. */
static bool recall(struct acr_feeder *f)
{
    for (size_t i = 0; i <= f->n_loops; i++) {
        struct share *s = f->shares[i];

        if (!s->holds || s->is_recalled)
            continue;
        s->holds = false;
        s->is_recalled = true;
        f->n_recalled++;
        s->recall.run = run_recall;
        acri_loop_post(&s->home->loop, &s->recall);
    }
    return f->n_recalled > 0;
}

static void run_dealt(struct acri_message *m);

static void claim(struct acr_feeder *f)
{
    uint64_t n_wanted = 0;

    if (f->order != ACR_FEED_UNIQUE)
        n_wanted = f->first_asker->n_wanted * f->n_loops;
    else
        for (const struct share *s = f->first_asker; s != NULL; s = s->next_asker)
            n_wanted += s->n_wanted;
    f->is_claiming = true;
    f->lead->claim(f->lead->arg, f->number, n_wanted, f->last, f->order == ACR_FEED_UNIQUE);
}

/* Ask the master for more. Returns: whether some may come. */
static bool claim_some(struct acr_feeder *f)
{
    if (f->lead == NULL || f->is_drained)
        return false;
    if (!f->is_claiming)
        claim(f);
    return true;
}

void acri_feeder_grant(struct acri_objects *objects, uint64_t number, uint64_t from, uint64_t to)
{
    struct acri_object *o = acri_objects_find(objects, number, free_feeder);
    struct acr_feeder *f = o != NULL ? ACRI_CONTAINER_OF(o, struct acr_feeder, object) : NULL;

    if (f == NULL || f->lead == NULL || from > to || to > f->last)
        return;
    /* The second answer to what was asked twice is as good. */
    f->is_drained = f->is_claiming && from == to;
    f->is_claiming = false;
    keep_range(f, (struct range){ from, to });
    serve(f);
}

void acri_feeder_claim_again(const struct acri_objects *objects)
{
    for (struct acri_object *o = objects->first; o != NULL; o = o->next) {
        struct acr_feeder *f = ACRI_CONTAINER_OF(o, struct acr_feeder, object);

        if (o->free == free_feeder && f->is_claiming && f->first_asker != NULL)
            claim(f);
    }
}

/* Answer those who ask, in turn, until there is nothing left to give. */
static void serve(struct acr_feeder *f)
{
    while (f->first_asker != NULL) {
        struct share *s = f->first_asker;

        s->dealt = take_range(f, s);
        if (s->dealt.from == s->dealt.to && claim_some(f))
            return;
        if (s->dealt.from == s->dealt.to && recall(f))
            return;
        f->first_asker = s->next_asker;
        s->holds = s->dealt.from < s->dealt.to;
        s->question.run = run_dealt;
        acri_loop_post(&s->home->loop, &s->question);
    }
}

static void run_question(struct acri_message *m)
{
    struct share *s = ACRI_CONTAINER_OF(m, struct share, question);
    struct acr_feeder *f = s->feeder;

    s->holds = false;
    s->next_asker = NULL;
    if (f->first_asker == NULL)
        f->first_asker = s;
    else
        f->last_asker->next_asker = s;
    f->last_asker = s;
    serve(f);
}

/* What a loop has left, or was sent and did not get. */
static void forget_loop(struct acr_feeder *f, size_t i)
{
    struct share *s = f->shares[i];
    struct acri_feed_cursor cursor = s->cursor;

    keep_range(f, s->range);
    keep_range(f, s->dealt);
    if (s->is_recalled)
        keep_range(f, s->returned);
    *s = (struct share){ .feeder = f, .cursor = cursor };
}

void acri_feeder_forget_loops(const struct acri_objects *objects)
{
    for (struct acri_object *o = objects->first; o != NULL; o = o->next) {
        struct acr_feeder *f = ACRI_CONTAINER_OF(o, struct acr_feeder, object);

        if (o->free != free_feeder)
            continue;
        f->first_asker = f->last_asker = NULL;
        f->n_recalled = 0;
        for (size_t i = 0; i < f->n_loops; i++)
            forget_loop(f, i);
    }
}

/* --- a loop deals to its users ------------------------------------------------------------------
 */

static void ask(struct share *s)
{
    if (s->is_asking)
        return;
    s->is_asking = true;
    s->n_wanted = s->n_waiting;
    s->question.run = run_question;
    acri_loop_post(s->feeder->control, &s->question);
}

static void unlist(struct share *s, struct waiter *w)
{
    if (!w->is_listed)
        return;
    if (w->next != NULL)
        w->next->previous = w->previous;
    else
        s->last = w->previous;
    if (w->previous != NULL)
        w->previous->next = w->next;
    else
        s->first = w->next;
    w->is_listed = false;
    s->n_waiting--;
}

/* Of what there is, or what another coroutine of the same user has got. */
static uint64_t take_position(struct share *s, struct acri_feed_own *own)
{
    if (own == NULL)
        return s->range.from++;
    if (!own->is_dealt)
        own->position = s->range.from++;
    own->is_dealt = true;
    return own->position;
}

/* Back on the loop. */
static void run_dealt(struct acri_message *m)
{
    struct share *s = ACRI_CONTAINER_OF(m, struct share, question);
    struct waiter *next;
    bool is_there;

    s->is_asking = false;
    s->range = s->dealt;
    s->dealt = (struct range){ 0, 0 };
    s->is_dry = s->range.from == s->range.to;
    for (struct waiter *w = s->first; w != NULL; w = next) {
        next = w->next;
        /* One that is cancelled already has been woken for that: the row is for another. */
        if (!acri_loop_is_suspended(w->coroutine))
            continue;
        is_there = s->range.from < s->range.to || (w->own != NULL && w->own->is_dealt);
        if (!is_there && !s->is_dry) {
            ask(s);
            return;
        }
        w->has_position = is_there;
        if (is_there)
            w->position = take_position(s, w->own);
        unlist(s, w);
        acri_loop_wake(w->coroutine, 0);
    }
}

static bool wait_for_position(struct acr_user *u, struct share *s, struct acri_feed_own *own,
                              uint64_t *ret_position)
{
    struct waiter w = {
        .coroutine = acr_coroutine_self(u), .own = own, .previous = s->last, .is_listed = true
    };

    if (s->last != NULL)
        s->last->next = &w;
    else
        s->first = &w;
    s->last = &w;
    s->n_waiting++;
    ask(s);
    acri_user_suspend(u, 0);
    unlist(s, &w);
    *ret_position = w.position;
    return w.has_position;
}

/* own: where it is kept for good; NULL = nowhere. */
static bool next_position(struct acr_user *u, struct share *s, struct acri_feed_own *own,
                          uint64_t *ret_position)
{
    if (own != NULL && own->is_dealt) {
        *ret_position = own->position;
        return true;
    }
    if (s->is_dry)
        return false;
    if (s->range.from == s->range.to)
        return wait_for_position(u, s, own, ret_position);
    *ret_position = take_position(s, own);
    return true;
}

static uint64_t row_at(struct share *s, uint64_t position)
{
    const struct acr_feeder *f = s->feeder;
    uint64_t pass = position / f->file.n_rows;
    uint64_t at = position % f->file.n_rows;

    if (f->order != ACR_FEED_SHUFFLED)
        return at;
    if (s->order.n == 0 || s->pass != pass)
        acri_feed_order_init(&s->order, f->file.n_rows, f->seed, pass);
    s->pass = pass;
    return acri_feed_order_at(&s->order, at);
}

static bool own_row(struct acr_user *u, struct share *s, uint64_t *ret_row)
{
    const struct acr_feeder *f = s->feeder;
    uint64_t n_left_out;

    if (!u->home->is_control && f->lead != NULL) {
        if (next_position(u, s, acri_feed_own_of(&u->root->rows, f), ret_row))
            return true;
        if (u->is_cancelled)
            return false;
    } else {
        *ret_row = u->root->number;
        if (!u->home->is_control && *ret_row < f->file.n_rows)
            return true;
    }
    if (!acri_log_may(&s->log_limit, u->home->loop.now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        return false;
    if (u->home->is_control)
        acri_log_warning("%s: a row of one's own is for users, a hook has none", f->path);
    else
        acri_log_warning("%s: user %llu gets no row of its own, there are only %llu (told at most "
                         "every 10 s; not told since: %llu)",
                         f->path, (unsigned long long)u->root->number,
                         (unsigned long long)f->file.n_rows, (unsigned long long)n_left_out);
    return false;
}

static bool next_row(struct acr_user *u, struct share *s, uint64_t *ret_row)
{
    uint64_t position;

    if (s->feeder->order == ACR_FEED_RANDOM) {
        *ret_row = acri_rng_below(&u->rng, s->feeder->file.n_rows);
        return true;
    }
    if (s->feeder->order == ACR_FEED_UNIQUE)
        return own_row(u, s, ret_row);
    if (!next_position(u, s, NULL, &position))
        return false;
    *ret_row = row_at(s, position);
    return true;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static struct acr_row *make_row(struct acr_user *u, const struct acr_feeder *f, const char *text,
                                size_t bytes)
{
    /* Values are at most as long as what they are read from, plus a terminator for each. */
    const size_t pointers = f->file.n_columns * sizeof(char *);
    const bool is_csv = f->file.format == ACRI_FEED_CSV;
    struct acr_row *row =
        acr_alloc(u, sizeof(*row) + pointers + (is_csv ? bytes + f->file.n_columns : 0));
    char *to = (char *)row + sizeof(*row) + pointers;
    struct acri_csv_field field;
    struct acri_csv c;

    row->feeder = f;
    if (!is_csv) {
        row->json = acr_json_parse(u, text, bytes);
        return row;
    }
    acri_csv_init(&c, text, bytes, 1);
    for (size_t i = 0; i < f->file.n_columns && acri_csv_next(&c, &field) > 0; i++) {
        row->values[i] = to;
        to += acri_csv_copy(&field, to) + 1;
    }
    return row;
}

const struct acr_row *acr_feed(struct acr_user *u, struct acr_feeder *f)
{
    struct share *s = f->shares[u->home->loop.index];
    struct acr_row *row;
    const char *text;
    uint64_t number;
    uint64_t n_left_out;
    size_t bytes;

    if (u->is_cancelled) {
        acri_user_suspend(u, 0); /* counts: a loop over rows must end, too */
        return NULL;
    }
    if (s->home == NULL)
        s->home = u->home;
    if (!next_row(u, s, &number))
        return NULL;
    if (!acri_feed_file_row(&f->file, number, &s->cursor, &text, &bytes)) {
        if (acri_log_may(&s->log_limit, u->home->loop.now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
            acri_log_error("%s was changed while it was in use: row %llu is gone", f->path,
                           (unsigned long long)number);
        return NULL;
    }
    row = make_row(u, f, text, bytes);
    row->number = number;
    return row;
}

const char *acr_row_get(const struct acr_row *row, const char *column)
{
    if (row == NULL || column == NULL)
        return "";
    if (row->json != NULL)
        return acr_value_string(row->json, column);
    for (size_t i = 0; i < row->feeder->file.n_columns; i++)
        if (strcmp(row->feeder->file.columns[i], column) == 0)
            return row->values[i] != NULL ? row->values[i] : "";
    return "";
}

uint64_t acr_row_number(const struct acr_row *row)
{
    return row != NULL ? row->number : 0;
}

uint64_t acr_feeder_rows(const struct acr_feeder *f)
{
    return f->file.n_rows;
}

/* --- opening ------------------------------------------------------------------------------------
 */

static void free_feeder(struct acri_object *object)
{
    struct acr_feeder *f = ACRI_CONTAINER_OF(object, struct acr_feeder, object);

    acri_feed_file_done(&f->file);
    for (size_t i = 0; i <= f->n_loops; i++)
        free(f->shares[i]);
    free(f->shares);
    free(f->returned);
    free(f->path);
    free(f);
}

static struct acr_feeder *new_feeder(struct acr_user *u, uint32_t order)
{
    struct acr_feeder *f = acri_alloc(sizeof(*f));
    struct acri_rng rng;

    f->object.free = free_feeder;
    f->order = order;
    f->control = u->home->run->control;
    /* The control loop's index is the number of loops. */
    f->n_loops = u->home->loop.index;
    f->shares = acri_alloc((f->n_loops + 1) * sizeof(struct share *));
    for (size_t i = 0; i <= f->n_loops; i++) {
        f->shares[i] = acri_alloc(sizeof(struct share));
        f->shares[i]->feeder = f;
    }
    f->number = acri_objects_add(u, &f->object);
    f->lead = u->home->run->lead;
    acri_rng_init(&rng, u->home->run->seed, 0x666565646572ull + f->number);
    f->seed = acri_rng_next(&rng);
    return f;
}

struct acr_feeder *acr_feeder_open(struct acr_user *u, const char *path, uint32_t order)
{
    struct acri_error error = { "" };
    struct acr_feeder *f;

    if (!acri_objects_may_make(u, "a feeder"))
        return NULL;
    if (path == NULL || *path == '\0' || order > ACR_FEED_UNIQUE) {
        (void)acr_raise(u, "a feeder needs the name of a file and an order of enum acr_feed_order");
        return NULL;
    }
    f = new_feeder(u, order);
    if (f->lead != NULL && f->number >= ACRI_LEAD_OBJECTS)
        acri_fail(&error, 0, "on a cluster a feeder is among the first %u things that are made",
                  ACRI_LEAD_OBJECTS);
    else
        f->path = acri_feed_file_find(u->home->run->folders, u->home->run->n_folders, path, &error);
    if (f->path == NULL || acri_feed_file_open(&f->file, f->path, &error) < 0) {
        (void)acr_raise(u, "%s", error.text);
        return NULL; /* freed with all others */
    }
    f->last = order == ACR_FEED_ONCE || order == ACR_FEED_UNIQUE ? f->file.n_rows : UINT64_MAX;
    f->end = f->lead == NULL ? f->last : 0;
    return f;
}
