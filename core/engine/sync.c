/* SPDX-License-Identifier: MIT */
#include "engine/sync.h"

#include "base/clock.h"
#include "engine/call.h"
#include "engine/objects.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Run a message on the control loop: now, on the control loop itself. */
static void tell_control(struct acr_user *u, struct acri_message *m)
{
    if (u->home->is_control)
        m->run(m);
    else
        acri_loop_post(u->home->run->control, m);
}

/* --- semaphores ---------------------------------------------------------------------------------
 */

struct acr_semaphore {
    struct acri_object object;
    uint64_t n_free;
    struct acri_calls waiting;
};

/* One that a user holds; given back, it is the message that does so. */
struct acri_held {
    struct acri_message message;
    struct acri_held *next;
    struct acr_semaphore *semaphore;
};

static void free_semaphore(struct acri_object *object)
{
    free(ACRI_CONTAINER_OF(object, struct acr_semaphore, object));
}

struct acr_semaphore *acr_semaphore_new(struct acr_user *u, uint64_t n)
{
    struct acr_semaphore *s;

    if (!acri_objects_may_make(u, "a semaphore"))
        return NULL;
    if (n == 0) {
        (void)acr_raise(u, "a semaphore of 0 would let nobody pass: it needs at least 1");
        return NULL;
    }
    s = acri_alloc(sizeof(*s));
    s->object.free = free_semaphore;
    s->n_free = n;
    acri_objects_add(u, &s->object);
    return s;
}

static void ask_semaphore(struct acri_call *call)
{
    struct acr_semaphore *s = call->object;

    if (s->n_free > 0) {
        s->n_free--;
        acri_call_answer(call, 0);
    } else if (call->may_wait) {
        acri_call_queue(&s->waiting, call);
    } else {
        acri_call_answer(call, -ETIMEDOUT);
    }
}

int acr_semaphore_acquire(struct acr_user *u, struct acr_semaphore *s, double timeout_s)
{
    struct acri_call call = { .ask = ask_semaphore, .object = s };
    int r = acri_call(u, &call, timeout_s);
    struct acri_held *held;

    if (r < 0)
        return r;
    held = acri_alloc(sizeof(*held));
    held->semaphore = s;
    held->next = u->root->held;
    u->root->held = held;
    return 0;
}

static void run_release(struct acri_message *m)
{
    struct acri_held *held = ACRI_CONTAINER_OF(m, struct acri_held, message);
    struct acri_call *next = acri_call_take(&held->semaphore->waiting);

    if (next != NULL)
        acri_call_answer(next, 0);
    else
        held->semaphore->n_free++;
    free(held);
}

static void release(struct acr_user *u, struct acri_held **held)
{
    struct acri_held *one = *held;

    *held = one->next;
    one->message.run = run_release;
    tell_control(u, &one->message);
}

void acr_semaphore_release(struct acr_user *u, struct acr_semaphore *s)
{
    struct acri_held **held = &u->root->held;
    uint64_t n_left_out;

    while (*held != NULL && (*held)->semaphore != s)
        held = &(*held)->next;
    if (*held != NULL)
        release(u, held);
    else if (acri_log_may(&u->home->warn_limit, u->home->loop.now_ns, 10 * ACRI_NS_PER_S,
                          &n_left_out))
        acri_log_warning("user %llu gives back a semaphore that it does not hold: ignored",
                         (unsigned long long)u->root->number);
}

void acri_sync_release_held(struct acr_user *u)
{
    while (u->held != NULL)
        release(u, &u->held);
}

void acri_sync_forget_held(struct acr_user *u)
{
    while (u->held != NULL) {
        struct acri_held *one = u->held;

        u->held = one->next;
        free(one);
    }
}

/* --- gates --------------------------------------------------------------------------------------
 */

struct acr_gate {
    struct acri_object object;
    uint64_t n_arrivals;
    bool is_open;
    struct acri_calls waiting;
    bool is_open_on[]; /* of each loop, by index: it knows already */
};

/* acr_gate_open's. */
struct opening {
    struct acri_message message;
    struct acr_gate *gate;
};

static void free_gate(struct acri_object *object)
{
    free(ACRI_CONTAINER_OF(object, struct acr_gate, object));
}

struct acr_gate *acr_gate_new(struct acr_user *u, uint64_t n_arrivals)
{
    struct acr_gate *g;

    if (!acri_objects_may_make(u, "a gate"))
        return NULL;
    /* The control loop's index is the last. */
    g = acri_alloc(sizeof(*g) + u->home->loop.index + 1);
    g->object.free = free_gate;
    g->n_arrivals = n_arrivals;
    acri_objects_add(u, &g->object);
    return g;
}

static void open_gate(struct acr_gate *g)
{
    struct acri_call *call;

    g->is_open = true;
    while ((call = acri_call_take(&g->waiting)) != NULL)
        acri_call_answer(call, 0);
}

static void ask_gate(struct acri_call *call)
{
    struct acr_gate *g = call->object;

    if (g->is_open || !call->may_wait) {
        acri_call_answer(call, g->is_open ? 0 : -ETIMEDOUT);
        return;
    }
    acri_call_queue(&g->waiting, call);
    if (g->n_arrivals > 0 && g->waiting.n >= g->n_arrivals)
        open_gate(g);
}

int acr_gate_wait(struct acr_user *u, struct acr_gate *g, double timeout_s)
{
    struct acri_call call = { .ask = ask_gate, .object = g };
    bool *is_open_here = &g->is_open_on[u->home->loop.index];
    int r;

    if (*is_open_here && !u->is_cancelled)
        return 0;
    r = acri_call(u, &call, timeout_s);
    if (r == 0)
        *is_open_here = true;
    return r;
}

static void run_opening(struct acri_message *m)
{
    struct opening *o = ACRI_CONTAINER_OF(m, struct opening, message);

    open_gate(o->gate);
    free(o);
}

void acr_gate_open(struct acr_user *u, struct acr_gate *g)
{
    struct opening *o = acri_alloc(sizeof(*o));

    o->message.run = run_opening;
    o->gate = g;
    tell_control(u, &o->message);
}

/* --- pools --------------------------------------------------------------------------------------
 */

struct value {
    struct value *next;
    char text[];
};

struct acr_pool {
    struct acri_object object;
    size_t capacity;
    size_t n;
    struct value *first;
    struct value *last;
    struct acri_calls putting; /* none, unless it is full */
    struct acri_calls taking;  /* none, unless it is empty */
};

static void free_pool(struct acri_object *object)
{
    struct acr_pool *p = ACRI_CONTAINER_OF(object, struct acr_pool, object);

    while (p->first != NULL) {
        struct value *v = p->first;

        p->first = v->next;
        free(v);
    }
    free(p);
}

struct acr_pool *acr_pool_new(struct acr_user *u, size_t capacity)
{
    struct acr_pool *p;

    if (!acri_objects_may_make(u, "a pool"))
        return NULL;
    if (capacity == 0) {
        (void)acr_raise(u, "a pool of 0 could hold nothing: it needs a capacity of at least 1");
        return NULL;
    }
    p = acri_alloc(sizeof(*p));
    p->object.free = free_pool;
    p->capacity = capacity;
    acri_objects_add(u, &p->object);
    return p;
}

static void append(struct acr_pool *p, struct acri_call *putting)
{
    struct value *v = putting->value;

    if (p->first == NULL)
        p->first = v;
    else
        p->last->next = v;
    p->last = v;
    p->n++;
    acri_call_answer(putting, 0);
}

static void ask_put(struct acri_call *call)
{
    struct acr_pool *p = call->object;
    struct acri_call *taking = acri_call_take(&p->taking);

    if (taking != NULL) {
        taking->value = call->value;
        acri_call_answer(taking, 0);
        acri_call_answer(call, 0);
    } else if (p->n < p->capacity) {
        append(p, call);
    } else if (call->may_wait) {
        acri_call_queue(&p->putting, call);
    } else {
        acri_call_answer(call, -ETIMEDOUT);
    }
}

static void ask_take(struct acri_call *call)
{
    struct acr_pool *p = call->object;
    struct acri_call *putting;

    if (p->first == NULL) {
        if (call->may_wait)
            acri_call_queue(&p->taking, call);
        else
            acri_call_answer(call, -ETIMEDOUT);
        return;
    }
    call->value = p->first;
    p->first = p->first->next;
    p->n--;
    acri_call_answer(call, 0);
    putting = acri_call_take(&p->putting);
    if (putting != NULL)
        append(p, putting);
}

int acr_pool_put(struct acr_user *u, struct acr_pool *p, const char *text, double timeout_s)
{
    size_t bytes = text != NULL ? strlen(text) + 1 : 1;
    struct value *v = acri_alloc(sizeof(*v) + bytes);
    struct acri_call call = { .ask = ask_put, .object = p, .value = v };
    int r;

    memcpy(v->text, text != NULL ? text : "", bytes);
    r = acri_call(u, &call, timeout_s);
    if (r < 0)
        free(v);
    return r;
}

const char *acr_pool_take(struct acr_user *u, struct acr_pool *p, double timeout_s)
{
    struct acri_call call = { .ask = ask_take, .object = p };
    struct value *v;

    if (acri_call(u, &call, timeout_s) < 0)
        return NULL;
    v = call.value;
    acr_defer(u, free, v);
    return v->text;
}
