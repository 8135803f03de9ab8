/* SPDX-License-Identifier: MIT */
#include "plugin/command.h"

#include "base/check.h"

#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void acri_command_init(struct acri_command *c, const char *program)
{
    *c = (struct acri_command){ 0 };
    acri_command_add_words(c, program);
}

/* Takes the word. */
static void add(struct acri_command *c, char *word)
{
    c->words = acri_realloc(c->words, (c->n + 2) * sizeof(*c->words));
    c->words[c->n++] = word;
    c->words[c->n] = NULL;
}

void acri_command_add(struct acri_command *c, const char *word)
{
    add(c, acri_strdup(word));
}

void acri_command_add_words(struct acri_command *c, const char *text)
{
    static const char blanks[] = " \t\r\n";

    while (*(text += strspn(text, blanks)) != '\0') {
        char *word = acri_alloc(strlen(text) + 1);
        size_t n = 0;

        while (*text != '\0' && strchr(blanks, *text) == NULL) {
            if (*text == '\\' && text[1] != '\0')
                text++;
            word[n++] = *text++;
        }
        add(c, word);
    }
}

void acri_command_done(struct acri_command *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->words[i]);
    free(c->words);
    *c = (struct acri_command){ 0 };
}

static void read_all(int fd, struct acri_buf *output)
{
    char block[65536];
    ssize_t n;

    while ((n = read(fd, block, sizeof(block))) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            acri_buf_append(output, block, (size_t)n);
}

int acri_command_run(const struct acri_command *c, struct acri_buf *output, bool is_quiet)
{
    posix_spawn_file_actions_t actions;
    int fds[2] = { -1, -1 };
    int status = 0;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t pid;
    int r;

    if (c->n == 0)
        return -ENOENT;
    if (output != NULL && pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    posix_spawn_file_actions_init(&actions);
    if (output != NULL)
        posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
    if (is_quiet)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    /* The run blocks SIGINT and SIGTERM for itself; another program wants them. */
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    r = posix_spawnp(&pid, c->words[0], &actions, &attributes, c->words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (output != NULL)
        close(fds[1]);
    if (r == 0 && output != NULL)
        read_all(fds[0], output);
    if (output != NULL)
        close(fds[0]);
    if (r != 0)
        return -r;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}
