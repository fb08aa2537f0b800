/* What the smoke test runs in pods:
     probe serve             answer every request on port 8080 with the host's name
     probe get HOST PORT     send a request and print the answer
     probe connect HOST PORT say whether something listens there
     probe write FILE TEXT   write a file and print it
     probe crash             end with code 3 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int stop(const char *what) {
    perror(what);
    return 1;
}

static void answer(int peer) {
    char request[4096], host[256], reply[512];
    if (read(peer, request, sizeof request) <= 0 || gethostname(host, sizeof host) != 0) {
        return;
    }
    int length = snprintf(reply, sizeof reply,
                          "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s\n",
                          strlen(host) + 1, host);
    if (write(peer, reply, length) != length) {
        perror("write");
    }
}

static int serve(void) {
    struct addrinfo *here, wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    if (getaddrinfo(NULL, "8080", &wanted, &here) != 0) {
        return stop("getaddrinfo");
    }
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, here->ai_addr, here->ai_addrlen) != 0 || listen(listener, 64) != 0) {
        return stop("listen");
    }
    puts("serving");
    fflush(stdout);
    for (;;) {
        int peer = accept(listener, NULL, NULL);
        if (peer >= 0) {
            answer(peer);
            close(peer);
        }
    }
}

static int dial(const char *host, const char *port) {
    struct addrinfo *there, wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    int failure = getaddrinfo(host, port, &wanted, &there);
    if (failure != 0) {
        fprintf(stderr, "%s: %s\n", host, gai_strerror(failure));
        return -1;
    }
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(peer, there->ai_addr, there->ai_addrlen) != 0) {
        perror(host);
        return -1;
    }
    return peer;
}

static int get(const char *host, const char *port) {
    char buffer[4096];
    ssize_t length;
    int peer = dial(host, port);
    if (peer < 0) {
        return 1;
    }
    dprintf(peer, "GET / HTTP/1.0\r\n\r\n");
    while ((length = read(peer, buffer, sizeof buffer)) > 0) {
        fwrite(buffer, 1, length, stdout);
    }
    return 0;
}

static int write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    if (file == NULL || fprintf(file, "%s\n", text) < 0 || fclose(file) != 0) {
        return stop(path);
    }
    printf("wrote %s as user %d group %d\n", path, (int)getuid(), (int)getegid());
    return 0;
}

int main(int count, char **words) {
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "serve") == 0) {
        return serve();
    } else if (strcmp(what, "get") == 0 && count == 4) {
        return get(words[2], words[3]);
    } else if (strcmp(what, "connect") == 0 && count == 4) {
        return dial(words[2], words[3]) < 0;
    } else if (strcmp(what, "write") == 0 && count == 4) {
        return write_file(words[2], words[3]);
    } else if (strcmp(what, "crash") == 0) {
        puts("about to crash");
        return 3;
    }
    fprintf(stderr, "usage: probe serve | get HOST PORT | connect HOST PORT | write FILE TEXT | crash\n");
    return 2;
}
