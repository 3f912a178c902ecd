/*
 * An endpoint of webhooks: takes every POST, says 204, and writes a line for each to standard output: nanoseconds since
 * 1970, path and webhook-id. It ends with standard input.
 *
 *     sink --port P [--delay MS]
 *
 * Paths that begin with /slow are answered after the delay, those that begin with /dead never.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096

typedef struct {
    size_t length;
    int64_t answer_at; /* nanoseconds; 0: nothing waits */
    char bytes[65536];
} client;

static struct pollfd polled[MOST + 2];
static client *clients[MOST + 2];
static int count = 2;
static int64_t delay = 0;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void drop(int index) {
    close(polled[index].fd);
    free(clients[index]);
    count--;
    polled[index] = polled[count];
    clients[index] = clients[count];
}

/* The value of a header within a head that ends with a zero; its length in `length`. */
static const char *header(const char *head, const char *name, int *length) {
    const char *found = strcasestr(head, name);
    if (!found) return NULL;
    found += strlen(name);
    while (*found == ' ') found++;
    *length = (int)strcspn(found, "\r\n");
    return found;
}

/* 0: the client is gone. */
static int answer(int index) {
    static const char text[] = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
    return send(polled[index].fd, text, sizeof text - 1, MSG_NOSIGNAL) == (ssize_t)sizeof text - 1;
}

/* Takes the requests that are there whole; 0: the client is gone or speaks nonsense. */
static int take(int index) {
    client *one = clients[index];
    while (!one->answer_at) {
        one->bytes[one->length] = 0;
        char *end = strstr(one->bytes, "\r\n\r\n");
        if (!end) return one->length < sizeof one->bytes - 1;
        int length = 0, id_length = 0;
        *end = 0;
        const char *size = header(one->bytes, "\r\nContent-Length:", &length);
        const char *id = header(one->bytes, "\r\nwebhook-id:", &id_length);
        size_t whole = (size_t)(end - one->bytes) + 4 + (size_t)(size ? atol(size) : 0);
        if (whole >= sizeof one->bytes) return 0;
        if (one->length < whole) {
            *end = '\r';
            return 1;
        }
        char *path = strchr(one->bytes, ' ');
        if (!path || !id) return 0;
        path++;
        int path_length = (int)strcspn(path, " ");
        printf("%lld %.*s %.*s\n", (long long)now(), path_length, path, id_length, id);
        int is_dead = !strncmp(path, "/dead", 5), is_slow = !strncmp(path, "/slow", 5);
        memmove(one->bytes, one->bytes + whole, one->length - whole);
        one->length -= whole;
        if (is_dead || is_slow) one->answer_at = is_dead ? INT64_MAX : now() + delay;
        else if (!answer(index)) return 0;
    }
    return 1;
}

static void join(int listener) {
    int socket;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int one = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        client *fresh = count < MOST + 2 ? calloc(1, sizeof *fresh) : NULL;
        if (!fresh) {
            close(socket);
            continue;
        }
        clients[count] = fresh;
        polled[count++] = (struct pollfd){.fd = socket, .events = POLLIN};
    }
}

int main(int arguments, char **words) {
    int port = 0;
    for (int at = 1; at + 1 < arguments; at += 2) {
        if (!strcmp(words[at], "--port")) port = atoi(words[at + 1]);
        else if (!strcmp(words[at], "--delay")) delay = atoll(words[at + 1]) * 1000000;
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) fail("listen");
    static char room[1 << 20];
    setvbuf(stdout, room, _IOFBF, sizeof room);
    polled[0] = (struct pollfd){.fd = 0, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (;;) {
        int ready = poll(polled, (nfds_t)count, 5);
        if (ready < 0 && errno != EINTR) fail("poll");
        if (ready == 0) fflush(stdout);
        if (polled[0].revents) break;
        if (polled[1].revents) join(listener);
        int64_t moment = now();
        for (int index = count - 1; index > 1; index--) {
            client *client = clients[index];
            int stays = 1;
            if (polled[index].revents) {
                ssize_t got = recv(polled[index].fd, client->bytes + client->length,
                    sizeof client->bytes - 1 - client->length, 0);
                if (got > 0) {
                    client->length += (size_t)got;
                    stays = take(index);
                } else stays = got < 0 && errno == EAGAIN;
            }
            if (stays && client->answer_at && client->answer_at <= moment) {
                client->answer_at = 0;
                stays = answer(index) && take(index);
            }
            if (!stays) drop(index);
        }
    }
    fflush(stdout);
    return 0;
}
