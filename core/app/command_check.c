/* SPDX-License-Identifier: MIT */
/* acrida check: what a scenario or plugin defines, or the line that says why it is refused. */
#include "app/commands.h"
#include "app/goals.h"

#include "app/options_value.h"
#include "app/scenario.h"
#include "base/buf.h"
#include "plugin/note.h"
#include "plugin/resolve.h"

#include <stdio.h>

static const char usage[] =
    "Usage: acrida check FILE.so|FILE.c|FOLDER\n"
    "\n"
    "Load a scenario or plugin without running it, and print what it defines.\n";

static void print_wait(const struct acr_wait *w, int catch_up)
{
    switch (w->kind) {
    case ACR_WAIT_CONSTANT:
        printf("constant %g s", w->a_s);
        break;
    case ACR_WAIT_BETWEEN:
        printf("between %g and %g s", w->a_s, w->b_s);
        break;
    case ACR_WAIT_PACING:
        printf("pacing of %g s", w->a_s);
        break;
    case ACR_WAIT_THROUGHPUT:
        printf("throughput of %g/s", w->a_s);
        break;
    case ACR_WAIT_EXPONENTIAL:
        printf("exponential, %g s on average", w->a_s);
        break;
    case ACR_WAIT_TOTAL_RATE:
        printf("total rate of %g/s", w->a_s);
        break;
    case ACR_WAIT_FUNCTION:
        printf("by its function");
        break;
    default:
        printf("none");
    }
    if (catch_up != 0)
        printf(" (%s)", catch_up > 0 ? "catches up" : "does not catch up");
}

static double weight_of(double given)
{
    return given > 0 ? given : given < 0 ? 0 : 1;
}

static const char *order_name(uint32_t order)
{
    return order == ACR_SEQUENTIAL ? ", sequential" : order == ACR_MARKOV ? ", Markov" : "";
}

static void print_tasks(const struct acr_task *tasks, size_t n, int indent)
{
    for (size_t i = 0; i < n; i++) {
        const struct acr_task *t = &tasks[i];

        printf("%*s%s %s: weight %g%s%s", indent, "", t->set != NULL ? "task set" : "task", t->name,
               weight_of(t->weight), t->tags != NULL ? ", tags " : "",
               t->tags != NULL ? t->tags : "");
        for (size_t k = 0; k < t->n_transitions; k++)
            printf("%s%s %g", k == 0 ? ", then " : " or ", t->transitions[k].task,
                   weight_of(t->transitions[k].weight));
        if (t->set == NULL) {
            printf("\n");
            continue;
        }
        printf("%s", order_name(t->set->order));
        if (t->set->wait.kind != ACR_WAIT_NONE) {
            printf(", wait ");
            print_wait(&t->set->wait, t->set->catch_up);
        }
        if (t->set->state_size > 0)
            printf(", state %zu bytes", t->set->state_size);
        printf("%s%s\n", t->set->on_start != NULL ? ", on_start" : "",
               t->set->on_stop != NULL ? ", on_stop" : "");
        print_tasks(t->set->tasks, t->set->n_tasks, indent + 2);
    }
}

static void print_open_load(const struct acr_user_type *t)
{
    if (t->arrival_rate <= 0)
        return;
    printf(", %g arrivals/s%s", t->arrival_rate,
           t->arrivals == ACR_ARRIVALS_POISSON ? " (Poisson)" : "");
    if (t->max_users > 0)
        printf(", at most %llu users", (unsigned long long)t->max_users);
    if (t->on_full != ACR_ON_FULL_UNSET)
        printf(", then %s", t->on_full == ACR_ON_FULL_QUEUE ? "queue" : "drop");
    if (t->fresh)
        printf(", a fresh user for each");
}

static void print_type(const struct acr_user_type *t)
{
    printf("  user type %s: weight %g", t->name, weight_of(t->weight));
    if (t->fixed_count > 0)
        printf(", fixed count %llu", (unsigned long long)t->fixed_count);
    printf(", wait ");
    print_wait(&t->wait, t->catch_up);
    print_open_load(t);
    if (t->host != NULL)
        printf(", host %s", t->host);
    if (t->state_size > 0)
        printf(", state %zu bytes", t->state_size);
    if (t->stack_kib > 0)
        printf(", stack %u KiB", t->stack_kib);
    printf("%s%s%s\n", order_name(t->order), t->on_start != NULL ? ", on_start" : "",
           t->on_stop != NULL ? ", on_stop" : "");
    print_tasks(t->tasks, t->n_tasks, 4);
}

static void print_shape(const struct acr_shape *shape)
{
    printf("  shape: ");
    if (shape->tick != NULL)
        printf("asked once a second%s\n", shape->use_common_options ? ", uses common options" : "");
    else
        printf("%zu stages\n", shape->n_stages);
    for (size_t i = 0; i < shape->n_stages; i++) {
        const struct acr_stage *s = &shape->stages[i];

        printf("    stage %zu: %g s, %llu users", i + 1, s->duration_s,
               (unsigned long long)s->users);
        if (s->spawn_rate > 0)
            printf(" at %g/s", s->spawn_rate);
        if (s->arrival_rate > 0)
            printf(", %g arrivals/s", s->arrival_rate);
        if (s->ramp_per_s > 0)
            printf(" by %g/s each second", s->ramp_per_s);
        printf("%s%s\n", s->user_types != NULL ? ", only " : "",
               s->user_types != NULL ? s->user_types : "");
    }
}

/* Not even the default of a secret is printed. */
static void print_option(const struct acr_option *o)
{
    char choices[512];

    printf("  option --%s: %s", o->name, o->help);
    if (o->choices != NULL && *o->choices != '\0')
        printf(" One of %s.", acri_options_value_choices(o->choices, choices, sizeof(choices)));
    if (o->default_value != NULL)
        printf(" [%s]", o->is_secret ? "***" : o->default_value);
    printf("%s%s\n", o->is_required ? " Required." : "", o->is_secret ? " Secret." : "");
}

static void print_events(const struct acr_plugin *p)
{
    for (size_t i = 0; i < p->n_events; i++)
        printf("  event %s: %zu bytes\n", p->events[i].name, p->events[i].payload_size);
    for (size_t i = 0; i < p->n_listeners; i++)
        printf("  listener of %s\n", p->listeners[i].event);
    if (p->loop_state != NULL)
        printf("  loop state: %zu bytes\n", p->loop_state->size);
    if (p->hooks != NULL)
        printf("  hooks\n");
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
    if (p->shape != NULL)
        print_shape(p->shape);
    for (size_t i = 0; i < p->n_clients; i++)
        printf("  client %s\n", p->clients[i].name);
    for (size_t i = 0; i < p->n_options; i++)
        print_option(&p->options[i]);
    print_events(p);
    for (size_t i = 0; i < p->n_goals; i++)
        printf("  goal %s\n", p->goals[i]);
    if (p->n_user_types + p->n_clients + p->n_options + p->n_events + p->n_listeners == 0 &&
        p->n_goals == 0 && p->hooks == NULL && p->shape == NULL && p->loop_state == NULL)
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
    for (size_t i = n_shipped; i < s.loader.n && r == 0; i++)
        r = acri_goals_check(s.loader.loaded[i].plugin, &error);
    for (size_t i = n_shipped; i < s.loader.n && r == 0; i++)
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
