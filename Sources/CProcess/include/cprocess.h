#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* A step in making the tree of directories that a process sees instead of ours. */
typedef struct {
    int kind;
    /* What is bound, or what a link says. */
    const char *source;
    /* Below the root of the new tree. */
    const char *target;
    mode_t mode;
    uid_t user;
    gid_t group;
} cprocess_mount;

enum {
    CPROCESS_MOUNT_DIRECTORY = 1,
    CPROCESS_MOUNT_FILE = 2,
    CPROCESS_MOUNT_LINK = 3,
    CPROCESS_MOUNT_BIND = 4,
    CPROCESS_MOUNT_BIND_READ_ONLY = 5,
    /* Something of the machine's, which may have gone since it was looked at. */
    CPROCESS_MOUNT_BIND_IF_THERE = 6
};

/* What a new process is: nothing of ours is inherited but what stands here. */
typedef struct {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    /* Descriptors for standard input, output and error. */
    int input;
    int output;
    int error;
    /* Read-only descriptor of the executable, for a path that the user below cannot walk; -1 for none. */
    int executable;
    /* The user and group to become; -1 to stay as we are. */
    int64_t user;
    int64_t group;
    uint64_t open_files;
    mode_t mask;
    /* An empty directory on which a tree of its own is mounted, for this process only; null to see what we see. */
    const char *root;
    const cprocess_mount *mounts;
    size_t mount_count;
} cprocess_launch;

/* A process that waits behind its gate until it may become its program. */
typedef struct {
    pid_t pid;
    int pidfd;
    int gate;
    int report;
} cprocess_child;

/* The step at which a start failed. */
enum {
    CPROCESS_PIPE = 1,
    CPROCESS_FORK = 2,
    CPROCESS_DIRECTORY = 3,
    CPROCESS_USER = 4,
    CPROCESS_LIMITS = 5,
    CPROCESS_PROGRAM = 6,
    CPROCESS_STREAMS = 7,
    CPROCESS_ROOT = 8,
    /* The number of the step in `mounts` is added to this. */
    CPROCESS_MOUNTS = 256
};

/* Forks the process, which then waits. Returns 0, or an errno with the failed step. */
int cprocess_fork(const cprocess_launch *launch, cprocess_child *child, int *step);
/* Opens the gate and waits for the program to begin. Returns 0, or an errno with the failed step. */
int cprocess_release(cprocess_child *child, int *step);
/* Closes the gate: the process ends without ever having been its program. */
void cprocess_discard(cprocess_child *child);

/* A descriptor that stays with this very process however its number is used again; -1 with errno. */
int cprocess_open(pid_t pid);
/* Sends a signal through such a descriptor. Returns 0 or an errno. */
int cprocess_signal(int pidfd, int signal);
/* Takes the exit of a child that has ended: 1 with code or signal, 0 while it runs, -1 where it is no child. */
int cprocess_reap(int pidfd, int *code, int *signal);

/* Gives back the blocks of a file from `offset` for `length` bytes, leaving its size. 0 or an errno. */
int cprocess_punch(int fd, off_t offset, off_t length);
/* The first offset at or after `offset` that holds bytes; -1 where none follows. */
off_t cprocess_next_data(int fd, off_t offset);
/* Takes a name that one process on this machine can hold at a time, until it ends: a descriptor, or -1 with errno. */
int cprocess_hold_name(const char *name);
/* A TCP port of an IPv4 address that nobody listens on now (0: any); -1 with errno. */
int cprocess_free_port(const char *address, int wanted);
/* 1 where a TCP connection to an IPv4 address is accepted within the time, else 0 with errno. */
int cprocess_connects(const char *address, int port, int milliseconds);
/* Sends a request over a Unix socket and reads what is answered, at most `capacity` bytes; -1 with errno. */
ssize_t cprocess_ask(
    const char *socket_path, const char *request, char *answer, size_t capacity, int milliseconds);

/* Bytes of this process that are in use of what the allocator holds. */
size_t cprocess_used_memory(void);
/* Gives the pages that the allocator holds and nobody uses back to the machine. */
void cprocess_return_memory(void);

#endif
