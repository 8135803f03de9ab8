/* SPDX-License-Identifier: MIT */
#include "plugin/loader.h"

#include "plugin/descriptor.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTOR_BYTES (64u << 20)
#define GETTER "acr_plugin_v1"

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

void acri_loader_done(struct acri_loader *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->loaded[i].path);
    free(l->loaded);
    acri_arena_done(&l->arena);
    if (l->copies[0] != '\0') {
        DIR *folder = opendir(l->copies);
        const struct dirent *entry;

        while (folder != NULL && (entry = readdir(folder)) != NULL)
            unlinkat(dirfd(folder), entry->d_name, 0);
        if (folder != NULL)
            closedir(folder);
        rmdir(l->copies);
    }
    acri_loader_init(l);
}

/* --- what the file is, before dlopen sees it ------------------------------------------------------ */

static int check_elf(const ElfW(Ehdr) *head, size_t n, const char *path, struct acri_error *reterr)
{
    if (n < SELFMAG || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
        return acri_fail(reterr, -ENOEXEC,
                         "%s is not a shared object: it is no ELF file (compile it with acrida build)",
                         path);
    if (n < sizeof(*head))
        return acri_fail(reterr, -ENOEXEC, "%s is cut short: build it again", path);
    if (head->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) ||
        (OUR_MACHINE != EM_NONE && head->e_machine != OUR_MACHINE))
        return acri_fail(reterr, -ENOEXEC,
                         "%s was built for another architecture: build it on this kind of machine",
                         path);
    if (head->e_type != ET_DYN)
        return acri_fail(reterr, -ENOEXEC, "%s is not a shared object: link it with -shared", path);
    return 0;
}

static int check_file(const char *path, int *ret_fd, struct acri_error *reterr)
{
    ElfW(Ehdr) head;
    struct stat st;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r;

    if (fd < 0)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return acri_fail(reterr, -ENOEXEC, "%s is not a file", path);
    }
    n = pread(fd, &head, sizeof(head), 0);
    r = check_elf(&head, n > 0 ? (size_t)n : 0, path, reterr);
    if (r < 0)
        close(fd);
    else
        *ret_fd = fd;
    return r;
}

/* --- the private copy ------------------------------------------------------------------------------ */

static int make_folder(struct acri_loader *l, struct acri_error *reterr)
{
    const char *base = getenv("TMPDIR");
    int n = snprintf(l->copies, sizeof(l->copies), "%s/acrida-XXXXXX",
                     base != NULL && strlen(base) < 40 ? base : "/tmp");

    if (n < 0 || mkdtemp(l->copies) == NULL) {
        l->copies[0] = '\0';
        return acri_fail(reterr, -errno, "no folder for private copies of plugins: %s (set TMPDIR)",
                         strerror(errno));
    }
    return 0;
}

static int copy_all(int from, int to)
{
    char block[65536];
    ssize_t n;

    while ((n = read(from, block, sizeof(block))) > 0)
        if (write(to, block, (size_t)n) != n)
            return -EIO;
    return n < 0 ? -errno : 0;
}

static int make_copy(struct acri_loader *l, int fd, const char *path, char *copy, size_t size,
                     struct acri_error *reterr)
{
    const char *base = strrchr(path, '/');
    int to;
    int r;

    if (l->copies[0] == '\0') {
        r = make_folder(l, reterr);
        if (r < 0)
            return r;
    }
    /* Numbered: two files of one name, or one file twice, are two plugins. */
    snprintf(copy, size, "%s/%zu-%.100s", l->copies, l->n, base != NULL ? base + 1 : path);
    to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    r = to < 0 ? -errno : copy_all(fd, to);
    if (to >= 0)
        close(to);
    return r < 0 ? acri_fail(reterr, r, "%s cannot be copied to %s: %s", path, copy, strerror(-r)) : 0;
}

/* --- dlopen ---------------------------------------------------------------------------------------- */

/* The loader's message, as one line that says what to do. Ours has the given path, not the copy's. */
static int explain(const char *message, const char *path, struct acri_error *reterr)
{
    static const char undefined[] = "undefined symbol: ";
    const char *symbol = strstr(message, undefined);
    const char *missing = strstr(message, ": cannot open shared object file");

    if (symbol != NULL) {
        symbol += strlen(undefined);
        return acri_fail(reterr, -ENOEXEC,
                         "%s needs '%.*s', which nothing defines: link the library that has it, or "
                         "rebuild against this SDK",
                         path, (int)strcspn(symbol, " ,\n"), symbol);
    }
    if (missing != NULL)
        return acri_fail(reterr, -ENOEXEC, "%s needs the library %.*s, which is not installed", path,
                         (int)(missing - message), message);
    return acri_fail(reterr, -ENOEXEC, "%s cannot be loaded: %s", path, message);
}

/* dlsym also looks into the libraries that an object links; only its own getter counts. */
static bool is_own(void *handle, void *address)
{
    struct link_map *map;
    Dl_info info;

    return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && dladdr(address, &info) != 0 &&
           (uintptr_t)info.dli_fbase == (uintptr_t)map->l_addr;
}

static int read_module(struct acri_loader *l, void *handle, const char *path,
                       struct acri_error *reterr)
{
    const struct acr_module *(*getter)(void);
    void *address = dlsym(handle, GETTER);
    const struct acr_module *module;
    struct acri_loaded loaded = { 0 };
    int r;

    if (address == NULL || !is_own(handle, address))
        return acri_fail(reterr, -ENOEXEC,
                         dlsym(handle, "acr_plugin_v2") != NULL
                             ? "%s was made for a newer acrida: update acrida, or rebuild it"
                             : "%s is a shared object, but no acrida plugin: it has no ACR_PLUGIN",
                         path);
    memcpy(&getter, &address, sizeof(getter));
    module = getter();
    r = acri_descriptor_check_abi(module, path, reterr);
    if (r == 0)
        r = acri_descriptor_widen(module, path, &l->arena, &loaded.plugin, reterr);
    if (r == 0)
        r = acri_descriptor_validate(loaded.plugin, path, reterr);
    if (r < 0)
        return r;
    loaded.abi = module->abi;
    loaded.path = acri_strdup(path);
    l->loaded = acri_realloc(l->loaded, (l->n + 1) * sizeof(*l->loaded));
    l->loaded[l->n++] = loaded;
    return 0;
}

static int open_object(struct acri_loader *l, const char *file, const char *path,
                       struct acri_error *reterr)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);

    if (handle == NULL)
        return explain(dlerror(), path, reterr);
    return read_module(l, handle, path, reterr);
}

int acri_loader_open(struct acri_loader *l, const char *path, struct acri_error *reterr)
{
    char copy[256];
    int fd = -1;
    int r = check_file(path, &fd, reterr);

    if (r < 0)
        return r;
    r = make_copy(l, fd, path, copy, sizeof(copy), reterr);
    close(fd);
    return r < 0 ? r : open_object(l, copy, path, reterr);
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
        return errno == ENOENT ? 0 : acri_fail(reterr, -errno, "%s cannot be read: %s", folder,
                                               strerror(errno));
    for (int i = 0; i < n; i++) {
        char *path = acri_printf("%s/%s", folder, entries[i]->d_name);

        if (r == 0)
            r = open_object(l, path, path, reterr);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return r;
}
