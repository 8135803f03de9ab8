/* SPDX-License-Identifier: MIT */
/* Cookies as lines of a cookie file. */
#include "cookies.h"

#include "headers.h"

#include <string.h>
#include <strings.h>

/* domain, whether subdomains too, path, secure, expiry, name, value: separated by tabs */
enum { DOMAIN, SUBDOMAINS, PATH, SECURE, EXPIRY, NAME, VALUE, FIELDS };

/* Without the brackets of an IPv6 address. */
static void bare(const char **host, size_t *bytes)
{
    if (*bytes >= 2 && (*host)[0] == '[' && (*host)[*bytes - 1] == ']') {
        (*host)++;
        *bytes -= 2;
    }
}

const char *http_cookies_line(struct http_text *out, const char *host, size_t host_bytes,
                              const char *name, const char *value)
{
    if (!http_headers_name_ok(name, strlen(name))) {
        return "its name has characters that are not allowed";
    }
    if (!http_headers_value_ok(value, strlen(value)) || strpbrk(value, ";\t") != NULL) {
        return "its value has characters that are not allowed";
    }
    bare(&host, &host_bytes);
    bool ok = http_text_add(out, host, host_bytes) &&
              http_text_puts(out, "\tFALSE\t/\tFALSE\t0\t") && http_text_puts(out, name) &&
              http_text_put(out, '\t') && http_text_puts(out, value);
    return ok ? NULL : "out of memory";
}

static bool is_for(const char *domain, size_t domain_bytes, bool subdomains, const char *host,
                   size_t host_bytes)
{
    if (domain_bytes > 0 && domain[0] == '.') {
        domain++;
        domain_bytes--;
    }
    if (host_bytes > domain_bytes && subdomains) {
        const char *tail = host + host_bytes - domain_bytes;
        return tail[-1] == '.' && strncasecmp(tail, domain, domain_bytes) == 0;
    }
    return host_bytes == domain_bytes && strncasecmp(host, domain, domain_bytes) == 0;
}

const char *http_cookies_value(const char *line, const char *host, size_t host_bytes,
                               const char *name)
{
    static const char http_only[] = "#HttpOnly_";
    const char *field[FIELDS];
    size_t bytes[FIELDS];

    if (strncmp(line, http_only, sizeof http_only - 1) == 0) {
        line += sizeof http_only - 1;
    }
    for (int i = 0; i < FIELDS; i++) {
        field[i] = line;
        bytes[i] = strcspn(line, "\t");
        line += bytes[i];
        if (*line == '\t') {
            line++;
        } else if (i < VALUE) {
            return NULL;
        }
    }
    bare(&host, &host_bytes);
    bool subdomains = bytes[SUBDOMAINS] == 4 && strncasecmp(field[SUBDOMAINS], "TRUE", 4) == 0;
    bool is_it = bytes[NAME] == strlen(name) && memcmp(field[NAME], name, bytes[NAME]) == 0 &&
                 is_for(field[DOMAIN], bytes[DOMAIN], subdomains, host, host_bytes);
    return is_it ? field[VALUE] : NULL;
}
