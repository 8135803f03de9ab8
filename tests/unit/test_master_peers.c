/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/check.h"
#include "dist/master_peers.h"

#include <string.h>

static struct acri_master_line *line_of(struct acri_master_peers *t, unsigned char nonce)
{
    struct acri_master_line *line = acri_master_peers_line_new(t, nonce);

    line->hello = acri_alloc(sizeof(*line->hello));
    line->hello->nonce[0] = nonce;
    return line;
}

static void workers_are_found_by_index_and_uuid(void **state)
{
    struct acri_master_peers t = { 0 };
    unsigned char uuid[16] = { 0 };

    (void)state;
    uuid[0] = 9;
    assert_non_null(acri_master_peers_add(&t, uuid, 40));
    assert_int_equal(t.n_peers, 41);
    assert_null(acri_master_peers_at(&t, 39));
    assert_null(acri_master_peers_add(&t, uuid, 3));
    uuid[0] = 10;
    assert_null(acri_master_peers_add(&t, uuid, 40));
    assert_null(acri_master_peers_add(&t, uuid, ACRI_MASTER_PEERS_MAX));
    assert_null(acri_master_peers_by_uuid(&t, uuid));
    for (unsigned i = 0; i < 1000; i++) {
        memcpy(uuid + 4, &i, sizeof(i));
        assert_int_equal(acri_master_peers_add(&t, uuid, UINT32_MAX)->index, 41 + i);
    }
    for (unsigned i = 0; i < 1000; i++) {
        memcpy(uuid + 4, &i, sizeof(i));
        assert_ptr_equal(acri_master_peers_by_uuid(&t, uuid), acri_master_peers_at(&t, 41 + i));
    }
    acri_master_peers_done(&t);
}

static void a_worker_has_one_line(void **state)
{
    struct acri_master_peers t = { 0 };
    unsigned char uuid[16] = { 1 };
    struct acri_master_peer *p;
    struct acri_master_line *one, *two;
    uint64_t session;

    (void)state;
    assert_int_equal(acri_seal_setup(), 0);
    p = acri_master_peers_add(&t, uuid, UINT32_MAX);
    one = line_of(&t, 1);
    two = line_of(&t, 2);
    session = one->session;
    assert_int_not_equal(session, 0);
    assert_int_not_equal(session, two->session);
    assert_ptr_equal(acri_master_peers_pending(&t, one->hello->nonce), one);
    assert_ptr_equal(acri_master_peers_line(&t, session), one);
    assert_null(acri_master_peers_line(&t, session ^ (1ull << 40)));
    assert_null(acri_master_peers_line(&t, 999));
    acri_master_peers_settle(&t, one, p);
    assert_int_equal(t.n_pending, 1);
    assert_ptr_equal(t.first, two);
    acri_master_peers_settle(&t, two, p);
    assert_int_equal(t.n_pending, 0);
    assert_ptr_equal(p->line, two);
    assert_null(acri_master_peers_line(&t, session));
    /* Its slot is used again, its number is not. */
    one = line_of(&t, 3);
    assert_int_equal(t.n_lines, 2);
    assert_null(acri_master_peers_line(&t, session));
    acri_master_peers_line_drop(&t, one);
    assert_null(t.first);
    assert_null(t.last);
    acri_master_peers_line_drop(&t, two);
    assert_null(p->line);
    acri_master_peers_done(&t);
}

static void lines_are_bounded(void **state)
{
    struct acri_master_peers t = { 0 };
    struct acri_master_line *line = NULL;

    (void)state;
    for (unsigned i = 0; i < ACRI_MASTER_LINES_MAX; i++)
        assert_non_null(line = acri_master_peers_line_new(&t, 0));
    assert_null(acri_master_peers_line_new(&t, 0));
    acri_master_peers_line_drop(&t, line);
    assert_non_null(acri_master_peers_line_new(&t, 0));
    acri_master_peers_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_are_found_by_index_and_uuid),
        cmocka_unit_test(a_worker_has_one_line),
        cmocka_unit_test(lines_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
