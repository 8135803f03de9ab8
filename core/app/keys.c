/* SPDX-License-Identifier: MIT */
#include "app/keys.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/terminal.h"
#include "engine/runner.h"
#include "sched/loop.h"

#include <acrida/control.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define AWAY_NS ACRI_NS_PER_S

/* --- the page -----------------------------------------------------------------------------------
 */

static char *page_url;

void acr_set_page_url(const char *url)
{
    free(page_url);
    page_url = url != NULL && *url != '\0' ? acri_strdup(url) : NULL;
}

static bool has_display(void)
{
    const char *x = getenv("DISPLAY");
    const char *wayland = getenv("WAYLAND_DISPLAY");

    return (x != NULL && *x != '\0') || (wayland != NULL && *wayland != '\0');
}

/* In a group of its own: Ctrl-C is not meant for it, nor is Ctrl-Z, which would keep us waiting if
 * it came before the program has begun. */
static int open_url(char *url, pid_t *ret_pid)
{
    char program[] = "xdg-open";
    char *const argv[] = { program, url, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t blocked;
    int r;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTSTP);
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    r = posix_spawnp(ret_pid, program, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -r;
}

static void reap(struct acri_keys *k)
{
    if (k->opener > 0 && waitpid(k->opener, NULL, WNOHANG) != 0)
        k->opener = 0;
}

static void open_page(struct acri_keys *k)
{
    if (page_url == NULL) {
        acri_log_info("there is no page to open");
        return;
    }
    acri_log_info("the page is at %s", page_url);
    if (!has_display() || k->opener > 0)
        return;
    if (open_url(page_url, &k->opener) < 0) {
        k->opener = 0;
        acri_log_info("it cannot be opened from here: there is no xdg-open");
    }
}

/* --- users --------------------------------------------------------------------------------------
 */

static void add_users(int64_t n)
{
    uint64_t n_wanted = 0;

    switch (acri_runner_add_users(n, &n_wanted)) {
    case 0:
        acri_log_info("%llu users are wanted now", (unsigned long long)n_wanted);
        break;
    case -EBUSY:
        acri_log_warning("this key has no effect: the shape or the stages decide how many users "
                         "there are");
        break;
    case -EINVAL:
        acri_log_warning("this key has no effect: arrivals decide how many users there are");
        break;
    default:
        acri_log_info("this key has no effect: no load is running");
        break;
    }
}

static void obey(struct acri_keys *k, int key)
{
    switch (key) {
    case 'w':
        add_users(1);
        break;
    case 'W':
        add_users(10);
        break;
    case 's':
        add_users(-1);
        break;
    case 'S':
        add_users(-10);
        break;
    case '\r':
    case '\n':
        open_page(k);
        break;
    default:
        break;
    }
}

/* --- listening ----------------------------------------------------------------------------------
 */

static void look(struct acri_keys *k);

static void on_timer(struct acri_timer *t)
{
    look(ACRI_CONTAINER_OF(t, struct acri_keys, timer));
}

/* What others may read is not ours to wait for: whoever reads in the background is stopped. */
static void go_away(struct acri_keys *k)
{
    acr_watch_free(k->watch);
    k->watch = NULL;
    acri_timer_set(&k->loop->timers, &k->timer, acri_clock_now_ns() + AWAY_NS);
}

static void on_ready(int fd, uint32_t ready, void *arg)
{
    struct acri_keys *k = arg;
    int key = acri_terminal_key();

    (void)fd;
    (void)ready;
    reap(k);
    /* Readable without a key: it was taken away, or has gone. */
    if (key < 0) {
        go_away(k);
        return;
    }
    for (; key >= 0; key = acri_terminal_key())
        obey(k, key);
}

static void look(struct acri_keys *k)
{
    reap(k);
    if (acri_terminal_is_ours())
        k->watch = acr_watch_new(k->loop, STDIN_FILENO, ACR_READ, on_ready, k);
    if (k->watch == NULL)
        acri_timer_set(&k->loop->timers, &k->timer, acri_clock_now_ns() + AWAY_NS);
}

void acri_keys_open(struct acri_keys *k, struct acr_loop *control)
{
    *k = (struct acri_keys){ .loop = control, .timer = { .function = on_timer } };
    k->is_open = acri_terminal_open();
    if (k->is_open)
        look(k);
}

void acri_keys_close(struct acri_keys *k)
{
    if (!k->is_open)
        return;
    acr_watch_free(k->watch);
    acri_timer_stop(&k->loop->timers, &k->timer);
    acri_terminal_close();
    reap(k);
    *k = (struct acri_keys){ .is_open = false };
}
