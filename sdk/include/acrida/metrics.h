/* SPDX-License-Identifier: MIT */
/*
 * Numbers of the scenario's own, beside the requests: counters, gauges, trends, checks, measured
 * stretches of a task, and the context that monitoring gets with each request.
 *
 * All are kept per loop without locks and come together once a second. Names are copied; at most
 * 1,000 of them are kept, and what is more is counted under "(other metrics)". They go to zero when
 * the statistics are reset; a gauge then stays where it stands. A value that is no finite number is
 * left out, with a line in the log. Counters, gauges, trends and checks count in hooks too;
 * measures, like requests, do not. Included by <acrida/acrida.h>.
 */
#ifndef ACRIDA_METRICS_H
#define ACRIDA_METRICS_H

#include <acrida/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Add to a counter. Shown as its sum and its rate. */
ACR_API void acr_count(struct acr_user *u, const char *name, double n);

/** Set a gauge. Shown as its last value, lowest and highest. */
ACR_API void acr_gauge(struct acr_user *u, const char *name, double value);

/** Add a value to a trend. Shown with its percentiles, which are at most 0.4 % off for values from
 * 0.001 to 10^34, and for such below zero; nearer to zero than 0.001 they count as zero. Units:
 * any; milliseconds for times. */
ACR_API void acr_trend(struct acr_user *u, const char *name, double value);

/**
 * Count a check as passed or failed. A failed check does not fail a request.
 *
 * Returns: the condition, so that a task can go on by it.
 */
ACR_API bool acr_check(struct acr_user *u, bool condition, const char *name);

struct acr_measure;

/**
 * Begin to measure a stretch of a task: from here to acr_measure_end it is one sample of the
 * statistics, whatever requests lie in it, and request listeners hear of it. It fails when one of
 * the requests in it does (of this user, or of what acr_spawn started for it), or with the error
 * given at its end; so does a measure around it. One that is not ended is ended when the task
 * returns; one that the end of its user cuts short counts as cancelled.
 *
 * type:    "TX" is usual; copied, as the name is.
 * Returns: never NULL. Owner: the runtime.
 */
ACR_API struct acr_measure *acr_measure_begin(struct acr_user *u, const char *type,
                                              const char *name);

/** End it. error: NULL = as its requests went. NULL as the measure is allowed. */
ACR_API void acr_measure_end(struct acr_measure *m, const char *error);

/** Measure a block: `ACR_MEASURE(u, "check out") { acr_get(...); acr_post(...); }`. Do not leave it
 * by break or goto. */
#define ACR_MEASURE(u, name)                                                      \
    for (struct acr_measure *acr_measure_ = acr_measure_begin((u), "TX", (name)); \
         acr_measure_ != NULL; acr_measure_end(acr_measure_, NULL), acr_measure_ = NULL)

/** What monitoring gets as the context of this user's requests from now on: any text, as
 * "region=eu plan=free". Copied; NULL = none. */
ACR_API void acr_set_context(struct acr_user *u, const char *context);

#ifdef __cplusplus
}
#endif

#endif
