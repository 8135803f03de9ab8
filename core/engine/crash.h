/* SPDX-License-Identifier: MIT */
/*
 * Faults in scenario code: a stack overflow or a bad access in a task must not lose what was
 * measured.
 *
 * The handler runs on a stack of its own, notes what happened, tells the control loop through a
 * pipe and stops its thread for good; the control loop writes the reports and ends the process.
 */
#ifndef ACRIDA_ENGINE_CRASH_H
#define ACRIDA_ENGINE_CRASH_H

struct acri_users;

/* The alternate stack of one thread. */
struct acri_crash_stack {
    void *memory;
};

/* Install the handlers; *ret_fd becomes readable with a struct acri_users * per crash.
 * Returns: 0 or a negative errno. Thread: main, once. */
int acri_crash_init(int *ret_fd);

void acri_crash_thread_init(struct acri_crash_stack *stack);
void acri_crash_thread_done(struct acri_crash_stack *stack);

/* End the process with this code after so many seconds, whatever hangs; 0 = not any more. */
void acri_crash_watchdog(unsigned seconds, int exit_code);

#endif
