/* SPDX-License-Identifier: MIT */
/* The arguments of `acrida compare`. */
#include "compare_show.h"
#include "results/saved_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_RUNS 64

struct arguments {
    const char *paths[MOST_RUNS]; /* those of --baseline first */
    size_t n_a;
    size_t n;
    struct compare_options options;
    bool must_fail;
    bool is_json;
    char *baseline; /* that the first paths are part of; owned */
};

static int fail(int exit_code, const char *text)
{
    fputs("acrida compare: ", stderr);
    saved_text_put(stderr, text, 0);
    fputc('\n', stderr);
    return exit_code;
}

static int fail_usage(const char *what, const char *value)
{
    char text[512];

    snprintf(text, sizeof(text), "%s%s%.200s%s; see acrida compare --help", what,
             value != NULL ? " '" : "", value != NULL ? value : "", value != NULL ? "'" : "");
    return fail(2, text);
}

/* "5%", "5 %", "0.05". Returns: whether it is one of at least 0 and below 100 %. */
static bool read_share(const char *text, double *ret_share)
{
    char *end;
    double share = strtod(text, &end);

    end += strspn(end, " ");
    if (*end == '%') {
        share /= 100;
        end++;
    }
    if (end == text || *end != '\0' || !(share >= 0) || !(share < 1))
        return false;
    *ret_share = share;
    return true;
}

static int add_baseline(struct arguments *a, const char *list)
{
    char *rest;

    if (a->baseline != NULL || a->n > 0)
        return fail_usage("--baseline is given once, before the other files", NULL);
    a->baseline = strdup(list);
    for (char *path = a->baseline != NULL ? strtok_r(a->baseline, ",", &rest) : NULL; path != NULL;
         path = strtok_r(NULL, ",", &rest)) {
        if (a->n == MOST_RUNS)
            return fail_usage("there are more than 64 files", NULL);
        a->paths[a->n++] = path;
    }
    a->n_a = a->n;
    return a->n > 0 ? 0 : fail_usage("--baseline names no file", NULL);
}

/* An option with a value. Returns: 1 when it is one, 0 when it is not, or minus the exit code. */
static int take_value(struct arguments *a, const char *text, const char *value)
{
    static const char *const names[] = { "--baseline", "--threshold", "--confidence" };
    size_t length = strcspn(text, "=");
    size_t i = 0;

    while (i < 3 && (strncmp(text, names[i], length) != 0 || names[i][length] != '\0'))
        i++;
    if (i == 3)
        return 0;
    if (value == NULL)
        return -fail_usage("a value is missing behind", text);
    if (i == 0)
        return add_baseline(a, value) == 0 ? 1 : -2;
    if (i == 1)
        return read_share(value, &a->options.threshold)
                   ? 1
                   : -fail_usage("--threshold wants a share such as 5%, not", value);
    return read_share(value, &a->options.confidence) && a->options.confidence >= 0.5
               ? 1
               : -fail_usage("--confidence wants a share from 50% to below 100%, not", value);
}

static int take(struct arguments *a, char **argv, int argc, int *at)
{
    const char *text = argv[*at];
    const char *equals = strchr(text, '=');
    int r;

    if (strcmp(text, "--fail") == 0) {
        a->must_fail = true;
        return 0;
    }
    if (strcmp(text, "--json") == 0) {
        a->is_json = true;
        return 0;
    }
    if (text[0] != '-') {
        if (a->n == MOST_RUNS)
            return fail_usage("there are more than 64 files", NULL);
        a->paths[a->n++] = text;
        return 0;
    }
    r = take_value(a, text, equals != NULL ? equals + 1 : *at + 1 < argc ? argv[*at + 1] : NULL);
    if (r == 0)
        return fail_usage("there is no option", text);
    if (r > 0 && equals == NULL)
        ++*at;
    return r < 0 ? -r : 0;
}

static int read_arguments(struct arguments *a, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int r = take(a, argv, argc, &i);

        if (r != 0)
            return r;
    }
    if (a->baseline == NULL && a->n != 2)
        return fail_usage("two files are wanted, or --baseline with the first", NULL);
    if (a->baseline == NULL)
        a->n_a = 1;
    if (a->n == a->n_a)
        return fail_usage("there is no file to compare the baseline with", NULL);
    if ((a->n_a == 1) != (a->n - a->n_a == 1))
        return fail_usage("one file is compared with one, or several with several: one side has "
                          "one alone",
                          NULL);
    return 0;
}

static int compare(const struct arguments *a, const struct saved_run *runs)
{
    struct compare c;
    int r = compare_runs(&c, runs, a->n_a, runs + a->n_a, a->n - a->n_a, &a->options);
    bool is_worse = r == 0 && (c.result == COMPARE_WORSE || c.result == COMPARE_MIXED);

    if (r == 0 && a->is_json)
        r = compare_show_json(stdout, &c, &a->options, runs, a->n_a, a->n);
    else if (r == 0) {
        compare_show_table(stdout, &c, &a->options);
        r = fflush(stdout) == 0 ? 0 : -errno;
    }
    compare_free(&c);
    if (r < 0)
        return fail(1, strerror(-r));
    return a->must_fail && is_worse ? 3 : 0;
}

int compare_command(int argc, char **argv)
{
    struct arguments a = { .options = { .threshold = 0.05, .confidence = 0.95 } };
    struct saved_run *runs = NULL;
    size_t n_read = 0;
    char error[1024];
    int exit_code = read_arguments(&a, argc, argv);

    if (exit_code == 0) {
        runs = calloc(a.n, sizeof(*runs));
        if (runs == NULL)
            exit_code = fail(1, strerror(ENOMEM));
    }
    for (; exit_code == 0 && n_read < a.n; n_read++)
        if (saved_read(&runs[n_read], a.paths[n_read], error, sizeof(error)) < 0)
            exit_code = fail(1, error);
    if (exit_code == 0)
        exit_code = compare(&a, runs);
    for (size_t i = 0; i < n_read; i++)
        saved_free(&runs[i]);
    free(runs);
    free(a.baseline);
    return exit_code;
}
