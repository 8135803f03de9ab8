/* SPDX-License-Identifier: MIT */
/*
 * A plugin's descriptors: checked against our ABI, and widened to our structures.
 *
 * Pure: reads the plugin's constant data, runs none of its code.
 */
#ifndef ACRIDA_PLUGIN_DESCRIPTOR_H
#define ACRIDA_PLUGIN_DESCRIPTOR_H

#include "base/arena.h"
#include "base/check.h"

#include <acrida/plugin.h>

/* More of anything than this is a descriptor that was misread. */
#define ACRI_DESCRIPTOR_LIMIT 10000u
#define ACRI_DESCRIPTOR_TEXT_LIMIT 4096u
/* Task sets in task sets. */
#define ACRI_DESCRIPTOR_DEPTH 16u

/*
 * Refuse another ABI: a different magic, major or minor (until 1.0 any minor), another layout of
 * this one.
 *
 * module may be NULL; path names the plugin in messages. Returns: 0, or -ENOEXEC with its line.
 */
int acri_descriptor_check_abi(const struct acr_module *module, const char *path,
                              struct acri_error *reterr);

/*
 * Copy the descriptors into structures of our size, zero where the plugin had no such member. The
 * header is read through its own size, arrays with the plugin's stride; one that several user types
 * share is copied once. Works for any version: which ones are let in is check_abi's affair.
 *
 * Returns: 0 with *ret_plugin in the arena (functions and .http stay the plugin's), or -ENOEXEC,
 * -EINVAL, -ENOMEM (the arena's limit) with its line.
 */
int acri_descriptor_widen(const struct acr_module *module, const char *path,
                          struct acri_arena *arena, const struct acr_plugin **ret_plugin,
                          struct acri_error *reterr);

#endif
