/* SPDX-License-Identifier: MIT */
#include "engine/traceback.h"

#include "base/buf.h"
#include "base/log.h"
#include "engine/step.h"
#include "engine/user.h"
#include "plugin/symbolise.h"

#include <signal.h>
#include <string.h>

#define TEXT_BYTES 16384

/* As lines between others: without the end of the last. */
static void symbolise(struct acri_buf *b, void *const *frames, int n_frames, bool is_fault)
{
    acri_symbolise(b, frames, n_frames, is_fault);
    if (b->length > 0 && b->data[b->length - 1] == '\n')
        b->data[--b->length] = '\0';
}

char *acri_traceback_text(const struct acri_exception *x)
{
    struct acri_buf b;

    acri_buf_init(&b, TEXT_BYTES);
    acri_buf_printf(&b, "  in task '%s' of user type '%s'\n", x->task, x->user_type);
    symbolise(&b, x->frames, x->n_frames, false);
    return b.data;
}

void acri_traceback_report_crash(const struct acri_users *us)
{
    const struct acri_crash *c = &us->crash;
    const struct acr_user *u = us->running;
    const char *what = c->is_overflow ? "stack overflow" : strsignal(c->signal);
    struct acri_buf frames;

    acri_buf_init(&frames, TEXT_BYTES);
    symbolise(&frames, c->frames, c->n_frames, true);
    if (u == NULL)
        acri_log_error("crash outside any task: %s at %p\n%s", what, c->address,
                       acri_buf_text(&frames));
    else
        acri_log_error(
            "crash in task '%s' of user type '%s' (plugin '%s', user %llu): %s at %p%s\n%s",
            acri_step_name(u), u->plan->type->name, u->plan->plugin, (unsigned long long)u->number,
            what, c->address, c->is_overflow ? " (a larger .stack_kib may help)" : "",
            acri_buf_text(&frames));
    acri_buf_done(&frames);
}

void acri_traceback_report_stuck(const struct acri_users *us)
{
    const struct acr_user *u = us->running;

    if (u == NULL)
        acri_log_error("loop %u does not come back: its last results are lost", us->loop.index);
    else
        acri_log_error(
            "loop %u does not come back from task '%s' of user type '%s': its last results "
            "are lost",
            us->loop.index, acri_step_name(u), u->plan->type->name);
}
