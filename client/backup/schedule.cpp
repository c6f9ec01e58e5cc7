// SPDX-License-Identifier: Apache-2.0
#include "backup/schedule.h"

#include <cerrno>
#include <csignal>
#include <ctime>

namespace paddock::backup {

Result<> repeat(milliseconds every, const std::function<void()>& once) {
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGINT);
  ::sigaddset(&ends, SIGTERM);
  if (::sigprocmask(SIG_BLOCK, &ends, nullptr) != 0) {
    return fail("signals cannot be waited for: " + errno_text(errno));
  }
  constexpr std::int64_t kMillion = 1'000'000;
  const timespec pause{.tv_sec = static_cast<std::time_t>(every.count() / 1000),
                       .tv_nsec = static_cast<long>(every.count() % 1000 * kMillion)};
  for (;;) {
    once();
    if (::sigtimedwait(&ends, nullptr, &pause) >= 0) return {};
  }
}

}  // namespace paddock::backup
