/* SPDX-License-Identifier: MIT */
/*
 * What a client asks for: names and values of a query, of a form or of a JSON object, read alike.
 *
 * All of it is foreign: any bytes are taken, and what makes no sense is refused with a line.
 * Thread: any.
 */
#ifndef ACRIDA_WEB_FORM_H
#define ACRIDA_WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#define WEB_FORM_FIELDS_MAX 256

struct web_form_field {
    const char *name;
    const char *value;
};

/* Zero-initialised is empty. */
struct web_form {
    struct web_form_field *fields; /* n of them, in the order they came; names may repeat */
    size_t n;
    char error[160]; /* why it was refused; "" = it was not */
};

void web_form_done(struct web_form *f);

/* "a=1&b=two+words&c=%C3%A4", of n bytes. Returns: false with f->error: too many fields, a NUL or a
 * line end in a name, a NUL in a value. */
bool web_form_query(struct web_form *f, const char *text, size_t n);

/* An object of texts, numbers, truth values, and lists of these, which give a field for each
 * element; a null is left out. Returns: false with f->error. */
bool web_form_json(struct web_form *f, const char *text, size_t n);

/* By the type of the body: JSON, or a form. A form is what it is without a type, too: curl -d sends
 * one. Returns: false with f->error, also for another type. */
bool web_form_body(struct web_form *f, const char *content_type, const char *text, size_t n);

/* The last value of a name. Returns: NULL when there is none. */
const char *web_form_get(const struct web_form *f, const char *name);
/* The values of a name, one after another: start with *index = 0. Returns: NULL past the last. */
const char *web_form_next(const struct web_form *f, const char *name, size_t *index);

/* A number of 0 to WEB_FORM_NUMBER_MAX, written plainly. Returns: false, and -1, when it is none.
 */
bool web_form_number(const char *text, double *ret_number);
#define WEB_FORM_NUMBER_MAX 1e9

/* A part of a path or query, decoded in place. is_form: a + is a space. Returns: its length, which
 * counts NULs that were in it. */
size_t web_form_decode(char *text, size_t n, bool is_form);

#endif
