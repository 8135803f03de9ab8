/* SPDX-License-Identifier: MIT */
#include "dist/drops.h"

#include "base/clock.h"

#include <inttypes.h>

static const struct {
    enum acri_log_level level;
    const char *text;
} reasons[ACRI_DROPS_REASONS] = {
    [ACRI_DROPS_FOREIGN] = { ACRI_LOG_WARNING,
                             "not one of acrida's: is it meant for another port?" },
    [ACRI_DROPS_VERSION] = { ACRI_LOG_WARNING, "of another version of acrida's protocol" },
    [ACRI_DROPS_FORGED] = { ACRI_LOG_WARNING,
                            "not authentic: has it the same --cluster-key-file?" },
    /* These two belong to reconnecting. */
    [ACRI_DROPS_STALE] = { ACRI_LOG_DEBUG, "of a session that has ended" },
    [ACRI_DROPS_REPEATED] = { ACRI_LOG_DEBUG, "a repetition, or overtaken by a later one" },
    [ACRI_DROPS_MALFORMED] = { ACRI_LOG_WARNING, "authentic, but cannot be decoded" },
    [ACRI_DROPS_FLOOD] = { ACRI_LOG_WARNING, "one of too many handshakes at a time" },
};

void acri_drops_count(struct acri_drops *d, uint64_t now_ns, enum acri_drops_reason reason,
                      const char *from)
{
    uint64_t n_left_out;

    d->n[reason]++;
    if (!acri_log_is_on(reasons[reason].level) ||
        !acri_log_may(&d->limits[reason], now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        return;
    if (n_left_out > 0)
        acri_log(reasons[reason].level, "acrida",
                 "dropped a frame from %s: %s (and %" PRIu64 " more since the last such line)",
                 from, reasons[reason].text, n_left_out);
    else
        acri_log(reasons[reason].level, "acrida", "dropped a frame from %s: %s", from,
                 reasons[reason].text);
}

uint64_t acri_drops_all(const struct acri_drops *d)
{
    uint64_t n = 0;

    for (int i = 0; i < ACRI_DROPS_REASONS; i++)
        n += d->n[i];
    return n;
}
