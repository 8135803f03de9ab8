/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/symbolise.h"

#include <stdlib.h>
#include <string.h>

static int ours(void)
{
    return 1;
}

static void *address_of(int (*function)(void))
{
    void *address;

    memcpy(&address, &function, sizeof(address));
    return address;
}

/* A function of another module stands for the scenario; one past its start, as a return address is.
 */
static void *theirs(void)
{
    int (*function)(const char *) = atoi;
    char *address;

    memcpy(&address, &function, sizeof(address));
    return address + 1;
}

static size_t lines_of(void *const *frames, int n, bool is_fault, struct acri_buf *out)
{
    size_t lines = 0;

    acri_buf_clear(out);
    acri_symbolise(out, frames, n, is_fault);
    for (const char *c = acri_buf_text(out); *c != '\0'; c++)
        lines += *c == '\n';
    return lines;
}

static void only_the_scenarios_frames_are_written(void **state)
{
    void *const inner = address_of(ours);
    void *const other = theirs();
    void *const frames[] = { inner, inner, other, other, inner, other };
    struct acri_buf out;

    (void)state;
    acri_buf_init(&out, 10000);
    assert_int_equal(lines_of(frames, 6, false, &out), 2);
    assert_int_equal(lines_of(frames, 6, true, &out), 1); /* the kernel's frame is left out */
    assert_int_equal(lines_of(frames, 2, false, &out), 0);
    assert_int_equal(lines_of(frames, 0, true, &out), 0);
    acri_buf_done(&out);
}

static void a_frame_is_a_module_and_an_offset(void **state)
{
    void *const frames[] = { address_of(ours), theirs() };
    struct acri_buf out;
    const char *offset;

    (void)state;
    acri_buf_init(&out, 10000);
    assert_int_equal(lines_of(frames, 2, false, &out), 1);
    assert_memory_equal(acri_buf_text(&out), "  at ", 5);
    offset = strstr(acri_buf_text(&out), "+0x");
    assert_non_null(offset);
    assert_null(memchr(acri_buf_text(&out), '/', (size_t)(offset - acri_buf_text(&out))));
    acri_buf_done(&out);
}

static void an_address_of_nothing_is_written_as_it_is(void **state)
{
    void *const frames[] = { address_of(ours), (void *)16 };
    struct acri_buf out;

    (void)state;
    acri_buf_init(&out, 10000);
    assert_int_equal(lines_of(frames, 2, false, &out), 1);
    assert_string_equal(acri_buf_text(&out), "  at 0x10\n");
    acri_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_scenarios_frames_are_written),
        cmocka_unit_test(a_frame_is_a_module_and_an_offset),
        cmocka_unit_test(an_address_of_nothing_is_written_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
