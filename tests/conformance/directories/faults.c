/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk that fails when it is told to: a library for LD_PRELOAD that stands between a server and the
 * calls by which it reaches its files. PADDOCK_FAULTS names a file of rules, read anew at each call, one
 * a line: CALL ERROR TEXT, for files whose path contains TEXT.
 *
 *   read, write, sync, open   the call fails; open only if the file is to be written
 *   grow                      writes that make a file longer fail, and new files cannot be reserved
 *   free                      ERROR is the number of free bytes that the file system claims to have
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(name)*)dlsym(RTLD_NEXT, #name))

static int error_named(const char* name) {
  if (strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (strcmp(name, "EROFS") == 0) return EROFS;
  return EIO;
}

/* The first rule for a call and a path; its second word goes to `value`. */
static int find_rule(const char* call, const char* path, char value[32]) {
  const char* rules_path = getenv("PADDOCK_FAULTS");
  char rules[4096];
  int found = 0;
  if (rules_path == NULL || path == NULL) return 0;
  int fd = REAL(open)(rules_path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t size = REAL(pread)(fd, rules, sizeof rules - 1, 0);
  close(fd);
  rules[size > 0 ? size : 0] = '\0';
  for (char *rest = rules, *line; !found && (line = strsep(&rest, "\n")) != NULL;) {
    char of_call[16];
    char text[256];
    if (sscanf(line, "%15s %31s %255s", of_call, value, text) != 3) continue;
    found = strcmp(of_call, call) == 0 && strstr(path, text) != NULL;
  }
  return found;
}

static int fails(const char* call, const char* path) {
  char value[32];
  return find_rule(call, path, value) ? error_named(value) : 0;
}

static int fd_fails(const char* call, int fd) {
  char link[64];
  char path[1024];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = '\0';
  return fails(call, path);
}

static int grows(int fd, off_t end) {
  struct stat status;
  return fstat(fd, &status) == 0 && end > status.st_size;
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  int code = (flags & O_ACCMODE) != O_RDONLY ? fails("open", path) : 0;
  if (code != 0) return errno = code, -1;
  return REAL(open)(path, flags, mode);
}

ssize_t pread(int fd, void* into, size_t size, off_t offset) {
  int code = fd_fails("read", fd);
  if (code != 0) return errno = code, -1;
  return REAL(pread)(fd, into, size, offset);
}

ssize_t pwritev(int fd, const struct iovec* parts, int count, off_t offset) {
  int code = fd_fails("write", fd);
  off_t end = offset;
  for (int i = 0; i < count; ++i) end += (off_t)parts[i].iov_len;
  if (code == 0 && grows(fd, end)) code = fd_fails("grow", fd);
  if (code != 0) return errno = code, -1;
  return REAL(pwritev)(fd, parts, count, offset);
}

int fdatasync(int fd) {
  int code = fd_fails("sync", fd);
  if (code != 0) return errno = code, -1;
  return REAL(fdatasync)(fd);
}

int fsync(int fd) {
  int code = fd_fails("sync", fd);
  if (code != 0) return errno = code, -1;
  return REAL(fsync)(fd);
}

int posix_fallocate(int fd, off_t offset, off_t size) {
  int code = grows(fd, offset + size) ? fd_fails("grow", fd) : 0;
  return code != 0 ? code : REAL(posix_fallocate)(fd, offset, size);
}

int statvfs(const char* path, struct statvfs* into) {
  char value[32];
  int result = REAL(statvfs)(path, into);
  if (result == 0 && find_rule("free", path, value)) {
    into->f_bavail = strtoull(value, NULL, 10) / into->f_frsize;
  }
  return result;
}
