/* SPDX-License-Identifier: MIT */
#include "plugin/where.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    if (dladdr(address, &info) == 0 || realpath(info.dli_fname, w->library) == NULL)
        return acri_fail(reterr, -ENOENT, "libacrida cannot tell where it is installed");
    memcpy(folder, w->library, sizeof(folder));
    *strrchr(folder, '/') = '\0';
    if (!join(w->plugins, folder, "acrida/plugins"))
        return acri_fail(reterr, -ENAMETOOLONG, "libacrida is installed too deep: %s", folder);
    find_include(w, folder);
    return 0;
}
