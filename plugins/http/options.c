/* SPDX-License-Identifier: MIT */
/* The run-wide --http-... options. */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct acr_option http_options_table[HTTP_OPTIONS_COUNT] = {
    { .name = "http-engine",
      .metavar = "NAME",
      .help =
          "What moves HTTP requests: fast (HTTP/1.1, no proxies, a quarter of the CPU time), curl, "
          "or auto: fast where that will do.",
      .default_value = "auto",
      .choices = "auto curl fast",
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
      .help =
          "HTTP version, 1.1 or 2 (then by curl); by default 1.1, and with --http-engine curl 2 "
          "where the server offers it over TLS.",
      .kind = ACR_OPTION_STRING },
    { .name = "http-no-keep-alive",
      .help = "Open a new connection for each HTTP request.",
      .kind = ACR_OPTION_FLAG },
};

bool http_options_engine(const char *text, enum http_engine_kind *ret_engine)
{
    if (text == NULL || text[0] == '\0') {
        return true;
    }
    static const struct {
        const char *name;
        enum http_engine_kind kind;
    } names[] = { { "auto", HTTP_ENGINES },
                  { "curl", HTTP_ENGINE_CURL },
                  { "fast", HTTP_ENGINE_FAST } };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i].name) == 0) {
            *ret_engine = names[i].kind;
            return true;
        }
    }
    return false;
}

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

/* Digits up to a slash or the end. */
static bool is_port(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);

    return text[0] >= '0' && text[0] <= '9' && (end[0] == '\0' || strcmp(end, "/") == 0) &&
           port >= 1 && port <= 65535;
}

double http_options_limit(double seconds)
{
    return seconds > 0 && seconds < 1e9 ? seconds : 0;
}

const char *http_options_proxy(const char *text)
{
    static const char *const schemes[] = { "http://",    "https://",  "socks4://",
                                           "socks4a://", "socks5://", "socks5h://" };
    const char *host = strstr(text, "://");
    bool known = host == NULL;

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        known |= strncasecmp(text, schemes[i], strlen(schemes[i])) == 0;
    }
    if (!known) {
        return "use http://, https://, socks4://, socks4a://, socks5:// or socks5h://";
    }
    host = host == NULL ? text : host + 3;
    const char *at = strrchr(host, '@');
    host = at == NULL ? host : at + 1;
    if (strcspn(host, ":/") == 0 || !http_headers_value_ok(text, strlen(text)) ||
        strchr(text, ' ') != NULL) {
        return "it has no host: use http://proxy:3128";
    }
    const char *port = strrchr(host, ':');
    if (host[0] != '[' && port != NULL && !is_port(port + 1)) {
        return "its port is not a number from 1 to 65535";
    }
    return NULL;
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

/* Complains in one line. Returns: 0 or -EINVAL. */
static int refuse(const char *option, const char *value, const char *why)
{
    acr_log_at(NULL, ACR_LOG_ERROR, "--%s '%s': %s", option, value, why);
    return -EINVAL;
}

int http_options_check(void)
{
    const char *proxy = acr_option_string("http-proxy");
    const char *unix_socket = acr_option_string("http-unix-socket");
    const char *version_text = acr_option_string("http-version");
    enum http_version version;
    int result = header_ok() ? 0 : -EINVAL;

    if (!http_options_version(version_text, &version)) {
        result = refuse("http-version", version_text, "use 1.1 or 2");
    }
    if (proxy[0] != '\0' && http_options_proxy(proxy) != NULL) {
        /* it may contain a password */
        acr_log_at(NULL, ACR_LOG_ERROR, "--http-proxy: %s", http_options_proxy(proxy));
        result = -EINVAL;
    }
    if (strlen(unix_socket) >= HTTP_OPTIONS_SOCKET_PATH) {
        result = refuse("http-unix-socket", unix_socket, "the path is longer than 107 bytes");
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
        .timeout_s = http_options_limit(acr_option_number("http-timeout", 60)),
        .connect_timeout_s = http_options_limit(acr_option_number("http-connect-timeout", 10)),
        .max_redirects = 30,
        .insecure = acr_option_flag("http-insecure"),
        .no_keep_alive = acr_option_flag("http-no-keep-alive"),
        .traces = acr_option_string("once")[0] != '\0',
        .ca_file = string_or_null("http-ca"),
        .cert_file = string_or_null("http-cert"),
        .key_file = string_or_null("http-key"),
        .proxy = string_or_null("http-proxy"),
        .unix_socket = string_or_null("http-unix-socket"),
    };
    http_options_version(acr_option_string("http-version"), &s->version);
    http_options_engine(acr_option_string("http-engine"), &s->engine);
}
