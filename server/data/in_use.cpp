// SPDX-License-Identifier: Apache-2.0
#include "data/in_use.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace paddock::data {

bool is_in_use(const std::string& home) {
  const int fd = ::open((home + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool is_held = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  // Takes what was held with it.
  ::close(fd);
  return is_held;
}

}  // namespace paddock::data
