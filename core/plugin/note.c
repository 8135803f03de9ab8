/* SPDX-License-Identifier: MIT */
#include "plugin/note.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Found by its text: the section may be merged with other notes, and its place depends on the
 * linker. */
#define MARK "acrida source "

void acri_note_write_source(struct acri_buf *out, const char *hash_text)
{
    acri_buf_printf(out,
                    "__attribute__((section(\".note.acrida\"), used, aligned(4)))\n"
                    "static const struct { unsigned name_size, text_size, type; char name[8];\n"
                    "    char text[48]; } acrida_note =\n"
                    "    { 7, 48, 1, \"acrida\", \"" MARK "%s\" };\n",
                    hash_text);
}

static void hash_file(const char *data, size_t bytes, char ret_text[ACRI_HASH_TEXT])
{
    struct acri_hash h;

    acri_hash_init(&h);
    acri_hash_add(&h, data, bytes);
    acri_hash_text(&h, ret_text);
}

/* The digits after a mark; a mark without digits is a text that speaks of marks. */
static bool find_hash(const char *data, size_t bytes, char ret_text[ACRI_HASH_TEXT])
{
    const char *end = data + bytes;
    const char *at = data;

    while ((at = memmem(at, (size_t)(end - at), MARK, sizeof(MARK) - 1)) != NULL) {
        at += sizeof(MARK) - 1;
        if ((size_t)(end - at) < ACRI_HASH_TEXT)
            return false;
        memcpy(ret_text, at, ACRI_HASH_TEXT - 1);
        ret_text[ACRI_HASH_TEXT - 1] = '\0';
        if (strspn(ret_text, "0123456789abcdef") == ACRI_HASH_TEXT - 1)
            return true;
    }
    return false;
}

int acri_note_read(const char *path, char ret_text[ACRI_HASH_TEXT])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char *data;
    size_t bytes;
    int r;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0) {
        close(fd);
        return -EINVAL;
    }
    bytes = (size_t)st.st_size;
    data = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    r = data == MAP_FAILED ? -errno : 0;
    close(fd);
    if (r < 0)
        return r;
    if (!find_hash(data, bytes, ret_text))
        hash_file(data, bytes, ret_text);
    munmap(data, bytes);
    return 0;
}
