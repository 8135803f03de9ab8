/* SPDX-License-Identifier: MIT */
#include "dist/log_relay.h"

#include "base/check.h"
#include "base/pack.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void acri_log_relay_init(struct acri_log_relay *r)
{
    *r = (struct acri_log_relay){ .lines = acri_alloc(ACRI_LOG_RELAY_LINES * sizeof(*r->lines)) };
    pthread_mutex_init(&r->lock, NULL);
}

void acri_log_relay_done(struct acri_log_relay *r)
{
    if (r->lines == NULL)
        return;
    pthread_mutex_destroy(&r->lock);
    free(r->lines);
    *r = (struct acri_log_relay){ .lines = NULL };
}

static bool is_over(const struct acri_log_relay *r, uint64_t now_ns)
{
    return now_ns - r->since_ns >= ACRI_LOG_RELAY_NS;
}

static void fill(struct acri_log_relay_line *line, enum acri_log_level level, const char *source,
                 const char *text)
{
    line->level = level;
    snprintf(line->source, sizeof(line->source), "%s", source);
    snprintf(line->text, sizeof(line->text), "%s", text);
}

void acri_log_relay_put(struct acri_log_relay *r, uint64_t now_ns, enum acri_log_level level,
                        const char *source, const char *text)
{
    if (level < ACRI_LOG_WARNING)
        return;
    pthread_mutex_lock(&r->lock);
    if (r->since_ns == 0 || is_over(r, now_ns)) {
        r->since_ns = now_ns;
        r->n_in_time = 0;
    }
    /* The ring is full, too, while nobody takes from it. */
    if (r->n_in_time >= ACRI_LOG_RELAY_LINES || r->n == ACRI_LOG_RELAY_LINES) {
        r->n_left_out++;
    } else {
        fill(&r->lines[(r->first + r->n) % ACRI_LOG_RELAY_LINES], level, source, text);
        r->n++;
        r->n_in_time++;
    }
    pthread_mutex_unlock(&r->lock);
}

bool acri_log_relay_take(struct acri_log_relay *r, uint64_t now_ns, bool is_last,
                         struct acri_log_relay_line *ret_line)
{
    bool is_there = true;
    char text[96];

    pthread_mutex_lock(&r->lock);
    if (r->n > 0) {
        *ret_line = r->lines[r->first];
        r->first = (r->first + 1) % ACRI_LOG_RELAY_LINES;
        r->n--;
    } else if (r->n_left_out > 0 && (is_last || is_over(r, now_ns))) {
        snprintf(text, sizeof(text), "%" PRIu64 " more lines are in its own log only",
                 r->n_left_out);
        fill(ret_line, ACRI_LOG_WARNING, "acrida", text);
        r->n_left_out = 0;
    } else {
        is_there = false;
    }
    pthread_mutex_unlock(&r->lock);
    return is_there;
}

void acri_log_relay_pack(struct acri_buf *b, const struct acri_log_relay_line *line)
{
    acri_pack_u64(b, line->level);
    acri_pack_text(b, line->source);
    acri_pack_text(b, line->text);
}

/* It stands in the head of a line. */
static void clean(char *source)
{
    for (; *source != '\0'; source++)
        if ((unsigned char)*source <= ' ' || *source == 0x7f)
            *source = '?';
}

bool acri_log_relay_unpack(struct acri_log_relay_line *line, const void *bytes, size_t n)
{
    struct acri_unpack u;
    uint64_t level;

    acri_unpack_init(&u, bytes, n);
    level = acri_unpack_most(&u, ACRI_LOG_ERROR);
    acri_unpack_text(&u, line->source, sizeof(line->source));
    acri_unpack_text(&u, line->text, sizeof(line->text));
    clean(line->source);
    line->level = level == ACRI_LOG_ERROR ? ACRI_LOG_ERROR : ACRI_LOG_WARNING;
    return acri_unpack_is_done(&u) && level >= ACRI_LOG_WARNING;
}
