/* SPDX-License-Identifier: MIT */
/*
 * The URLs that the users of a profile ask for again and again: joined and encoded once. A path is
 * kept when it comes twice in a row at its place, so that paths which never repeat cost little.
 */
#ifndef ACRIDA_HTTP_URL_CACHE_H
#define ACRIDA_HTTP_URL_CACHE_H

#include "text.h"

#include <stdint.h>

#define HTTP_URL_CACHE_SLOTS 64

struct http_url_entry {
    size_t n_holders; /* the cache, and exchanges */
    const char *path; /* as it was asked for */
    const char *url;
    size_t url_bytes;
    size_t path_at;        /* in url */
    struct http_text head; /* an engine's: the request as far as it is always the same */
    void *memo;            /* an engine's; NULL = none */
    void (*free_memo)(void *memo);
};

struct http_url_cache {
    struct http_url_entry *entries[HTTP_URL_CACHE_SLOTS];
    uint32_t seen[HTTP_URL_CACHE_SLOTS]; /* hash of the latest path that was not there */
};

/* The entry of a path, held for the caller; NULL: none. *ret_hash is for http_url_cache_note. */
struct http_url_entry *http_url_cache_find(struct http_url_cache *cache, const char *path,
                                           uint32_t *ret_hash);
/* What a path that was not there has led to. */
void http_url_cache_note(struct http_url_cache *cache, uint32_t hash, const char *path,
                         const char *url, size_t path_at);
void http_url_cache_release(struct http_url_entry *entry); /* NULL is allowed */
void http_url_cache_done(struct http_url_cache *cache);

#endif
