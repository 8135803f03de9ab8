/* SPDX-License-Identifier: MIT */
#include "dist/wire_hello.h"

#include <string.h>

/* Bytes whose number both know. */
static void put_raw(struct acri_buf *b, const void *bytes, size_t n)
{
    acri_buf_append(b, bytes, n);
}

static void get_raw(struct acri_unpack *u, void *to, size_t n)
{
    if ((size_t)(u->end - u->at) < n) {
        u->is_bad = true;
        u->at = u->end;
        memset(to, 0, n);
        return;
    }
    memcpy(to, u->at, n);
    u->at += n;
}

void acri_wire_put_info(struct acri_buf *b, const struct acri_worker_info *i)
{
    acri_pack_text(b, i->name);
    acri_pack_text(b, i->host);
    acri_pack_text(b, i->labels);
    acri_pack_text(b, i->version);
    acri_pack_u64(b, i->n_cpus);
    acri_pack_u64(b, i->n_threads);
    acri_pack_u64(b, i->memory_bytes);
    acri_pack_u64(b, i->pid);
}

void acri_wire_get_info(struct acri_unpack *u, struct acri_worker_info *ret_info)
{
    acri_unpack_text(u, ret_info->name, sizeof(ret_info->name));
    acri_unpack_text(u, ret_info->host, sizeof(ret_info->host));
    acri_unpack_text(u, ret_info->labels, sizeof(ret_info->labels));
    acri_unpack_text(u, ret_info->version, sizeof(ret_info->version));
    ret_info->n_cpus = (uint32_t)acri_unpack_most(u, UINT32_MAX);
    ret_info->n_threads = (uint32_t)acri_unpack_most(u, UINT32_MAX);
    ret_info->memory_bytes = acri_unpack_u64(u);
    ret_info->pid = (uint32_t)acri_unpack_most(u, UINT32_MAX);
}

void acri_wire_put_hello(struct acri_buf *b, const struct acri_wire_hello *h)
{
    put_raw(b, h->nonce, sizeof(h->nonce));
    acri_pack_u64(b, h->version);
    put_raw(b, h->open, sizeof(h->open));
    put_raw(b, h->uuid, sizeof(h->uuid));
    acri_pack_u64(b, h->incarnation);
    acri_pack_u64(b, h->first_kept);
    acri_pack_u64(b, h->is_deceased ? 1 : 0);
    acri_wire_put_info(b, &h->info);
}

bool acri_wire_get_hello(struct acri_unpack *u, struct acri_wire_hello *ret_hello)
{
    memset(ret_hello, 0, sizeof(*ret_hello));
    get_raw(u, ret_hello->nonce, sizeof(ret_hello->nonce));
    ret_hello->version = (uint32_t)acri_unpack_most(u, UINT32_MAX);
    if (u->is_bad || ret_hello->version != ACRI_WIRE_VERSION)
        return !u->is_bad;
    get_raw(u, ret_hello->open, sizeof(ret_hello->open));
    get_raw(u, ret_hello->uuid, sizeof(ret_hello->uuid));
    ret_hello->incarnation = acri_unpack_u64(u);
    ret_hello->first_kept = acri_unpack_u64(u);
    ret_hello->is_deceased = (acri_unpack_u64(u) & 1) != 0;
    acri_wire_get_info(u, &ret_hello->info);
    return !u->is_bad;
}

void acri_wire_put_welcome(struct acri_buf *b, const struct acri_wire_welcome *w)
{
    put_raw(b, w->nonce, sizeof(w->nonce));
    put_raw(b, w->own_nonce, sizeof(w->own_nonce));
    put_raw(b, w->open, sizeof(w->open));
    acri_pack_u64(b, w->session);
    acri_pack_u64(b, w->instance);
    acri_pack_u64(b, w->have);
    acri_pack_text(b, w->version);
}

bool acri_wire_get_welcome(struct acri_unpack *u, struct acri_wire_welcome *ret_welcome)
{
    get_raw(u, ret_welcome->nonce, sizeof(ret_welcome->nonce));
    get_raw(u, ret_welcome->own_nonce, sizeof(ret_welcome->own_nonce));
    get_raw(u, ret_welcome->open, sizeof(ret_welcome->open));
    ret_welcome->session = acri_unpack_u64(u);
    ret_welcome->instance = acri_unpack_u64(u);
    ret_welcome->have = acri_unpack_u64(u);
    acri_unpack_text(u, ret_welcome->version, sizeof(ret_welcome->version));
    return !u->is_bad;
}

void acri_wire_put_reject(struct acri_buf *b, const struct acri_wire_reject *r)
{
    put_raw(b, r->nonce, sizeof(r->nonce));
    acri_pack_u64(b, r->version);
    acri_pack_u64(b, r->code);
}

bool acri_wire_get_reject(struct acri_unpack *u, struct acri_wire_reject *ret_reject)
{
    get_raw(u, ret_reject->nonce, sizeof(ret_reject->nonce));
    ret_reject->version = (uint32_t)acri_unpack_most(u, UINT32_MAX);
    ret_reject->code = (uint32_t)acri_unpack_most(u, UINT32_MAX);
    return !u->is_bad;
}

void acri_wire_context(unsigned char to[ACRI_WIRE_CONTEXT_BYTES], const unsigned char *nonce,
                       const unsigned char *own_nonce, uint64_t session, const unsigned char *uuid)
{
    memcpy(to, nonce, ACRI_WIRE_NONCE_BYTES);
    memcpy(to + ACRI_WIRE_NONCE_BYTES, own_nonce, ACRI_WIRE_NONCE_BYTES);
    for (size_t i = 0; i < 8; i++)
        to[2 * ACRI_WIRE_NONCE_BYTES + i] = (unsigned char)(session >> (8 * i));
    memcpy(to + 2 * ACRI_WIRE_NONCE_BYTES + 8, uuid, 16);
}
