/* SPDX-License-Identifier: MIT */
#include "app/hand_out.h"

#include "base/clock.h"
#include "base/cluster.h"
#include "base/pack.h"
#include "plugin/compile.h"
#include "plugin/note.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a source says which data it needs. */
#define HEAD_BYTES 4096
#define COMMENT "/* acrida: data"

struct file {
    enum acri_hand_out_kind kind;
    uint64_t folder; /* files of one number lie together */
    char *path;
    char *name;
    char *made_of; /* of an object, for messages */
    char hash[ACRI_HASH_TEXT];
};

struct acri_hand_out {
    uint64_t id; /* another one with each master */
    struct file *files;
    size_t n;
    off_t data_bytes;
    struct acri_error error; /* "" = none */
};

/* --- the list -----------------------------------------------------------------------------------
 */

static struct file *add(struct acri_hand_out *h, enum acri_hand_out_kind kind, uint64_t folder,
                        char *path)
{
    const char *slash = strrchr(path, '/');
    struct file *f;

    h->files = acri_realloc(h->files, (h->n + 1) * sizeof(*h->files));
    f = &h->files[h->n++];
    *f = (struct file){ .kind = kind,
                        .folder = folder,
                        .path = path,
                        .name = acri_strdup(slash != NULL ? slash + 1 : path) };
    return f;
}

static void add_object(struct acri_hand_out *h, enum acri_hand_out_kind kind, uint64_t folder,
                       const struct acri_loaded *l)
{
    struct file *f = add(h, kind, folder, acri_strdup(l->copy));

    f->made_of = acri_strdup(l->name);
    if (acri_note_read(l->copy, f->hash) < 0)
        f->hash[0] = '\0';
}

/* Returns: 0, -ENOENT when it is no file, or with its line -E2BIG. */
static int add_data(struct acri_hand_out *h, uint64_t number, const char *folder, const char *name,
                    struct acri_error *reterr)
{
    char *path = acri_printf("%s/%s", folder, name);
    struct stat st;

    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode)) {
        free(path);
        return -ENOENT;
    }
    add(h, ACRI_HAND_OUT_DATA, number, path);
    h->data_bytes += st.st_size;
    if (h->data_bytes > ACRI_HAND_OUT_DATA_MAX || h->n > ACRI_HAND_OUT_FILES_MAX)
        return acri_fail(reterr, -E2BIG,
                         "the data files in %s are more than %u MB: name those that are needed in "
                         "a comment at the start of the scenario, '" COMMENT " rows.csv */', or "
                         "bring them to the workers and start these with the scenario itself",
                         folder, ACRI_HAND_OUT_DATA_MAX >> 20);
    return 0;
}

/* What the comment names: after the mark, up to its end; to be freed. NULL: there is none. */
static char *read_comment(const char *source)
{
    char head[HEAD_BYTES + 1];
    FILE *f = acri_compile_is_source(source) ? fopen(source, "re") : NULL;
    char *names = NULL;
    size_t n;

    if (f == NULL)
        return NULL;
    n = fread(head, 1, HEAD_BYTES, f);
    fclose(f);
    head[n] = '\0';
    names = strstr(head, COMMENT);
    if (names == NULL || strstr(names, "*/") == NULL)
        return NULL;
    names += sizeof(COMMENT) - 1;
    *strstr(names, "*/") = '\0';
    return acri_strdup(names);
}

static int add_named(struct acri_hand_out *h, uint64_t number, const char *folder,
                     const char *source, char *names, struct acri_error *reterr)
{
    char *rest = names;
    char *name;
    int r = 0;

    while (r == 0 && (name = strtok_r(rest, " ,\t\r\n", &rest)) != NULL) {
        if (strchr(name, '/') != NULL || name[0] == '.')
            return acri_fail(reterr, -EINVAL,
                             "%s: '" COMMENT " ... */' names '%s': data files lie beside the "
                             "scenario, and their names begin with no dot",
                             source, name);
        r = add_data(h, number, folder, name, reterr);
        if (r == -ENOENT)
            acri_fail(reterr, r, "%s: '" COMMENT " ... */' names '%s', which is no file in %s",
                      source, name, folder);
    }
    return r;
}

static int is_data(const struct dirent *entry)
{
    static const char *const ends[] = { ".csv", ".json", ".jsonl", ".txt" };
    const char *dot = strrchr(entry->d_name, '.');

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && entry->d_name[0] != '.'; i++)
        if (dot != NULL && strcmp(dot, ends[i]) == 0)
            return 1;
    return 0;
}

static int add_beside(struct acri_hand_out *h, uint64_t number, const char *folder,
                      struct acri_error *reterr)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_data, alphasort);
    int r = 0;

    if (n < 0)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", folder, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = add_data(h, number, folder, entries[i]->d_name, reterr);
        if (r == -ENOENT)
            r = 0;
        free(entries[i]);
    }
    free(entries);
    return r;
}

static bool is_first_of_folder(const struct acri_scenario *s, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(s->folders[i], s->folders[index]) == 0)
            return false;
    return true;
}

static int add_scenario(struct acri_hand_out *h, const struct acri_scenario *s, size_t index,
                        struct acri_error *reterr)
{
    const struct acri_loaded *l = &s->loader.loaded[s->n_others + index];
    uint64_t number = s->n_others - s->n_shipped + index;
    char *names = read_comment(l->name);
    int r = 0;

    add_object(h, ACRI_HAND_OUT_SCENARIO, number, l);
    if (names != NULL)
        r = add_named(h, number, s->folders[index], l->name, names, reterr);
    else if (is_first_of_folder(s, index))
        r = add_beside(h, number, s->folders[index], reterr);
    free(names);
    return r;
}

struct acri_hand_out *acri_hand_out_new(const struct acri_scenario *s)
{
    struct acri_hand_out *h = acri_alloc(sizeof(*h));
    int r = 0;

    h->id = acri_clock_real_ns();
    for (size_t i = s->n_shipped; i < s->n_others; i++)
        add_object(h, ACRI_HAND_OUT_PLUGIN, i - s->n_shipped, &s->loader.loaded[i]);
    for (size_t i = 0; i < s->n_folders && r == 0; i++)
        r = add_scenario(h, s, i, &h->error);
    if (r == 0 && (s->own != NULL || s->n_folders == 0))
        acri_fail(&h->error, -EINVAL, "the master's scenario is part of a program");
    return h;
}

void acri_hand_out_free(struct acri_hand_out *h)
{
    if (h == NULL)
        return;
    for (size_t i = 0; i < h->n; i++) {
        free(h->files[i].path);
        free(h->files[i].name);
        free(h->files[i].made_of);
    }
    free(h->files);
    free(h);
}

/* --- one of it ----------------------------------------------------------------------------------
 */

static int read_file(const struct file *f, void **ret_bytes, size_t *ret_n,
                     struct acri_error *reterr)
{
    const size_t most =
        f->kind == ACRI_HAND_OUT_DATA ? ACRI_HAND_OUT_DATA_MAX : ACRI_HAND_OUT_OBJECT_MAX;
    int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st = { 0 };
    size_t n = 0;
    ssize_t got = 1;

    if (fd < 0 || fstat(fd, &st) < 0) {
        acri_fail(reterr, -errno, "%s cannot be read: %s", f->path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -EIO;
    }
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > most) {
        close(fd);
        return acri_fail(reterr, -E2BIG, "%s has more than the %zu MB that workers can be given",
                         f->path, most >> 20);
    }
    *ret_bytes = acri_alloc((size_t)st.st_size + 1);
    while (n < (size_t)st.st_size && got > 0) {
        got = read(fd, (char *)*ret_bytes + n, (size_t)st.st_size - n);
        n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    *ret_n = n;
    return 0;
}

void acri_hand_out_answer(const struct acri_hand_out *h, uint64_t index, struct acri_buf *to)
{
    const struct file *f = index < h->n ? &h->files[index] : NULL;
    struct acri_error error = h->error;
    void *bytes = NULL;
    size_t n = 0;

    if (error.text[0] == '\0' && f == NULL)
        acri_fail(&error, -EBADMSG, "there is no such file");
    if (error.text[0] == '\0')
        read_file(f, &bytes, &n, &error);
    acri_pack_u64(to, h->id);
    acri_pack_text(to, error.text);
    if (error.text[0] == '\0') {
        acri_pack_u64(to, h->n);
        acri_pack_u64(to, index);
        acri_pack_u64(to, f->kind);
        acri_pack_u64(to, f->folder);
        acri_pack_text(to, f->name);
        acri_pack_text(to, f->made_of);
        acri_pack_text(to, f->hash);
        acri_pack_bytes(to, bytes, n);
    }
    free(bytes);
}
