/* SPDX-License-Identifier: MIT */
/* The page, the report, the page to log in. */
#include "html.h"

#include "page/page.h"
#include "results/json_text.h"

#include <string.h>

#define MARKER "<!--acrida-data-->"

static void put(struct csv_text *t, const char *text)
{
    csv_text_append(t, text, strlen(text));
}

/* The escape of what starts here, when it must not stand in a script. *ret_n: its bytes. */
static const char *escape_of(const char *at, size_t left, size_t *ret_n)
{
    *ret_n = 1;
    switch (*at) {
    case '<':
        return "\\u003c";
    case '>':
        return "\\u003e";
    case '&':
        return "\\u0026";
    default:
        break;
    }
    if (left < 3 || (memcmp(at, "\xe2\x80\xa8", 3) != 0 && memcmp(at, "\xe2\x80\xa9", 3) != 0))
        return NULL;
    *ret_n = 3;
    return at[2] == '\xa8' ? "\\u2028" : "\\u2029";
}

static void put_json(struct csv_text *t, const char *text, size_t n)
{
    size_t from = 0;
    size_t at = 0;

    while (at < n) {
        size_t width;
        const char *escape = escape_of(text + at, n - at, &width);

        if (escape != NULL) {
            csv_text_append(t, text + from, at - from);
            put(t, escape);
            from = at + width;
        }
        at += width;
    }
    csv_text_append(t, text + from, n - from);
}

static void put_script(struct csv_text *t, const char *id, const char *json, size_t n)
{
    put(t, "<script id=\"");
    put(t, id);
    put(t, "\" type=\"application/json\">");
    put_json(t, json, n);
    put(t, "</script>\n");
}

/* The template with boot, and a document unless that is NULL, in the place of the marker. */
static void put_page(struct csv_text *t, struct json_text *boot, const char *document, size_t n)
{
    const char *page = (const char *)web_page_html;
    const char *marker = memmem(page, web_page_html_bytes, MARKER, sizeof(MARKER) - 1);
    size_t before = marker != NULL ? (size_t)(marker - page) : web_page_html_bytes;
    size_t after = marker != NULL ? before + sizeof(MARKER) - 1 : web_page_html_bytes;

    csv_text_append(t, page, before);
    put_script(t, "acrida-boot", boot->text.data, boot->text.length);
    if (document != NULL)
        put_script(t, "acrida-data", document, n);
    csv_text_append(t, page + after, web_page_html_bytes - after);
    t->is_incomplete |= boot->text.is_incomplete;
    csv_text_done(&boot->text);
}

void web_html_live(struct csv_text *t, const char *base_path)
{
    struct json_text boot = { .depth = 0 };

    json_text_open(&boot, NULL, '{');
    json_text_string(&boot, "mode", "live");
    json_text_string(&boot, "base_path", base_path);
    json_text_close(&boot, '}');
    put_page(t, &boot, NULL, 0);
}

void web_html_report(struct csv_text *t, const char *document, size_t n, const char *theme)
{
    struct json_text boot = { .depth = 0 };

    json_text_open(&boot, NULL, '{');
    json_text_string(&boot, "mode", "report");
    if (theme != NULL)
        json_text_string(&boot, "theme", theme);
    json_text_close(&boot, '}');
    put_page(t, &boot, document, n);
}

const char *web_html_policy(void)
{
    return web_page_policy;
}

/* --- to log in -----------------------------------------------------------------------------------
 */

#define STYLE                                                                              \
    "body{font:16px system-ui,sans-serif;max-width:22rem;margin:15vh auto;padding:0 1rem}" \
    "label,input,button{display:block;width:100%;box-sizing:border-box}"                   \
    "input,button{font:inherit;padding:.5rem;margin:.25rem 0 1rem}:root{color-scheme:light dark}"

/* Of the style above; test_web_html compares them. */
#define STYLE_HASH "sha256-yk3y+mv/25yWz2kqcsyiisn471wntk9D3/TAMd4gjwc="

static void put_text(struct csv_text *t, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            put(t, "&lt;");
            break;
        case '&':
            put(t, "&amp;");
            break;
        case '"':
            put(t, "&quot;");
            break;
        default:
            csv_text_append(t, text, 1);
        }
    }
}

void web_html_login(struct csv_text *t, const char *base_path, bool has_users, const char *error)
{
    put(t, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Acrida: log in"
           "</title><meta name=\"viewport\" content=\"width=device-width\"><style>" STYLE
           "</style></head>\n<body><main><h1>Acrida</h1>\n");
    if (error != NULL) {
        put(t, "<p role=\"alert\">");
        put_text(t, error);
        put(t, "</p>\n");
    }
    put(t, "<form method=\"post\" action=\"");
    put_text(t, base_path);
    put(t, "/login\">\n");
    if (has_users)
        put(t, "<label for=\"u\">Name</label><input id=\"u\" name=\"username\" required autofocus "
               "autocomplete=\"username\">\n<label for=\"p\">Password</label><input id=\"p\" "
               "name=\"password\" type=\"password\" required autocomplete=\"current-password\">\n");
    else
        put(t, "<label for=\"t\">Token</label><input id=\"t\" name=\"token\" type=\"password\" "
               "required autofocus autocomplete=\"current-password\">\n");
    put(t, "<button>Log in</button></form></main></body></html>\n");
}

const char *web_html_login_policy(void)
{
    return "default-src 'none'; style-src '" STYLE_HASH "'; form-action 'self'; base-uri 'none'";
}
