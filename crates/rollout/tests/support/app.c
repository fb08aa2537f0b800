/* A container for tests: `serve PORT`, `exit CODE LINE…`, `idle`. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void stop(int number) { (void)number; _exit(0); }

static int serve(int port) {
  int one = 1, server = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 16)) return 1;
  for (;;) {
    char request[2048];
    const char *answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
    int client = accept(server, NULL, NULL);
    if (client < 0) continue;
    if (read(client, request, sizeof request) < 0 || write(client, answer, strlen(answer)) < 0) perror("client");
    close(client);
  }
}

int main(int count, char **words) {
  signal(SIGTERM, stop);
  setvbuf(stdout, NULL, _IONBF, 0);
  if (count > 2 && !strcmp(words[1], "serve")) return serve(atoi(words[2]));
  if (count > 2 && !strcmp(words[1], "exit")) {
    for (int i = 3; i < count; i++) puts(words[i]);
    return atoi(words[2]);
  }
  for (;;) pause();
}
