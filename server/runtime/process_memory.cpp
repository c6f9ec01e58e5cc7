// SPDX-License-Identifier: Apache-2.0
#include "runtime/process_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include <unistd.h>

namespace paddock::runtime {

namespace {

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

/// The number in a file; without one, as in "max", there is no limit.
std::int64_t limit_in(const std::string& path) {
  std::ifstream file(path);
  std::int64_t bytes = 0;
  return file >> bytes ? bytes : kUnlimited;
}

/// Limits of a group hold for those in it too.
std::int64_t limit_of_group(const std::string& mount, std::string group, const std::string& file) {
  std::int64_t limit = limit_in(mount + "/" + file);
  while (group.size() > 1) {
    limit = std::min(limit, limit_in(mount + group + "/" + file));
    group.resize(group.rfind('/'));
  }
  return limit;
}

}  // namespace

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  file >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

std::int64_t memory_for_process(const std::string& root) {
  std::int64_t limit = ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
  std::ifstream groups(root + "proc/self/cgroup");
  // "0::/a/b" of version 2, "4:memory:/a/b" of version 1; in a container the group's own folder is
  // the root of the mount.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string kinds = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1);
    if (kinds == ",,") {
      limit = std::min(limit, limit_of_group(root + "sys/fs/cgroup", group, "memory.max"));
    } else if (kinds.find(",memory,") != std::string::npos) {
      limit = std::min(
          limit, limit_of_group(root + "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
  }
  return limit;
}

std::int64_t bytes_of(const config::MemoryLimit& limit) {
  return limit.percent == 0 ? limit.bytes : memory_for_process() / 100 * limit.percent;
}

}  // namespace paddock::runtime
