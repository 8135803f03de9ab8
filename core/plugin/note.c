/* SPDX-License-Identifier: MIT */
#include "plugin/note.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Found by its text: the section may be merged with other notes, and its place depends on the linker. */
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

static int hash_file(const char *data, size_t bytes, char ret_text[ACRI_HASH_TEXT])
{
    struct acri_hash h;

    acri_hash_init(&h);
    acri_hash_add(&h, data, bytes);
    acri_hash_text(&h, ret_text);
    return 0;
}

int acri_note_read(const char *path, char ret_text[ACRI_HASH_TEXT])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    const char *found;
    struct stat st;
    char *data;
    size_t bytes;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0 || st.st_size == 0) {
        close(fd);
        return -EINVAL;
    }
    bytes = (size_t)st.st_size;
    data = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED)
        return -errno;
    found = memmem(data, bytes, MARK, sizeof(MARK) - 1);
    if (found != NULL && (size_t)(data + bytes - found) >= sizeof(MARK) - 1 + ACRI_HASH_TEXT) {
        memcpy(ret_text, found + sizeof(MARK) - 1, ACRI_HASH_TEXT - 1);
        ret_text[ACRI_HASH_TEXT - 1] = '\0';
    } else {
        hash_file(data, bytes, ret_text);
    }
    munmap(data, bytes);
    return 0;
}
