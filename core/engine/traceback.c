/* SPDX-License-Identifier: MIT */
#include "engine/traceback.h"

#include "base/buf.h"
#include "base/log.h"
#include "engine/user.h"

#include <signal.h>
#include <string.h>

char *acri_traceback_text(const struct acri_exception *x)
{
    struct acri_buf b;

    acri_buf_init(&b, 16384);
    for (int i = 0; i < x->n_frames; i++)
        acri_buf_printf(&b, "%p\n", x->frames[i]);
    if (b.data == NULL)
        acri_buf_puts(&b, "");
    return b.data;
}

void acri_traceback_report_crash(const struct acri_users *us)
{
    const struct acr_user *u = us->running;
    (void)u;
    acri_log_error("crash: signal %d at %p", us->crash.signal, us->crash.address);
}

void acri_traceback_report_stuck(const struct acri_users *us)
{
    (void)us;
}
