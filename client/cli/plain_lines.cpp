// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "client_cli/line_source.h"

namespace paddock::cli {

namespace {

class PlainLines final : public LineSource {
 public:
  explicit PlainLines(LineCallbacks callbacks) : callbacks_(std::move(callbacks)) {}

  std::optional<std::string> read_line() override {
    while (true) {
      const std::size_t end = buffer_.find('\n');
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      if (!read_more()) break;
    }
    if (buffer_.empty()) return std::nullopt;
    return std::exchange(buffer_, {});
  }

  void remember(const std::string& /*line*/) override {}

 private:
  /// False at the end of the input.
  bool read_more() {
    while (true) {
      std::array<pollfd, 2> fds{{{STDIN_FILENO, POLLIN, 0}, {callbacks_.event_fd, POLLIN, 0}}};
      const int ready = ::poll(fds.data(), fds.size(), -1);
      if (ready < 0 && errno == EINTR) continue;
      if (ready < 0) return false;
      if (fds[1].revents != 0) callbacks_.print_events();
      if (fds[0].revents != 0) break;
    }
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return false;
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
  }

  LineCallbacks callbacks_;
  std::string buffer_;
};

}  // namespace

std::unique_ptr<LineSource> plain_lines(LineCallbacks callbacks) {
  return std::make_unique<PlainLines>(std::move(callbacks));
}

}  // namespace paddock::cli
