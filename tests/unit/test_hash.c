/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/hash.h"

#include <string.h>

static void check(const char *text, const char *expected)
{
    char hash[ACRI_HASH_TEXT];
    struct acri_hash h;

    acri_hash_init(&h);
    acri_hash_add(&h, text, strlen(text));
    acri_hash_text(&h, hash);
    assert_string_equal(hash, expected);
}

/* From the test vectors of the algorithm's authors. */
static void known_texts_have_their_known_hashes(void **state)
{
    (void)state;
    check("", "6c62272e07bb014262b821756295c58d");
    check("a", "d228cb696f1a8caf78912b704e4a8964");
    check("foobar", "343e1662793c64bf6f0d3597ba446f18");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(known_texts_have_their_known_hashes) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
