// SPDX-License-Identifier: Apache-2.0
//
// What no replicated write can do without: the answer to its client and the one between the servers
// (two round trips over loopback) and one sync. Measures each alone and the three in a row, and
// prints JSON in microseconds. Two threads: one measures, the other returns what it receives.
//
//   paddock-bench-floor FOLDER COUNT
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/time.h"
#include "bench/histogram.h"
#include "bench/poller.h"

namespace paddock::bench {
namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::size_t kBlocks = 4096;
constexpr std::size_t kMessage = 100;

std::unexpected<Error> failed(std::string_view what) {
  return fail(fmt::format("{}: {}", what, errno_text(errno)));
}

/// A file whose blocks are all written already, so that a sync has no metadata to write. It has no
/// name: nothing stays behind.
class Disk {
 public:
  [[nodiscard]] Result<> prepare(const std::string& folder) {
    descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return failed("cannot make a file in " + folder);
    for (std::size_t i = 0; i < kBlocks; ++i) PADDOCK_TRY(write_block());
    return ::fsync(descriptor_) == 0 ? Result<>{} : failed("cannot sync");
  }

  [[nodiscard]] Result<> write_and_sync() {
    PADDOCK_TRY(write_block());
    return ::fdatasync(descriptor_) == 0 ? Result<>{} : failed("cannot sync");
  }

 private:
  [[nodiscard]] Result<> write_block() {
    const auto at = static_cast<off_t>(next_++ % kBlocks * kBlock);
    const ssize_t written = ::pwrite(descriptor_, block_.data(), block_.size(), at);
    return written == static_cast<ssize_t>(kBlock) ? Result<>{} : failed("cannot write");
  }

  int descriptor_ = -1;
  std::size_t next_ = 0;
  std::array<char, kBlock> block_{};
};

bool send_message(int socket) {
  const std::array<char, kMessage> message{};
  return ::send(socket, message.data(), kMessage, MSG_NOSIGNAL) == ssize_t{kMessage};
}

bool receive_message(int socket) {
  std::array<char, kMessage> message{};
  return ::recv(socket, message.data(), kMessage, MSG_WAITALL) == ssize_t{kMessage};
}

/// A TCP connection over loopback to a thread that returns every message.
class Echo {
 public:
  Echo() = default;
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo() {
    if (near_ >= 0) ::shutdown(near_, SHUT_RDWR);
  }

  [[nodiscard]] Result<> connect() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener, generic, length) != 0 || ::listen(listener, 1) != 0 ||
        ::getsockname(listener, generic, &length) != 0) {
      return failed("cannot listen on loopback");
    }
    near_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(near_, generic, length) != 0) return failed("cannot connect over loopback");
    const int far = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (far < 0) return failed("cannot accept over loopback");
    for (const int end : {near_, far}) {
      const int on = 1;
      static_cast<void>(::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    }
    thread_ = std::jthread([far] {
      while (receive_message(far) && send_message(far)) {
      }
    });
    return {};
  }

  [[nodiscard]] Result<> round_trip() {
    const bool done = send_message(near_) && receive_message(near_);
    return done ? Result<>{} : failed("no answer over loopback");
  }

 private:
  int near_ = -1;
  std::jthread thread_;
};

/// Records what `step` takes.
template <class Step>
Result<> timed(Histogram& histogram, Step step) {
  const MonotonicTime begin = monotonic_now();
  PADDOCK_TRY(step());
  histogram.record(monotonic_now() - begin);
  return {};
}

std::string to_json(std::string_view name, const Histogram& histogram) {
  const auto us = [&](std::uint64_t per_mille) {
    return std::chrono::duration<double, std::micro>(histogram.percentile(per_mille)).count();
  };
  return fmt::format(R"("{}":{{"p50":{:.2f},"p99":{:.2f}}})", name, us(500), us(990));
}

Result<std::string> run(const std::string& folder, std::uint64_t count) {
  Disk disk;
  PADDOCK_TRY(disk.prepare(folder));
  Echo echo;
  PADDOCK_TRY(echo.connect());
  Histogram sync;
  Histogram trip;
  Histogram write;
  const auto round_trip = [&] {
    return echo.round_trip();
  };
  const auto write_and_sync = [&] {
    return disk.write_and_sync();
  };
  const auto all = [&]() -> Result<> {
    PADDOCK_TRY(round_trip());
    PADDOCK_TRY(write_and_sync());
    return round_trip();
  };
  // In turn, so that what else the machine does meets all alike.
  for (std::uint64_t i = 0; i < count; ++i) {
    PADDOCK_TRY(timed(sync, write_and_sync));
    PADDOCK_TRY(timed(trip, round_trip));
    PADDOCK_TRY(timed(write, all));
  }
  return fmt::format("{{{},{},{}}}\n",
                     to_json("sync_us", sync),
                     to_json("round_trip_us", trip),
                     to_json("write_us", write));
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
