/*
 * Makes load on a loopback port and says what came of it in one line of JSON. Three ways:
 *
 *     load saturate --port P --path T [--ids A-B] [--connections N] [--seconds S]
 *         every connection asks again as soon as it was answered: requests a second
 *     load rate --port P --path T --rate R [--method M] [--body T] [--type T] [--ids A-B] [--seconds S]
 *         R requests a second whatever comes back, until S seconds have passed or standard input ends. A latency counts
 *         from the moment the request was due, so a server that stalls cannot hide it.
 *     load events --port P --path T [--connections N] [--seconds S]
 *         N clients of one event stream, until the server ends it: who saw which event last
 *
 * All take --header 'Name: value' (several). In paths and bodies {id} runs through the ids and {n} from 100 to 9999.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum part { head, sized_body, endless_body, chunk_size, chunk_data, chunk_end, trailer, complete };

typedef struct {
    int socket; /* -1: not open */
    int busy;
    int answered_before; /* on this socket: an early close then only means that it had grown old */
    double due;
    char request[4096];
    size_t request_length, request_sent;
    enum part part;
    char frame[8192]; /* the head, or the line around a chunk */
    size_t frame_length;
    int status, closes;
    long left;
    /* event streams only */
    char line[256];
    size_t line_length;
    char last_id[64], seen_id[64], event[32];
    int events, ended;
} client;

static struct {
    const char *method, *path, *body, *type, *headers[8];
    int header_count, port, clients, is_stream;
    long first_id, last_id;
    double rate, seconds;
} setting = {.method = "GET", .path = "/", .type = "application/json", .clients = 16, .seconds = 10,
    .first_id = 1, .last_id = 1};

static client *clients;
static struct pollfd *polled;
static uint32_t *latencies; /* microseconds */
static size_t latency_count, latency_room;
static long requests_made, statuses[6], broken;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void keep_latency(double seconds) {
    if (latency_count == latency_room) {
        latency_room = latency_room ? latency_room * 2 : 1 << 16;
        latencies = realloc(latencies, latency_room * sizeof *latencies);
        if (!latencies) exit(1);
    }
    latencies[latency_count++] = (uint32_t)(seconds * 1e6);
}

/* Copies a template with {id} and {n} filled in. */
static size_t fill(char *to, size_t room, const char *from, long id, long number) {
    size_t length = 0;
    while (*from && length + 24 < room) {
        if (!strncmp(from, "{id}", 4)) {
            length += (size_t)sprintf(to + length, "%ld", id);
            from += 4;
        } else if (!strncmp(from, "{n}", 3)) {
            length += (size_t)sprintf(to + length, "%ld", number);
            from += 3;
        } else {
            to[length++] = *from++;
        }
    }
    to[length] = 0;
    return length;
}

static void open_socket(client *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)setting.port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    /* Over loopback a connect either succeeds at once or never will. */
    if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("load: connect");
        exit(1);
    }
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->answered_before = 0;
}

static void expect_response(client *c) {
    c->request_sent = 0;
    c->part = head;
    c->frame_length = 0;
    c->closes = 0;
    c->busy = 1;
}

static void start_request(client *c, double due) {
    char path[1024], body[1024] = "";
    long id = setting.first_id + requests_made % (setting.last_id - setting.first_id + 1);
    long number = 100 + requests_made % 9900;
    requests_made++;
    fill(path, sizeof path, setting.path, id, number);
    size_t body_length = setting.body ? fill(body, sizeof body, setting.body, id, number) : 0;
    size_t length = (size_t)snprintf(c->request, sizeof c->request, "%s %s HTTP/1.1\r\nHost: localhost:%d\r\n",
        setting.method, path, setting.port);
    for (int i = 0; i < setting.header_count && length < sizeof c->request; i++)
        length += (size_t)snprintf(c->request + length, sizeof c->request - length, "%s\r\n", setting.headers[i]);
    if (setting.body && length < sizeof c->request)
        length += (size_t)snprintf(c->request + length, sizeof c->request - length,
            "Content-Type: %s\r\nContent-Length: %zu\r\n", setting.type, body_length);
    if (length < sizeof c->request)
        length += (size_t)snprintf(c->request + length, sizeof c->request - length, "\r\n%s", body);
    if (length >= sizeof c->request) {
        fprintf(stderr, "load: the request is too long\n");
        exit(64);
    }
    c->request_length = length;
    c->due = due;
    expect_response(c);
    if (c->socket < 0) open_socket(c);
}

static void finish_response(client *c) {
    keep_latency(now() - c->due);
    statuses[c->status >= 100 && c->status < 600 ? c->status / 100 : 0]++;
    c->busy = 0;
    c->answered_before = 1;
    if (c->closes || setting.is_stream) {
        close(c->socket);
        c->socket = -1;
    }
}

/* One whole line of an event stream, without its line end. */
static void stream_line(client *c) {
    c->line[c->line_length] = 0;
    if (c->line_length == 0) {
        if (c->event[0] || c->seen_id[0]) {
            c->events++;
            if (c->seen_id[0]) strcpy(c->last_id, c->seen_id);
            if (!strcmp(c->event, "end")) c->ended = 1;
        }
        c->event[0] = c->seen_id[0] = 0;
    } else if (!strncmp(c->line, "id:", 3)) {
        snprintf(c->seen_id, sizeof c->seen_id, "%.60s", c->line + 3 + (c->line[3] == ' '));
    } else if (!strncmp(c->line, "event:", 6)) {
        snprintf(c->event, sizeof c->event, "%.30s", c->line + 6 + (c->line[6] == ' '));
    }
    c->line_length = 0;
}

static void stream_bytes(client *c, const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n') stream_line(c);
        else if (bytes[i] != '\r' && c->line_length < sizeof c->line - 1) c->line[c->line_length++] = bytes[i];
    }
}

static void read_head(client *c) {
    c->status = atoi(c->frame + 9);
    c->closes = strcasestr(c->frame, "\r\nConnection: close") != NULL;
    char *length = strcasestr(c->frame, "\r\nContent-Length:");
    if (strcasestr(c->frame, "\r\nTransfer-Encoding: chunked")) {
        c->part = chunk_size;
    } else if (length || c->status == 204 || c->status == 304) {
        c->left = length ? atol(length + 17) : 0;
        c->part = c->left ? sized_body : complete;
    } else {
        c->part = endless_body;
    }
}

/* A line that frames the body: of the head, before a chunk, behind one, or at the very end. */
static void frame_line(client *c) {
    c->frame[c->frame_length] = 0;
    int is_blank = c->frame_length <= 2;
    switch (c->part) {
    case head:
        if (c->frame_length < 4 || memcmp(c->frame + c->frame_length - 4, "\r\n\r\n", 4)) return;
        read_head(c);
        break;
    case chunk_size:
        c->left = strtol(c->frame, NULL, 16);
        c->part = c->left ? chunk_data : trailer;
        break;
    case chunk_end: c->part = chunk_size; break;
    default: if (is_blank) c->part = complete;
    }
    c->frame_length = 0;
}

static void receive(client *c, const char *bytes, size_t count) {
    while (count > 0 && c->part != complete) {
        size_t taken = 1;
        if (c->part == sized_body || c->part == chunk_data || c->part == endless_body) {
            taken = c->part == endless_body || (long)count < c->left ? count : (size_t)c->left;
            if (setting.is_stream) stream_bytes(c, bytes, taken);
            c->left -= (long)taken;
            if (c->left == 0 && c->part != endless_body) c->part = c->part == sized_body ? complete : chunk_end;
        } else {
            if (c->frame_length < sizeof c->frame - 1) c->frame[c->frame_length++] = *bytes;
            if (*bytes == '\n') frame_line(c);
        }
        bytes += taken;
        count -= taken;
    }
    if (c->part == complete) finish_response(c);
}

/* A connection that had served before may have been closed while idle: the request is made again on a new one. */
static void lost(client *c) {
    int was_old = c->answered_before && c->part == head && c->frame_length == 0;
    close(c->socket);
    c->socket = -1;
    if (c->part == endless_body && c->status) {
        finish_response(c);
    } else if (c->busy && was_old) {
        expect_response(c);
        open_socket(c);
    } else if (c->busy) {
        broken++;
        c->busy = 0;
    }
}

static void write_request(client *c) {
    ssize_t count = send(c->socket, c->request + c->request_sent, c->request_length - c->request_sent,
        MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) c->request_sent += (size_t)count;
    else if (errno != EAGAIN && errno != EINTR) lost(c);
}

static void read_response(client *c) {
    static char buffer[1 << 16];
    ssize_t count = recv(c->socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count > 0 && c->busy) receive(c, buffer, (size_t)count);
    else if (count >= 0 || (errno != EAGAIN && errno != EINTR)) lost(c);
}

/* Waits for at most so long, then moves every connection that can be moved. Returns 1 when standard input ended. */
static int turn(double seconds) {
    int count = setting.clients, milliseconds = seconds < 0 ? 0 : (int)(seconds * 1000 + 0.999);
    for (int i = 0; i < count; i++) {
        client *c = &clients[i];
        polled[i].fd = c->socket;
        polled[i].events = (short)(POLLIN | (c->busy && c->request_sent < c->request_length ? POLLOUT : 0));
    }
    if (poll(polled, (nfds_t)count + 1, milliseconds) < 0) return 0;
    for (int i = 0; i < count; i++) {
        client *c = &clients[i];
        if (polled[i].revents & POLLOUT) write_request(c);
        if (polled[i].revents & (POLLIN | POLLHUP | POLLERR) && c->socket == polled[i].fd) read_response(c);
    }
    char byte;
    return polled[count].revents && read(0, &byte, 1) == 0;
}

static int busy_clients(void) {
    int count = 0;
    for (int i = 0; i < setting.clients; i++) count += clients[i].busy;
    return count;
}

static client *idle_client(void) {
    for (int i = 0; i < setting.clients; i++)
        if (!clients[i].busy) return &clients[i];
    return NULL;
}

static void start(client *c, double due) {
    start_request(c, due);
    write_request(c);
}

static double saturate(void) {
    double begin = now(), end = begin + setting.seconds;
    while (now() < end) {
        for (client *c; (c = idle_client());) start(c, now());
        turn(0.1);
    }
    return now() - begin;
}

static double keep_rate(void) {
    double begin = now(), end = begin + setting.seconds, due = begin;
    int stopped = 0;
    while (!stopped && due < end) {
        while (due <= now()) {
            client *c = idle_client();
            if (!c) break;
            start(c, due);
            due += 1 / setting.rate;
        }
        double wait = due - now();
        stopped = turn(wait > 0 ? wait : 0.01);
    }
    double patience = now() + 30;
    while (busy_clients() && now() < patience) turn(0.1);
    broken += busy_clients();
    return now() - begin;
}

static double hold_streams(void) {
    double begin = now(), end = begin + setting.seconds;
    for (int i = 0; i < setting.clients; i++) start(&clients[i], begin);
    while (busy_clients() && now() < end) turn(0.5);
    return now() - begin;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile(double share) {
    if (!latency_count) return 0;
    size_t index = (size_t)(share * (double)(latency_count - 1));
    return latencies[index] / 1000.0;
}

static void report_latencies(double seconds) {
    qsort(latencies, latency_count, sizeof *latencies, ascending);
    printf("{\"seconds\": %.3f, \"answered\": %zu, \"per_second\": %.1f, \"ok\": %ld, \"redirected\": %ld, "
        "\"refused\": %ld, \"failed\": %ld, \"broken\": %ld, "
        "\"p50_ms\": %.2f, \"p99_ms\": %.2f, \"worst_ms\": %.2f}\n",
        seconds, latency_count, (double)latency_count / seconds, statuses[2], statuses[3], statuses[4], statuses[5],
        broken, percentile(0.5), percentile(0.99), percentile(1));
}

static void report_streams(double seconds) {
    int opened = 0, ended = 0, agreed = 0, fewest = clients[0].events, most = 0;
    for (int i = 0; i < setting.clients; i++) {
        client *c = &clients[i];
        opened += c->status == 200;
        ended += c->ended;
        agreed += c->last_id[0] && !strcmp(c->last_id, clients[0].last_id);
        if (c->events < fewest) fewest = c->events;
        if (c->events > most) most = c->events;
    }
    printf("{\"seconds\": %.3f, \"clients\": %d, \"opened\": %d, \"ended\": %d, \"same_last_id\": %d, "
        "\"fewest_events\": %d, \"most_events\": %d, \"broken\": %ld}\n",
        seconds, setting.clients, opened, ended, agreed, fewest, most, broken);
}

static void read_arguments(int count, char **arguments) {
    for (int i = 2; i + 1 < count; i += 2) {
        const char *name = arguments[i], *value = arguments[i + 1];
        if (!strcmp(name, "--port")) setting.port = atoi(value);
        else if (!strcmp(name, "--path")) setting.path = value;
        else if (!strcmp(name, "--method")) setting.method = value;
        else if (!strcmp(name, "--body")) setting.body = value;
        else if (!strcmp(name, "--type")) setting.type = value;
        else if (!strcmp(name, "--rate")) setting.rate = atof(value);
        else if (!strcmp(name, "--seconds")) setting.seconds = atof(value);
        else if (!strcmp(name, "--connections")) setting.clients = atoi(value);
        else if (!strcmp(name, "--ids")) sscanf(value, "%ld-%ld", &setting.first_id, &setting.last_id);
        else if (!strcmp(name, "--header") && setting.header_count < 8) setting.headers[setting.header_count++] = value;
        else fprintf(stderr, "load: unknown option %s\n", name), exit(64);
    }
    if (setting.port < 1 || setting.clients < 1 || setting.last_id < setting.first_id || setting.seconds <= 0) exit(64);
}

int main(int count, char **arguments) {
    const char *way = count > 1 ? arguments[1] : "";
    read_arguments(count, arguments);
    clients = calloc((size_t)setting.clients, sizeof *clients);
    polled = calloc((size_t)setting.clients + 1, sizeof *polled);
    if (!clients || !polled) return 1;
    for (int i = 0; i < setting.clients; i++) clients[i].socket = -1;
    polled[setting.clients] = (struct pollfd){.fd = -1, .events = POLLIN};
    if (!strcmp(way, "saturate")) {
        report_latencies(saturate());
    } else if (!strcmp(way, "rate") && setting.rate > 0) {
        polled[setting.clients].fd = 0;
        report_latencies(keep_rate());
    } else if (!strcmp(way, "events")) {
        setting.is_stream = 1;
        report_streams(hold_streams());
    } else {
        fprintf(stderr, "usage: load saturate|rate|events --port P --path T ... (see load.c)\n");
        return 64;
    }
    return 0;
}
