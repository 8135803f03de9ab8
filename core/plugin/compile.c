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

/* Without sibling calls, so that `return acr_raise(...)` leaves its task in the backtrace. */
static const char common_flags[] =
    "-O2 -g -fPIC -fvisibility=hidden -fno-omit-frame-pointer "
    "-fno-optimize-sibling-calls -fstack-clash-protection -Wall -Wextra -Wframe-larger-than=16384";
static const char c_standard[] = "-std=gnu11";
static const char cxx_standard[] = "-std=c++20";
static const char link_flags[] = "-shared -Wl,--as-needed -Wl,-z,defs -lm";

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
    struct acri_buf cflags; /* of packages */
    struct acri_buf libs;
};

static const char *compiler_of(bool is_for_cxx)
{
    const char *chosen = getenv(is_for_cxx ? "CXX" : "CC");

    if (chosen != NULL && chosen[strspn(chosen, " \t")] != '\0')
        return chosen;
    return is_for_cxx ? "c++" : "cc";
}

/* What links C++ links C as well, not the other way round. */
static bool has_cxx(const struct job *job)
{
    for (size_t i = 0; i < job->n; i++)
        if (is_cxx(job->sources[i]))
            return true;
    return false;
}

/* --- packages --------------------------------------------------------------------------------- */

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
        return acri_fail(
            reterr, r, "pkg-config was not found: install it, or drop 'acrida: pkg %s'", packages);
    return r == 0 ? 0
                  : acri_fail(reterr, -ENOENT,
                              "pkg-config does not know '%s': install its -dev package", packages);
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

/* --- commands --------------------------------------------------------------------------------- */

/* A path that begins with a dash is no option. */
static void add_path(struct acri_command *c, const char *path)
{
    char *full = acri_printf("%s%s", path[0] == '-' ? "./" : "", path);

    acri_command_add(c, full);
    free(full);
}

static void begin_command(const struct job *job, bool is_for_cxx, struct acri_command *c)
{
    acri_command_init(c, compiler_of(is_for_cxx));
    acri_command_add(c, is_for_cxx ? cxx_standard : c_standard);
    acri_command_add_words(c, common_flags);
    acri_command_add(c, "-I");
    acri_command_add(c, job->where->include);
    acri_command_add_words(c, acri_buf_text(&job->cflags));
}

/* Run a compiler to its end, and free the command. The line is the caller's format with the source.
 */
static int end_command(struct acri_command *c, struct acri_buf *output, const char *source,
                       const char *what, struct acri_error *reterr)
{
    char *compiler = acri_strdup(c->n > 0 ? c->words[0] : "");
    int r = acri_command_run(c, output, false);

    acri_command_done(c);
    if (r == -ENOENT)
        acri_fail(
            reterr, r,
            "the compiler '%s' was not found: install it (apt-get install gcc libc6-dev), set "
            "CC, or run a compiled scenario",
            compiler);
    else if (r != 0)
        r = acri_fail(reterr, -EINVAL, "%s does not %s", source, what);
    free(compiler);
    return r;
}

/* Preprocess all sources. The note's hash leaves line markers out: they hold paths of this machine.
 */
static int hash_sources(const struct job *job, struct acri_hash *key, struct acri_hash *note,
                        struct acri_error *reterr)
{
    struct acri_buf text;
    int r = 0;

    acri_buf_init(&text, SOURCE_BYTES);
    for (size_t i = 0; i < job->n && r == 0; i++) {
        const char *source = job->sources[i];
        struct acri_command c;

        if (access(source, R_OK) < 0) {
            r = acri_fail(reterr, -errno, "%s cannot be read: %s", source, strerror(errno));
            break;
        }
        begin_command(job, is_cxx(source), &c);
        acri_command_add_words(&c, "-w -E"); /* warnings are the compilation's to say */
        add_path(&c, source);
        acri_buf_clear(&text);
        r = end_command(&c, &text, source, "compile", reterr);
        acri_hash_add(key, acri_buf_text(&text), text.length + 1);
        for (size_t at = 0, n; at < text.length; at += n + 1) {
            const char *line = acri_buf_text(&text) + at;
            const char *stop = memchr(line, '\n', text.length - at);

            n = stop != NULL ? (size_t)(stop - line) : text.length - at;
            if (*line != '#')
                acri_hash_add(note, line, n);
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
    for (int is_for_cxx = 0; is_for_cxx <= has_cxx(job); is_for_cxx++) {
        acri_command_init(&c, compiler_of(is_for_cxx));
        for (size_t i = 0; i < c.n; i++)
            acri_buf_printf(&text, "%s ", c.words[i]);
        acri_command_add(&c, "--version");
        acri_command_run(&c, &text, true);
        acri_command_done(&c);
    }
    acri_buf_printf(&text, "%s %s %s %s", common_flags, link_flags, acri_buf_text(&job->libs),
                    job->where->library);
    acri_hash_add(key, acri_buf_text(&text), text.length);
    acri_hash_add(key, acri_buf_text(&job->cflags), job->cflags.length);
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

static int write_note(const char *path, const char *hash)
{
    FILE *f = fopen(path, "we");
    struct acri_buf text;
    int r;

    if (f == NULL)
        return -errno;
    acri_buf_init(&text, 4096);
    acri_note_write_source(&text, hash);
    r = fputs(acri_buf_text(&text), f) == EOF ? -EIO : 0;
    acri_buf_done(&text);
    return fclose(f) == EOF ? -EIO : r;
}

static char *object_path(const char *folder, size_t i)
{
    return acri_printf("%s/%zu.o", folder, i);
}

static int compile_one(const struct job *job, const char *source, const char *folder, size_t i,
                       struct acri_error *reterr)
{
    char *object = object_path(folder, i);
    struct acri_command c;

    begin_command(job, is_cxx(source), &c);
    acri_command_add(&c, "-c");
    add_path(&c, source);
    acri_command_add(&c, "-o");
    acri_command_add(&c, object);
    free(object);
    return end_command(&c, NULL, source, "compile", reterr);
}

/* Made beside its place and renamed: another process never sees half of it. */
static int link_all(const struct job *job, const char *folder, const char *output,
                    struct acri_error *reterr)
{
    char *made = acri_printf("%s.%ld.tmp", output, (long)getpid());
    int fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    struct acri_command c;
    int r;

    if (fd < 0) {
        r = acri_fail(reterr, -errno, "%s cannot be written: %s", output, strerror(errno));
        free(made);
        return r;
    }
    close(fd);
    begin_command(job, has_cxx(job), &c);
    for (size_t i = 0; i <= job->n; i++) { /* the note is the last one */
        char *object = object_path(folder, i);

        acri_command_add(&c, object);
        free(object);
    }
    acri_command_add_words(&c, link_flags);
    acri_command_add(&c, "-o");
    add_path(&c, made);
    add_libraries(job, &c);
    r = end_command(
        &c, NULL, job->sources[0],
        "link: name the library that it wants in a first comment: /* acrida: pkg NAME */", reterr);
    if (r == 0 && rename(made, output) < 0)
        r = acri_fail(reterr, -errno, "%s cannot be written: %s", output, strerror(errno));
    unlink(made);
    free(made);
    return r;
}

/* Each source by the compiler of its language, and the note; then all of them into one object. */
static int build_in(const struct job *job, const char *folder, const char *output,
                    const char *note_hash, struct acri_error *reterr)
{
    char *note = acri_printf("%s/note.c", folder);
    int r = write_note(note, note_hash);

    if (r < 0)
        acri_fail(reterr, r, "%s cannot be written: %s", note, strerror(-r));
    for (size_t i = 0; i < job->n && r == 0; i++)
        r = compile_one(job, job->sources[i], folder, i, reterr);
    if (r == 0)
        r = compile_one(job, note, folder, job->n, reterr);
    if (r == 0)
        r = link_all(job, folder, output, reterr);
    unlink(note);
    free(note);
    return r;
}

/* In a folder for what is made on the way. */
static int build(const struct job *job, const char *cache, const char *output,
                 const char *note_hash, struct acri_error *reterr)
{
    char *folder = acri_printf("%s/work-XXXXXX", cache);
    int r;

    if (mkdtemp(folder) == NULL) {
        r = acri_fail(reterr, -errno, "no folder to compile in: %s: %s", folder, strerror(errno));
        free(folder);
        return r;
    }
    r = build_in(job, folder, output, note_hash, reterr);
    for (size_t i = 0; i <= job->n; i++) {
        char *object = object_path(folder, i);

        unlink(object);
        free(object);
    }
    rmdir(folder);
    free(folder);
    return r;
}

/* --- the cache -------------------------------------------------------------------------------- */

/* cache/<key>/shop.so: a folder each, so that the object keeps its name in backtraces. */
static int cached_path(const struct job *job, const char *cache, const struct acri_hash *key,
                       char ret_path[PATH_MAX], struct acri_error *reterr)
{
    const char *slash = strrchr(job->sources[0], '/');
    const char *base = slash != NULL ? slash + 1 : job->sources[0];
    char text[ACRI_HASH_TEXT];
    char *folder;
    int r;
    int n;

    acri_hash_text(key, text);
    folder = acri_printf("%s/%s", cache, text);
    n = snprintf(ret_path, PATH_MAX, "%s/%.*s.so", folder, (int)(strrchr(base, '.') - base), base);
    if (n >= PATH_MAX)
        r = -ENAMETOOLONG;
    else
        r = mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
    if (r < 0)
        acri_fail(reterr, r, "%s cannot be made: %s", folder, strerror(-r));
    free(folder);
    return r;
}

static int prepare(struct job *job, struct acri_hash *key, char note[ACRI_HASH_TEXT],
                   struct acri_error *reterr)
{
    struct acri_hash sources;
    int r = add_packages(job, reterr);

    acri_hash_init(key);
    acri_hash_init(&sources);
    if (r == 0)
        r = hash_sources(job, key, &sources, reterr);
    if (r == 0)
        hash_tools(job, key);
    acri_hash_text(&sources, note);
    return r;
}

int acri_compile_sources(const struct acri_where *where, const char *const *sources, size_t n,
                         const char *output, char ret_path[PATH_MAX], struct acri_error *reterr)
{
    struct job job = { .where = where, .sources = sources, .n = n };
    char note[ACRI_HASH_TEXT];
    char cache[PATH_MAX];
    struct acri_hash key;
    int r;

    if (where->include[0] == '\0')
        return acri_fail(reterr, -ENOENT, "the SDK's headers are not installed beside %s",
                         where->library);
    r = acri_where_cache(cache, reterr);
    if (r < 0)
        return r;
    acri_buf_init(&job.cflags, 65536);
    acri_buf_init(&job.libs, 65536);
    r = prepare(&job, &key, note, reterr);
    if (r == 0 && output == NULL)
        r = cached_path(&job, cache, &key, ret_path, reterr);
    else if (r == 0)
        snprintf(ret_path, PATH_MAX, "%s", output);
    if (r == 0 && (output != NULL || access(ret_path, R_OK) < 0))
        r = build(&job, cache, ret_path, note, reterr);
    acri_buf_done(&job.cflags);
    acri_buf_done(&job.libs);
    return r;
}

/* --- a folder with a CMakeLists.txt ----------------------------------------------------------- */

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
        return acri_fail(reterr, r, "cmake was not found: install it, or compile %s yourself",
                         folder);
    return r == 0 ? 0 : acri_fail(reterr, -EINVAL, "%s does not build", folder);
}

/* The number of shared objects in a folder, and the path of the first. */
static size_t find_objects(const char *build_folder, char ret_path[PATH_MAX])
{
    char *pattern = acri_printf("%s/*.so", build_folder);
    glob_t found;
    size_t n = 0;

    if (glob(pattern, 0, NULL, &found) == 0) {
        n = found.gl_pathc;
        snprintf(ret_path, PATH_MAX, "%s", found.gl_pathv[0]);
        globfree(&found);
    }
    free(pattern);
    return n;
}

/* Linked anew each time: what an earlier CMakeLists.txt made is not taken for what this one makes.
 */
static void remove_objects(const char *build_folder)
{
    char *pattern = acri_printf("%s/*.so", build_folder);
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
        globfree(&found);
    }
    free(pattern);
}

static int configure(const struct acri_where *where, const char *source_folder,
                     const char *build_folder, const char *folder, struct acri_error *reterr)
{
    char *prefix = acri_printf("-DCMAKE_PREFIX_PATH=%s/..", where->include);
    struct acri_command c;

    acri_command_init(&c, "cmake");
    acri_command_add(&c, "-S");
    acri_command_add(&c, source_folder);
    acri_command_add(&c, "-B");
    acri_command_add(&c, build_folder);
    acri_command_add(&c, "-DCMAKE_BUILD_TYPE=RelWithDebInfo");
    acri_command_add(&c, prefix);
    free(prefix);
    return run_cmake(&c, folder, reterr);
}

static int run_build(const char *build_folder, const char *folder, struct acri_error *reterr)
{
    struct acri_command c;

    acri_command_init(&c, "cmake");
    acri_command_add(&c, "--build");
    acri_command_add(&c, build_folder);
    return run_cmake(&c, folder, reterr);
}

int acri_compile_cmake(const struct acri_where *where, const char *folder, char ret_path[PATH_MAX],
                       struct acri_error *reterr)
{
    char cache[PATH_MAX];
    char real[PATH_MAX];
    char text[ACRI_HASH_TEXT];
    struct acri_hash key;
    char *build_folder;
    size_t n;
    int r = acri_where_cache(cache, reterr);

    if (r < 0)
        return r;
    if (realpath(folder, real) == NULL)
        return acri_fail(reterr, -errno, "%s cannot be read: %s", folder, strerror(errno));
    acri_hash_init(&key);
    acri_hash_add(&key, real, strlen(real));
    acri_hash_add(&key, where->library, strlen(where->library));
    acri_hash_text(&key, text);
    build_folder = acri_printf("%s/cmake-%s", cache, text);
    remove_objects(build_folder);
    r = configure(where, real, build_folder, folder, reterr);
    if (r == 0)
        r = run_build(build_folder, folder, reterr);
    if (r == 0) {
        n = find_objects(build_folder, ret_path);
        if (n != 1)
            r = acri_fail(reterr, -EINVAL,
                          "%s: its CMakeLists.txt makes %zu shared objects instead of one", folder,
                          n);
    }
    free(build_folder);
    return r;
}
