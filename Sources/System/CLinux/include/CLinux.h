#pragma once

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

/// What a child program is started with. Every pointer must stay valid until `parlor_spawn` returns.
struct parlor_spawn_request {
    const char *executable;
    char *const *arguments;
    char *const *environment;
    const char *folder;        ///< The working folder, or NULL for the parent's.
    int standard_input;        ///< A descriptor, or -1 for /dev/null.
    int standard_output;       ///< A descriptor, or -1 for /dev/null.
    int standard_error;        ///< A descriptor, or -1 for /dev/null.
    int parent_death_signal;   ///< Sent to the child when the thread that started it ends; 0 for none.
};

/// Starts a program in a session of its own, with default signals and no descriptors but the three above.
/// Returns the process id and fills `pidfd`, or returns the negative errno of what failed, the exec included.
pid_t parlor_spawn(const struct parlor_spawn_request *request, int *pidfd);

/// `pidfd_open(2)`; a negative errno on failure.
int parlor_pidfd_open(pid_t process);

/// `pidfd_send_signal(2)`; 0, or a negative errno.
int parlor_pidfd_signal(int pidfd, int signal);

/// Reaps the exited child behind a pidfd. Returns 1 with `code` and `by_signal` filled, 0 while it still runs, or a negative errno.
int parlor_pidfd_reap(int pidfd, int *code, int *by_signal);

/// Becomes another user for good, with that user's groups only, and stays readable under /proc. 0, or a negative errno.
int parlor_become_user(uid_t user, gid_t group);

/// `pidfd_getfd(2)`: another process's descriptor as one of this process; a negative errno on failure.
int parlor_pidfd_descriptor(int pidfd, int number);

/// Has the kernel give every new connection to the second of two sockets that listen on one port, which is the one
/// that began later; while there is one alone, that one gets them. 0, or a negative errno.
int parlor_favour_newest_listener(int listener);
