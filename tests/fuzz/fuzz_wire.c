/* SPDX-License-Identifier: MIT */
/*
 * The decoders of cluster frames, behind the seal: the first byte says what the rest is, a list of
 * records or a message of the handshake. What was decoded and is put again decodes to the same.
 */
#include "fuzz.h"

#include "dist/wire_hello.h"
#include "dist/wire_state.h"

static struct acri_buf again;

static void begin_again(void)
{
    acri_buf_done(&again);
    acri_buf_init(&again, 1u << 24);
}

/* The body of the record that was put. */
static struct acri_unpack body_again(void)
{
    struct acri_unpack frame, body;
    uint64_t type;

    acri_unpack_init(&frame, again.data, again.length);
    FUZZ_REQUIRE(acri_wire_next(&frame, &type, &body));
    FUZZ_REQUIRE(frame.at == frame.end && !frame.is_bad);
    return body;
}

static void try_state(struct acri_unpack u)
{
    struct acri_desired a, b;

    if (!acri_wire_get_state(&u, &a))
        return;
    FUZZ_REQUIRE(a.n_types <= ACRI_CLUSTER_TYPES && a.phase <= ACRI_PHASE_QUIT);
    begin_again();
    acri_wire_put_state(&again, &a);
    u = body_again();
    FUZZ_REQUIRE(acri_wire_get_state(&u, &b));
    FUZZ_REQUIRE(a.generation == b.generation && a.start_at_ns == b.start_at_ns &&
                 memcmp(a.users, b.users, sizeof(a.users)) == 0);
}

static void try_heartbeat(struct acri_unpack u)
{
    struct acri_wire_heartbeat a, b;

    if (!acri_wire_get_heartbeat(&u, &a))
        return;
    FUZZ_REQUIRE(a.observed.n_types <= ACRI_CLUSTER_TYPES);
    FUZZ_REQUIRE(memchr(a.observed.error, '\0', sizeof(a.observed.error)) != NULL);
    begin_again();
    acri_wire_put_heartbeat(&again, &a);
    u = body_again();
    FUZZ_REQUIRE(acri_wire_get_heartbeat(&u, &b));
    FUZZ_REQUIRE(a.wall_ns == b.wall_ns && a.observed.tally.lost == b.observed.tally.lost &&
                 memcmp(a.observed.users, b.observed.users, sizeof(a.observed.users)) == 0);
}

static void try_piece(struct acri_unpack u)
{
    const unsigned char *from = u.at, *end = u.end;
    struct acri_wire_piece a, b;

    if (!acri_wire_get_piece(&u, &a))
        return;
    FUZZ_REQUIRE(a.n_bytes == 0 || ((const unsigned char *)a.bytes >= from &&
                                    (const unsigned char *)a.bytes + a.n_bytes <= end));
    begin_again();
    acri_wire_put_piece(&again, &a);
    u = body_again();
    FUZZ_REQUIRE(acri_wire_get_piece(&u, &b));
    FUZZ_REQUIRE(a.number == b.number && a.n_bytes == b.n_bytes && strcmp(a.type, b.type) == 0);
}

static void try_others(struct acri_unpack u)
{
    struct acri_wire_answer answer;
    struct acri_wire_report report;
    struct acri_wire_leave leave;
    struct acri_unpack v = u, w = u, x = u;
    uint64_t have;

    acri_wire_get_answer(&u, &answer);
    acri_wire_get_leave(&v, &leave);
    acri_wire_get_pieces(&w, &have);
    if (acri_wire_get_report(&x, &report) && report.n_bytes > 0)
        FUZZ_REQUIRE((const unsigned char *)report.bytes + report.n_bytes <= x.end);
}

static void try_handshake(struct acri_unpack u)
{
    struct acri_wire_hello a, b;
    struct acri_wire_welcome welcome;
    struct acri_wire_reject reject;
    struct acri_unpack v = u, w = u;

    acri_wire_get_welcome(&v, &welcome);
    acri_wire_get_reject(&w, &reject);
    if (!acri_wire_get_hello(&u, &a) || a.version != ACRI_WIRE_VERSION)
        return;
    begin_again();
    acri_wire_put_hello(&again, &a);
    acri_unpack_init(&u, again.data, again.length);
    FUZZ_REQUIRE(acri_wire_get_hello(&u, &b) && acri_unpack_is_done(&u));
    FUZZ_REQUIRE(memcmp(a.uuid, b.uuid, sizeof(a.uuid)) == 0 &&
                 strcmp(a.info.labels, b.info.labels) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct acri_unpack frame, body;
    struct acri_wire_head head;
    uint64_t type;
    unsigned char *copy;

    if (bytes == 0)
        return 0;
    copy = malloc(bytes);
    memcpy(copy, data + 1, bytes - 1);
    acri_wire_get_head(copy, bytes - 1, &head);
    acri_unpack_init(&frame, copy, bytes - 1);
    if (data[0] == 'h') {
        try_handshake(frame);
    } else {
        while (acri_wire_next(&frame, &type, &body)) {
            try_state(body);
            try_heartbeat(body);
            try_piece(body);
            try_others(body);
        }
    }
    acri_buf_done(&again);
    free(copy);
    return 0;
}
