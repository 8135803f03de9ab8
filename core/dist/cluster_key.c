/* SPDX-License-Identifier: MIT */
#include "dist/cluster_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST 128u /* bytes: the digits, and some white space */
#define WANTED "64 hexadecimal digits, as acrida keygen makes them"

/* Returns: 0 to 15, or -1. */
static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int acri_cluster_key_parse(const char *text, unsigned char ret_key[ACRI_SEAL_KEY_BYTES])
{
    unsigned char key[ACRI_SEAL_KEY_BYTES];
    unsigned char any = 0;
    bool is_good = true;

    for (size_t i = 0; i < sizeof(key) && is_good; i++) {
        int high = digit(text[2 * i]);
        int low = high < 0 ? -1 : digit(text[2 * i + 1]);

        is_good = low >= 0;
        key[i] = (unsigned char)(is_good ? high << 4 | low : 0);
        any |= key[i];
    }
    /* A key of zeros is what those without a key use. */
    is_good = is_good && any != 0;
    if (is_good) {
        const char *rest = text + 2 * sizeof(key);

        is_good = rest[strspn(rest, " \t\r\n")] == '\0';
    }
    if (is_good)
        memcpy(ret_key, key, sizeof(key));
    acri_seal_wipe(key, sizeof(key));
    return is_good ? 0 : -EINVAL;
}

/* Whether an open file may be trusted. */
static int check_file(int fd, const char *path, struct acri_error *reterr)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return acri_fail(reterr, -errno, "the cluster key file %s cannot be read: %s", path,
                         strerror(errno));
    if (!S_ISREG(st.st_mode))
        return acri_fail(reterr, -EINVAL, "the cluster key file %s is no regular file", path);
    if ((st.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) != 0)
        return acri_fail(reterr, -EPERM,
                         "the cluster key file %s is open to others (mode %04o): chmod 600 it, or "
                         "make a new one by acrida keygen",
                         path, (unsigned)(st.st_mode & 07777));
    return 0;
}

/* Returns: 0, or a negative errno; -EFBIG: more than a key can have. */
static int read_all(int fd, char text[FILE_MOST + 2])
{
    size_t n = 0;
    ssize_t got;

    while (n <= FILE_MOST && (got = read(fd, text + n, FILE_MOST + 1 - n)) != 0) {
        if (got < 0 && errno != EINTR)
            return -errno;
        n += got > 0 ? (size_t)got : 0;
    }
    text[n] = '\0';
    if (n > FILE_MOST)
        return -EFBIG;
    return strlen(text) == n ? 0 : -EINVAL;
}

int acri_cluster_key_read(const char *path, unsigned char ret_key[ACRI_SEAL_KEY_BYTES],
                          struct acri_error *reterr)
{
    char text[FILE_MOST + 2];
    /* A pipe must not make us wait for its other end. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int r;

    if (fd < 0)
        return acri_fail(reterr, -errno, "the cluster key file %s cannot be read: %s", path,
                         strerror(errno));
    r = check_file(fd, path, reterr);
    if (r == 0) {
        r = read_all(fd, text);
        if (r == 0)
            r = acri_cluster_key_parse(text, ret_key);
        acri_seal_wipe(text, sizeof(text));
        if (r == -EINVAL || r == -EFBIG)
            acri_fail(reterr, r, "the cluster key file %s holds no key: " WANTED, path);
        else if (r < 0)
            acri_fail(reterr, r, "the cluster key file %s cannot be read: %s", path, strerror(-r));
    }
    close(fd);
    return r;
}

int acri_cluster_key_find(const char *path, unsigned char ret_key[ACRI_SEAL_KEY_BYTES],
                          struct acri_error *reterr)
{
    const char *text;
    int r;

    if (path != NULL) {
        r = acri_cluster_key_read(path, ret_key, reterr);
        return r < 0 ? r : 1;
    }
    text = getenv(ACRI_CLUSTER_KEY_ENVIRONMENT);
    if (text == NULL || *text == '\0')
        return 0;
    r = acri_cluster_key_parse(text, ret_key);
    return r < 0 ? acri_fail(reterr, r, ACRI_CLUSTER_KEY_ENVIRONMENT " holds no key: " WANTED) : 1;
}

void acri_cluster_key_new(char ret_text[ACRI_CLUSTER_KEY_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char key[ACRI_SEAL_KEY_BYTES];

    acri_seal_random(key, sizeof(key));
    for (size_t i = 0; i < sizeof(key); i++) {
        ret_text[2 * i] = digits[key[i] >> 4];
        ret_text[2 * i + 1] = digits[key[i] & 15];
    }
    ret_text[2 * sizeof(key)] = '\0';
    acri_seal_wipe(key, sizeof(key));
}

int acri_cluster_key_write(const char *path, struct acri_error *reterr)
{
    char line[ACRI_CLUSTER_KEY_TEXT];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int r = fd < 0 ? -errno : 0;
    ssize_t n;

    if (r == -EEXIST)
        return acri_fail(reterr, r, "%s is there already, and is not overwritten: name a new file",
                         path);
    if (r == 0) {
        acri_cluster_key_new(line);
        line[sizeof(line) - 1] = '\n'; /* in the place of the NUL */
        n = write(fd, line, sizeof(line));
        if (n != (ssize_t)sizeof(line))
            r = n < 0 ? -errno : -ENOSPC;
        acri_seal_wipe(line, sizeof(line));
        if (close(fd) < 0 && r == 0)
            r = -errno;
        if (r < 0)
            unlink(path);
    }
    return r < 0 ? acri_fail(reterr, r, "%s cannot be written: %s", path, strerror(-r)) : 0;
}
