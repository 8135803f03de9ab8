/* SPDX-License-Identifier: MIT */
#include "dist/seal.h"

#include "base/check.h"

#include <sodium.h>
#include <errno.h>
#include <string.h>

_Static_assert(ACRI_SEAL_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(ACRI_SEAL_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(ACRI_SEAL_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(ACRI_SEAL_KEY_BYTES == crypto_scalarmult_BYTES, "point");

/* What a hash is for, so that no two of them can be the same. */
static const unsigned char hello_label[] = "acrida 1 hello";
static const unsigned char session_label[] = "acrida 1 session";

int acri_seal_setup(void)
{
    return sodium_init() < 0 ? -EIO : 0;
}

void acri_seal_random(void *to, size_t n)
{
    randombytes_buf(to, n);
}

void acri_seal_wipe(void *secret, size_t n)
{
    sodium_memzero(secret, n);
}

void acri_seal_pair_new(struct acri_seal_pair *p)
{
    int r = crypto_box_keypair(p->open, p->secret);

    ACRI_ASSERT(r == 0);
}

static void hello_key(const unsigned char *psk, unsigned char *ret_key)
{
    int r = crypto_generichash(ret_key, ACRI_SEAL_KEY_BYTES, hello_label, sizeof(hello_label), psk,
                               ACRI_SEAL_KEY_BYTES);

    ACRI_ASSERT(r == 0);
}

void acri_seal_hello(const unsigned char *psk, const void *head, size_t n_head, const void *plain,
                     size_t n, unsigned char *out)
{
    unsigned char key[ACRI_SEAL_KEY_BYTES];
    int r;

    hello_key(psk, key);
    randombytes_buf(out, ACRI_SEAL_NONCE_BYTES);
    r = crypto_aead_xchacha20poly1305_ietf_encrypt(out + ACRI_SEAL_NONCE_BYTES, NULL, plain, n,
                                                   head, n_head, NULL, out, key);
    ACRI_ASSERT(r == 0);
    sodium_memzero(key, sizeof(key));
}

bool acri_seal_open_hello(const unsigned char *psk, const void *head, size_t n_head,
                          const void *sealed, size_t n, unsigned char *out)
{
    const unsigned char *nonce = sealed;
    unsigned char key[ACRI_SEAL_KEY_BYTES];
    int r;

    if (n < ACRI_SEAL_NONCE_BYTES + ACRI_SEAL_TAG_BYTES)
        return false;
    hello_key(psk, key);
    r = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, nonce + ACRI_SEAL_NONCE_BYTES,
                                                   n - ACRI_SEAL_NONCE_BYTES, head, n_head, nonce,
                                                   key);
    sodium_memzero(key, sizeof(key));
    return r == 0;
}

/* Both parties hash the two open keys in the same order: the smaller one first. */
static void hash_open_keys(crypto_generichash_state *h, const unsigned char *a,
                           const unsigned char *b)
{
    bool is_first = memcmp(a, b, ACRI_SEAL_KEY_BYTES) < 0;

    crypto_generichash_update(h, is_first ? a : b, ACRI_SEAL_KEY_BYTES);
    crypto_generichash_update(h, is_first ? b : a, ACRI_SEAL_KEY_BYTES);
}

bool acri_seal_session(struct acri_seal_session *s, const unsigned char *psk,
                       struct acri_seal_pair *own, const unsigned char other_open[32],
                       const void *context, size_t n_context)
{
    unsigned char shared[crypto_scalarmult_BYTES];
    unsigned char keys[2 * ACRI_SEAL_KEY_BYTES];
    crypto_generichash_state h;
    bool is_strong = crypto_scalarmult(shared, own->secret, other_open) == 0;

    sodium_memzero(own->secret, sizeof(own->secret));
    memset(s, 0, sizeof(*s));
    if (is_strong) {
        crypto_generichash_init(&h, psk, ACRI_SEAL_KEY_BYTES, sizeof(keys));
        crypto_generichash_update(&h, session_label, sizeof(session_label));
        crypto_generichash_update(&h, shared, sizeof(shared));
        hash_open_keys(&h, own->open, other_open);
        crypto_generichash_update(&h, context, n_context);
        crypto_generichash_final(&h, keys, sizeof(keys));
        memcpy(s->to_master.key, keys, ACRI_SEAL_KEY_BYTES);
        memcpy(s->to_worker.key, keys + ACRI_SEAL_KEY_BYTES, ACRI_SEAL_KEY_BYTES);
        sodium_memzero(keys, sizeof(keys));
        sodium_memzero(&h, sizeof(h));
    }
    sodium_memzero(shared, sizeof(shared));
    return is_strong;
}

/* A key serves one direction of one session, so the counter alone makes the nonce unique. */
static void frame_nonce(uint64_t counter, unsigned char *ret_nonce)
{
    memset(ret_nonce, 0, ACRI_SEAL_NONCE_BYTES);
    for (unsigned i = 0; i < 8; i++)
        ret_nonce[i] = (unsigned char)(counter >> (8 * i));
}

void acri_seal_frame(struct acri_seal_way *way, const void *head, size_t n_head, const void *plain,
                     size_t n, unsigned char *out)
{
    unsigned char nonce[ACRI_SEAL_NONCE_BYTES];
    int r;

    ACRI_ASSERT(way->counter < UINT64_MAX);
    frame_nonce(++way->counter, nonce);
    r = crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain, n, head, n_head, NULL, nonce,
                                                   way->key);
    ACRI_ASSERT(r == 0);
}

bool acri_seal_open_frame(struct acri_seal_way *way, uint64_t counter, const void *head,
                          size_t n_head, const void *sealed, size_t n, unsigned char *out)
{
    unsigned char nonce[ACRI_SEAL_NONCE_BYTES];

    if (counter <= way->counter || n < ACRI_SEAL_TAG_BYTES)
        return false;
    frame_nonce(counter, nonce);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed, n, head, n_head, nonce,
                                                   way->key) != 0)
        return false;
    way->counter = counter;
    return true;
}
