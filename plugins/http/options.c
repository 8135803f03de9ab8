/* SPDX-License-Identifier: MIT */
/* The run-wide --http-... options. */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct acr_option http_options_table[HTTP_OPTIONS_COUNT] = {
    { .name = "http-engine",
      .metavar = "NAME",
      .help = "HTTP engine: curl.",
      .default_value = "curl",
      .kind = ACR_OPTION_STRING },
    { .name = "http-timeout",
      .metavar = "TIME",
      .help = "Time limit of a whole HTTP request, redirects included; 0 means none.",
      .default_value = "60",
      .kind = ACR_OPTION_DURATION },
    { .name = "http-connect-timeout",
      .metavar = "TIME",
      .help = "Time limit of name look-up, connect and TLS handshake; 0 means none.",
      .default_value = "10",
      .kind = ACR_OPTION_DURATION },
    { .name = "http-insecure",
      .help = "Do not verify the certificates of HTTPS servers.",
      .kind = ACR_OPTION_FLAG },
    { .name = "http-ca",
      .metavar = "FILE",
      .help = "Verify HTTPS servers against the certificates in this PEM file.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-cert",
      .metavar = "FILE",
      .help = "Client certificate for HTTPS, PEM.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-key",
      .metavar = "FILE",
      .help = "Private key of the client certificate, PEM.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-proxy",
      .metavar = "URL",
      .help = "Send HTTP requests by this proxy; proxies of the environment are ignored.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-unix-socket",
      .metavar = "PATH",
      .help = "Connect HTTP requests to this Unix socket instead of to their host.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-header",
      .metavar = "LINE",
      .help = "A header, \"Name: value\", for every HTTP request.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-version",
      .metavar = "VERSION",
      .help = "HTTP version, 1.1 or 2; by default 2 where the server offers it over TLS.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-no-keep-alive",
      .help = "Open a new connection for each HTTP request.",
      .kind = ACR_OPTION_FLAG },
};

bool http_options_version(const char *text, enum http_version *ret_version)
{
    if (text == NULL || text[0] == '\0') {
        return true;
    }
    if (strcmp(text, "1.1") == 0) {
        *ret_version = HTTP_VERSION_1_1;
        return true;
    }
    if (strcmp(text, "2") == 0) {
        *ret_version = HTTP_VERSION_2;
        return true;
    }
    return false;
}

/* Whether --http-header is one well-formed line; says so when it is not. */
static bool header_ok(void)
{
    const char *line = acr_option_string("http-header");
    struct http_header items[1];
    size_t count;

    if (line[0] == '\0') {
        return true;
    }
    char *copy = strchr(line, '\n') == NULL ? strdup(line) : NULL;
    const char *error =
        copy == NULL ? "it must be one line" : http_headers_parse(copy, items, &count);
    free(copy);
    if (error != NULL) {
        acr_log_at(NULL, ACR_LOG_ERROR, "--http-header '%s': %s", line, error);
    }
    return error == NULL;
}

int http_options_check(void)
{
    const char *engine = acr_option_string("http-engine");
    const char *version_text = acr_option_string("http-version");
    enum http_version version;
    int result = header_ok() ? 0 : -EINVAL;

    if (engine[0] != '\0' && strcmp(engine, "curl") != 0) {
        acr_log_at(NULL, ACR_LOG_ERROR, "--http-engine '%s': there is only curl", engine);
        result = -EINVAL;
    }
    if (!http_options_version(version_text, &version)) {
        acr_log_at(NULL, ACR_LOG_ERROR, "--http-version '%s': use 1.1 or 2", version_text);
        result = -EINVAL;
    }
    return result;
}

static const char *string_or_null(const char *name)
{
    const char *text = acr_option_string(name);

    return text[0] == '\0' ? NULL : text;
}

void http_options_read(struct http_settings *s)
{
    *s = (struct http_settings){
        .timeout_s = acr_option_number("http-timeout", 60),
        .connect_timeout_s = acr_option_number("http-connect-timeout", 10),
        .max_redirects = 30,
        .insecure = acr_option_flag("http-insecure"),
        .no_keep_alive = acr_option_flag("http-no-keep-alive"),
        .ca_file = string_or_null("http-ca"),
        .cert_file = string_or_null("http-cert"),
        .key_file = string_or_null("http-key"),
        .proxy = string_or_null("http-proxy"),
        .unix_socket = string_or_null("http-unix-socket"),
    };
    http_options_version(acr_option_string("http-version"), &s->version);
}
