#define _GNU_SOURCE
#include "cprocess.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int closed(int fd, int error) {
    close(fd);
    errno = error;
    return -1;
}

int cprocess_hold_name(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length + 1 > sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    /* A name that begins with a zero byte is the kernel's alone: no file stays behind. */
    memcpy(address.sun_path + 1, name, length);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (bind(fd, (struct sockaddr *)&address, size) != 0) return closed(fd, errno);
    return fd;
}

int cprocess_free_port(const char *text, int wanted) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)wanted)};
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int yes = 1;
    /* As a server does: a port whose last connections are still fading counts as free. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    socklen_t size = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, size) != 0) return closed(fd, errno);
    if (listen(fd, 1) != 0) return closed(fd, errno);
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return closed(fd, errno);
    close(fd);
    return ntohs(address.sin_port);
}

static long long milliseconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Waits until the socket is ready for `events` or the deadline has passed: 1, or 0 with errno. */
static int ready(int fd, short events, long long deadline) {
    for (;;) {
        long long left = deadline - milliseconds_now();
        if (left <= 0) {
            errno = ETIMEDOUT;
            return 0;
        }
        struct pollfd one = {.fd = fd, .events = events};
        int count = poll(&one, 1, (int)left);
        if (count > 0) return 1;
        if (count < 0 && errno != EINTR) return 0;
    }
}

static int connects(int fd, const struct sockaddr *address, socklen_t size, long long deadline) {
    if (connect(fd, address, size) == 0) return 1;
    if (errno != EINPROGRESS) return 0;
    if (!ready(fd, POLLOUT, deadline)) return 0;
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = error;
    return error == 0;
}

int cprocess_connects(const char *text, int port, int milliseconds) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1) {
        errno = EINVAL;
        return 0;
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return 0;
    long long deadline = milliseconds_now() + milliseconds;
    int answer = connects(fd, (struct sockaddr *)&address, sizeof address, deadline);
    int error = errno;
    close(fd);
    errno = error;
    return answer;
}

ssize_t cprocess_ask(
    const char *socket_path, const char *request, char *answer, size_t capacity, int milliseconds) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(socket_path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    long long deadline = milliseconds_now() + milliseconds;
    if (!connects(fd, (struct sockaddr *)&address, sizeof address, deadline)) return closed(fd, errno);
    ssize_t sent = send(fd, request, strlen(request), MSG_NOSIGNAL);
    if (sent != (ssize_t)strlen(request)) return closed(fd, errno);
    size_t count = 0;
    while (count < capacity && ready(fd, POLLIN, deadline)) {
        ssize_t got = read(fd, answer + count, capacity - count);
        if (got == 0) break;
        if (got < 0 && errno != EAGAIN && errno != EINTR) return closed(fd, errno);
        if (got > 0) count += (size_t)got;
    }
    close(fd);
    return (ssize_t)count;
}
