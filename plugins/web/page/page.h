/* SPDX-License-Identifier: MIT */
/*
 * The page as one HTML file: a template, in which one line `<!--acrida-data-->` is to be replaced by what the page
 * starts with (see README.md beside this file).
 */
#ifndef ACRIDA_WEB_PAGE_H
#define ACRIDA_WEB_PAGE_H

#include <stddef.h>

extern const unsigned char web_page_html[];
extern const size_t web_page_html_bytes;

/* What a Content-Security-Policy header may say of it: only the scripts and the style in it, by
 * their hashes. It stands in the page, too. */
extern const char web_page_policy[];

#endif
