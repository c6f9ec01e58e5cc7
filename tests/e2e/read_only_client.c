/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of libzookeeper that accepts servers without a quorum: tries to read and to write /node
 * ten times a second, and prints a line whenever its state or the outcome of either changes. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

static void ignore(zhandle_t* handle, int type, int state, const char* path, void* context) {
  (void)handle, (void)type, (void)state, (void)path, (void)context;
}

static const char* state_of(zhandle_t* handle) {
  const int state = zoo_state(handle);
  if (state == ZOO_CONNECTED_STATE) return "connected";
  return state == ZOO_READONLY_STATE ? "read-only" : "other";
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
  zhandle_t* const handle = zookeeper_init(argv[1], ignore, 10000, NULL, NULL, ZOO_READONLY);
  if (handle == NULL) return 1;
  char last[100] = "";
  for (;;) {
    char data[10];
    int length = sizeof data;
    const int read = zoo_get(handle, "/node", 0, data, &length, NULL);
    const int write = zoo_set(handle, "/node", "c", 1, -1);
    char line[sizeof last];
    snprintf(line, sizeof line, "%s read %d write %d", state_of(handle), read, write);
    if (strcmp(line, last) != 0) puts(strcpy(last, line));
    usleep(100000);
  }
}
