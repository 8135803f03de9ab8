/* SPDX-License-Identifier: MIT */
/* acrida check: what a scenario or plugin defines, or the line that says why it is refused. */
#include "app/commands.h"

#include "app/scenario.h"
#include "base/buf.h"
#include "plugin/note.h"
#include "plugin/resolve.h"

#include <stdio.h>

static const char usage[] =
    "Usage: acrida check FILE.so|FILE.c|FOLDER\n"
    "\n"
    "Load a scenario or plugin without running it, and print what it defines.\n";

static void print_wait(const struct acr_wait *w)
{
    if (w->kind == ACR_WAIT_CONSTANT)
        printf("constant %g s", w->a_s);
    else if (w->kind == ACR_WAIT_BETWEEN)
        printf("between %g and %g s", w->a_s, w->b_s);
    else
        printf("none");
}

static double weight_of(double given)
{
    return given > 0 ? given : given < 0 ? 0 : 1;
}

static void print_type(const struct acr_user_type *t)
{
    printf("  user type %s: weight %g, wait ", t->name, weight_of(t->weight));
    print_wait(&t->wait);
    if (t->host != NULL)
        printf(", host %s", t->host);
    if (t->state_size > 0)
        printf(", state %zu bytes", t->state_size);
    if (t->stack_kib > 0)
        printf(", stack %u KiB", t->stack_kib);
    printf("%s%s\n", t->on_start != NULL ? ", on_start" : "",
           t->on_stop != NULL ? ", on_stop" : "");
    for (size_t i = 0; i < t->n_tasks; i++)
        printf("    task %s: weight %g%s%s\n", t->tasks[i].name, weight_of(t->tasks[i].weight),
               t->tasks[i].tags != NULL ? ", tags " : "",
               t->tasks[i].tags != NULL ? t->tasks[i].tags : "");
}

static void print_loaded(const struct acri_loaded *l)
{
    const struct acr_plugin *p = l->plugin;
    char hash[ACRI_HASH_TEXT];

    printf("%s: plugin %s%s%s, SDK ABI %u.%u\n", l->name, p->name, p->version != NULL ? " " : "",
           p->version != NULL ? p->version : "", l->abi.major, l->abi.minor);
    if (acri_note_read(l->path, hash) == 0)
        printf("  source %s\n", hash);
    for (size_t i = 0; i < p->n_user_types; i++)
        print_type(&p->user_types[i]);
    for (size_t i = 0; i < p->n_clients; i++)
        printf("  client %s\n", p->clients[i].name);
    for (size_t i = 0; i < p->n_options; i++)
        printf("  option --%s: %s\n", p->options[i].name, p->options[i].help);
    if (p->hooks != NULL)
        printf("  hooks\n");
    if (p->n_user_types + p->n_clients + p->n_options == 0 && p->hooks == NULL)
        printf("  nothing: no user types, clients, options or hooks\n");
}

static int check(const char *path)
{
    struct acri_scenario s;
    struct acri_paths paths = { 0 };
    struct acri_where where;
    struct acri_error error = { "" };
    size_t n_shipped;
    int r;

    acri_scenario_init(&s);
    /* A scenario links the clients that ship with acrida: they must be there first. */
    r = acri_scenario_load_shipped(&s, &error);
    n_shipped = s.loader.n;
    if (r == 0)
        r = acri_where_find(&where, &error);
    if (r == 0)
        r = acri_resolve(&where, &path, 1, &paths, &error);
    for (size_t i = 0; i < paths.n && r == 0; i++)
        r = acri_loader_open_as(&s.loader, paths.paths[i], paths.names[i], &error);
    for (size_t i = n_shipped; i < s.loader.n; i++)
        print_loaded(&s.loader.loaded[i]);
    if (r < 0)
        fprintf(stderr, "acrida: %s\n", error.text);
    acri_paths_done(&paths);
    acri_scenario_done(&s);
    return r < 0 ? 1 : 0;
}

int acri_command_check(int argc, char **argv)
{
    if (acri_commands_wants_help(argc, argv, usage))
        return 0;
    if (argc != 2) {
        fprintf(stderr, "acrida check: give it one file or folder; see acrida check --help\n");
        return 2;
    }
    return check(argv[1]);
}
