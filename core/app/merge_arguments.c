/* SPDX-License-Identifier: MIT */
#include "app/merge_arguments.h"

#include "app/reporting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int read_run(struct acri_merge_arguments *a, const char *text, struct acri_error *reterr)
{
    char *end;

    errno = 0;
    a->run = text != NULL ? strtoull(text, &end, 10) : 0;
    if (a->run != 0 && errno == 0 && *end == '\0' && text[0] != '-')
        return 0;
    return acri_fail(reterr, -EINVAL, "--run wants the number of a run, not '%s'",
                     text != NULL ? text : "");
}

int acri_merge_arguments_read(struct acri_merge_arguments *a, int argc, char **argv,
                              struct acri_error *reterr)
{
    bool are_files = false;
    int r = 0;

    *a =
        (struct acri_merge_arguments){ .paths = acri_alloc(((size_t)argc + 1) * sizeof(char *)),
                                       .reports = acri_alloc(((size_t)argc + 1) * sizeof(char *)) };
    for (int i = 1; i < argc && r == 0; i++) {
        if (are_files || argv[i][0] != '-') {
            a->paths[a->n_paths++] = argv[i];
        } else if (acri_reporting_option(argv[i]) != NULL) {
            a->reports[a->n_reports++] = argv[i];
            if (strchr(argv[i], '=') == NULL && i + 1 < argc)
                a->reports[a->n_reports++] = argv[++i];
        } else if (strcmp(argv[i], "--run") == 0) {
            i++;
            r = read_run(a, i < argc ? argv[i] : NULL, reterr);
        } else if (strcmp(argv[i], "--") == 0) {
            are_files = true;
        } else {
            r = acri_fail(reterr, -EINVAL, "there is no option %s; see acrida merge --help",
                          argv[i]);
        }
    }
    if (r == 0 && a->n_paths == 0)
        r = acri_fail(reterr, -EINVAL, "give it at least one file; see acrida merge --help");
    return r;
}

void acri_merge_arguments_done(struct acri_merge_arguments *a)
{
    free(a->paths);
    free(a->reports);
    *a = (struct acri_merge_arguments){ 0 };
}
