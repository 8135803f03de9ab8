/* SPDX-License-Identifier: MIT */
#include "dist/heir.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "dist/ledger_file.h"
#include "dist/seal.h"
#include "dist/uplink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH_NS (5 * ACRI_NS_PER_S) /* between two looks into the folder */

struct refused {
    struct refused *next;
    struct acri_ledger_file *file; /* kept locked, so that it is not found again */
};

struct acri_heir {
    struct acri_heir_options o;
    char *folder;
    char *host;
    uint64_t search_ns;
    struct refused *refused;
    /* What is being delivered; NULL: nothing. */
    struct acri_ledger_file *file;
    struct acri_uplink *uplink;
    struct acri_worker_session *session;
    uint64_t now_ns;
    uint64_t n_reports;
    bool is_refused;
};

struct acri_heir *acri_heir_new(const struct acri_heir_options *o)
{
    struct acri_heir *h = acri_alloc(sizeof(*h));

    h->o = *o;
    h->folder = acri_strdup(o->folder);
    h->host = acri_strdup(o->master_host);
    return h;
}

static void close_delivery(struct acri_heir *h)
{
    acri_worker_session_free(h->session);
    acri_uplink_free(h->uplink);
    h->session = NULL;
    h->uplink = NULL;
    h->file = NULL;
}

void acri_heir_free(struct acri_heir *h)
{
    if (h == NULL)
        return;
    acri_ledger_file_close(h->file, false);
    close_delivery(h);
    while (h->refused != NULL) {
        struct refused *r = h->refused;

        h->refused = r->next;
        acri_ledger_file_close(r->file, false);
        free(r);
    }
    explicit_bzero(&h->o, sizeof(h->o));
    free(h->folder);
    free(h->host);
    free(h);
}

int acri_heir_fd(const struct acri_heir *h)
{
    return h->uplink != NULL ? acri_uplink_fd(h->uplink) : -1;
}

static void tell(void *arg, struct acri_worker_event *e)
{
    struct acri_heir *h = arg;

    /* What should be done is no longer anybody's business. */
    if (e->kind == ACRI_WORKER_REFUSED)
        h->is_refused = true;
    acri_worker_event_free(e);
}

static void give_report(void *arg, const struct acri_ledger_file_report *r)
{
    struct acri_heir *h = arg;

    h->n_reports++;
    acri_worker_session_report(h->session, h->now_ns, r->seq, r->run_id, r->epoch, r->bytes,
                               r->n_bytes);
}

static void begin(struct acri_heir *h)
{
    const struct acri_ledger_file_owner *owner = acri_ledger_file_owner(h->file);
    struct acri_worker_session_options o = {
        .info = owner->info, .orphan_s = 1e9, .master_gone_s = 1e9, .is_deceased = true
    };
    struct acri_observed observed = { .state = ACRI_WORKER_FAILED };

    memcpy(o.key, h->o.key, sizeof(o.key));
    memcpy(o.uuid, owner->uuid, sizeof(o.uuid));
    acri_seal_random(&o.random, sizeof(o.random));
    h->is_refused = false;
    h->n_reports = 0;
    h->uplink = acri_uplink_new(h->host, h->o.master_port, h->o.needs_loopback);
    h->session = acri_worker_session_new(&o, acri_uplink_link(h->uplink), tell, h, h->now_ns);
    explicit_bzero(&o, sizeof(o));
    observed.run_id = acri_ledger_file_total(h->file, &observed.tally);
    acri_worker_session_observe(h->session, h->now_ns, &observed);
    acri_ledger_file_each(h->file, give_report, h);
    acri_worker_session_leave(h->session, h->now_ns, "ended without a word");
}

static void end(struct acri_heir *h)
{
    const struct acri_worker_info *info = &acri_ledger_file_owner(h->file)->info;

    acri_log_info("told the master what worker %s (process %" PRIu32 ") had left: %" PRIu64
                  " reports",
                  info->name, info->pid, h->n_reports);
    acri_ledger_file_close(h->file, true);
    close_delivery(h);
    h->search_ns = 0;
}

static void give_up(struct acri_heir *h)
{
    struct refused *r = acri_alloc(sizeof(*r));

    acri_log_warning("the master does not take what is in %s: it stays there",
                     acri_ledger_file_path(h->file));
    r->file = h->file;
    r->next = h->refused;
    h->refused = r;
    close_delivery(h);
}

static void take_frame(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct acri_heir *h = arg;

    (void)pipe;
    acri_worker_session_frame(h->session, h->now_ns, frame, n_bytes);
}

static uint64_t search(struct acri_heir *h)
{
    if (h->now_ns < h->search_ns)
        return h->search_ns;
    h->search_ns = h->now_ns + SEARCH_NS;
    h->file = acri_ledger_file_find(h->folder, h->host, h->o.master_port);
    if (h->file == NULL)
        return h->search_ns;
    begin(h);
    return h->now_ns;
}

bool acri_heir_is_busy(const struct acri_heir *h)
{
    return h->file != NULL;
}

uint64_t acri_heir_step(struct acri_heir *h, uint64_t now_ns, bool is_ending)
{
    uint64_t next_ns;
    uint64_t dial_ns;

    h->now_ns = now_ns;
    if (h->file == NULL)
        return is_ending ? UINT64_MAX : search(h);
    acri_uplink_receive(h->uplink, take_frame, h);
    next_ns = acri_worker_session_step(h->session, now_ns);
    dial_ns = acri_uplink_step(h->uplink, now_ns);
    /* What the master has need not be delivered by another one. */
    acri_ledger_file_acknowledge(h->file, acri_worker_session_acknowledged(h->session));
    if (acri_worker_session_has_left(h->session))
        end(h);
    else if (h->is_refused || acri_uplink_refusal(h->uplink) != NULL)
        give_up(h);
    else
        return next_ns < dial_ns ? next_ns : dial_ns;
    return now_ns;
}
