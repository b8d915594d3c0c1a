#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

typedef struct {
    int step;
    int error;
} failure;

/* Runs in the forked child, where only async-signal-safe calls are allowed. */
static void fail(int report, int step) {
    failure what = {step, errno};
    ssize_t written = write(report, &what, sizeof what);
    (void)written;
    _exit(127);
}

/* The lowest descriptors become the standard ones. They are first moved out of each other's way. */
static int place_streams(const cprocess_launch *launch) {
    int wanted[3] = {launch->input, launch->output, launch->error};
    for (int i = 0; i < 3; i++) {
        if (wanted[i] < 0) return -1;
        wanted[i] = fcntl(wanted[i], F_DUPFD, 3);
        if (wanted[i] < 0) return -1;
    }
    for (int i = 0; i < 3; i++)
        if (dup2(wanted[i], i) < 0) return -1;
    for (int i = 0; i < 3; i++) close(wanted[i]);
    return 0;
}

static int limit(const cprocess_launch *launch) {
    struct rlimit none = {0, 0};
    struct rlimit files = {launch->open_files, launch->open_files};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return setrlimit(RLIMIT_NOFILE, &files);
}

static int become_user(const cprocess_launch *launch) {
    if (launch->group >= 0) {
        if (setgroups(0, NULL) != 0) return -1;
        if (setresgid((gid_t)launch->group, (gid_t)launch->group, (gid_t)launch->group) != 0) return -1;
    }
    if (launch->user >= 0) {
        uid_t user = (uid_t)launch->user;
        if (setresuid(user, user, user) != 0) return -1;
        /* A program of an unprivileged user stays one, whatever it executes. */
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    }
    return 0;
}

/* What a pod has put into the place of the source since it was looked at is not followed. */
static int bind_to(const char *source, const char *target) {
    char from[40];
    struct stat found;
    int result, why;
    int file = open(source, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return -1;
    if (fstat(file, &found) != 0 || S_ISLNK(found.st_mode)) {
        close(file);
        errno = ELOOP;
        return -1;
    }
    snprintf(from, sizeof from, "/proc/self/fd/%d", file);
    result = mount(from, target, NULL, MS_BIND | MS_REC, NULL);
    why = errno;
    close(file);
    errno = why;
    return result;
}

static int carry_out(const cprocess_mount *mount_) {
    const char *target = mount_->target;
    int file;
    switch (mount_->kind) {
    case CPROCESS_MOUNT_DIRECTORY:
        if (mkdir(target, 0700) != 0) return errno == EEXIST ? 0 : -1;
        if (chown(target, mount_->user, mount_->group) != 0) return -1;
        return chmod(target, mount_->mode);
    case CPROCESS_MOUNT_FILE:
        file = open(target, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444);
        return file < 0 ? -1 : close(file);
    case CPROCESS_MOUNT_LINK:
        return symlink(mount_->source, target);
    case CPROCESS_MOUNT_BIND_IF_THERE:
        if (bind_to(mount_->source, target) == 0) return 0;
        return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
    case CPROCESS_MOUNT_BIND:
    case CPROCESS_MOUNT_BIND_READ_ONLY:
        if (bind_to(mount_->source, target) != 0) return -1;
        if (mount_->kind == CPROCESS_MOUNT_BIND) return 0;
        return mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL);
    }
    errno = EINVAL;
    return -1;
}

/* What is mounted here is seen by this process and its children alone, and is gone with them. */
static void become_rooted(const cprocess_launch *launch, int report) {
    if (launch->root == NULL) return;
    if (unshare(CLONE_NEWNS) != 0) fail(report, CPROCESS_ROOT);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail(report, CPROCESS_ROOT);
    if (mount("sluice", launch->root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0) fail(report, CPROCESS_ROOT);
    /* What contains this directory is bound into it without it. */
    if (mount(NULL, launch->root, NULL, MS_UNBINDABLE, NULL) != 0) fail(report, CPROCESS_ROOT);
    for (size_t i = 0; i < launch->mount_count; i++)
        if (carry_out(&launch->mounts[i]) != 0) fail(report, CPROCESS_MOUNTS + (int)i);
    if (chroot(launch->root) != 0 || chdir("/") != 0) fail(report, CPROCESS_ROOT);
}

static void become_program(const cprocess_launch *launch, int gate, int report) {
    char go = 0;
    ssize_t got;
    do got = read(gate, &go, 1);
    while (got < 0 && errno == EINTR);
    /* The parent ended or thought better of it before this process was on record. */
    if (got != 1) _exit(127);
    prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);

    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    umask(launch->mask);
    if (place_streams(launch) != 0) fail(report, CPROCESS_STREAMS);
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) fail(report, CPROCESS_STREAMS);
    become_rooted(launch, report);
    if (chdir(launch->directory) != 0) fail(report, CPROCESS_DIRECTORY);
    if (limit(launch) != 0) fail(report, CPROCESS_LIMITS);
    if (become_user(launch) != 0) fail(report, CPROCESS_USER);
    execve(launch->path, launch->arguments, launch->environment);
    if (errno == EACCES && launch->executable >= 0)
        syscall(
            SYS_execveat, launch->executable, "", launch->arguments, launch->environment,
            AT_EMPTY_PATH);
    fail(report, CPROCESS_PROGRAM);
}

int cprocess_fork(const cprocess_launch *launch, cprocess_child *child, int *step) {
    int gate[2], report[2];
    *step = CPROCESS_PIPE;
    if (pipe2(gate, O_CLOEXEC) != 0) return errno;
    if (pipe2(report, O_CLOEXEC) != 0) {
        int error = errno;
        close(gate[0]);
        close(gate[1]);
        return error;
    }
    /* No handler of ours may run in the child before it has put back the defaults. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        /* A sibling forked meanwhile may hold the gate open, so its closing alone does not end this process. */
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != parent) _exit(127);
        setsid();
        /* High copies, so that place_streams cannot overwrite them. */
        int high = fcntl(report[1], F_DUPFD_CLOEXEC, 64);
        int door = fcntl(gate[0], F_DUPFD_CLOEXEC, 64);
        close(gate[1]);
        if (high < 0 || door < 0) _exit(127);
        become_program(launch, door, high);
    }
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(gate[0]);
    close(report[1]);
    *step = CPROCESS_FORK;
    if (pid < 0) {
        close(gate[1]);
        close(report[0]);
        return error;
    }
    child->pid = pid;
    child->gate = gate[1];
    child->report = report[0];
    child->pidfd = cprocess_open(pid);
    if (child->pidfd < 0) {
        error = errno;
        cprocess_discard(child);
        return error;
    }
    return 0;
}

int cprocess_release(cprocess_child *child, int *step) {
    char go = 1;
    failure what = {0, 0};
    ssize_t count = write(child->gate, &go, 1);
    close(child->gate);
    child->gate = -1;
    if (count == 1) {
        do count = read(child->report, &what, sizeof what);
        while (count < 0 && errno == EINTR);
    }
    close(child->report);
    child->report = -1;
    /* The report closes unwritten when the program begins. */
    if (count == 0) return 0;
    *step = what.step;
    int error = what.error ? what.error : ECHILD;
    waitpid(child->pid, NULL, 0);
    return error;
}

void cprocess_discard(cprocess_child *child) {
    if (child->gate >= 0) close(child->gate);
    if (child->report >= 0) close(child->report);
    child->gate = child->report = -1;
    waitpid(child->pid, NULL, 0);
}

int cprocess_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int cprocess_signal(int pidfd, int number) {
    return syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) == 0 ? 0 : errno;
}

int cprocess_reap(int pidfd, int *code, int *number) {
    siginfo_t found;
    memset(&found, 0, sizeof found);
    int result;
    do result = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &found, WEXITED | WNOHANG);
    while (result != 0 && errno == EINTR);
    if (result != 0) return -1;
    if (found.si_pid == 0) return 0;
    *code = found.si_code == CLD_EXITED ? found.si_status : 0;
    *number = found.si_code == CLD_EXITED ? 0 : found.si_status;
    return 1;
}

int cprocess_punch(int fd, off_t offset, off_t length) {
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    return fallocate(fd, mode, offset, length) == 0 ? 0 : errno;
}

off_t cprocess_next_data(int fd, off_t offset) {
    return lseek(fd, offset, SEEK_DATA);
}
