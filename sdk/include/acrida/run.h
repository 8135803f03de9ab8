/* SPDX-License-Identifier: MIT */
/* The command as a function, for programs that carry the runtime with them. */
#ifndef ACRIDA_RUN_H
#define ACRIDA_RUN_H

#include <acrida/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Do what the `acrida` command does with these arguments (argv[0] is its name).
 *
 * Returns: the exit code of the command. Thread: main, once per process.
 */
ACR_API int acr_main(int argc, char **argv);

/** The version of the runtime, "0.1.0". Thread: any. */
ACR_API const char *acr_version(void);

#ifdef __cplusplus
}
#endif

#endif
