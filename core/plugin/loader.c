/* SPDX-License-Identifier: MIT */
#include "plugin/loader.h"

#include "plugin/descriptor.h"
#include "plugin/validate.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTOR_BYTES (64u << 20)
#define GETTER "acr_plugin_v1"
#define NEXT_GETTER "acr_plugin_v2"
#define LIBRARIES_BESIDE 64

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#else
#define OUR_MACHINE EM_NONE /* not checked */
#endif

void acri_loader_init(struct acri_loader *l)
{
    *l = (struct acri_loader){ 0 };
    acri_arena_init(&l->arena, DESCRIPTOR_BYTES);
}

/* The copies lie in a folder each, so that an object keeps its name in backtraces and debuggers. */
static void remove_copies(const char *copies, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *path = acri_printf("%s/%zu", copies, i);
        DIR *folder = opendir(path);
        const struct dirent *entry;

        while (folder != NULL && (entry = readdir(folder)) != NULL)
            unlinkat(dirfd(folder), entry->d_name, 0);
        if (folder != NULL)
            closedir(folder);
        rmdir(path);
        free(path);
    }
    rmdir(copies);
}

static void free_loaded(struct acri_loaded *loaded)
{
    free(loaded->path);
    free(loaded->copy);
    free(loaded->name);
}

void acri_loader_remove_copies(struct acri_loader *l)
{
    if (l->copies[0] != '\0')
        remove_copies(l->copies, l->n_copies);
    l->copies[0] = '\0';
}

void acri_loader_done(struct acri_loader *l)
{
    for (size_t i = 0; i < l->n; i++)
        free_loaded(&l->loaded[i]);
    free(l->loaded);
    acri_arena_done(&l->arena);
    acri_loader_remove_copies(l);
    acri_loader_init(l);
}

/* --- what the file is, before dlopen sees it -------------------------------------------------- */

/* Of an ELF header. */
static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = { { EM_X86_64, "x86-64" }, { EM_AARCH64, "AArch64" }, { EM_386, "i386" },
                  { EM_ARM, "ARM" },       { EM_RISCV, "RISC-V" },    { EM_PPC64, "POWER" },
                  { EM_S390, "s390" } };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].machine == machine)
            return names[i].name;
    return "another";
}

static int check_head(const ElfW(Ehdr) * head, size_t n, const char *path,
                      struct acri_error *reterr)
{
    static const uint16_t one = 1;
    const unsigned char order = *(const unsigned char *)&one == 1 ? ELFDATA2LSB : ELFDATA2MSB;

    if (n < SELFMAG || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
        return acri_fail(
            reterr, -ENOEXEC,
            "%s is not a shared object: it is no ELF file (compile it with acrida build)", path);
    if (n < sizeof(*head))
        return acri_fail(reterr, -ENOEXEC, "%s is cut short: build it again", path);
    if (head->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) ||
        head->e_ident[EI_DATA] != order ||
        (OUR_MACHINE != EM_NONE && head->e_machine != OUR_MACHINE))
        return acri_fail(reterr, -ENOEXEC,
                         "%s was built for another architecture (%s; this machine: %s): build it "
                         "on this kind of machine",
                         path, machine_name(head->e_machine), machine_name(OUR_MACHINE));
    if (head->e_type != ET_DYN)
        return acri_fail(reterr, -ENOEXEC, "%s is not a shared object: link it with -shared", path);
    return 0;
}

/* The dynamic loader maps segments without asking how long the file is, and dies where it ends
 * early. */
static int check_segments(int fd, const ElfW(Ehdr) * head, off_t file_bytes, const char *path,
                          struct acri_error *reterr)
{
    uint64_t bytes = (uint64_t)file_bytes;
    bool has_dynamic = false;

    if (head->e_phentsize != sizeof(ElfW(Phdr)))
        return acri_fail(reterr, -ENOEXEC, "%s is damaged: build it again", path);
    for (size_t i = 0; i < head->e_phnum; i++) {
        ElfW(Phdr) segment;
        uint64_t at = head->e_phoff + i * sizeof(segment);

        if (at > bytes || pread(fd, &segment, sizeof(segment), (off_t)at) != sizeof(segment))
            return acri_fail(reterr, -ENOEXEC, "%s is cut short: build it again", path);
        has_dynamic = has_dynamic || segment.p_type == PT_DYNAMIC;
        if (segment.p_filesz > bytes || segment.p_offset > bytes - segment.p_filesz)
            return acri_fail(reterr, -ENOEXEC, "%s is cut short: build it again", path);
        if (segment.p_type == PT_INTERP)
            return acri_fail(reterr, -ENOEXEC,
                             "%s is a program, not a shared object: link it with -shared", path);
    }
    return has_dynamic ? 0 : acri_fail(reterr, -ENOEXEC, "%s is damaged: build it again", path);
}

static int check_file(const char *path, const char *name, int *ret_fd, struct acri_error *reterr)
{
    /* Without waiting for the writer of a pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ElfW(Ehdr) head;
    struct stat st;
    ssize_t n;
    int r;

    if (fd < 0)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", name, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return acri_fail(reterr, -ENOEXEC, "%s is not a file", name);
    }
    n = pread(fd, &head, sizeof(head), 0);
    r = check_head(&head, n > 0 ? (size_t)n : 0, name, reterr);
    if (r == 0)
        r = check_segments(fd, &head, st.st_size, name, reterr);
    if (r < 0)
        close(fd);
    else
        *ret_fd = fd;
    return r;
}

/* --- the private copy ------------------------------------------------------------------------- */

static int make_folder(struct acri_loader *l, struct acri_error *reterr)
{
    const char *places[] = { getenv("TMPDIR"), getenv("XDG_RUNTIME_DIR"), "/tmp" };
    int r = -ENOENT;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int n;

        if (places[i] == NULL || places[i][0] != '/')
            continue;
        n = snprintf(l->copies, sizeof(l->copies), "%s/acrida-XXXXXX", places[i]);
        if (n >= (int)sizeof(l->copies))
            r = -ENAMETOOLONG;
        else if (mkdtemp(l->copies) == NULL)
            r = -errno;
        else
            return 0;
    }
    l->copies[0] = '\0';
    return acri_fail(reterr, r, "no folder for private copies of plugins: %s (set TMPDIR)",
                     strerror(-r));
}

static int copy_all(int from, int to)
{
    char block[65536];
    ssize_t n;

    while ((n = read(from, block, sizeof(block))) > 0)
        if (write(to, block, (size_t)n) != n)
            return errno != 0 ? -errno : -EIO;
    return n < 0 ? -errno : 0;
}

/* Returns: 0 with the copy's path, which the caller frees. */
static int make_copy(struct acri_loader *l, int fd, const char *path, char **ret_copy,
                     struct acri_error *reterr)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    char *copy;
    int to = -1;
    int r;

    if (l->copies[0] == '\0') {
        r = make_folder(l, reterr);
        if (r < 0)
            return r;
    }
    folder = acri_printf("%s/%zu", l->copies, l->n_copies++);
    copy = acri_printf("%s/%s", folder, slash != NULL ? slash + 1 : path);
    r = mkdir(folder, 0700) < 0 ? -errno : 0;
    if (r == 0) {
        to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
        r = to < 0 ? -errno : copy_all(fd, to);
    }
    if (to >= 0 && close(to) < 0 && r == 0)
        r = -errno;
    free(folder);
    if (r < 0) {
        acri_fail(reterr, r, "%s cannot be copied to %s: %s (set TMPDIR)", path, l->copies,
                  strerror(-r));
        free(copy);
        return r;
    }
    *ret_copy = copy;
    return 0;
}

/* --- dlopen ----------------------------------------------------------------------------------- */

/* The library that a message of dlopen says is missing; its length, 0 when the message says
 * otherwise. */
static int missing_library(const char *message)
{
    const char *end = strstr(message, ": cannot open shared object file");

    return end != NULL ? (int)(end - message) : 0;
}

/* "version `GLIBC_2.99' not found (required by ...)", "symbol x, version y not defined in file z
 * ..." */
static int explain_version(const char *message, const char *path, struct acri_error *reterr)
{
    static const char version[] = "version `";
    static const char lacking[] = " not defined in file ";
    const char *at = strstr(message, version);
    const char *file = strstr(message, lacking);

    if (at != NULL && strstr(at, "' not found") != NULL) {
        at += strlen(version);
        return acri_fail(
            reterr, -ENOEXEC,
            "%s needs %.*s, which is newer than what is here: update that, or build it on this "
            "machine",
            path, (int)strcspn(at, "'"), at);
    }
    at = strstr(message, "symbol ");
    if (at == NULL || file == NULL)
        return 0;
    at += strlen("symbol ");
    file += strlen(lacking);
    return acri_fail(reterr, -ENOEXEC,
                     "%s needs '%.*s', which this %.*s does not have: rebuild it against this SDK",
                     path, (int)strcspn(at, " ,\n"), at, (int)strcspn(file, " \n"), file);
}

/* The message of dlopen for a file, as one line that says what to do, with the path that was given.
 */
static int explain(const char *message, const char *file, const char *path,
                   struct acri_error *reterr)
{
    static const char undefined[] = "undefined symbol: ";
    const char *symbol = strstr(message, undefined);
    int missing = missing_library(message);
    int r;

    if (symbol != NULL) {
        symbol += strlen(undefined);
        return acri_fail(reterr, -ENOEXEC,
                         "%s needs '%.*s', which nothing defines: link the library that has it, or "
                         "rebuild against this SDK",
                         path, (int)strcspn(symbol, " ,\n"), symbol);
    }
    if (missing > 0)
        return acri_fail(reterr, -ENOEXEC,
                         "%s needs the library %.*s, which is neither installed nor beside it",
                         path, missing, message);
    r = explain_version(message, path, reterr);
    if (r < 0)
        return r;
    if (strncmp(message, file, strlen(file)) == 0 && strncmp(message + strlen(file), ": ", 2) == 0)
        message += strlen(file) + 2;
    if (strstr(message, "failed to map segment") != NULL)
        return acri_fail(
            reterr, -ENOEXEC,
            "%s cannot be loaded from its copy %s: its file system forbids to execute: set "
            "TMPDIR",
            path, file);
    return acri_fail(reterr, -ENOEXEC, "%s cannot be loaded: %.*s", path,
                     (int)strcspn(message, "\n"), message);
}

/* A copy has left the libraries that lay beside its original; load what is missed from there. */
static bool open_beside(const char *path, const char *message)
{
    const char *slash = strrchr(path, '/');
    int missing = missing_library(message);
    char *library;
    bool did_open;

    if (missing == 0 || memchr(message, '/', (size_t)missing) != NULL)
        return false;
    library = acri_printf("%.*s/%.*s", slash != NULL ? (int)(slash - path) : 1,
                          slash != NULL ? path : ".", missing, message);
    did_open = dlopen(library, RTLD_NOW | RTLD_LOCAL) != NULL;
    free(library);
    return did_open;
}

/* file is a private copy of path, or path itself. */
static void *open_handle(const char *file, const char *path, const char *name,
                         struct acri_error *reterr)
{
    void *handle = NULL;

    for (int i = 0; handle == NULL && i < LIBRARIES_BESIDE; i++) {
        char *message;
        bool did_help;

        handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
        if (handle != NULL)
            break;
        message = acri_strdup(dlerror()); /* the next dlopen drops it */
        did_help = open_beside(path, message);
        if (!did_help)
            explain(message, file, name, reterr);
        free(message);
        if (!did_help)
            return NULL;
    }
    if (handle == NULL)
        acri_fail(reterr, -ENOEXEC, "%s needs too many libraries from beside it: install them",
                  path);
    return handle;
}

/* dlsym also looks into the libraries that an object links; only what is its own counts. NULL:
 * nothing. */
static void *own_symbol(void *handle, const char *name)
{
    void *address = dlsym(handle, name);
    struct link_map *map;
    void *found;
    Dl_info info;

    if (address == NULL || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 ||
        dladdr1(address, &info, &found, RTLD_DL_LINKMAP) == 0)
        return NULL;
    return found == map ? address : NULL;
}

static int read_module(struct acri_loader *l, void *handle, const char *name,
                       struct acri_loaded *loaded, struct acri_error *reterr)
{
    const struct acr_module *(*getter)(void);
    void *address = own_symbol(handle, GETTER);
    const struct acr_module *module;
    int r;

    if (address == NULL)
        return acri_fail(reterr, -ENOEXEC,
                         own_symbol(handle, NEXT_GETTER) != NULL
                             ? "%s was made for a newer acrida: update acrida, or rebuild it"
                             : "%s is a shared object, but no acrida plugin: it has no ACR_PLUGIN",
                         name);
    memcpy(&getter, &address, sizeof(getter));
    module = getter();
    r = acri_descriptor_check_abi(module, name, reterr);
    if (r < 0)
        return r;
    loaded->abi = module->abi;
    r = acri_descriptor_widen(module, name, &l->arena, &loaded->plugin, reterr);
    return r < 0 ? r : acri_validate(loaded->plugin, name, reterr);
}

/* file is path, or a private copy of it. */
static int open_object(struct acri_loader *l, const char *file, const char *path, const char *name,
                       struct acri_error *reterr)
{
    struct acri_loaded loaded = { 0 };
    void *handle = open_handle(file, path, name, reterr);
    int r;

    if (handle == NULL)
        return -ENOEXEC;
    r = read_module(l, handle, name, &loaded, reterr);
    if (r < 0)
        return r;
    loaded.path = acri_strdup(path);
    loaded.copy = acri_strdup(file);
    loaded.name = acri_strdup(name);
    l->loaded = acri_realloc(l->loaded, (l->n + 1) * sizeof(*l->loaded));
    l->loaded[l->n++] = loaded;
    return 0;
}

int acri_loader_open_as(struct acri_loader *l, const char *path, const char *name,
                        struct acri_error *reterr)
{
    char *copy;
    int fd = -1;
    int r = check_file(path, name, &fd, reterr);

    if (r < 0)
        return r;
    r = make_copy(l, fd, path, &copy, reterr);
    close(fd);
    if (r < 0)
        return r;
    r = open_object(l, copy, path, name, reterr);
    free(copy);
    return r;
}

int acri_loader_open(struct acri_loader *l, const char *path, struct acri_error *reterr)
{
    return acri_loader_open_as(l, path, path, reterr);
}

static int open_in_place(struct acri_loader *l, const char *path, struct acri_error *reterr)
{
    int fd = -1;
    int r = check_file(path, path, &fd, reterr);

    if (r < 0)
        return r;
    close(fd);
    return open_object(l, path, path, path, reterr);
}

static int is_library(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return strncmp(entry->d_name, "lib", 3) == 0 && n > 5 &&
           strcmp(entry->d_name + n - 5, ".so.0") == 0;
}

int acri_loader_open_folder(struct acri_loader *l, const char *folder, struct acri_error *reterr)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_library, alphasort);
    int r = 0;

    if (n < 0)
        return errno == ENOENT
                   ? 0
                   : acri_fail(reterr, -errno, "%s cannot be read: %s", folder, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *path = acri_printf("%s/%s", folder, entries[i]->d_name);

        if (r == 0)
            r = open_in_place(l, path, reterr);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return r;
}
