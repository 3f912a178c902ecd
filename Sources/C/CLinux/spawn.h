#pragma once
/* Starting a process and waiting for descriptors: the calls that need C because they fork or fill packed structures. */
#include <linux/capability.h>
#include <sys/epoll.h>

#define BODEGA_CLOSE_RANGE_CLOEXEC 4

struct bodega_spawn {
    const char *path;
    char *const *argv;
    char *const *envp;
    const char *folder;     /* working folder, or NULL */
    const int32_t *sources; /* descriptors to pass on … */
    const int32_t *targets; /* … and the numbers they get; all below 100 */
    size_t count;
    int death_signal; /* sent when the thread that called this ends; 0 for none */
    int own_group;
    int keeps_rights;
};

/* The next program gets none of the capabilities that were handed to this one; returns errno. */
static inline int bodega_hand_on_no_rights(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, rights)) return errno;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) rights[i].inheritable = 0; /* takes the ambient ones along */
    return syscall(SYS_capset, &header, rights) ? errno : 0;
}

/* Between fork and execve: only async-signal-safe calls. Returns errno, and only when something failed. */
static inline int bodega_become(const struct bodega_spawn *s, pid_t parent) {
    for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    if (s->death_signal) {
        if (prctl(PR_SET_PDEATHSIG, s->death_signal)) return errno;
        if (getppid() != parent) _exit(127); /* it died before the line above */
    }
    if (s->own_group) setpgid(0, 0);
    if (!s->keeps_rights) {
        int code = bodega_hand_on_no_rights();
        if (code) return code;
    }
    if (s->folder && chdir(s->folder)) return errno;
    int32_t held[32];
    if (s->count > 32) return E2BIG;
    for (size_t i = 0; i < s->count; i++) { /* out of the way first, so that no target overwrites a later source */
        held[i] = fcntl(s->sources[i], F_DUPFD_CLOEXEC, 100);
        if (held[i] < 0) return errno;
    }
    syscall(SYS_close_range, 3, ~0U, BODEGA_CLOSE_RANGE_CLOEXEC);
    for (size_t i = 0; i < s->count; i++)
        if (dup2(held[i], s->targets[i]) < 0) return errno;
    execve(s->path, s->argv, s->envp);
    return errno;
}

/* The new process's pid, or -1 with errno; a failed exec is reported here, not by an exit status. */
static inline pid_t bodega_spawn(const struct bodega_spawn *s) {
    int report[2];
    if (pipe2(report, O_CLOEXEC)) return -1;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before); /* no handler of ours may run in the child */
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        int code = bodega_become(s, parent);
        ssize_t ignored = write(report[1], &code, sizeof code);
        (void)ignored;
        _exit(127);
    }
    int fork_error = errno;
    sigprocmask(SIG_SETMASK, &before, 0);
    close(report[1]);
    int code = 0;
    ssize_t got = 0;
    if (pid > 0) {
        do got = read(report[0], &code, sizeof code);
        while (got < 0 && errno == EINTR);
    }
    close(report[0]);
    if (pid < 0) {
        errno = fork_error;
        return -1;
    }
    if (got == (ssize_t)sizeof code) {
        int status;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        errno = code;
        return -1;
    }
    return pid;
}

struct bodega_ready {
    uint64_t token;
    uint32_t events;
};

static inline int bodega_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int bodega_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, fd, &event);
}
/* At most 64 at a time. */
static inline int bodega_epoll_wait(int epoll, struct bodega_ready *ready, int timeout) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, timeout);
    for (int i = 0; i < count; i++) {
        ready[i].token = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count;
}
#define BODEGA_EPOLLIN 0x001u
#define BODEGA_EPOLLOUT 0x004u
#define BODEGA_EPOLLRDHUP 0x2000u
#define BODEGA_EPOLLEXCLUSIVE (1u << 28)
#define BODEGA_EPOLLET (1u << 31)

static inline int bodega_set_timeout(int fd, int option, int milliseconds) {
    struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    return setsockopt(fd, SOL_SOCKET, option, &time, sizeof time);
}
