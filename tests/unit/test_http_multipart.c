/* SPDX-License-Identifier: MIT */
/* Forms with files: read in pieces, files that change, and the same bytes as libcurl's. */
#include "support/curl_pair.h"
#include "support/unit.h"

#include "failure.h"
#include "multipart.h"
#include "text.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[] = "/tmp/acrida-multipart-XXXXXX";
static char picture[64], unknown[64], empty[64];
static struct http_text out;

static void write_file(const char *path, size_t bytes)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    for (size_t i = 0; i < bytes; i++)
        fputc((int)(i * 7 % 256), f);
    fclose(f);
}

static size_t n_open(void)
{
    DIR *d = opendir("/proc/self/fd");
    size_t n = 0;

    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static struct http_multipart *open_parts(const struct acr_part *parts, size_t n)
{
    struct http_multipart *m;

    assert_null(http_multipart_open(parts, n, sizeof *parts, &m));
    return m;
}

static const char *boundary_of(struct http_multipart *m)
{
    return strstr(http_multipart_type_line(m), "boundary=") + strlen("boundary=");
}

/* All of the body into `out`. Returns: the error. */
static const char *read_all(struct http_multipart *m, size_t piece)
{
    char *to = malloc(piece);
    const char *error = NULL;
    size_t n;

    http_text_clear(&out);
    while ((n = http_multipart_read(m, to, piece, &error)) != 0 && n != SIZE_MAX)
        assert_true(http_text_add(&out, to, n));
    free(to);
    return error;
}

/* The content of the part whose head has these words; its bytes. */
static const char *part_with(struct http_multipart *m, const char *words, size_t *ret_bytes)
{
    const char *head = memmem(out.data, out.length, words, strlen(words));
    char end[128];

    snprintf(end, sizeof end, "\r\n--%s", boundary_of(m));
    assert_non_null(head);
    const char *content = strstr(head, "\r\n\r\n") + 4;
    size_t left = out.length - (size_t)(content - out.data);
    const char *to = memmem(content, left, end, strlen(end));
    assert_non_null(to);
    *ret_bytes = (size_t)(to - content);
    return content;
}

static void what_is_written_can_be_read_back(void **state)
{
    const struct acr_part parts[] = {
        { .name = "title", .value = "a\r\nb" },
        { .name = "picture", .file = picture },
        { .name = "memory", .data = "x\0y", .data_bytes = 3, .file_name = "m.bin" },
        { .name = "nothing" },
        { .name = "empty", .file = empty },
    };
    static const size_t pieces[] = { 1, 3, 100, 1 << 20 };
    struct http_multipart *m = open_parts(parts, 5);
    size_t bytes, before = n_open();

    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        assert_null(read_all(m, pieces[i]));
        assert_int_equal(out.length, http_multipart_bytes(m));
        assert_memory_equal(part_with(m, "name=\"title\"", &bytes), "a\r\nb", 4);
        assert_int_equal(bytes, 4);
        part_with(m, "filename=\"a picture.PNG\"\r\nContent-Type: image/png\r\n", &bytes);
        assert_int_equal(bytes, 5000);
        assert_memory_equal(part_with(m, "; filename=\"m.bin\"\r\n\r\n", &bytes), "x\0y", 3);
        part_with(m, "name=\"nothing\"", &bytes);
        assert_int_equal(bytes, 0);
        part_with(m, "name=\"empty\"", &bytes);
        assert_int_equal(bytes, 0);
        assert_int_equal(n_open(), before);
        http_multipart_rewind(m);
    }
    http_multipart_free(m);
}

static void a_file_is_open_only_while_it_is_read(void **state)
{
    const struct acr_part parts[] = { { .name = "a", .file = picture },
                                      { .name = "b", .file = picture } };
    size_t before = n_open();
    struct http_multipart *m = open_parts(parts, 2);
    const char *error = NULL;
    char to[1000];

    (void)state;
    assert_int_equal(n_open(), before);
    assert_int_equal(http_multipart_read(m, to, sizeof to, &error), sizeof to);
    assert_int_equal(n_open(), before + 1);
    http_multipart_rewind(m);
    assert_int_equal(n_open(), before);
    assert_int_equal(http_multipart_read(m, to, sizeof to, &error), sizeof to);
    http_multipart_free(m);
    assert_int_equal(n_open(), before);
}

static void files_may_change_meanwhile(void **state)
{
    const struct acr_part part = { .name = "a", .file = unknown };
    struct http_multipart *m;

    (void)state;
    write_file(unknown, 100);
    m = open_parts(&part, 1);
    write_file(unknown, 200); /* no more than announced is sent */
    assert_null(read_all(m, 7));
    assert_int_equal(out.length, http_multipart_bytes(m));
    http_multipart_rewind(m);
    write_file(unknown, 50);
    assert_string_equal(read_all(m, 7), "the file of a part became shorter while it was sent");
    http_multipart_rewind(m);
    unlink(unknown);
    assert_string_equal(read_all(m, 7), HTTP_FAILURE_PART_FILE);
    http_multipart_free(m);
    write_file(unknown, 100);
}

static void the_length_of_a_pipe_is_unknown(void **state)
{
    char path[80];
    const struct acr_part part = { .name = "a", .file = path };

    (void)state;
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR | O_CLOEXEC); /* keeps it from blocking */
    struct http_multipart *m = open_parts(&part, 1);
    assert_true(http_multipart_bytes(m) == HTTP_MULTIPART_UNKNOWN);
    const char *error = NULL;
    char to[512];
    assert_int_equal(write(fd, "12345", 5), 5);
    size_t head = strlen("--") + strlen(boundary_of(m)) +
                  strlen("\r\nContent-Disposition: form-data; name=\"a\"; filename=\"pipe\"\r\n"
                         "Content-Type: application/octet-stream\r\n\r\n");
    assert_int_equal(http_multipart_read(m, to, head + 5, &error), head + 5);
    assert_memory_equal(to + head, "12345", 5);
    close(fd); /* no writer is left */
    assert_null(read_all(m, 100));
    assert_int_equal(out.length, strlen("\r\n----\r\n") + strlen(boundary_of(m)));
    http_multipart_free(m);
    unlink(path);
}

static void what_cannot_be_sent(void **state)
{
    const struct acr_part missing = { .name = "a", .file = "/nowhere/at/all" };
    const struct acr_part directory = { .name = "a", .file = folder };
    const struct acr_part type = { .name = "a", .content_type = "text/plain\r\nX: y" };
    struct http_multipart *m;

    (void)state;
    assert_string_equal(http_multipart_open(&missing, 1, sizeof missing, &m),
                        "the file of a part cannot be read");
    assert_null(m);
    assert_string_equal(http_multipart_open(&directory, 1, sizeof directory, &m),
                        "the file of a part cannot be read");
    assert_string_equal(http_multipart_open(&type, 1, sizeof type, &m),
                        "a part's content type has control characters");
    http_multipart_free(NULL);
}

/* A scenario that was built when the struct was smaller. */
static void parts_may_be_shorter(void **state)
{
    const struct {
        const char *name, *value;
    } parts[] = { { "a", "1" }, { "b", "2" } };
    struct http_multipart *m;
    size_t bytes;

    (void)state;
    assert_null(
        http_multipart_open((const struct acr_part *)(const void *)parts, 2, sizeof parts[0], &m));
    assert_null(read_all(m, 100));
    assert_memory_equal(part_with(m, "name=\"b\"", &bytes), "2", 1);
    http_multipart_free(m);
}

/* --- beside libcurl ----------------------------------------------------------------------------
 */

static void add_theirs(curl_mime *mime, const struct acr_part *p)
{
    curl_mimepart *part = curl_mime_addpart(mime);

    curl_mime_name(part, p->name);
    if (p->file != NULL)
        assert_int_equal(curl_mime_filedata(part, p->file), CURLE_OK);
    else if (p->data != NULL)
        curl_mime_data(part, p->data, p->data_bytes);
    else
        curl_mime_data(part, p->value == NULL ? "" : p->value, CURL_ZERO_TERMINATED);
    if (p->file_name != NULL)
        curl_mime_filename(part, p->file_name);
    if (p->content_type != NULL)
        curl_mime_type(part, p->content_type);
}

/* What curl sends, with its boundary replaced by ours. */
static size_t theirs(const struct acr_part *parts, size_t n, const char *boundary, char *request,
                     size_t room, const char **ret_body)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    CURL *easy = curl_easy_init();
    curl_mime *mime = curl_mime_init(easy);
    struct curl_slist *no_expect = curl_slist_append(NULL, "Expect:");
    size_t bytes, length = strlen(boundary);

    for (size_t i = 0; i < n; i++)
        add_theirs(mime, &parts[i]);
    curl_pair_setup(easy);
    curl_easy_setopt(easy, CURLOPT_MIMEPOST, mime);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, no_expect);
    assert_int_equal(
        curl_pair_run(easy, "http://h/", answer, sizeof answer - 1, request, room, &bytes),
        CURLE_OK);
    char *end = strstr(request, "\r\n\r\n") + 4;
    char *their_type = strcasestr(request, "Content-Type: multipart/form-data; boundary=");
    assert_true(their_type != NULL && their_type < end);
    char *their_boundary = strchr(their_type, '=') + 1;
    char old[128];
    snprintf(old, sizeof old, "%.*s", (int)strcspn(their_boundary, "\r"), their_boundary);
    assert_int_equal(strlen(old), length);
    bytes -= (size_t)(end - request);
    for (char *at = end; (at = memmem(at, bytes - (size_t)(at - end), old, length)) != NULL;)
        memcpy(at, boundary, length);
    *ret_body = end;
    curl_slist_free_all(no_expect);
    curl_mime_free(mime);
    curl_easy_cleanup(easy);
    return bytes;
}

static void the_same_bytes_as_by_curl(void **state)
{
    const struct acr_part parts[] = {
        { .name = "plain", .value = "value" },
        { .name = "", .value = "" },
        { .name = "a\"b\\c\r\nd%22", .value = "\r\n--x\r\n" },
        { .name = "\xc3\xa4 ;=", .value = "\xff" },
        { .name = "v", .value = "1", .file_name = "f.txt" },
        { .name = "v", .value = "1", .file_name = "f.HTML" },
        { .name = "v", .value = "1", .file_name = "" },
        { .name = "v", .value = "1", .file_name = "q\"\n/x.unknown" },
        { .name = "v", .value = "1", .content_type = "application/json" },
        { .name = "v", .value = "1", .content_type = "text/plain; charset=utf-8" },
        { .name = "v", .value = "1", .content_type = "" },
        { .name = "d", .data = "a\0b", .data_bytes = 3 },
        { .name = "d", .data = "", .data_bytes = 0, .file_name = "x.pdf" },
        { .name = "d", .data = "a", .data_bytes = 1, .file_name = "x.svg", .content_type = "x/y" },
        { .name = "f", .file = picture },
        { .name = "f", .file = unknown },
        { .name = "f", .file = empty },
        { .name = "f", .file = picture, .file_name = "shown" },
        { .name = "f", .file = unknown, .file_name = "shown.gif" },
        { .name = "f", .file = unknown, .file_name = "" },
        { .name = "f", .file = picture, .content_type = "text/plain" },
    };
    size_t n = sizeof parts / sizeof parts[0];
    static char request[200000];
    const char *body;

    (void)state;
    for (size_t i = 0; i < n + 2; i++) {
        size_t from = i < n ? i : 0, count = i < n ? 1 : i == n ? n : 0; /* each, all, none */
        struct http_multipart *m = open_parts(parts + from, count);
        assert_null(read_all(m, 64));
        size_t bytes = theirs(parts + from, count, boundary_of(m), request, sizeof request, &body);
        if (bytes != out.length || memcmp(body, out.data, bytes) != 0)
            fail_msg("row %zu: here\n%s\ncurl\n%.*s", i, out.data, (int)bytes, body);
        assert_int_equal(http_multipart_bytes(m), bytes);
        http_multipart_free(m);
    }
}

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(picture, sizeof picture, "%s/a picture.PNG", folder);
    snprintf(unknown, sizeof unknown, "%s/no\"thing", folder);
    snprintf(empty, sizeof empty, "%s/empty.txt", folder);
    write_file(picture, 5000);
    write_file(unknown, 100);
    write_file(empty, 0);
    return 0;
}

static int tidy(void **state)
{
    (void)state;
    unlink(picture);
    unlink(unknown);
    unlink(empty);
    rmdir(folder);
    http_text_done(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read_back),
        cmocka_unit_test(a_file_is_open_only_while_it_is_read),
        cmocka_unit_test(files_may_change_meanwhile),
        cmocka_unit_test(the_length_of_a_pipe_is_unknown),
        cmocka_unit_test(what_cannot_be_sent),
        cmocka_unit_test(parts_may_be_shorter),
        cmocka_unit_test(the_same_bytes_as_by_curl),
    };
    return cmocka_run_group_tests(tests, setup, tidy);
}
