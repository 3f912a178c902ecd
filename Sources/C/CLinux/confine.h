#pragma once
/* A process that has all it needs: from now on it may compute, and talk over what it holds open. */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#if defined(__x86_64__)
#define BODEGA_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define BODEGA_AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#error "name the architecture here, as linux/audit.h does"
#endif

/* Of clone(2): a thread, not a process. The definition of sched.h needs _GNU_SOURCE. */
#define BODEGA_CLONE_THREAD 0x00010000

/*
 * Calls that open, change, send or start anything fail with EPERM in every thread of this process, whatever runs in it.
 * Returns errno; 0 when it holds.
 */
static inline int bodega_confine(void) {
    static const int allowed[] = {
#ifdef SYS_poll
        SYS_poll,
#endif
        SYS_ppoll, SYS_read, SYS_write, SYS_recvfrom, SYS_sendto, SYS_recvmsg, SYS_sendmsg, SYS_close, SYS_fstat, SYS_lseek,
        SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk, SYS_membarrier,
        SYS_futex, SYS_set_robust_list, SYS_rseq, SYS_sched_yield, SYS_sched_getaffinity,
        SYS_clock_gettime, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getrusage, SYS_times,
        SYS_getpid, SYS_gettid, SYS_getrandom, SYS_getrlimit, SYS_setrlimit,
        SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
        SYS_exit, SYS_exit_group,
    };
    enum { COUNT = sizeof allowed / sizeof *allowed };
    struct sock_filter code[2 * COUNT + 20];
    unsigned short length = 0;
#define BODEGA_ADD(...) code[length++] = (struct sock_filter)__VA_ARGS__
#define BODEGA_LOAD(offset) BODEGA_ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset))
#define BODEGA_ANSWER(answer) BODEGA_ADD(BPF_STMT(BPF_RET | BPF_K, answer))
    /* The next `skipped` instructions are for this value only. */
#define BODEGA_IF(value, skipped) BODEGA_ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped))
    BODEGA_LOAD(offsetof(struct seccomp_data, arch));
    BODEGA_ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BODEGA_AUDIT_ARCH, 1, 0));
    BODEGA_ANSWER(SECCOMP_RET_KILL_PROCESS);
    BODEGA_LOAD(offsetof(struct seccomp_data, nr));
    for (int i = 0; i < COUNT; i++) {
        BODEGA_IF((unsigned)allowed[i], 1);
        BODEGA_ANSWER(SECCOMP_RET_ALLOW);
    }
    /* Of the arguments the lower halves: on both architectures they come first. */
    BODEGA_IF(SYS_clone, 4);
    BODEGA_LOAD(offsetof(struct seccomp_data, args[0]));
    BODEGA_ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, BODEGA_CLONE_THREAD, 0, 1));
    BODEGA_ANSWER(SECCOMP_RET_ALLOW);
    BODEGA_ANSWER(SECCOMP_RET_ERRNO | EPERM);
    /* Its flags are in memory, where no filter can look; libraries take the older call then. */
    BODEGA_IF(SYS_clone3, 1);
    BODEGA_ANSWER(SECCOMP_RET_ERRNO | ENOSYS);
    /* abort(3) ends itself so. */
    BODEGA_IF(SYS_tgkill, 3);
    BODEGA_LOAD(offsetof(struct seccomp_data, args[0]));
    BODEGA_IF((unsigned)getpid(), 1);
    BODEGA_ANSWER(SECCOMP_RET_ALLOW);
    BODEGA_LOAD(offsetof(struct seccomp_data, nr));
    BODEGA_IF(SYS_prlimit64, 3);
    BODEGA_LOAD(offsetof(struct seccomp_data, args[0]));
    BODEGA_IF(0, 1);
    BODEGA_ANSWER(SECCOMP_RET_ALLOW);
    BODEGA_ANSWER(SECCOMP_RET_ERRNO | EPERM);
#undef BODEGA_ADD
#undef BODEGA_LOAD
#undef BODEGA_ANSWER
#undef BODEGA_IF
    struct sock_fprog program = {.len = length, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
    long failed = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    /* More than 0 is a thread that has a filter of its own. */
    return failed < 0 ? errno : failed > 0 ? EBUSY : 0;
}
