/* SPDX-License-Identifier: MIT */
#include "app/run_config.h"

#include "base/pack.h"
#include "engine/share.h"
#include "plugin/note.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_WORDS 100000u

/* --- scenarios ----------------------------------------------------------------------------------
 */

/* Name, hash, and in the end where it is. */
#define FACTS 3u
#define PLACE_MOST 48u

/* "host:path", its end when it is long. */
static void add_place(struct acri_words *w, const char *made_of)
{
    char host[64] = "";
    size_t n = strlen(made_of);

    gethostname(host, sizeof(host) - 1);
    acri_words_add(w, "%.20s:%s%s", host, n > PLACE_MOST ? "..." : "",
                   made_of + (n > PLACE_MOST ? n - PLACE_MOST : 0));
}

/* What was loaded because it was named, in order; not what ships with acrida. */
static void list_scenarios(const struct acri_scenario *s, bool with_places, struct acri_words *w)
{
    for (size_t i = s->n_shipped; i < s->loader.n; i++) {
        char hash[ACRI_HASH_TEXT];

        if (acri_note_read(s->loader.loaded[i].copy, hash) < 0)
            hash[0] = '\0';
        acri_words_add(w, "%s", s->loader.loaded[i].plugin->name);
        acri_words_add(w, "%s", hash);
        if (with_places)
            add_place(w, s->loader.loaded[i].name);
    }
}

/* --- options ------------------------------------------------------------------------------------
 */

static bool is_handed_over(const struct acri_option_spec *spec)
{
    return !spec->is_local && !spec->is_command && strcmp(spec->name, "seed") != 0 &&
           strcmp(spec->name, "iterations") != 0;
}

static void add_option(const struct acri_options *o, const struct acri_option_spec *spec,
                       struct acri_words *w)
{
    size_t n;
    const char *const *list;

    if (!acri_options_is_set(o, spec->name))
        return;
    if (spec->kind == ACRI_OPTION_FLAG) {
        acri_words_add(w, acri_options_flag(o, spec->name) ? "--%s" : "--no-%s", spec->name);
        return;
    }
    if (spec->kind != ACRI_OPTION_LIST) {
        acri_words_add(w, "--%s=%s", spec->name, acri_options_string(o, spec->name));
        return;
    }
    list = acri_options_list(o, spec->name, &n);
    for (size_t i = 0; i < n; i++)
        acri_words_add(w, "--%s=%s", spec->name, list[i]);
}

static void add_options(const struct acri_options *o, bool is_local, struct acri_words *w)
{
    for (size_t i = 0; i < acri_options_count(o); i++) {
        const struct acri_option_spec *spec = acri_options_spec(o, i);

        if (is_local ? spec->is_local && !spec->is_command : is_handed_over(spec))
            add_option(o, spec, w);
    }
}

void acri_run_config_words(const struct acri_run_config *c, const struct acri_options *own,
                           struct acri_words *ret_words)
{
    acri_words_init(ret_words);
    acri_words_add(ret_words, "acrida");
    add_options(own, true, ret_words);
    for (size_t i = 0; i < c->options.n; i++)
        acri_words_add(ret_words, "%s", c->options.words[i]);
}

/* --- as bytes -----------------------------------------------------------------------------------
 */

static void pack_words(struct acri_buf *to, struct acri_words *w)
{
    acri_pack_u64(to, w->n);
    for (size_t i = 0; i < w->n; i++)
        acri_pack_text(to, w->words[i]);
    acri_words_done(w);
}

static void unpack_words(struct acri_unpack *u, struct acri_words *w)
{
    uint64_t n = acri_unpack_most(u, MOST_WORDS);

    for (uint64_t i = 0; i < n && !u->is_bad; i++) {
        char *word = acri_unpack_dup(u);

        acri_words_add(w, "%s", word);
        free(word);
    }
}

void acri_run_config_identity(struct acri_buf *to, const struct acri_options *o,
                              const struct acri_scenario *scenario)
{
    struct acri_words w;

    acri_words_init(&w);
    list_scenarios(scenario, false, &w);
    add_options(o, false, &w);
    pack_words(to, &w);
}

void acri_run_config_write(struct acri_buf *to, uint64_t run_id, const struct acri_options *o,
                           const struct acri_scenario *scenario, const struct acri_run_common *run,
                           uint64_t seed, uint64_t n_iterations)
{
    const struct acri_shared *shared = NULL;
    const char *key;
    const char *text;
    struct acri_words w;

    acri_pack_u64(to, run_id);
    acri_words_init(&w);
    list_scenarios(scenario, true, &w);
    pack_words(to, &w);
    acri_words_init(&w);
    add_options(o, false, &w);
    acri_words_add(&w, "--seed=%llu", (unsigned long long)seed);
    if (n_iterations > 0)
        acri_words_add(&w, "--iterations=%llu", (unsigned long long)n_iterations);
    pack_words(to, &w);
    acri_words_init(&w);
    while ((shared = acri_share_next(run, shared, &key, &text)) != NULL) {
        acri_words_add(&w, "%s", key);
        acri_words_add(&w, "%s", text);
    }
    pack_words(to, &w);
}

int acri_run_config_read(struct acri_run_config *ret_config, const void *bytes, size_t n_bytes)
{
    struct acri_unpack u;

    acri_words_init(&ret_config->scenarios);
    acri_words_init(&ret_config->options);
    acri_words_init(&ret_config->shared);
    acri_unpack_init(&u, bytes, n_bytes);
    ret_config->run_id = acri_unpack_u64(&u);
    unpack_words(&u, &ret_config->scenarios);
    unpack_words(&u, &ret_config->options);
    unpack_words(&u, &ret_config->shared);
    if (!acri_unpack_is_done(&u) || ret_config->scenarios.n % FACTS != 0 ||
        ret_config->shared.n % 2 != 0)
        return -EBADMSG;
    return 0;
}

void acri_run_config_done(struct acri_run_config *c)
{
    acri_words_done(&c->scenarios);
    acri_words_done(&c->options);
    acri_words_done(&c->shared);
}

/* --- the same scenario --------------------------------------------------------------------------
 */

/* Of the facts of own scenarios, those of this name; NULL: it is not loaded. */
static char *const *find(const struct acri_words *own, const char *name)
{
    for (size_t k = 0; k < own->n; k += FACTS)
        if (strcmp(own->words[k], name) == 0)
            return &own->words[k];
    return NULL;
}

int acri_run_config_check(const struct acri_run_config *c, const struct acri_scenario *scenario,
                          struct acri_error *reterr)
{
    struct acri_words own;
    int r = 0;

    acri_words_init(&own);
    list_scenarios(scenario, true, &own);
    for (size_t i = 0; i < c->scenarios.n && r == 0; i += FACTS) {
        char *const *theirs = &c->scenarios.words[i];
        char *const *ours = find(&own, theirs[0]);

        if (ours == NULL)
            r = acri_fail(reterr, -EINVAL,
                          "the master runs '%.30s' (%.72s), and this worker (%.72s) has not loaded "
                          "it: same -f, or -f -",
                          theirs[0], theirs[2], own.n > 0 ? own.words[2] : "no scenario");
        else if (strcmp(ours[1], theirs[1]) != 0)
            r = acri_fail(reterr, -EINVAL,
                          "another source of '%.30s': the master's %.72s is %.12s, the worker's "
                          "%.72s is %.12s",
                          theirs[0], theirs[2], theirs[1], ours[2], ours[1]);
    }
    if (r == 0 && own.n > c->scenarios.n)
        r = acri_fail(
            reterr, -EINVAL,
            "this worker has loaded more than the master runs: start it with the same -f");
    acri_words_done(&own);
    return r;
}
