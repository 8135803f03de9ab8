/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/crc.h"
#include "base/rng.h"

#include <string.h>

/* RFC 3720, B.4, and the usual check value. */
static void known_sums(void **state)
{
    unsigned char bytes[32] = { 0 };

    (void)state;
    assert_int_equal(acri_crc(0, "123456789", 9), 0xe3069283);
    assert_int_equal(acri_crc(0, "", 0), 0);
    assert_int_equal(acri_crc(0, bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, 32);
    assert_int_equal(acri_crc(0, bytes, 32), 0x62a8ab43);
    for (int i = 0; i < 32; i++)
        bytes[i] = (unsigned char)i;
    assert_int_equal(acri_crc(0, bytes, 32), 0x46dd794e);
}

static void pieces_add_up_and_each_bit_counts(void **state)
{
    unsigned char bytes[100];
    struct acri_rng rng;
    uint32_t whole;

    (void)state;
    acri_rng_init(&rng, 1, 0);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)acri_rng_next(&rng);
    whole = acri_crc(0, bytes, sizeof(bytes));
    for (size_t cut = 0; cut <= sizeof(bytes); cut++)
        assert_int_equal(acri_crc(acri_crc(0, bytes, cut), bytes + cut, sizeof(bytes) - cut),
                         whole);
    for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_int_not_equal(acri_crc(0, bytes, sizeof(bytes)), whole);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_sums),
        cmocka_unit_test(pieces_add_up_and_each_bit_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
