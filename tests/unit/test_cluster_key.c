/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/cluster_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

static char folder[] = "/tmp/acrida-test-cluster-key-XXXXXX";
static char here[4096];
static unsigned char key[ACRI_SEAL_KEY_BYTES];
static struct acri_error error;

static int set_up(void **state)
{
    (void)state;
    unsetenv(ACRI_CLUSTER_KEY_ENVIRONMENT);
    return acri_seal_setup() < 0 || getcwd(here, sizeof(here)) == NULL || mkdtemp(folder) == NULL
               ? -1
               : chdir(folder);
}

static int tear_down(void **state)
{
    (void)state;
    unlink("key");
    unlink("new");
    unlink("pipe");
    unlink("link");
    return chdir(here) < 0 ? -1 : rmdir(folder);
}

static void write_key(const char *text, size_t n, unsigned mode)
{
    FILE *f = fopen("key", "w");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod("key", mode), 0);
}

static void digits_are_read(void **state)
{
    static const char *const good[] = { DIGITS, DIGITS "\n", DIGITS "\r\n", DIGITS " \t\n\n" };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        memset(key, 0xff, sizeof(key));
        assert_int_equal(acri_cluster_key_parse(good[i], key), 0);
        for (unsigned k = 0; k < sizeof(key); k++)
            assert_int_equal(key[k], k);
    }
}

static void all_else_is_refused(void **state)
{
    static const char *const bad[] = { "",
                                       "0",
                                       "\n" DIGITS,
                                       "0x" DIGITS,
                                       DIGITS "0",
                                       DIGITS " 0",
                                       "a key that everybody can guess",
                                       "0000000000000000000000000000000000000000000000000000000000"
                                       "000000",
                                       "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1"
                                       "D1E1G" };
    char text[] = DIGITS;

    (void)state;
    memset(key, 0xff, sizeof(key));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(acri_cluster_key_parse(bad[i], key), -EINVAL);
    for (size_t n = sizeof(text) - 1; n-- > 0;) {
        text[n] = '\0';
        assert_int_equal(acri_cluster_key_parse(text, key), -EINVAL);
    }
    assert_int_equal(key[0], 0xff); /* untouched */
}

static void a_file_of_its_owner_is_read(void **state)
{
    (void)state;
    write_key(DIGITS "\n", 65, 0600);
    assert_int_equal(acri_cluster_key_read("key", key, &error), 0);
    assert_int_equal(key[31], 31);
    write_key(DIGITS, 64, 0400);
    assert_int_equal(acri_cluster_key_find("key", key, &error), 1);
}

static void a_file_that_others_may_open_is_refused(void **state)
{
    static const unsigned modes[] = { 0640, 0620, 0604, 0602, 0644, 0666 };
    char expected[200];

    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        write_key(DIGITS, 64, modes[i]);
        assert_int_equal(acri_cluster_key_read("key", key, &error), -EPERM);
        snprintf(expected, sizeof(expected),
                 "the cluster key file key is open to others (mode %04o): chmod 600 it, or make a "
                 "new one by acrida keygen",
                 modes[i]);
        assert_string_equal(error.text, expected);
    }
}

static void what_is_no_key_file_is_refused(void **state)
{
    static const char no_key[] = "the cluster key file key holds no key: 64 hexadecimal digits, as "
                                 "acrida keygen makes them";
    char lots[300];

    (void)state;
    assert_int_equal(acri_cluster_key_read("nowhere", key, &error), -ENOENT);
    assert_string_equal(error.text,
                        "the cluster key file nowhere cannot be read: No such file or directory");
    assert_int_equal(acri_cluster_key_read(".", key, &error), -EINVAL);
    assert_string_equal(error.text, "the cluster key file . is no regular file");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(acri_cluster_key_read("pipe", key, &error), -EINVAL);
    assert_string_equal(error.text, "the cluster key file pipe is no regular file");
    write_key("", 0, 0600);
    assert_int_equal(acri_cluster_key_read("key", key, &error), -EINVAL);
    assert_string_equal(error.text, no_key);
    write_key(DIGITS "\0x", 66, 0600);
    assert_int_equal(acri_cluster_key_read("key", key, &error), -EINVAL);
    memset(lots, ' ', sizeof(lots));
    memcpy(lots, DIGITS, 64);
    write_key(lots, 128, 0600);
    assert_int_equal(acri_cluster_key_read("key", key, &error), 0);
    for (size_t n = 129; n <= sizeof(lots); n++) {
        write_key(lots, n, 0600);
        assert_int_equal(acri_cluster_key_read("key", key, &error), -EFBIG);
        assert_string_equal(error.text, no_key);
    }
}

static void the_environment_is_asked_without_a_file(void **state)
{
    (void)state;
    assert_int_equal(acri_cluster_key_find(NULL, key, &error), 0);
    setenv(ACRI_CLUSTER_KEY_ENVIRONMENT, "", 1);
    assert_int_equal(acri_cluster_key_find(NULL, key, &error), 0);
    setenv(ACRI_CLUSTER_KEY_ENVIRONMENT, "secret", 1);
    assert_int_equal(acri_cluster_key_find(NULL, key, &error), -EINVAL);
    assert_string_equal(error.text, "ACRIDA_CLUSTER_KEY holds no key: 64 hexadecimal digits, as "
                                    "acrida keygen makes them");
    assert_int_equal(acri_cluster_key_find("nowhere", key, &error), -ENOENT);
    setenv(ACRI_CLUSTER_KEY_ENVIRONMENT, DIGITS, 1);
    assert_int_equal(acri_cluster_key_find(NULL, key, &error), 1);
    unsetenv(ACRI_CLUSTER_KEY_ENVIRONMENT);
}

static void a_new_file_is_its_owners_and_never_overwritten(void **state)
{
    unsigned char other[ACRI_SEAL_KEY_BYTES];
    char text[ACRI_CLUSTER_KEY_TEXT];
    struct stat st;

    (void)state;
    assert_int_equal(acri_cluster_key_write("new", &error), 0);
    assert_int_equal(stat("new", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 65);
    assert_int_equal(acri_cluster_key_read("new", key, &error), 0);
    assert_int_equal(acri_cluster_key_write("new", &error), -EEXIST);
    assert_string_equal(error.text,
                        "new is there already, and is not overwritten: name a new file");
    assert_int_equal(acri_cluster_key_read("new", other, &error), 0);
    assert_memory_equal(key, other, sizeof(key));
    assert_int_equal(symlink("target", "link"), 0);
    assert_int_equal(acri_cluster_key_write("link", &error), -EEXIST);
    assert_int_equal(acri_cluster_key_write("no/where", &error), -ENOENT);
    assert_string_equal(error.text, "no/where cannot be written: No such file or directory");
    acri_cluster_key_new(text);
    assert_int_equal(acri_cluster_key_parse(text, other), 0);
    assert_memory_not_equal(key, other, sizeof(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_read),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(a_file_of_its_owner_is_read),
        cmocka_unit_test(a_file_that_others_may_open_is_refused),
        cmocka_unit_test(what_is_no_key_file_is_refused),
        cmocka_unit_test(the_environment_is_asked_without_a_file),
        cmocka_unit_test(a_new_file_is_its_owners_and_never_overwritten),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
