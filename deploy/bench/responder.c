/*
 * The peer of the API: a bare libfcgi responder, N processes on one socket, each answering every request with the same
 * bytes. What it answers in a second is what FastCGI itself allows on this machine.
 *
 *     responder SOCKET PROCESSES BODY-BYTES
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer(int listener, const char *response, int length) {
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutStr(response, length, request.out);
        FCGX_Finish_r(&request);
    }
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: responder SOCKET PROCESSES BODY-BYTES\n");
        return 64;
    }
    int processes = atoi(arguments[2]), size = atoi(arguments[3]);
    char *response = malloc((size_t)size + 256);
    if (!response || processes < 1 || size < 2) return 64;
    int head = sprintf(response,
        "Status: 200 OK\r\nContent-Type: application/json\r\nETag: \"1-1\"\r\nCache-Control: no-cache\r\n"
        "Content-Length: %d\r\n\r\n", size);
    memset(response + head, 'x', (size_t)size);
    response[head] = response[head + size - 1] = '"';

    FCGX_Init();
    umask(0117);
    int listener = FCGX_OpenSocket(arguments[1], 4096);
    if (listener < 0) return 1;
    for (int i = 0; i < processes; i++) {
        if (fork() != 0) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        answer(listener, response, head + size);
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    return 0;
}
