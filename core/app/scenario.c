/* temporary */
#include "app/scenario.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <glob.h>
#include <stdio.h>
#include <limits.h>
static int add(struct acri_scenario *s, const char *path, struct acri_error *e)
{
    void *h = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct acr_module *(*get)(void);
    if (!h) return acri_fail(e, -ENOENT, "%s", dlerror());
    *(void **)&get = dlsym(h, "acr_plugin_v1");
    if (!get) return acri_fail(e, -ENOEXEC, "no getter in %s", path);
    s->plugins = acri_realloc((void *)s->plugins, (s->n_plugins + 1) * sizeof(void *));
    s->plugins[s->n_plugins++] = get()->plugin;
    return 0;
}
int acri_scenario_load(struct acri_scenario *s, const struct acri_options *o, struct acri_error *reterr)
{
    Dl_info info; char dir[PATH_MAX], p[PATH_MAX + 64]; glob_t g; size_t n; int r = 0;
    dladdr((void *)&acri_scenario_done, &info);
    realpath(info.dli_fname, dir); *strrchr(dir, '/') = 0;
    snprintf(p, sizeof p, "%s/acrida/plugins/*.so.0", dir);
    if (glob(p, 0, NULL, &g) == 0)
        for (size_t i = 0; i < g.gl_pathc && r == 0; i++) r = add(s, g.gl_pathv[i], reterr);
    const char *const *f = acri_options_list(o, "scenario", &n);
    for (size_t i = 0; i < n && r == 0; i++) { realpath(f[i], p); r = add(s, p, reterr); }
    return r;
}
void acri_scenario_done(struct acri_scenario *s) { free((void *)s->plugins); }
