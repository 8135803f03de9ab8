/* SPDX-License-Identifier: MIT */
#include "app/fetch.h"

#include "base/cluster.h"
#include "base/pack.h"
#include "plugin/note.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
    enum acri_hand_out_kind kind;
    uint64_t folder;
    char *path;
    char *made_of;
    char hash[ACRI_HASH_TEXT];
};

struct acri_fetch {
    uint64_t id; /* of what the master hands out */
    char folder[PATH_MAX];
    struct file *files; /* n elements, in the order of their numbers */
    size_t n;
    uint64_t n_bytes;
};

/* --- the folder ---------------------------------------------------------------------------------
 */

static int make_folder(struct acri_fetch *f, struct acri_error *reterr)
{
    const char *places[] = { getenv("TMPDIR"), getenv("XDG_RUNTIME_DIR"), "/tmp" };
    int r = -ENOENT;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (places[i] == NULL || places[i][0] != '/')
            continue;
        if (snprintf(f->folder, sizeof(f->folder), "%s/acrida-files-XXXXXX", places[i]) >=
            (int)sizeof(f->folder))
            r = -ENAMETOOLONG;
        else if (mkdtemp(f->folder) == NULL)
            r = -errno;
        else
            return 0;
    }
    f->folder[0] = '\0';
    return acri_fail(reterr, r, "no folder for the files of the master: %s (set TMPDIR)",
                     strerror(-r));
}

static char *folder_of(const struct acri_fetch *f, uint64_t number)
{
    return acri_printf("%s/%llu", f->folder, (unsigned long long)number);
}

static void forget(struct acri_fetch *f)
{
    for (size_t i = 0; i < f->n; i++) {
        unlink(f->files[i].path);
        free(f->files[i].path);
        free(f->files[i].made_of);
    }
    for (size_t i = 0; i < f->n; i++) {
        char *folder = folder_of(f, f->files[i].folder);

        rmdir(folder);
        free(folder);
    }
    if (f->folder[0] != '\0')
        rmdir(f->folder);
    free(f->files);
    *f = (struct acri_fetch){ 0 };
}

struct acri_fetch *acri_fetch_new(void)
{
    return acri_alloc(sizeof(struct acri_fetch));
}

void acri_fetch_free(struct acri_fetch *f)
{
    if (f == NULL)
        return;
    forget(f);
    free(f);
}

static int write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? -errno : -EIO;
        bytes += written;
        n -= (size_t)written;
    }
    return 0;
}

static int save(const struct acri_fetch *f, const struct file *file, const void *bytes, size_t n,
                struct acri_error *reterr)
{
    const mode_t mode = file->kind == ACRI_HAND_OUT_DATA ? 0600 : 0700;
    char *folder = folder_of(f, file->folder);
    int r = mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
    int fd = -1;

    if (r == 0) {
        fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        r = fd < 0 ? -errno : write_all(fd, bytes, n);
    }
    if (fd >= 0 && close(fd) < 0 && r == 0)
        r = -errno;
    free(folder);
    return r < 0 ? acri_fail(reterr, r, "a file of the master cannot be written to %s: %s",
                             file->path, strerror(-r))
                 : 0;
}

/* --- answers ------------------------------------------------------------------------------------
 */

void acri_fetch_want(const struct acri_fetch *f, struct acri_buf *to)
{
    acri_pack_u64(to, f->n);
}

/* A name, and nothing that leads elsewhere. */
static bool is_name(const char *name)
{
    if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if (*c == '/' || (unsigned char)*c < ' ' || *c == 127)
            return false;
    return true;
}

/* It comes after those that are there already. */
static int add(struct acri_fetch *f, struct acri_unpack *u, uint64_t n_all,
               struct acri_error *reterr)
{
    struct file file = { 0 };
    char name[NAME_MAX + 1];
    const void *bytes;
    size_t n;
    int r;

    file.kind = (enum acri_hand_out_kind)acri_unpack_most(u, ACRI_HAND_OUT_DATA);
    file.folder = acri_unpack_most(u, ACRI_HAND_OUT_FILES_MAX);
    acri_unpack_text(u, name, sizeof(name));
    file.made_of = acri_unpack_dup(u);
    acri_unpack_text(u, file.hash, sizeof(file.hash));
    bytes = acri_unpack_bytes(u, &n);
    if (!acri_unpack_is_done(u) || file.kind == 0 || n_all > ACRI_HAND_OUT_FILES_MAX)
        r = acri_fail(reterr, -EBADMSG, "a file of the master cannot be read");
    else if (!is_name(name))
        r = acri_fail(reterr, -EBADMSG, "a file of the master has the name '%.100s': refused",
                      name);
    else if (f->n_bytes + n > ACRI_FETCH_MAX)
        r = acri_fail(reterr, -E2BIG, "the master's files are more than %u MB: refused",
                      ACRI_FETCH_MAX >> 20);
    else
        r = f->folder[0] == '\0' ? make_folder(f, reterr) : 0;
    if (r == 0) {
        file.path = acri_printf("%s/%llu/%s", f->folder, (unsigned long long)file.folder, name);
        r = save(f, &file, bytes, n, reterr);
    }
    if (r < 0) {
        free(file.path);
        free(file.made_of);
        return r;
    }
    f->files = acri_realloc(f->files, (f->n + 1) * sizeof(*f->files));
    f->files[f->n++] = file;
    f->n_bytes += n;
    return f->n == n_all;
}

int acri_fetch_take(struct acri_fetch *f, const void *bytes, size_t n_bytes,
                    struct acri_error *reterr)
{
    struct acri_unpack u;
    uint64_t id;
    uint64_t n_all;
    char *error;
    int r = 0;

    acri_unpack_init(&u, bytes, n_bytes);
    id = acri_unpack_u64(&u);
    error = acri_unpack_dup(&u);
    if (u.is_bad)
        r = acri_fail(reterr, -EBADMSG, "a file of the master cannot be read");
    else if (error[0] != '\0')
        r = acri_fail(reterr, -EREMOTEIO, "the master cannot hand out its scenario: %.700s", error);
    free(error);
    if (r < 0)
        return r;
    if (f->id != 0 && f->id != id)
        forget(f);
    f->id = id;
    n_all = acri_unpack_u64(&u);
    if (acri_unpack_u64(&u) != f->n || u.is_bad)
        return 0;
    return add(f, &u, n_all, reterr);
}

/* --- loading ------------------------------------------------------------------------------------
 */

/* What was built for another kind of machine can be built here: its hash is that of its source. */
static int open_file(const struct file *file, const char *folder, struct acri_scenario *scenario,
                     struct acri_error *reterr)
{
    struct acri_error error = { "" };
    int r = acri_scenario_open(scenario, file->path, file->made_of,
                               file->kind == ACRI_HAND_OUT_SCENARIO ? folder : NULL, &error);

    if (r == -ENOEXEC)
        return acri_fail(reterr, r, "%.700s, and start this worker with its source instead of -f -",
                         error.text);
    if (r < 0)
        *reterr = error;
    return r;
}

int acri_fetch_load(const struct acri_fetch *f, struct acri_scenario *scenario,
                    struct acri_error *reterr)
{
    int r = 0;

    for (size_t i = 0; i < f->n && r == 0; i++) {
        const struct file *file = &f->files[i];
        char *folder = folder_of(f, file->folder);
        char hash[ACRI_HASH_TEXT] = "";

        if (file->kind == ACRI_HAND_OUT_DATA) {
            free(folder);
            continue;
        }
        /* So that what is fetched can be told from what a later master runs. */
        if (acri_note_read(file->path, hash) < 0 || strcmp(hash, file->hash) != 0)
            r = acri_fail(reterr, -EBADMSG, "%s of the master is %.16s, and not the %.16s it said",
                          file->made_of, hash, file->hash);
        else
            r = open_file(file, folder, scenario, reterr);
        free(folder);
    }
    return r;
}

size_t acri_fetch_count(const struct acri_fetch *f, uint64_t *ret_bytes)
{
    *ret_bytes = f->n_bytes;
    return f->n;
}
