/* SPDX-License-Identifier: MIT */
/*
 * What a master hands to a worker that was started with -f -: the objects that it has loaded itself
 * (--plugin, scenarios) and the scenarios' data files, one after another as the worker asks.
 *
 * Data files are all .csv, .json, .jsonl and .txt files beside a scenario; or, when its source has
 * the comment "acrida: data NAME..." within its first 4096 bytes, those that it names, whatever
 * they are called. Hidden files and folders are left out.
 *
 * Thread: main.
 */
#ifndef ACRIDA_APP_HAND_OUT_H
#define ACRIDA_APP_HAND_OUT_H

#include "app/scenario.h"
#include "base/buf.h"

/* A worker wants a file: its number, from 0; and the answer. */
#define ACRI_HAND_OUT_WANT ".want-files"
#define ACRI_HAND_OUT_FILES ".files"

#define ACRI_HAND_OUT_DATA_MAX (24u * 1024 * 1024)   /* bytes of all data files */
#define ACRI_HAND_OUT_OBJECT_MAX (31u * 1024 * 1024) /* bytes of each object */
#define ACRI_HAND_OUT_FILES_MAX 4096u

enum acri_hand_out_kind { ACRI_HAND_OUT_PLUGIN = 1, ACRI_HAND_OUT_SCENARIO, ACRI_HAND_OUT_DATA };

struct acri_hand_out;

/* List what there is. scenario: borrowed. Owner: the caller. Never NULL: what is wrong is told to
 * those that ask. */
struct acri_hand_out *acri_hand_out_new(const struct acri_scenario *scenario);
/* NULL is allowed. */
void acri_hand_out_free(struct acri_hand_out *h);

/* Write the answer to ACRI_HAND_OUT_WANT: that file, or the line that says why there is none. */
void acri_hand_out_answer(const struct acri_hand_out *h, uint64_t index, struct acri_buf *to);

#endif
