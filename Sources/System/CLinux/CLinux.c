#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int parlor_pidfd_open(pid_t process) {
    int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
    return descriptor < 0 ? -errno : descriptor;
}

int parlor_pidfd_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int parlor_pidfd_reap(int pidfd, int *code, int *by_signal) {
    siginfo_t info;
    info.si_pid = 0;
    int result;
    do {
        result = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG);
    } while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    if (info.si_pid == 0) return 0;
    *code = info.si_status;
    *by_signal = info.si_code != CLD_EXITED;
    return 1;
}

int parlor_pidfd_descriptor(int pidfd, int number) {
    int descriptor = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
    return descriptor < 0 ? -errno : descriptor;
}

int parlor_favour_newest_listener(int listener) {
    // The kernel keeps the sockets of a port in the order in which they began, and takes any when there is no second.
    struct sock_filter second[] = {BPF_STMT(BPF_RET | BPF_K, 1)};
    struct sock_fprog program = {.len = 1, .filter = second};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) < 0 ? -errno : 0;
}

int parlor_become_user(uid_t user, gid_t group) {
    if (setgroups(0, NULL) < 0 || setresgid(group, group, group) < 0 || setresuid(user, user, user) < 0) return -errno;
    // Changing the user clears this flag, and with it the owner of /proc/self.
    return prctl(PR_SET_DUMPABLE, 1) < 0 ? -errno : 0;
}

/// Says why the child could not start, and ends it. Only async-signal-safe calls may stand between fork and exec.
static void give_up(int report) {
    int reason = errno;
    (void)!write(report, &reason, sizeof reason);
    _exit(127);
}

static void start_child(const struct parlor_spawn_request *request, int report, pid_t parent) {
    int null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_device < 0) give_up(report);
    int sources[3] = {
        request->standard_input < 0 ? null_device : request->standard_input,
        request->standard_output < 0 ? null_device : request->standard_output,
        request->standard_error < 0 ? null_device : request->standard_error,
    };
    // First out of the way of 0 to 2, so that no dup2 below overwrites a source that is still needed.
    report = fcntl(report, F_DUPFD_CLOEXEC, 10);
    if (report < 0) _exit(127);
    for (int number = 0; number < 3; number++) {
        sources[number] = fcntl(sources[number], F_DUPFD_CLOEXEC, 10);
        if (sources[number] < 0) give_up(report);
    }
    for (int number = 0; number < 3; number++) {
        if (dup2(sources[number], number) < 0) give_up(report);
    }
    // What is left is closed by the exec, so that the report still goes through until then.
    if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) < 0) give_up(report);

    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();

    if (request->parent_death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, request->parent_death_signal) < 0) give_up(report);
        // The parent may have ended before the line above.
        if (getppid() != parent) _exit(127);
    }
    if (request->folder != NULL && chdir(request->folder) < 0) give_up(report);
    execve(request->executable, request->arguments, request->environment);
    give_up(report);
}

pid_t parlor_spawn(const struct parlor_spawn_request *request, int *pidfd) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0) return -errno;
    pid_t parent = getpid();
    // No handler of the parent's may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0) start_child(request, report[1], parent);
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        return -fork_error;
    }
    int reason = 0;
    ssize_t count;
    do {
        count = read(report[0], &reason, sizeof reason);
    } while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count == 0) {
        // The child is not reaped yet, so its number cannot have been given to another process.
        *pidfd = parlor_pidfd_open(child);
        if (*pidfd >= 0) return child;
        reason = -*pidfd;
        kill(child, SIGKILL);
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    return reason == 0 ? -EIO : -reason;
}
