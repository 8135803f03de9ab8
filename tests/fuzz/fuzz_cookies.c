/* SPDX-License-Identifier: MIT */
/* Lines of a cookie file, in four lines: the line, a host, a name, a value. */
#include "fuzz.h"

#include "cookies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *line = fuzz_text(data, bytes), *host = fuzz_cut(line), *name = fuzz_cut(host),
         *value = fuzz_cut(name);
    struct http_text out = { NULL, 0, 0 };
    const char *found = http_cookies_value(line, host, strlen(host), name);

    FUZZ_REQUIRE(found == NULL || (found >= line && found <= line + strlen(line)));
    if (http_cookies_line(&out, host, strlen(host), name, value) == NULL) {
        FUZZ_REQUIRE(strpbrk(out.data, "\r\n") == NULL || strpbrk(host, "\r\n") != NULL);
        /* What was set is found again, unless the host is none; a dot before a domain is ignored.
         */
        if (host[0] != '\0' && strpbrk(host, "\t#") == NULL && host[strspn(host, "[")] != '.') {
            found = http_cookies_value(out.data, host, strlen(host), name);
            FUZZ_REQUIRE(found != NULL && strcmp(found, value) == 0);
        }
    }
    http_text_done(&out);
    free(line);
    return 0;
}
