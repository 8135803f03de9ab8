/* SPDX-License-Identifier: MIT */
/* The URLs that the users of a profile ask for again and again. */
#include "url_cache.h"

#include <stdlib.h>
#include <string.h>

/* Longer ones are not kept. */
enum { PATH_MAX_BYTES = 512 };

/* FNV-1a (Fowler, Noll, Vo), never 0. */
static uint32_t hash_of(const char *path)
{
    uint32_t hash = 2166136261U;

    for (; *path != '\0'; path++) {
        hash = (hash ^ (unsigned char)*path) * 16777619U;
    }
    return hash == 0 ? 1 : hash;
}

struct http_url_entry *http_url_cache_find(struct http_url_cache *cache, const char *path,
                                           uint32_t *ret_hash)
{
    *ret_hash = hash_of(path);
    struct http_url_entry *entry = cache->entries[*ret_hash % HTTP_URL_CACHE_SLOTS];

    if (entry == NULL || strcmp(entry->path, path) != 0) {
        return NULL;
    }
    entry->n_holders++;
    return entry;
}

void http_url_cache_note(struct http_url_cache *cache, uint32_t hash, const char *path,
                         const char *url, size_t path_at)
{
    size_t slot = hash % HTTP_URL_CACHE_SLOTS;
    size_t path_bytes = strlen(path) + 1, url_bytes = strlen(url) + 1;

    if (cache->seen[slot] != hash || path_bytes > PATH_MAX_BYTES) {
        cache->seen[slot] = hash;
        return;
    }
    struct http_url_entry *entry = calloc(1, sizeof *entry + path_bytes + url_bytes);
    if (entry == NULL) {
        return;
    }
    char *text = (char *)(entry + 1);
    entry->n_holders = 1;
    entry->path = memcpy(text, path, path_bytes);
    entry->url = memcpy(text + path_bytes, url, url_bytes);
    entry->url_bytes = url_bytes - 1;
    entry->path_at = path_at;
    http_url_cache_release(cache->entries[slot]);
    cache->entries[slot] = entry;
}

void http_url_cache_release(struct http_url_entry *entry)
{
    if (entry != NULL && --entry->n_holders == 0) {
        http_text_done(&entry->head);
        if (entry->memo != NULL) {
            entry->free_memo(entry->memo);
        }
        free(entry);
    }
}

void http_url_cache_done(struct http_url_cache *cache)
{
    for (size_t i = 0; i < HTTP_URL_CACHE_SLOTS; i++) {
        http_url_cache_release(cache->entries[i]);
        cache->entries[i] = NULL;
    }
}
