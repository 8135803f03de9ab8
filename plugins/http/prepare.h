/* SPDX-License-Identifier: MIT */
/* From what a scenario asked for to an exchange: method, URL, name, headers, body. */
#ifndef ACRIDA_HTTP_PREPARE_H
#define ACRIDA_HTTP_PREPARE_H

#include "exchange.h"

/* What is known of a request beside what is sent. */
struct http_plan {
    const struct acr_request *request; /* in this version's size */
    const char *name;                  /* never NULL */
    double timeout_s;                  /* 0 = none */
    int max_redirects;
    struct acr_request widened; /* what `request` points to when the caller's is shorter */
};

/*
 * Fills the plan and the exchange's upper half.
 *
 * Returns: NULL, or why the request cannot be sent; name and method are set even then.
 */
const char *http_prepare(struct http_exchange *x, const struct acr_request *request,
                         struct http_plan *plan);

/*
 * Turns the exchange to where its answer redirects it: URL, method, body and headers of the next
 * hop. Authorization and Cookie lines of the scenario do not go to another origin.
 *
 * Returns: NULL, or why it cannot be followed.
 */
const char *http_prepare_hop(struct http_exchange *x, enum http_redirect kind);

#endif
