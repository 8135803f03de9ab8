/* SPDX-License-Identifier: MIT */
/* Who this worker is, for others to see. */
#ifndef ACRIDA_DIST_SELF_H
#define ACRIDA_DIST_SELF_H

#include "dist/master.h"
#include "dist/worker.h"

/* From the options, and from the machine and the process. Texts that are too long are cut. */
void acri_self_describe(struct acri_worker_info *ret_info, const struct acri_worker_options *o);

#endif
