/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that takes its time: preloaded, it delays every fdatasync by SLOW_SYNC_MS. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fdatasync(int fd) {
  static int (*real)(int);
  const char *ms = getenv("SLOW_SYNC_MS");
  const long delay = ms == NULL ? 0 : atol(ms);
  const struct timespec wait = {delay / 1000, delay % 1000 * 1000000};
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  nanosleep(&wait, NULL);
  return real(fd);
}
