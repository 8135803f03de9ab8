/* SPDX-License-Identifier: MIT */
/*
 * For LD_PRELOAD: the name several.test has the addresses that $SEVERAL lists, in this order; for
 * silent.test there is never an answer. A test may change neither /etc/hosts nor the resolver.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int ask_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    union {
        void *symbol;
        ask_fn *ask;
    } system = { .symbol = dlsym(RTLD_NEXT, "getaddrinfo") };
    const char *at = getenv("SEVERAL");
    struct addrinfo **end = ret;

    if (node == NULL || (hints != NULL && (hints->ai_flags & AI_NUMERICHOST) != 0))
        return system.ask(node, service, hints, ret);
    if (strcmp(node, "silent.test") == 0)
        for (;;)
            pause();
    if (at == NULL || strcmp(node, "several.test") != 0)
        return system.ask(node, service, hints, ret);
    while (*(at += strspn(at, " ")) != '\0') {
        size_t n = strcspn(at, " ");
        char *number = strndup(at, n);
        int r = system.ask(number, service, hints, end);

        free(number);
        if (r != 0)
            return r;
        while (*end != NULL)
            end = &(*end)->ai_next;
        at += n;
    }
    return 0;
}
