/* SPDX-License-Identifier: MIT */
#include "dist/master_peers.h"

#include "base/check.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* The low bits of a session id are its slot, the others are random and never all zero. */
enum { SLOT_BITS = 20 };

static int compare_uuid(const void *a, const void *b)
{
    const struct acri_master_peer *x = a, *y = b;

    return memcmp(x->uuid, y->uuid, sizeof(x->uuid));
}

static void leave_alone(void *node)
{
    (void)node;
}

static void line_free(struct acri_master_line *line)
{
    free(line->hello);
    free(line->welcome);
    explicit_bzero(line, sizeof(*line));
    free(line);
}

void acri_master_peers_done(struct acri_master_peers *t)
{
    tdestroy(t->by_uuid, leave_alone);
    for (uint32_t i = 0; i < t->n_lines; i++)
        if (t->lines[i] != NULL)
            line_free(t->lines[i]);
    for (uint32_t i = 0; i < t->n_peers; i++) {
        if (t->peers[i] == NULL)
            continue;
        acri_mail_done(&t->peers[i]->mail);
        free(t->peers[i]->desired);
        free(t->peers[i]);
    }
    free(t->peers);
    free(t->lines);
    free(t->free_slots);
    *t = (struct acri_master_peers){ 0 };
}

struct acri_master_peer *acri_master_peers_by_uuid(const struct acri_master_peers *t,
                                                   const unsigned char uuid[16])
{
    struct acri_master_peer key;
    void *node;

    memcpy(key.uuid, uuid, sizeof(key.uuid));
    node = tfind(&key, &t->by_uuid, compare_uuid);
    return node != NULL ? *(struct acri_master_peer **)node : NULL;
}

struct acri_master_peer *acri_master_peers_at(const struct acri_master_peers *t, uint32_t index)
{
    return index < t->n_peers ? t->peers[index] : NULL;
}

struct acri_master_peer *acri_master_peers_add(struct acri_master_peers *t,
                                               const unsigned char uuid[16], uint32_t index)
{
    struct acri_master_peer *p;

    if (index == UINT32_MAX)
        index = t->n_peers;
    if (index >= ACRI_MASTER_PEERS_MAX || acri_master_peers_at(t, index) != NULL ||
        acri_master_peers_by_uuid(t, uuid) != NULL)
        return NULL;
    if (index >= t->capacity) {
        uint32_t capacity = 2 * index + 16;

        t->peers = acri_realloc(t->peers, capacity * sizeof(*t->peers));
        memset(t->peers + t->capacity, 0, (capacity - t->capacity) * sizeof(*t->peers));
        t->capacity = capacity;
    }
    if (index >= t->n_peers)
        t->n_peers = index + 1;
    p = acri_alloc(sizeof(*p));
    p->index = index;
    memcpy(p->uuid, uuid, sizeof(p->uuid));
    acri_mail_init(&p->mail);
    t->peers[index] = p;
    if (tsearch(p, &t->by_uuid, compare_uuid) == NULL)
        acri_check_failed(__FILE__, __LINE__, "memory for a worker");
    return p;
}

static uint32_t slot_of(uint64_t session)
{
    return (uint32_t)(session & ((1u << SLOT_BITS) - 1));
}

struct acri_master_line *acri_master_peers_line_new(struct acri_master_peers *t, uint64_t now_ns)
{
    struct acri_master_line *line;
    uint64_t random;
    uint32_t slot;

    if (t->n_free > 0) {
        slot = t->free_slots[--t->n_free];
    } else if (t->n_lines < ACRI_MASTER_LINES_MAX) {
        slot = t->n_lines++;
        if (slot >= t->lines_capacity) {
            t->lines_capacity = 2 * slot + 16;
            t->lines =
                acri_realloc(t->lines, t->lines_capacity * sizeof(struct acri_master_line *));
            t->free_slots = acri_realloc(t->free_slots, t->lines_capacity * sizeof(uint32_t));
        }
    } else {
        return NULL;
    }
    acri_seal_random(&random, sizeof(random));
    line = acri_alloc(sizeof(*line));
    line->session = ((random | 1) << SLOT_BITS) | slot;
    line->born_ns = now_ns;
    line->before = t->last;
    if (t->last != NULL)
        t->last->next = line;
    else
        t->first = line;
    t->last = line;
    t->n_pending++;
    t->lines[slot] = line;
    return line;
}

struct acri_master_line *acri_master_peers_line(const struct acri_master_peers *t, uint64_t session)
{
    uint32_t slot = slot_of(session);
    struct acri_master_line *line = slot < t->n_lines ? t->lines[slot] : NULL;

    return line != NULL && line->session == session ? line : NULL;
}

struct acri_master_line *acri_master_peers_pending(const struct acri_master_peers *t,
                                                   const unsigned char *nonce)
{
    struct acri_master_line *line = t->last;

    while (line != NULL && memcmp(line->hello->nonce, nonce, ACRI_WIRE_NONCE_BYTES) != 0)
        line = line->before;
    return line;
}

/* No more among those that wait. */
static void unlist(struct acri_master_peers *t, struct acri_master_line *line)
{
    if (line->before != NULL)
        line->before->next = line->next;
    else
        t->first = line->next;
    if (line->next != NULL)
        line->next->before = line->before;
    else
        t->last = line->before;
    line->next = NULL;
    line->before = NULL;
    t->n_pending--;
}

void acri_master_peers_settle(struct acri_master_peers *t, struct acri_master_line *line,
                              struct acri_master_peer *peer)
{
    if (peer->line != NULL)
        acri_master_peers_line_drop(t, peer->line);
    unlist(t, line);
    free(line->hello);
    free(line->welcome);
    line->hello = NULL;
    line->welcome = NULL;
    line->peer = peer;
    peer->line = line;
}

void acri_master_peers_line_drop(struct acri_master_peers *t, struct acri_master_line *line)
{
    uint32_t slot = slot_of(line->session);

    if (line->peer != NULL)
        line->peer->line = NULL;
    else
        unlist(t, line);
    t->lines[slot] = NULL;
    t->free_slots[t->n_free++] = slot;
    line_free(line);
}
