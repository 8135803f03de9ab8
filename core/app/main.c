/* SPDX-License-Identifier: MIT */
/* The acrida command: a thin main over libacrida. */
#include <acrida/run.h>

int main(int argc, char **argv)
{
    return acr_main(argc, argv);
}
