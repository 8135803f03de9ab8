/* SPDX-License-Identifier: MIT */
/*
 * send and recv as the kernel knows them: libc's are points at which a thread can be cancelled,
 * which costs as many instructions as the rest of our way to the socket. Nobody cancels threads
 * here. The sanitizers look at libc's.
 */
#ifndef ACRIDA_SCHED_TRANSFER_H
#define ACRIDA_SCHED_TRANSFER_H

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ACRI_TRANSFER_BY_LIBC
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(SYS_recvfrom) || \
    !defined(SYS_sendto)
#define ACRI_TRANSFER_BY_LIBC
#endif

/* Returns: as recv(2), with errno. */
static inline ssize_t acri_transfer_recv(int fd, void *to, size_t bytes, int flags)
{
#ifdef ACRI_TRANSFER_BY_LIBC
    return recv(fd, to, bytes, flags);
#else
    return syscall(SYS_recvfrom, fd, to, bytes, flags, NULL, NULL);
#endif
}

/* Returns: as send(2), with errno. */
static inline ssize_t acri_transfer_send(int fd, const void *from, size_t bytes, int flags)
{
#ifdef ACRI_TRANSFER_BY_LIBC
    return send(fd, from, bytes, flags);
#else
    return syscall(SYS_sendto, fd, from, bytes, flags, NULL, 0);
#endif
}

#endif
