// The Linux calls that Swift's Glibc module does not show.
#ifndef LIMEN_CLINUX_SHIM_H
#define LIMEN_CLINUX_SHIM_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Declared here because their prototypes hide behind _GNU_SOURCE, which must not be defined in a
// header of a module.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions,
                                                const char *path);
extern int pipe2(int descriptors[2], int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

// The value of POSIX_SPAWN_SETSID (<spawn.h>), which hides behind _GNU_SOURCE as well.
static inline short limen_spawn_setsid(void) { return 0x80; }

// Variadic functions and function-like macros, which Swift cannot call.
static inline int limen_open(const char *path, int flags, mode_t mode) {
    return open(path, flags, mode);
}
static inline int limen_status_flags(int descriptor) { return fcntl(descriptor, F_GETFL); }
static inline int limen_set_status_flags(int descriptor, int flags) {
    return fcntl(descriptor, F_SETFL, flags);
}
static inline int limen_close_on_exec(int descriptor) {
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}
static inline int limen_exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
static inline int limen_ending_signal(int status) {
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
static inline int limen_epoll_add(int poller, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}
static inline int limen_epoll_change(int poller, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event);
}
static inline int limen_epoll_remove(int poller, int descriptor) {
    struct epoll_event event = {0};
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &event);
}

// The event of an unaligned, packed struct.
static inline uint64_t limen_epoll_token(const struct epoll_event *event) { return event->data.u64; }
static inline uint32_t limen_epoll_events(const struct epoll_event *event) { return event->events; }

// Enumerators and casted macros as plain constants.
static const uint32_t limen_epollin = EPOLLIN;
static const uint32_t limen_epollout = EPOLLOUT;
static const uint32_t limen_epollrdhup = EPOLLRDHUP;
static const uint32_t limen_epollhup = EPOLLHUP;
static const uint32_t limen_epollerr = EPOLLERR;
static const uint32_t limen_epollet = EPOLLET;
static const int limen_sock_stream = SOCK_STREAM;
static const int limen_sock_nonblock_cloexec = SOCK_NONBLOCK | SOCK_CLOEXEC;

// Names the running thread.
static inline int limen_name_thread(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}

// Sets the action of a signal; the union inside struct sigaction is awkward from Swift.
static inline int limen_handle_signal(int number, void (*handler)(int)) {
    struct sigaction action = {0};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}
static inline int limen_ignore_signal(int number) { return limen_handle_signal(number, SIG_IGN); }
static inline int limen_default_signal(int number) { return limen_handle_signal(number, SIG_DFL); }

// Sets the action of a signal of a crash, which may come on the stack of such actions, and keeps
// the one before it.
static inline int limen_replace_signal(
    int number, void (*handler)(int), struct sigaction *before
) {
    struct sigaction action = {0};
    action.sa_handler = handler;
    action.sa_flags = SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, before);
}
static inline int limen_restore_signal(int number, const struct sigaction *before) {
    return sigaction(number, before, NULL);
}

// getrusage with its enumerator argument.
static inline int limen_usage_self(struct rusage *usage) { return getrusage(RUSAGE_SELF, usage); }
static inline int limen_descriptors_max(struct rlimit *limit) {
    return getrlimit(RLIMIT_NOFILE, limit);
}
static inline int limen_set_descriptors_max(const struct rlimit *limit) {
    return setrlimit(RLIMIT_NOFILE, limit);
}

// The width of a terminal in columns, or 0 where the descriptor is none.
static inline int limen_terminal_columns(int descriptor) {
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// How many bytes of a TCP socket are not acknowledged, sent or not (SIOCOUTQ, tcp(7)).
static inline int limen_unacknowledged_bytes(int descriptor, int *count) {
    return ioctl(descriptor, TIOCOUTQ, count);
}

// Watching folders; the flags are one constant, since their types differ in Swift.
static inline int limen_inotify_init(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }
static const uint32_t limen_inotify_changes =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF |
    IN_DELETE_SELF | IN_ONLYDIR;

#endif
