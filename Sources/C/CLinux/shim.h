#pragma once
/* No _GNU_SOURCE: definitions would differ from those of the Glibc module. Its few names are declared below. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define BODEGA_POLLRDHUP 0x2000
#define BODEGA_MSG_DONTWAIT 0x40
#define BODEGA_MSG_NOSIGNAL 0x4000
int accept4(int, struct sockaddr *, socklen_t *, int);
int pipe2(int[2], int);

/* glibc 2.36 has no header-visible wrapper that Swift can import for these. */
static inline int bodega_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int bodega_pidfd_send_signal(int pidfd, int sig) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, (void *)0, 0);
}
static inline int bodega_set_parent_death_signal(int sig) { return prctl(PR_SET_PDEATHSIG, sig); }
static inline int bodega_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
static inline int bodega_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
/* O_TMPFILE, for open: a file of that folder without a name. */
static const int bodega_unnamed = 020000000 | O_DIRECTORY;
/* Gives a file without a name one. */
static inline int bodega_link(int fd, const char *path) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return (int)syscall(SYS_linkat, AT_FDCWD, name, AT_FDCWD, path, 0x400 /* AT_SYMLINK_FOLLOW */);
}
/* Takes room on the disk for what will be appended, without making the file longer. */
static inline int bodega_reserve(int fd, off_t bytes) {
    return (int)syscall(SYS_fallocate, fd, 1 /* FALLOC_FL_KEEP_SIZE */, (off_t)0, bytes);
}
static inline int bodega_fcntl_int(int fd, int command, int value) { return fcntl(fd, command, value); }
/* Locks (F_WRLCK) or unlocks (F_UNLCK) one byte of a file for this process, which need not be there. */
static inline int bodega_lock_byte(int fd, off_t at, short type) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
    return fcntl(fd, F_SETLK, &lock);
}
/* What was sent into a socket and is not yet read at its other end, in the kernel's own measure; -1 on an error. */
static inline int bodega_unread_by_peer(int fd) {
    int count = 0;
    return ioctl(fd, TIOCOUTQ, &count) ? -1 : count;
}
static inline int bodega_exited(int status) { return WIFEXITED(status); }
static inline int bodega_exit_status(int status) { return WEXITSTATUS(status); }
static inline int bodega_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

#include "spawn.h"
#include "characters.h"
#include "confine.h"
