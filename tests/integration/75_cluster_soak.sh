#!/bin/sh
# SPDX-License-Identifier: MIT
# A short form of tests/acceptance/soak.sh (20 s, or $SOAK_SECONDS): workers and the master are killed, and each request is explained.
# usage: sh 75_cluster_soak.sh BUILD_DIR SOURCE_DIR
set -eu
build=$(cd "${1:?usage: sh SCRIPT BUILD_DIR SOURCE_DIR}" && pwd)
ACRIDA_BUILD=$build exec sh "${2:?usage: sh SCRIPT BUILD_DIR SOURCE_DIR}/tests/acceptance/soak.sh" "${SOAK_SECONDS:-20}"
