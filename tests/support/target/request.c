/* SPDX-License-Identifier: MIT */
/* Reads HTTP/1.x request heads. Until the end of the head has come only line ends are
 * looked for, so that a connection needs no more memory than the bytes it has sent. */
#include "request.h"

#include <string.h>

enum { TOKEN = 1, VALUE = 2, VISIBLE = 4 };

/* What a byte may be part of. */
static unsigned char_class(char c)
{
    static const unsigned char classes[256] = {
        ['\t'] = VALUE,
        [' '] = VALUE,
        ['!'] = TOKEN | VALUE | VISIBLE,
        ['"'] = VALUE | VISIBLE,
        ['#' ... '\''] = TOKEN | VALUE | VISIBLE,
        ['(' ... ')'] = VALUE | VISIBLE,
        ['*' ... '+'] = TOKEN | VALUE | VISIBLE,
        [','] = VALUE | VISIBLE,
        ['-' ... '.'] = TOKEN | VALUE | VISIBLE,
        ['/'] = VALUE | VISIBLE,
        ['0' ... '9'] = TOKEN | VALUE | VISIBLE,
        [':' ... '@'] = VALUE | VISIBLE,
        ['A' ... 'Z'] = TOKEN | VALUE | VISIBLE,
        ['[' ... ']'] = VALUE | VISIBLE,
        ['^' ... 'z'] = TOKEN | VALUE | VISIBLE,
        ['{'] = VALUE | VISIBLE,
        ['|'] = TOKEN | VALUE | VISIBLE,
        ['}'] = VALUE | VISIBLE,
        ['~'] = TOKEN | VALUE | VISIBLE,
        [0x80 ... 0xff] = VALUE | VISIBLE,
    };
    return classes[(unsigned char)c];
}

static bool all_of(struct target_text text, unsigned wanted)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((char_class(text.data[i]) & wanted) == 0) {
            return false;
        }
    }
    return true;
}

/* Takes scheme and authority off "http://host/path", as sent to proxies. */
static struct target_text strip_authority(struct target_text target)
{
    static const struct target_text scheme = TARGET_TEXT("http://");
    if (target_text_starts(target, scheme)) {
        struct target_text rest = target_text_skip(target, scheme.size);
        const char *slash = memchr(rest.data, '/', rest.size);
        if (slash != NULL) {
            return target_text_skip(rest, (size_t)(slash - rest.data));
        }
    }
    return target;
}

static bool read_request_line(struct target_request *request, struct target_text line)
{
    struct target_text method = target_text_cut(&line, ' ');
    struct target_text target = target_text_cut(&line, ' ');
    static const struct target_text version = TARGET_TEXT("HTTP/1.");

    if (method.size == 0 || !all_of(method, TOKEN) || target.size == 0 ||
        !all_of(target, VISIBLE) || line.size != version.size + 1 ||
        !target_text_starts(line, version)) {
        return false;
    }
    char minor = line.data[version.size];
    if (minor != '0' && minor != '1') {
        return false;
    }
    request->method = method;
    request->minor = minor == '1';
    request->keep_alive = minor == '1';
    request->query = strip_authority(target);
    request->path = target_text_cut(&request->query, '?');
    return true;
}

static bool read_length(struct target_request *request, struct target_text value)
{
    uint64_t length;
    if (!target_text_number(value, &length) ||
        (request->has_length && length != request->content_length)) {
        return false;
    }
    request->has_length = true;
    request->content_length = length;
    return true;
}

static void read_connection(struct target_request *request, struct target_text value)
{
    while (value.size > 0) {
        struct target_text word = target_text_trim(target_text_cut(&value, ','));
        if (target_text_alike(word, "close")) {
            request->keep_alive = false;
        } else if (target_text_alike(word, "keep-alive") && request->minor == 0) {
            request->keep_alive = true;
        }
    }
}

/* Notes the headers that decide how the request is framed; false for a wrong one. */
static bool note_header(struct target_request *request, const struct target_header *header)
{
    switch (header->name.size) {
    case 6:
        if (target_text_alike(header->name, "expect")) {
            request->expect_continue = target_text_alike(header->value, "100-continue");
        }
        return true;
    case 10:
        if (target_text_alike(header->name, "connection")) {
            read_connection(request, header->value);
        }
        return true;
    case 14:
        return !target_text_alike(header->name, "content-length") ||
               read_length(request, header->value);
    case 17:
        if (!target_text_alike(header->name, "transfer-encoding")) {
            return true;
        }
        if (request->chunked || !target_text_alike(header->value, "chunked")) {
            return false; /* no other coding is known here */
        }
        request->chunked = true;
        return true;
    default:
        return true;
    }
}

static enum target_request_status read_header(struct target_request *request,
                                              struct target_text line)
{
    struct target_header header;
    const char *colon = memchr(line.data, ':', line.size);

    if (request->header_count == TARGET_REQUEST_HEADER_LIMIT) {
        return TARGET_REQUEST_TOO_LARGE;
    }
    if (colon == NULL || colon == line.data) {
        return TARGET_REQUEST_BAD;
    }
    header.value = line;
    header.name = target_text_cut(&header.value, ':');
    header.value = target_text_trim(header.value);
    if (!all_of(header.name, TOKEN) || !all_of(header.value, VALUE) ||
        !note_header(request, &header)) {
        return TARGET_REQUEST_BAD;
    }
    request->headers[request->header_count++] = header;
    return TARGET_REQUEST_MORE;
}

/* Checks what only the whole head can tell. */
static bool is_consistent(const struct target_request *request)
{
    size_t hosts = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        hosts += target_text_alike(request->headers[i].name, "host") ? 1 : 0;
    }
    if (request->minor == 1 && hosts != 1) {
        return false;
    }
    return !(request->chunked && (request->has_length || request->minor == 0));
}

/* Takes the next line, without its end, off complete lines. */
static struct target_text next_line(struct target_text *rest)
{
    struct target_text line = target_text_cut(rest, '\n');
    if (line.size > 0 && line.data[line.size - 1] == '\r') {
        line.size--;
    }
    return line;
}

/* Reads a head known to be complete. */
static enum target_request_status read_lines(struct target_request *request, const char *data,
                                             size_t size)
{
    struct target_text rest = { data, size };
    struct target_text line = next_line(&rest);

    memset(request, 0, offsetof(struct target_request, headers));
    request->head_size = size;
    while (line.size == 0) { /* empty lines before a request are allowed */
        line = next_line(&rest);
    }
    if (!read_request_line(request, line)) {
        return TARGET_REQUEST_BAD;
    }
    while ((line = next_line(&rest)).size > 0) {
        enum target_request_status status = read_header(request, line);
        if (status != TARGET_REQUEST_MORE) {
            return status;
        }
    }
    return is_consistent(request) ? TARGET_REQUEST_DONE : TARGET_REQUEST_BAD;
}

/* Judges a request line as soon as it is there: waiting for more after a wrong one would
 * leave a client that does not speak HTTP without an answer. */
static bool starts_well(struct target_request_scan *scan, struct target_request *request,
                        struct target_text line)
{
    if (line.size > 0 && !scan->started) {
        scan->started = true;
        return read_request_line(request, line);
    }
    return true;
}

enum target_request_status target_request_read(struct target_request_scan *scan,
                                               struct target_request *request, const char *data,
                                               size_t size)
{
    size_t limit = size < TARGET_REQUEST_HEAD_LIMIT ? size : TARGET_REQUEST_HEAD_LIMIT;

    while (scan->scanned < limit) {
        const char *end = memchr(data + scan->scanned, '\n', limit - scan->scanned);
        if (end == NULL) {
            scan->scanned = (uint32_t)limit;
            break;
        }
        struct target_text line = { data + scan->line, (size_t)(end - data) - scan->line };
        if (line.size > 0 && line.data[line.size - 1] == '\r') {
            line.size--;
        }
        scan->scanned = scan->line = (uint32_t)(end - data) + 1;
        if (line.size == 0 && scan->started) {
            return read_lines(request, data, scan->scanned);
        }
        if (!starts_well(scan, request, line)) {
            return TARGET_REQUEST_BAD;
        }
    }
    if (size >= TARGET_REQUEST_HEAD_LIMIT) {
        return TARGET_REQUEST_TOO_LARGE;
    }
    if (!scan->started && size > scan->line && data[scan->line] != '\r' &&
        (char_class(data[scan->line]) & TOKEN) == 0) {
        return TARGET_REQUEST_BAD;
    }
    return TARGET_REQUEST_MORE;
}

const struct target_text *target_request_header(const struct target_request *request,
                                                const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (target_text_alike(request->headers[i].name, name)) {
            return &request->headers[i].value;
        }
    }
    return NULL;
}

bool target_request_has_body(const struct target_request *request)
{
    return request->chunked || request->content_length > 0;
}
