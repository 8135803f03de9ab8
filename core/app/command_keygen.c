/* SPDX-License-Identifier: MIT */
/* acrida keygen: the key that a master and its workers share. */
#include "app/commands.h"

#include "dist/cluster_key.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: acrida keygen [FILE]\n"
    "\n"
    "Make a new key for a master and its workers: 64 hexadecimal digits, in a new file that only "
    "its\n"
    "owner may read (an existing one is never overwritten), or on standard output.\n"
    "\n"
    "Copy the file to each machine, and name it by --cluster-key-file; or put the digits into the\n"
    "environment as " ACRI_CLUSTER_KEY_ENVIRONMENT ". Who has the key may be master or worker.\n";

int acri_command_keygen(int argc, char **argv)
{
    struct acri_error error = { "" };
    char key[ACRI_CLUSTER_KEY_TEXT];

    if (acri_commands_wants_help(argc, argv, usage))
        return 0;
    if (argc > 2 || (argc == 2 && (argv[1][0] == '-' || argv[1][0] == '\0'))) {
        fprintf(stderr, "acrida keygen: give it one new file, or nothing; see acrida keygen "
                        "--help\n");
        return 2;
    }
    if (acri_seal_setup() < 0) {
        fprintf(stderr, "acrida: no random numbers to be had from the kernel\n");
        return 1;
    }
    if (argc == 2) {
        if (acri_cluster_key_write(argv[1], &error) < 0) {
            fprintf(stderr, "acrida: %s\n", error.text);
            return 1;
        }
        printf("%s is made. Copy it to the master and its workers, and name it there by "
               "--cluster-key-file\n",
               argv[1]);
        return 0;
    }
    acri_cluster_key_new(key);
    puts(key);
    acri_seal_wipe(key, sizeof(key));
    if (fflush(stdout) != 0) {
        fprintf(stderr, "acrida: the key cannot be written to standard output\n");
        return 1;
    }
    return 0;
}
