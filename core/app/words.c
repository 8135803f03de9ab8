/* SPDX-License-Identifier: MIT */
#include "app/words.h"

#include "base/buf.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST (1u << 20)

void acri_words_init(struct acri_words *w)
{
    *w = (struct acri_words){ 0 };
}

void acri_words_done(struct acri_words *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->words[i]);
    free(w->words);
    acri_words_init(w);
}

/* Takes the word. */
static void add(struct acri_words *w, char *word)
{
    w->words = acri_realloc(w->words, (w->n + 2) * sizeof(*w->words));
    w->words[w->n++] = word;
    w->words[w->n] = NULL;
}

void acri_words_add(struct acri_words *w, const char *format, ...)
{
    struct acri_buf b;
    va_list args;

    acri_buf_init(&b, LONGEST);
    va_start(args, format);
    acri_buf_vprintf(&b, format, args);
    va_end(args);
    add(w, acri_strdup(acri_buf_text(&b)));
    acri_buf_done(&b);
}

/* What a backslash keeps inside of double quotes. */
static bool is_kept(char c)
{
    return c == '"' || c == '\\';
}

/* One word into a buffer that is large enough. Returns: where it ends, or NULL within quotes. */
static const char *read_word(const char *text, char *word)
{
    char quote = '\0';

    for (; *text != '\0' && (quote != '\0' || !isspace((unsigned char)*text)); text++) {
        if (quote == '\0' && (*text == '\'' || *text == '"')) {
            quote = *text;
        } else if (quote != '\0' && *text == quote) {
            quote = '\0';
        } else {
            if (*text == '\\' && text[1] != '\0' &&
                (quote == '\0' || (quote == '"' && is_kept(text[1]))))
                text++;
            *word++ = *text;
        }
    }
    *word = '\0';
    return quote == '\0' ? text : NULL;
}

int acri_words_split(struct acri_words *w, const char *text, struct acri_error *reterr)
{
    for (;;) {
        char *word;

        while (isspace((unsigned char)*text))
            text++;
        if (*text == '\0')
            return 0;
        word = acri_alloc(strlen(text) + 1);
        text = read_word(text, word);
        if (text == NULL) {
            free(word);
            return acri_fail(reterr, -EINVAL, "a quote in the options is not closed");
        }
        add(w, word);
    }
}
