/* SPDX-License-Identifier: MIT */
/*
 * Keys and sealed frames: a pre-shared key authenticates an exchange of ephemeral X25519 keys; from
 * it come two keys for the session, one for each direction, under which each frame is sealed by
 * XChaCha20-Poly1305 with a counter that only rises. Without a key the same is done with a key of
 * zeros, which keeps nobody out: for loopback only.
 */
#ifndef ACRIDA_DIST_SEAL_H
#define ACRIDA_DIST_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACRI_SEAL_KEY_BYTES 32u
#define ACRI_SEAL_NONCE_BYTES 24u
#define ACRI_SEAL_TAG_BYTES 16u

/* Call once per process before the others. Returns: 0, or -EIO: no randomness. */
int acri_seal_setup(void);
void acri_seal_random(void *to, size_t n);
/* Overwrite what nobody should find in memory; not optimised away. */
void acri_seal_wipe(void *secret, size_t n);

/* One party's part in a handshake: secret is wiped by acri_seal_session. */
struct acri_seal_pair {
    unsigned char secret[32];
    unsigned char open[32];
};
void acri_seal_pair_new(struct acri_seal_pair *p);

/* Handshake frames: sealed by the pre-shared key under a random nonce. `head` (n_head bytes) is not
 * hidden but authenticated. out: n + NONCE + TAG bytes (nonce first). */
void acri_seal_hello(const unsigned char *psk, const void *head, size_t n_head, const void *plain,
                     size_t n, unsigned char *out);
/* out: n - NONCE - TAG bytes. Returns: false: not authentic. */
bool acri_seal_open_hello(const unsigned char *psk, const void *head, size_t n_head,
                          const void *sealed, size_t n, unsigned char *out);

/* One direction of a session. */
struct acri_seal_way {
    unsigned char key[32];
    uint64_t counter; /* of the last frame sealed, or accepted */
};
struct acri_seal_session {
    struct acri_seal_way to_master;
    struct acri_seal_way to_worker;
};
/* context: what both have said in the handshake (both nonces, session id), n_context bytes.
 * Returns: false: the other one's key is a weak one. */
bool acri_seal_session(struct acri_seal_session *s, const unsigned char *psk,
                       struct acri_seal_pair *own, const unsigned char other_open[32],
                       const void *context, size_t n_context);

/* out: n + TAG bytes. The counter of the frame is way->counter after the call; it is sent in clear.
 */
void acri_seal_frame(struct acri_seal_way *way, const void *head, size_t n_head, const void *plain,
                     size_t n, unsigned char *out);
/* counter: as it came. out: n - TAG bytes. Returns: false: forged, damaged, or counter not above
 * the last one accepted (a repeat); otherwise way->counter is counter. */
bool acri_seal_open_frame(struct acri_seal_way *way, uint64_t counter, const void *head,
                          size_t n_head, const void *sealed, size_t n, unsigned char *out);

#endif
