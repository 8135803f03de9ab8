/* SPDX-License-Identifier: MIT */
/*
 * A table of text whose columns are as wide as their widest cell, in Locust's looks; and the text
 * and number formats of its cells.
 */
#ifndef ACRIDA_APP_CONSOLE_TABLE_H
#define ACRIDA_APP_CONSOLE_TABLE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define ACRI_CONSOLE_TABLE_COLUMNS 16

struct acri_console_column {
    const char *gap; /* before the column: "", " " or " | " */
    const char *title;
    unsigned width; /* at least */
    bool is_left;   /* aligned left: names */
    bool is_cut;    /* gives way when the table is wider than the terminal */
};

/* One table being filled row by row. */
struct acri_console_table {
    const struct acri_console_column *columns;
    size_t n_columns;
    char **cells; /* row after row */
    size_t n_cells;
    size_t capacity;
    size_t total_row; /* a rule is drawn before this row; 0 = before none */
};

/* columns is borrowed. */
void acri_console_table_init(struct acri_console_table *t,
                             const struct acri_console_column *columns, size_t n_columns);
void acri_console_table_done(struct acri_console_table *t);

/* The next cell, left to right; control characters are replaced. */
void acri_console_table_add(struct acri_console_table *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The row that comes next is the total: a rule goes before it. */
void acri_console_table_total(struct acri_console_table *t);

/* Append heading, rule and rows; at most max_columns wide where a column can give way (0 = any). */
void acri_console_table_write(const struct acri_console_table *t, struct acri_buf *out,
                              unsigned max_columns);

/* Milliseconds as Locust shows them, whole; but with decimals below 10, where our servers live. */
char *acri_console_table_ms(double ms, char *to, size_t size);

/* A number of any size in some 4 digits: 0, 17, 17.5, 0.004, 1.2e+21. */
char *acri_console_table_number(double number, char *to, size_t size);

/*
 * Names and errors come from scenarios and servers: append them without control characters (C0, C1,
 * bidirectional overrides) and broken UTF-8, each replaced by "?". With keep_newlines those stay.
 */
void acri_console_table_text(struct acri_buf *out, const char *text, bool keep_newlines);

#endif
