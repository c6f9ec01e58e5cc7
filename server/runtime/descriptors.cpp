// SPDX-License-Identifier: Apache-2.0
#include "runtime/descriptors.h"

#include <algorithm>
#include <limits>

#include <sys/resource.h>

namespace paddock::runtime {

namespace {

/// Log segments, a snapshot, directories, epoll, and connections of the admin server.
constexpr rlim_t kOwnDescriptors = 64;

struct Descriptors {
  rlim_t all = 0;
  rlim_t own = 0;
};

Descriptors descriptors() {
  rlimit limit{};
  const bool known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
  const rlim_t most = std::numeric_limits<int>::max();
  const rlim_t all = known ? std::min(limit.rlim_cur, most) : most;
  return {.all = all, .own = std::min(kOwnDescriptors, all / 4)};
}

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // Best effort: the old limit works, too.
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

int descriptors_for_clients() {
  const Descriptors found = descriptors();
  return static_cast<int>(found.all - found.own);
}

int descriptors_for_admin() {
  const Descriptors found = descriptors();
  return static_cast<int>(found.all - found.own / 2);
}

}  // namespace paddock::runtime
