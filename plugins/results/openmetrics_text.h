/* SPDX-License-Identifier: MIT */
/* The syntax of OpenMetrics, and of the older text format: families, samples, labels. */
#ifndef ACRIDA_RESULTS_OPENMETRICS_TEXT_H
#define ACRIDA_RESULTS_OPENMETRICS_TEXT_H

#include "results/csv_text.h"

enum openmetrics_type {
    OPENMETRICS_GAUGE,
    OPENMETRICS_COUNTER,
    OPENMETRICS_HISTOGRAM,
    OPENMETRICS_SUMMARY,
    OPENMETRICS_INFO,
    OPENMETRICS_STATES, /* one sample for each state, 1 or 0 */
};

struct openmetrics_text {
    struct csv_text *to;
    bool is_classic;
    /* The family that was begun; its heading comes with its first sample. */
    const char *family;
    const char *unit;
    const char *help;
    enum openmetrics_type type;
    bool is_told;
    bool has_labels; /* of the sample that was begun */
};

/* name: without the suffix that the type asks for ("_total", "_info"), with the unit as its ending.
 * unit: "" = none. Texts are borrowed until the next family. */
void openmetrics_text_family(struct openmetrics_text *x, const char *name,
                             enum openmetrics_type type, const char *unit, const char *help);

/* A sample: its suffix (NULL = that of the type), labels, and then one value. */
void openmetrics_text_begin(struct openmetrics_text *x, const char *suffix);
/* value: any bytes. Different ones stay different: what is no UTF-8, and what a terminal would
 * obey, stands as U+FFFD and two hexadecimal digits for each byte. */
void openmetrics_text_label(struct openmetrics_text *x, const char *name, const char *value);
void openmetrics_text_label_number(struct openmetrics_text *x, const char *name, double value);
void openmetrics_text_label_count(struct openmetrics_text *x, const char *name, uint64_t n);
void openmetrics_text_count(struct openmetrics_text *x, uint64_t n);
void openmetrics_text_value(struct openmetrics_text *x, double value);

/* The end of the page. */
void openmetrics_text_end(struct openmetrics_text *x);

#endif
