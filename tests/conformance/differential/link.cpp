// SPDX-License-Identifier: Apache-2.0
#include "link.h"

#include <cerrno>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace paddock::conformance {

namespace {
constexpr int kAnswerMs = 30'000;  // A server that is silent for so long does not answer.
constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kLengthBytes = 4;
}  // namespace

Result<Link> Link::open(const std::string& host, std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail("socket: " + errno_text(errno));
  Link link(descriptor);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return fail(fmt::format("{} is no IPv4 address", host));
  }
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail(fmt::format("connecting to {}:{}: {}", host, port, errno_text(errno)));
  }
  const int on = 1;
  static_cast<void>(::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  return link;
}

Link::Link(Link&& other) noexcept {
  *this = std::move(other);
}

Link& Link::operator=(Link&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  inbound_.swap(other.inbound_);
  std::swap(last_, other.last_);
  return *this;
}

Link::~Link() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Link::send(View bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::expected<void, LinkEnd> Link::fill(std::size_t count) {
  while (inbound_.size() < count) {
    pollfd wanted{descriptor_, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, kAnswerMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::unexpected(LinkEnd::NoAnswer);
    char* at = inbound_.reserve_tail(kReadBytes);
    const ssize_t got = ::recv(descriptor_, at, kReadBytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::unexpected(LinkEnd::Closed);
    inbound_.commit(static_cast<std::size_t>(got));
  }
  return {};
}

std::expected<View, LinkEnd> Link::receive() {
  inbound_.consume(std::exchange(last_, 0));
  PADDOCK_TRY(fill(kLengthBytes));
  const auto length = static_cast<std::size_t>(load_be<std::uint32_t>(inbound_.data()));
  PADDOCK_TRY(fill(kLengthBytes + length));
  last_ = kLengthBytes + length;
  return View{inbound_.data() + kLengthBytes, length};
}

bool Link::wait_for_close() {
  for (;;) {
    const auto frame = receive();
    if (!frame) return frame.error() == LinkEnd::Closed;
  }
}

}  // namespace paddock::conformance
