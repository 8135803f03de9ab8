/* SPDX-License-Identifier: MIT */
/* openapi.json, embedded at build. */
#ifndef ACRIDA_WEB_OPENAPI_H
#define ACRIDA_WEB_OPENAPI_H

#include <stddef.h>

extern const unsigned char web_openapi_json[];
extern const size_t web_openapi_json_bytes;

#endif
