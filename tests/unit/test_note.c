/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "plugin/note.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HASH "0123456789abcdef0123456789abcdef"

static char path[] = "/tmp/acrida-test-note-XXXXXX";

static int set_up(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    if (fd >= 0)
        close(fd);
    return fd >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static void put(const char *data, size_t bytes)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fwrite(data, 1, bytes, f);
    fclose(f);
}

static void the_notes_source_names_the_hash(void **state)
{
    struct acri_buf source;

    (void)state;
    acri_buf_init(&source, 4096);
    acri_note_write_source(&source, HASH);
    assert_non_null(strstr(acri_buf_text(&source), "\".note.acrida\""));
    assert_non_null(strstr(acri_buf_text(&source), HASH));
    acri_buf_done(&source);
}

static void a_note_is_found_among_other_bytes(void **state)
{
    static const char file[] =
        "\177ELF\0\0acrida source \0acrida source of all evil, and of much more\0"
        "acrida source " HASH "\0\0";
    char hash[ACRI_HASH_TEXT];

    (void)state;
    put(file, sizeof(file));
    assert_int_equal(acri_note_read(path, hash), 0);
    assert_string_equal(hash, HASH);
}

static void without_a_note_it_is_the_hash_of_the_file(void **state)
{
    static const char cut[] = "acrida source 0123";
    char hash[ACRI_HASH_TEXT];

    (void)state;
    put("a", 1);
    assert_int_equal(acri_note_read(path, hash), 0);
    assert_string_equal(hash, "d228cb696f1a8caf78912b704e4a8964");
    put(cut, sizeof(cut) - 1);
    assert_int_equal(acri_note_read(path, hash), 0);
    assert_string_not_equal(hash, HASH);
    put("", 0);
    assert_int_equal(acri_note_read(path, hash), -EINVAL);
    assert_int_equal(acri_note_read("/tmp", hash), -EINVAL);
    assert_int_equal(acri_note_read("/nowhere/at/all", hash), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_notes_source_names_the_hash),
        cmocka_unit_test(a_note_is_found_among_other_bytes),
        cmocka_unit_test(without_a_note_it_is_the_hash_of_the_file),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
