#pragma once
/* No _GNU_SOURCE: definitions would differ from those of the Glibc module. Its few names are declared below. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/file.h>
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
static inline int bodega_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
/* O_TMPFILE, for open: a file of that folder without a name. */
static const int bodega_unnamed = 020000000 | O_DIRECTORY;
static inline int bodega_fcntl_int(int fd, int command, int value) { return fcntl(fd, command, value); }
static inline int bodega_exited(int status) { return WIFEXITED(status); }
static inline int bodega_exit_status(int status) { return WEXITSTATUS(status); }
static inline int bodega_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

#include "spawn.h"
