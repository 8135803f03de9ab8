/* SPDX-License-Identifier: MIT */
/* Options as a shell splits them. */
#include "support/unit.h"

#include "app/words.h"

#include <errno.h>
#include <stdio.h>

static void assert_words(const char *text, const char *joined)
{
    struct acri_words w;
    char got[256] = "";
    size_t used = 0;

    acri_words_init(&w);
    assert_int_equal(acri_words_split(&w, text, NULL), 0);
    for (size_t i = 0; i < w.n; i++)
        used += (size_t)snprintf(got + used, sizeof(got) - used, "%s|", w.words[i]);
    assert_string_equal(got, joined);
    if (w.n > 0)
        assert_null(w.words[w.n]);
    acri_words_done(&w);
}

static void blanks_separate_words(void **state)
{
    (void)state;
    assert_words("", "");
    assert_words(" \t\n ", "");
    assert_words("-t 5s  --csv=out/x\t-L debug ", "-t|5s|--csv=out/x|-L|debug|");
}

static void quotes_and_backslashes_keep_them(void **state)
{
    (void)state;
    assert_words("--x='a b' \"c d\"e \"\"", "--x=a b|c de||");
    assert_words("'a\\b' \"a\\b\\\"\\\\\" a\\ b\\'", "a\\b|a\\b\"\\|a b'|");
    assert_words("a\\", "a\\|");
}

static void an_open_quote_is_refused(void **state)
{
    struct acri_error error = { "" };
    struct acri_words w;

    (void)state;
    acri_words_init(&w);
    assert_int_equal(acri_words_split(&w, "-t 'a b", &error), -EINVAL);
    assert_string_equal(error.text, "a quote in the options is not closed");
    acri_words_done(&w);
}

static void words_may_be_made(void **state)
{
    struct acri_words w;

    (void)state;
    acri_words_init(&w);
    acri_words_add(&w, "--users=%d", 5);
    assert_int_equal(w.n, 1);
    assert_string_equal(w.words[0], "--users=5");
    acri_words_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_separate_words),
        cmocka_unit_test(quotes_and_backslashes_keep_them),
        cmocka_unit_test(an_open_quote_is_refused),
        cmocka_unit_test(words_may_be_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
