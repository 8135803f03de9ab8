/* SPDX-License-Identifier: MIT */
/*
 * HTML: the page with what it starts with put into it, and the small page to log in.
 *
 * What is put into a script cannot end it: <, >, & and the line ends of JavaScript are written as
 * JSON escapes. Thread: any.
 */
#ifndef ACRIDA_WEB_HTML_H
#define ACRIDA_WEB_HTML_H

#include "results/csv_text.h"

#include <stdbool.h>

/* The page that watches and steers runs. */
void web_html_live(struct csv_text *t, const char *base_path);

/* The same page as a report: document is JSON (see plugins/report/README.md). theme: "dark",
 * "light" or NULL. */
void web_html_report(struct csv_text *t, const char *document, size_t n, const char *theme);

/* What a browser may do with either, as a Content-Security-Policy. */
const char *web_html_policy(void);

/* To log in: with a name and a password, or with a token. error: a line for a person, or NULL. */
void web_html_login(struct csv_text *t, const char *base_path, bool has_users, const char *error);
const char *web_html_login_policy(void);

#endif
