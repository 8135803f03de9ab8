/* SPDX-License-Identifier: MIT */
/*
 * An easy handle with what belongs to it, moving one hop at a time. Kept for the next request of
 * any user with the same settings: what a user owns is in its CURLSH, so that a waiting user costs
 * no easy handle.
 */
#ifndef ACRIDA_HTTP_CURL_TRANSFER_H
#define ACRIDA_HTTP_CURL_TRANSFER_H

#include "curl_loop.h"
#include "exchange.h"

struct http_curl_profile {
    struct http_curl_loop *loop;
    const struct http_settings *settings;
    struct http_curl_transfer *free;
    size_t n_free;
};

struct http_curl_user {
    struct http_curl_profile *profile;
    CURLSH *share;
    int first_fd; /* of its established connections, see curl_sockets.h; -1 = none */
    struct http_curl_transfer *active;
    unsigned n_closings; /* how often its connections were closed on request */
    bool wants_fresh;    /* the next transfer must not use a connection that there is */
    uint64_t told;       /* whose addresses it was told last: see curl_names.c */
};

struct http_curl_transfer {
    CURL *easy;
    struct http_curl_profile *profile;
    struct http_curl_user *user;
    struct http_exchange *x;                /* NULL: free */
    struct http_curl_transfer *next;        /* among the free, or those that wait for a look-up */
    struct http_curl_transfer *next_active; /* of its user */
    struct http_curl_transfer **link_active;
    struct http_curl_lookup *leads;
    struct http_curl_lookup *waits_for;
    struct curl_slist *nodes; /* header lines as curl wants them */
    size_t n_nodes;
    curl_mime *mime;
    CURLU *url;                 /* the latest, parsed */
    char *url_text;             /* and as it was given */
    struct http_text addresses; /* what curl is told of its host; empty = nothing */
    struct curl_slist addresses_node;
    double asked_ms;        /* what finding them took, before curl began */
    unsigned closing;       /* of the user's n_closings, when the transfer began */
    curl_off_t sent_before; /* request bytes written before the latest attempt */
    unsigned attempts;
    int local_port;  /* of the latest attempt; 0 with TLS, whose close writes and so blurs */
    int open_errno;  /* why no socket could be opened */
    size_t n_lines;  /* of the answer's head, so far */
    bool is_in_head; /* the next line belongs to one */
    bool is_in_line; /* a piece of which has come */
    bool is_added;   /* to the multi */
    bool is_plain;   /* set up as a GET without a body */
    bool is_fresh;   /* set up to connect anew */
    bool was_unread; /* the connection of the latest attempt closed with bytes unread */
    bool has_opened; /* a socket */
    bool has_tried;  /* to connect one */
    bool has_failed;
    char error[CURL_ERROR_SIZE];
};

/* A free one of the profile, or a new one. NULL when out of memory. */
struct http_curl_transfer *http_curl_transfer_take(struct http_curl_profile *profile);
void http_curl_transfer_destroy(struct http_curl_transfer *t);

/* Begins the hop. Out of memory and the like finish it at once. */
void http_curl_transfer_start(struct http_exchange *x, struct http_curl_user *user);
/* Puts the transfer into the multi (again). */
void http_curl_transfer_add(struct http_curl_transfer *t);
/* curl is done with it. */
void http_curl_transfer_over(struct http_curl_transfer *t, CURLcode code);
/* It fails for a reason that curl does not know. */
void http_curl_transfer_fail(struct http_curl_transfer *t, const char *error);
/* Given up: nothing is finished. */
void http_curl_transfer_cancel(struct http_curl_transfer *t);
/* An easy handle that acts for the user, for calls that need one; give it back after. */
struct http_curl_transfer *http_curl_transfer_borrow(struct http_curl_user *user);
void http_curl_transfer_give_back(struct http_curl_transfer *t);

#endif
