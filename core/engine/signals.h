/* SPDX-License-Identifier: MIT */
/* Ctrl-C and SIGTERM, as events of the control loop. */
#ifndef ACRIDA_ENGINE_SIGNALS_H
#define ACRIDA_ENGINE_SIGNALS_H

struct acr_loop;
struct acr_watch;

struct acri_signals {
    int fd; /* a signalfd, or -1 */
    struct acr_watch *watch;
    void (*on_stop)(const char *name); /* "Ctrl-C" or "SIGTERM" */
};

/* Block both signals in this thread and call on_stop on the loop for each that comes; before other
 * threads start. Returns: 0 or a negative errno. */
int acri_signals_watch(struct acri_signals *s, struct acr_loop *l,
                       void (*on_stop)(const char *name));
/* Also after a failure. The signals stay blocked. */
void acri_signals_done(struct acri_signals *s);

#endif
