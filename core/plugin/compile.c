/* SPDX-License-Identifier: MIT */
#include "plugin/compile.h"

#include "base/buf.h"
#include "plugin/command.h"
#include "plugin/hash.h"
#include "plugin/note.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE_BYTES (256u << 20)

static const char common_flags[] = "-O2 -g -fPIC -fvisibility=hidden -fno-omit-frame-pointer "
                                   "-fstack-clash-protection -Wall -Wextra -Wframe-larger-than=16384";
static const char link_flags[] = "-shared -Wl,--as-needed -Wl,-z,defs";

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t m = strlen(end);

    return n > m && strcmp(text + n - m, end) == 0;
}

static bool is_cxx(const char *path)
{
    return ends_with(path, ".cc") || ends_with(path, ".cpp");
}

bool acri_compile_is_source(const char *path)
{
    return ends_with(path, ".c") || is_cxx(path);
}

/* What one compilation is made of. */
struct job {
    const struct acri_where *where;
    const char *const *sources;
    size_t n;
    const char *compiler;
    const char *standard;
    struct acri_buf cflags; /* of packages */
    struct acri_buf libs;
};

/* --- packages ------------------------------------------------------------------------------------- */

static int ask_pkg_config(const char *what, const char *packages, struct acri_buf *out,
                          struct acri_error *reterr)
{
    struct acri_command c;
    int r;

    acri_command_init(&c, "pkg-config");
    acri_command_add(&c, what);
    acri_command_add(&c, "--");
    acri_command_add_words(&c, packages);
    r = acri_command_run(&c, out, false);
    acri_command_done(&c);
    if (r == -ENOENT)
        return acri_fail(reterr, r, "pkg-config was not found: install it, or drop 'acrida: pkg %s'",
                         packages);
    return r == 0 ? 0
                  : acri_fail(reterr, -ENOENT, "pkg-config does not know '%s': install its -dev package",
                              packages);
}

/* The words after "acrida: pkg" in the first comment; "" when there are none. */
static void find_packages(const char *source, char *packages, size_t size)
{
    static const char mark[] = "acrida: pkg ";
    char head[1024];
    const char *at;
    FILE *f = fopen(source, "r");
    size_t n;

    packages[0] = '\0';
    if (f == NULL)
        return;
    n = fread(head, 1, sizeof(head) - 1, f);
    fclose(f);
    head[n] = '\0';
    at = strstr(head, mark);
    if (at == NULL)
        return;
    at += sizeof(mark) - 1;
    n = strcspn(at, "*\r\n");
    snprintf(packages, size, "%.*s", (int)n, at);
}

static int add_packages(struct job *job, struct acri_error *reterr)
{
    char packages[512];
    int r = 0;

    for (size_t i = 0; i < job->n && r == 0; i++) {
        find_packages(job->sources[i], packages, sizeof(packages));
        if (packages[strspn(packages, " ")] == '\0')
            continue;
        for (const char *c = packages; *c != '\0'; c++)
            if (!isalnum((unsigned char)*c) && strchr(" .+_-", *c) == NULL)
                return acri_fail(reterr, -EINVAL, "%s: '%s' are no names of packages",
                                 job->sources[i], packages);
        r = ask_pkg_config("--cflags", packages, &job->cflags, reterr);
        if (r == 0)
            r = ask_pkg_config("--libs", packages, &job->libs, reterr);
    }
    return r;
}

/* --- commands --------------------------------------------------------------------------------------- */

static void begin_command(const struct job *job, struct acri_command *c)
{
    acri_command_init(c, job->compiler);
    acri_command_add(c, job->standard);
    acri_command_add_words(c, common_flags);
    acri_command_add(c, "-I");
    acri_command_add(c, job->where->include);
    acri_command_add_words(c, acri_buf_text(&job->cflags));
}

static int no_compiler(const struct job *job, struct acri_error *reterr)
{
    return acri_fail(reterr, -ENOENT,
                     "the compiler '%s' was not found: install it (apt-get install gcc libc6-dev), set "
                     "CC, or run a compiled scenario",
                     job->compiler);
}

/* Preprocess all sources. The note's hash leaves line markers out: they hold paths of this machine. */
static int hash_sources(const struct job *job, struct acri_hash *key, struct acri_hash *note,
                        struct acri_error *reterr)
{
    struct acri_buf text;
    int r = 0;

    acri_buf_init(&text, SOURCE_BYTES);
    for (size_t i = 0; i < job->n && r == 0; i++) {
        struct acri_command c;

        if (access(job->sources[i], R_OK) < 0) {
            r = acri_fail(reterr, -errno, "%s cannot be read: %s", job->sources[i], strerror(errno));
            break;
        }
        begin_command(job, &c);
        acri_command_add(&c, "-E");
        acri_command_add(&c, job->sources[i]);
        acri_buf_clear(&text);
        r = acri_command_run(&c, &text, false);
        acri_command_done(&c);
        if (r == -ENOENT)
            r = no_compiler(job, reterr);
        else if (r != 0)
            r = acri_fail(reterr, -EINVAL, "%s does not compile", job->sources[i]);
        acri_hash_add(key, acri_buf_text(&text), text.length);
        for (const char *line = acri_buf_text(&text); *line != '\0';) {
            size_t n = strcspn(line, "\n");

            if (*line != '#')
                acri_hash_add(note, line, n);
            line += n + (line[n] == '\n');
        }
    }
    acri_buf_done(&text);
    return r;
}

static void hash_tools(const struct job *job, struct acri_hash *key)
{
    struct acri_buf text;
    struct acri_command c;
    struct stat st;

    acri_buf_init(&text, 65536);
    acri_command_init(&c, job->compiler);
    acri_command_add(&c, "--version");
    acri_command_run(&c, &text, true);
    acri_command_done(&c);
    acri_buf_printf(&text, "%s %s %s %s %s %s", job->standard, common_flags, link_flags,
                    acri_buf_text(&job->cflags), acri_buf_text(&job->libs), job->where->library);
    acri_hash_add(key, acri_buf_text(&text), text.length);
    acri_buf_done(&text);
    if (stat(job->where->library, &st) == 0)
        acri_hash_add(key, &st.st_mtim, sizeof(st.st_mtim));
}

/* Every library in the plugin folder; --as-needed drops those that the scenario does not call. */
static void add_libraries(const struct job *job, struct acri_command *c)
{
    char *pattern = acri_printf("%s/lib*.so.0", job->where->plugins);
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            acri_command_add(c, found.gl_pathv[i]);
        globfree(&found);
    }
    free(pattern);
    acri_command_add(c, job->where->library);
    acri_command_add_words(c, acri_buf_text(&job->libs));
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

    if (fd >= 0)
        close(fd);
    return n < 0 ? -errno : 0;
}

/* Made beside its place and renamed: another process never sees half of it. */
static int build(const struct job *job, const char *output, const char *note_hash,
                 struct acri_error *reterr)
{
    char *made = acri_printf("%s.%ld.tmp", output, (long)getpid());
    char *note = acri_printf("%s.%ld.c", output, (long)getpid());
    struct acri_buf text;
    struct acri_command c;
    int r;

    acri_buf_init(&text, 4096);
    acri_note_write_source(&text, note_hash);
    r = write_file(note, acri_buf_text(&text));
    acri_buf_done(&text);
    if (r < 0) {
        r = acri_fail(reterr, r, "%s cannot be written: %s", output, strerror(-r));
        goto out;
    }
    begin_command(job, &c);
    for (size_t i = 0; i < job->n; i++)
        acri_command_add(&c, job->sources[i]);
    acri_command_add(&c, note);
    acri_command_add_words(&c, link_flags);
    acri_command_add(&c, "-o");
    acri_command_add(&c, made);
    add_libraries(job, &c);
    r = acri_command_run(&c, NULL, false);
    acri_command_done(&c);
    if (r == -ENOENT)
        r = no_compiler(job, reterr);
    else if (r != 0)
        r = acri_fail(reterr, -EINVAL, "%s does not compile", job->sources[0]);
    else if (rename(made, output) < 0)
        r = acri_fail(reterr, -errno, "%s cannot be written: %s", output, strerror(errno));
out:
    unlink(note);
    unlink(made);
    free(note);
    free(made);
    return r;
}

/* --- the cache ---------------------------------------------------------------------------------------- */

static int make_folders(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int cache_folder(char path[PATH_MAX], struct acri_error *reterr)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    const char *tmp = getenv("TMPDIR");
    int r;

    if (cache != NULL && cache[0] == '/')
        snprintf(path, PATH_MAX, "%s/acrida", cache);
    else if (home != NULL && home[0] == '/')
        snprintf(path, PATH_MAX, "%s/.cache/acrida", home);
    else /* by user, so that nobody else's objects are loaded */
        snprintf(path, PATH_MAX, "%s/acrida-cache-%u", tmp != NULL ? tmp : "/tmp", getuid());
    r = make_folders(path);
    return r < 0 ? acri_fail(reterr, r, "the cache folder %s cannot be made: %s (set XDG_CACHE_HOME)",
                             path, strerror(-r))
                 : 0;
}

static int cached_path(const struct job *job, const struct acri_hash *key, char ret_path[PATH_MAX],
                       struct acri_error *reterr)
{
    const char *slash = strrchr(job->sources[0], '/');
    const char *base = slash != NULL ? slash + 1 : job->sources[0];
    char folder[PATH_MAX];
    char text[ACRI_HASH_TEXT];
    int r = cache_folder(folder, reterr);
    int n;

    if (r < 0)
        return r;
    acri_hash_text(key, text);
    n = snprintf(ret_path, PATH_MAX, "%s/%.*s-%s.so", folder, (int)strcspn(base, "."), base, text);
    return n < PATH_MAX ? 0 : acri_fail(reterr, -ENAMETOOLONG, "%s: the path is too long", folder);
}

int acri_compile_sources(const struct acri_where *where, const char *const *sources, size_t n,
                         const char *output, char ret_path[PATH_MAX], struct acri_error *reterr)
{
    struct job job = { .where = where, .sources = sources, .n = n };
    const char *chosen = getenv(is_cxx(sources[0]) ? "CXX" : "CC");
    char note_text[ACRI_HASH_TEXT];
    struct acri_hash note;
    struct acri_hash key;
    int r;

    if (where->include[0] == '\0')
        return acri_fail(reterr, -ENOENT, "the SDK's headers are not installed beside %s",
                         where->library);
    job.compiler = chosen != NULL && *chosen != '\0' ? chosen : is_cxx(sources[0]) ? "c++" : "cc";
    job.standard = is_cxx(sources[0]) ? "-std=c++20" : "-std=gnu11";
    acri_buf_init(&job.cflags, 65536);
    acri_buf_init(&job.libs, 65536);
    acri_hash_init(&key);
    acri_hash_init(&note);
    r = add_packages(&job, reterr);
    if (r == 0)
        r = hash_sources(&job, &key, &note, reterr);
    hash_tools(&job, &key);
    acri_hash_text(&note, note_text);
    if (r == 0 && output == NULL)
        r = cached_path(&job, &key, ret_path, reterr);
    else if (r == 0)
        snprintf(ret_path, PATH_MAX, "%s", output);
    if (r == 0 && (output != NULL || access(ret_path, R_OK) < 0))
        r = build(&job, ret_path, note_text, reterr);
    acri_buf_done(&job.cflags);
    acri_buf_done(&job.libs);
    return r;
}

/* --- a folder with a CMakeLists.txt --------------------------------------------------------------------- */

static int run_cmake(struct acri_command *c, const char *folder, struct acri_error *reterr)
{
    struct acri_buf output;
    int r;

    acri_buf_init(&output, SOURCE_BYTES);
    r = acri_command_run(c, &output, false);
    acri_command_done(c);
    if (r > 0)
        fputs(acri_buf_text(&output), stderr);
    acri_buf_done(&output);
    if (r == -ENOENT)
        return acri_fail(reterr, r, "cmake was not found: install it, or compile %s yourself", folder);
    return r == 0 ? 0 : acri_fail(reterr, -EINVAL, "%s does not build", folder);
}

static int find_object(const char *build_folder, const char *folder, char ret_path[PATH_MAX],
                       struct acri_error *reterr)
{
    char *pattern = acri_printf("%s/*.so", build_folder);
    glob_t found;
    int r = glob(pattern, 0, NULL, &found);

    if (r == 0 && found.gl_pathc == 1)
        snprintf(ret_path, PATH_MAX, "%s", found.gl_pathv[0]);
    else
        r = acri_fail(reterr, -EINVAL, "%s: its CMakeLists.txt makes %zu shared objects instead of one",
                      folder, r == 0 ? found.gl_pathc : 0);
    if (r == 0 || found.gl_pathc > 0)
        globfree(&found);
    free(pattern);
    return r;
}

int acri_compile_cmake(const struct acri_where *where, const char *folder, char ret_path[PATH_MAX],
                       struct acri_error *reterr)
{
    char cache[PATH_MAX];
    char real[PATH_MAX];
    char text[ACRI_HASH_TEXT];
    struct acri_hash key;
    struct acri_command c;
    char *build_folder;
    int r = cache_folder(cache, reterr);

    if (r < 0)
        return r;
    if (realpath(folder, real) == NULL)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", folder, strerror(errno));
    acri_hash_init(&key);
    acri_hash_add(&key, real, strlen(real));
    acri_hash_add(&key, where->library, strlen(where->library));
    acri_hash_text(&key, text);
    build_folder = acri_printf("%s/cmake-%s", cache, text);
    acri_command_init(&c, "cmake");
    acri_command_add(&c, "-S");
    acri_command_add(&c, real);
    acri_command_add(&c, "-B");
    acri_command_add(&c, build_folder);
    acri_command_add(&c, "-DCMAKE_BUILD_TYPE=RelWithDebInfo");
    {
        char *prefix = acri_printf("-DCMAKE_PREFIX_PATH=%s/..", where->include);

        acri_command_add(&c, prefix);
        free(prefix);
    }
    r = run_cmake(&c, folder, reterr);
    if (r == 0) {
        acri_command_init(&c, "cmake");
        acri_command_add(&c, "--build");
        acri_command_add(&c, build_folder);
        r = run_cmake(&c, folder, reterr);
    }
    if (r == 0)
        r = find_object(build_folder, folder, ret_path, reterr);
    free(build_folder);
    return r;
}
