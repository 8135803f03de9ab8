/* SPDX-License-Identifier: MIT */
#include "plugin/where.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static bool join(char *to, const char *folder, const char *rest)
{
    int n = snprintf(to, PATH_MAX, "%s/%s", folder, rest);

    return n > 0 && n < PATH_MAX;
}

/* <lib>/../include, or one further up where libraries lie in lib/<architecture>. */
static void find_include(struct acri_where *w, const char *folder)
{
    static const char *const ups[] = { "../include", "../../include" };
    char header[PATH_MAX];
    char path[PATH_MAX];

    w->include[0] = '\0';
    for (size_t i = 0; i < sizeof(ups) / sizeof(ups[0]); i++) {
        if (!join(path, folder, ups[i]) || !join(header, path, "acrida/acrida.h") ||
            access(header, R_OK) < 0 || realpath(path, w->include) == NULL)
            w->include[0] = '\0';
        else
            return;
    }
}

int acri_where_find(struct acri_where *w, struct acri_error *reterr)
{
    int (*self)(struct acri_where *, struct acri_error *) = acri_where_find;
    char folder[PATH_MAX];
    void *address;
    Dl_info info;

    memcpy(&address, &self, sizeof(address));
    /* A program that holds us is named by its argv[0], which may be no path from here. */
    if (dladdr(address, &info) == 0 || (realpath(info.dli_fname, w->library) == NULL &&
                                        realpath("/proc/self/exe", w->library) == NULL))
        return acri_fail(reterr, -ENOENT, "libacrida cannot tell where it is installed");
    memcpy(folder, w->library, sizeof(folder));
    *strrchr(folder, '/') = '\0';
    if (!join(w->plugins, folder, "acrida/plugins"))
        return acri_fail(reterr, -ENAMETOOLONG, "libacrida is installed too deep: %s", folder);
    find_include(w, folder);
    return 0;
}

static int make_folders(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* What lies in the cache is run: a folder that others own or may write is none. */
static int open_cache(char *path)
{
    struct stat st;
    int r = make_folders(path);

    if (r < 0)
        return r;
    if (stat(path, &st) < 0)
        return -errno;
    if (!S_ISDIR(st.st_mode))
        return -ENOTDIR;
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return -EPERM;
    return access(path, W_OK | X_OK) < 0 ? -errno : 0;
}

int acri_where_cache(char ret_path[PATH_MAX], struct acri_error *reterr)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    const char *tmp = getenv("TMPDIR");
    int r = -ENOENT;

    if (cache != NULL && cache[0] == '/' &&
        snprintf(ret_path, PATH_MAX, "%s/acrida", cache) < PATH_MAX)
        r = open_cache(ret_path);
    if (r < 0 && home != NULL && home[0] == '/' &&
        snprintf(ret_path, PATH_MAX, "%s/.cache/acrida", home) < PATH_MAX)
        r = open_cache(ret_path);
    if (r == 0)
        return 0;
    /* By user, because everybody may write there. */
    snprintf(ret_path, PATH_MAX, "%s/acrida-cache-%u", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp",
             geteuid());
    r = open_cache(ret_path);
    return r == 0
               ? 0
               : acri_fail(reterr, r,
                           "the cache folder %s cannot be used: %s (set XDG_CACHE_HOME to a folder "
                           "of your own)",
                           ret_path, strerror(-r));
}

bool acri_where_is_of_program(const char *symbol)
{
    const void *at = dlsym(RTLD_DEFAULT, symbol);
    const void *program = (const void *)(uintptr_t)getauxval(AT_PHDR);
    Dl_info of_symbol;
    Dl_info of_program;

    return at != NULL && program != NULL && dladdr(at, &of_symbol) != 0 &&
           dladdr(program, &of_program) != 0 && of_symbol.dli_fbase == of_program.dli_fbase;
}
