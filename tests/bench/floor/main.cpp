// SPDX-License-Identifier: Apache-2.0
//
// What no replicated write can do without: the answer to its client and the one between the servers
// (two round trips over loopback) and one sync, or, where three servers share a disk and sync at
// the same time, the second of three. Measures each and their sums, and prints JSON in
// microseconds.
//
//   paddock-bench-floor FOLDER COUNT
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/time.h"
#include "bench/histogram.h"
#include "bench/poller.h"
#include "floor/echo.h"
#include "floor/quorum.h"

namespace paddock::bench {
namespace {

class Floor {
 public:
  [[nodiscard]] Result<> prepare(const std::string& folder) {
    PADDOCK_TRY(quorum_.prepare(folder));
    return echo_.connect();
  }

  /// Each once: in turn, so that what else the machine does meets all alike.
  [[nodiscard]] Result<> measure() {
    PADDOCK_TRY(measure(&Quorum::one_sync, sync_, write_));
    return measure(&Quorum::second_sync, second_sync_, quorum_write_);
  }

  [[nodiscard]] std::string to_json() const {
    return fmt::format("{{{},{},{},{},{}}}\n",
                       to_json("sync_us", sync_),
                       to_json("second_sync_us", second_sync_),
                       to_json("round_trip_us", round_trip_),
                       to_json("write_us", write_),
                       to_json("quorum_write_us", quorum_write_));
  }

 private:
  using Sync = Result<Duration> (Quorum::*)();

  Result<> measure(Sync sync, Histogram& of_sync, Histogram& of_write) {
    const MonotonicTime begin = monotonic_now();
    PADDOCK_TRY(echo_.round_trip());
    const MonotonicTime middle = monotonic_now();
    PADDOCK_TRY(echo_.round_trip());
    const Duration trips = monotonic_now() - begin;
    round_trip_.record(middle - begin);
    const auto took = (quorum_.*sync)();
    if (!took) return std::unexpected(took.error());
    of_sync.record(*took);
    of_write.record(trips + *took);
    return {};
  }

  static std::string to_json(std::string_view name, const Histogram& histogram) {
    const auto us = [&](std::uint64_t per_mille) {
      return std::chrono::duration<double, std::micro>(histogram.percentile(per_mille)).count();
    };
    return fmt::format(R"("{}":{{"p50":{:.2f},"p99":{:.2f}}})", name, us(500), us(990));
  }

  Quorum quorum_;
  Echo echo_;
  Histogram sync_;
  Histogram second_sync_;
  Histogram round_trip_;
  Histogram write_;
  Histogram quorum_write_;
};

Result<std::string> run(const std::string& folder, std::uint64_t count) {
  Floor floor;
  PADDOCK_TRY(floor.prepare(folder));
  for (std::uint64_t i = 0; i < count; ++i) PADDOCK_TRY(floor.measure());
  return floor.to_json();
}

}  // namespace
}  // namespace paddock::bench

int main(int argc, char** argv) {
  std::uint64_t count = 0;
  const std::string_view text = argc == 3 ? argv[2] : "";
  std::from_chars(text.data(), text.data() + text.size(), count);
  if (count == 0) {
    fmt::print(stderr, "usage: paddock-bench-floor FOLDER COUNT\n");
    return 2;
  }
  const auto result = paddock::bench::run(argv[1], count);
  if (!result) {
    fmt::print(stderr, "paddock-bench-floor: {}\n", result.error().message);
    return 1;
  }
  fmt::print("{}", *result);
  return 0;
}
