/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/buf.h"
#include "base/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Fields in brackets, a line per record; "line N: why" when it is refused. */
static void read_all(const char *text, size_t bytes, struct acri_buf *out)
{
    /* Of its own size, so that a sanitizer sees a read beyond it. */
    char *copy = malloc(bytes > 0 ? bytes : 1);
    struct acri_csv_field field;
    struct acri_csv c;
    int r;

    memcpy(copy, text, bytes);
    acri_csv_init(&c, copy, bytes, 1);
    acri_buf_clear(out);
    while ((r = acri_csv_next(&c, &field)) > 0) {
        char *value = malloc(field.bytes + 1);

        assert_true(acri_csv_copy(&field, value) <= field.bytes);
        acri_buf_printf(out, "[%s]%s", value, field.is_last ? "\n" : "");
        free(value);
    }
    if (r < 0)
        acri_buf_printf(out, "line %llu: %.20s", (unsigned long long)c.line, c.error);
    free(copy);
}

static void fields_are_read_as_rfc_4180_has_them(void **state)
{
    static const struct {
        const char *text;
        const char *fields;
    } rows[] = {
        { "", "" },
        { "\n\r\n\n", "" },
        { "a", "[a]\n" },
        { "a,b\nc,d\n", "[a][b]\n[c][d]\n" },
        { "a,b\r\nc,d\r\n", "[a][b]\n[c][d]\n" },
        { "a,b\r\nc,d", "[a][b]\n[c][d]\n" },
        { "a,\n,b\n,", "[a][]\n[][b]\n[][]\n" },
        { "\"a,b\",\"c\nd\"\r\n", "[a,b][c\nd]\n" },
        { "\"say \"\"hi\"\"\",\"\"\"\",\"\"", "[say \"hi\"][\"][]\n" },
        { "\"\"\n\nx", "[]\n[x]\n" },
        { " a , b ", "[ a ][ b ]\n" },
        { "\"a\r\nb\",c\n", "[a\r\nb][c]\n" },
        { "caf\xc3\xa9,=1+2\n", "[caf\xc3\xa9][=1+2]\n" },
        { "a\nb\"c\n", "[a]\nline 2: a quote inside a fie" },
        { "a\n\"b\"c\n", "[a]\nline 2: something after a cl" },
        { "a\n\"b\nc", "[a]\nline 2: the quote that begin" },
        { "\"a\n\n\",b\nc\rd", "[a\n\n][b]\nline 4: a carriage return wi" },
        { "a\r", "line 1: a carriage return wi" },
        { "\"", "line 1: the quote that begin" },
    };
    struct acri_buf out;

    (void)state;
    acri_buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        read_all(rows[i].text, strlen(rows[i].text), &out);
        assert_string_equal(acri_buf_text(&out), rows[i].fields);
    }
    read_all("a\nb\0c", 5, &out);
    assert_string_equal(acri_buf_text(&out), "[a]\nline 2: a NUL byte");
    read_all("\"a\n\0\"", 5, &out);
    assert_string_equal(acri_buf_text(&out), "line 2: a NUL byte");
    acri_buf_done(&out);
}

static void any_text_is_read_or_refused(void **state)
{
    static const char letters[] = "a,\"\n\r\0b";
    struct acri_buf out;
    char text[7];

    (void)state;
    acri_buf_init(&out, 4096);
    for (unsigned n = 0; n <= 6; n++) {
        unsigned n_texts = 1;

        for (unsigned i = 0; i < n; i++)
            n_texts *= 7;
        for (unsigned number = 0; number < n_texts; number++) {
            unsigned rest = number;

            for (unsigned i = 0; i < n; i++, rest /= 7)
                text[i] = letters[rest % 7];
            read_all(text, n, &out);
        }
    }
    acri_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_as_rfc_4180_has_them),
        cmocka_unit_test(any_text_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
