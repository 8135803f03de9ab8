/* SPDX-License-Identifier: MIT */
/*
 * Reading CSV as RFC 4180 has it, field by field, from text in memory: nothing is copied.
 *
 * Lines end in LF or CRLF, the last one in nothing, too; a line without any character is skipped
 * (a row of one empty field is written ""). Spaces belong to the field.
 */
#ifndef ACRIDA_BASE_CSV_H
#define ACRIDA_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acri_csv {
    const char *at;
    const char *end;
    uint64_t line;     /* of `at`; after an error: the one it is on */
    const char *error; /* why the text was refused */
    bool is_in_record; /* a comma was just read */
};

struct acri_csv_field {
    const char *text; /* `bytes` bytes, without the quotes around it */
    size_t bytes;
    bool has_doubled; /* quotes in it are still doubled */
    bool is_last;     /* of its record */
};

/* line: the number of the text's first line. */
void acri_csv_init(struct acri_csv *c, const char *text, size_t bytes, uint64_t line);

/* Go to where the next record begins. Returns: false at the end. Only between records. */
bool acri_csv_skip_blank(struct acri_csv *c);

/* The next field. Returns: 1; 0 at the end; -EINVAL with error and line. */
int acri_csv_next(struct acri_csv *c, struct acri_csv_field *ret_field);

/* The value of a field, terminated: needs bytes + 1. Returns: its length. */
size_t acri_csv_copy(const struct acri_csv_field *field, char *to);

#endif
