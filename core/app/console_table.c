/* SPDX-License-Identifier: MIT */
/* Tables of the console, their cells, and the cleaning of hostile text. */
#include "app/console_table.h"

#include "base/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A hostile name does not push all other rows off the screen: wider cells stick out instead. */
#define WIDEST 80
/* What a name keeps when the terminal is narrow. */
#define NARROWEST 12

/* --- text
 * ----------------------------------------------------------------------------------------- */

/* Decode one character. Returns: its bytes; 0 when they are not valid UTF-8. */
static size_t decode(const unsigned char *at, uint32_t *ret_point)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = at[0] < 0x80   ? 1
               : at[0] < 0xc2 ? 0
               : at[0] < 0xe0 ? 2
               : at[0] < 0xf0 ? 3
               : at[0] < 0xf5 ? 4
                              : 0;
    uint32_t point = at[0];

    if (n > 1)
        point = at[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        /* A terminating NUL is no continuation, so that nothing behind it is read. */
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3fu);
    }
    if (n > 1 && (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)))
        return 0;
    *ret_point = point;
    return n;
}

/* Would change the terminal, or the reading direction of what follows. */
static bool is_harmful(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0x200e || point == 0x200f;
}

void acri_console_table_text(struct acri_buf *out, const char *text, bool keep_newlines)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        uint32_t point = 0;
        size_t n = decode(at, &point);
        bool is_kept = keep_newlines && (point == '\n' || point == '\t');

        if (n == 0 || (is_harmful(point) && !is_kept))
            acri_buf_puts(out, "?");
        else
            acri_buf_append(out, at, n);
        at += n > 0 ? n : 1;
    }
}

/* Characters of clean text. Wide (East Asian) ones count as one: a table may then be ragged, no
 * more. */
static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static size_t bytes_of(const char *text, size_t n_characters)
{
    size_t i = 0;

    while (text[i] != '\0' && (n_characters > 0 || ((unsigned char)text[i] & 0xc0) == 0x80)) {
        n_characters -= ((unsigned char)text[i] & 0xc0) != 0x80;
        i++;
    }
    return i;
}

char *acri_console_table_ms(double ms, char *to, size_t size)
{
    if (ms <= 0)
        snprintf(to, size, "0");
    else if (ms < 0.995)
        snprintf(to, size, "%.2f", ms);
    else if (ms < 9.95)
        snprintf(to, size, "%.1f", ms);
    else
        snprintf(to, size, "%.0f", ms);
    return to;
}

char *acri_console_table_number(double number, char *to, size_t size)
{
    double rest = fabs(number);

    if (rest >= 1e15 || (rest > 0 && rest < 0.001))
        snprintf(to, size, "%.3g", number);
    else if (rest >= 1000 || (rest - floor(rest) <= 0))
        snprintf(to, size, "%.0f", number);
    else if (rest >= 100)
        snprintf(to, size, "%.1f", number);
    else if (rest >= 1)
        snprintf(to, size, "%.2f", number);
    else
        snprintf(to, size, "%.3f", number);
    return to;
}

/* --- tables
 * --------------------------------------------------------------------------------------- */

void acri_console_table_init(struct acri_console_table *t,
                             const struct acri_console_column *columns, size_t n_columns)
{
    ACRI_ASSERT(n_columns > 0 && n_columns <= ACRI_CONSOLE_TABLE_COLUMNS);
    *t = (struct acri_console_table){ .columns = columns, .n_columns = n_columns };
}

void acri_console_table_done(struct acri_console_table *t)
{
    for (size_t i = 0; i < t->n_cells; i++)
        free(t->cells[i]);
    free(t->cells);
    *t = (struct acri_console_table){ 0 };
}

void acri_console_table_add(struct acri_console_table *t, const char *format, ...)
{
    struct acri_buf text;
    struct acri_buf clean;
    va_list args;

    acri_buf_init(&text, 1u << 20);
    acri_buf_init(&clean, 1u << 20);
    va_start(args, format);
    acri_buf_vprintf(&text, format, args);
    va_end(args);
    acri_console_table_text(&clean, acri_buf_text(&text), false);
    if (t->n_cells == t->capacity) {
        t->capacity = t->capacity > 0 ? t->capacity * 2 : 64;
        t->cells = acri_realloc(t->cells, t->capacity * sizeof(*t->cells));
    }
    t->cells[t->n_cells++] = acri_strdup(acri_buf_text(&clean));
    acri_buf_done(&text);
    acri_buf_done(&clean);
}

void acri_console_table_total(struct acri_console_table *t)
{
    ACRI_ASSERT(t->n_cells % t->n_columns == 0);
    t->total_row = t->n_cells / t->n_columns;
}

static void measure(const struct acri_console_table *t, unsigned max_columns, size_t *widths)
{
    size_t all = 0;

    for (size_t c = 0; c < t->n_columns; c++) {
        size_t title = characters(t->columns[c].title);

        widths[c] = t->columns[c].width > title ? t->columns[c].width : title;
    }
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t n = characters(t->cells[i]);

        if (n > widths[i % t->n_columns])
            widths[i % t->n_columns] = n < WIDEST ? n : WIDEST;
    }
    for (size_t c = 0; c < t->n_columns; c++)
        all += strlen(t->columns[c].gap) + widths[c];
    for (size_t c = 0; c < t->n_columns && max_columns > 0 && all > max_columns; c++)
        if (t->columns[c].is_cut && widths[c] > NARROWEST) {
            size_t spare = widths[c] - NARROWEST;

            widths[c] -= spare < all - max_columns ? spare : all - max_columns;
            break;
        }
}

static void write_cell(struct acri_buf *out, const struct acri_console_column *column, size_t width,
                       bool may_cut, const char *text)
{
    size_t n = characters(text);

    if (may_cut && column->is_cut && n > width) {
        acri_buf_append(out, text, bytes_of(text, width - 2));
        acri_buf_puts(out, "..");
        return;
    }
    if (column->is_left)
        acri_buf_puts(out, text);
    if (n < width)
        acri_buf_printf(out, "%*s", (int)(width - n), "");
    if (!column->is_left)
        acri_buf_puts(out, text);
}

/* Blanks at the end of a line are of no use. */
static void end_line(struct acri_buf *out)
{
    while (out->length > 0 && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
    acri_buf_puts(out, "\n");
}

static void write_rule(const struct acri_console_table *t, struct acri_buf *out,
                       const size_t *widths)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *gap = t->columns[c].gap;

        acri_buf_puts(out, strcmp(gap, " | ") == 0 ? "-|-" : *gap != '\0' ? "|" : "");
        for (size_t i = 0; i < widths[c]; i++)
            acri_buf_puts(out, "-");
    }
    acri_buf_puts(out, "\n");
}

void acri_console_table_write(const struct acri_console_table *t, struct acri_buf *out,
                              unsigned max_columns)
{
    size_t widths[ACRI_CONSOLE_TABLE_COLUMNS];

    measure(t, max_columns, widths);
    for (size_t c = 0; c < t->n_columns; c++) {
        acri_buf_puts(out, t->columns[c].gap);
        write_cell(out, &t->columns[c], widths[c], false, t->columns[c].title);
    }
    end_line(out);
    write_rule(t, out, widths);
    for (size_t row = 0; row < t->n_cells / t->n_columns; row++) {
        if (row > 0 && row == t->total_row)
            write_rule(t, out, widths);
        for (size_t c = 0; c < t->n_columns; c++) {
            acri_buf_puts(out, t->columns[c].gap);
            write_cell(out, &t->columns[c], widths[c], max_columns > 0,
                       t->cells[row * t->n_columns + c]);
        }
        end_line(out);
    }
}
