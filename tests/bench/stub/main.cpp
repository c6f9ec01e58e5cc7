// SPDX-License-Identifier: Apache-2.0
//
// The limit to aim at: a server that answers the client protocol's frames from one epoll loop
// without knowing anything. Reads are answered at once; writes, with a log file, after one write
// and one sync for all that was readable. What it does per second and per microsecond of processor
// is what this machine's kernel and disk allow; a real server is measured as a share of it.
//
//   paddock-bench-stub PORT [LOG-FILE]
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jute/reader.h"
#include "stub/replies.h"
#include "stub/write_log.h"

namespace paddock::stub {
namespace {

constexpr std::size_t kReceiveBytes = 16384;

struct Client {
  int descriptor = -1;
  bool greeted = false;
  bool closing = false;
  /// In the list of those to send to.
  bool queued = false;
  bool watches = false;
  ByteBuffer in;
  ByteBuffer out;
};

class Server {
 public:
  Server(int listener, std::optional<WriteLog> log) : listener_(listener), log_(std::move(log)) {
    poller_ = epoll_create1(EPOLL_CLOEXEC);
    watch_descriptor(listener, nullptr);
  }

  [[nodiscard]] Result<> run() {
    std::array<epoll_event, 256> events{};
    while (true) {
      const int count = epoll_wait(poller_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        auto* client = static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr);
        client == nullptr ? accept_all() : receive(*client);
      }
      if (log_ && !log_->batch().empty()) PADDOCK_TRY(log_->sync_batch());
      send_all();
    }
  }

 private:
  void watch_descriptor(int descriptor, Client* client) const {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = client}};
    epoll_ctl(poller_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void accept_all() {
    while (true) {
      const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const int on = 1;
      static_cast<void>(setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
      auto client = std::make_unique<Client>();
      client->descriptor = descriptor;
      watch_descriptor(descriptor, client.release());
    }
  }

  void receive(Client& client) {
    char* into = client.in.reserve_tail(kReceiveBytes);
    const ssize_t count = ::recv(client.descriptor, into, client.in.tail_room(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      client.closing = true;
    } else {
      client.in.commit(static_cast<std::size_t>(count));
      take_frames(client);
    }
    queue(client);
  }

  void take_frames(Client& client) {
    while (client.in.size() >= sizeof(std::int32_t)) {
      const auto length = static_cast<std::size_t>(load_be<std::uint32_t>(client.in.data()));
      if (client.in.size() < sizeof(std::int32_t) + length) return;
      on_frame(client, View{client.in.data() + sizeof(std::int32_t), length});
      client.in.consume(sizeof(std::int32_t) + length);
    }
  }

  void on_frame(Client& client, View frame) {
    if (!client.greeted) {
      client.greeted = put_handshake_reply(client.out, frame, ++last_session_);
      client.closing = !client.greeted;
      if (log_ && asks_for_new_session(frame)) log_->batch().append(frame);
      return;
    }
    jute::Reader reader(frame);
    jute::RequestHeader header;
    if (!reader.get(header)) return;
    if (is_write(header.type)) {
      ++zxid_;
      if (log_) log_->batch().append(frame);
    }
    if (header.type == jute::Opcode::GetData && frame.back() != 0 && !client.watches) {
      client.watches = true;
      watchers_.push_back(&client);
    }
    if (header.type == jute::Opcode::SetData) tell_watchers(reader.rest());
    put_reply(client.out, header, reader.rest(), zxid_);
    client.closing = client.closing || header.type == jute::Opcode::CloseSession;
  }

  void tell_watchers(View set_request) {
    jute::PathRequest request;
    if (watchers_.empty() || !jute::decode(set_request, request)) return;
    for (Client* watcher : watchers_) {
      put_event(watcher->out, request.path, zxid_);
      watcher->watches = false;
      queue(*watcher);
    }
    watchers_.clear();
  }

  void queue(Client& client) {
    if (client.queued) return;
    client.queued = true;
    to_send_.push_back(&client);
  }

  void send_all() {
    for (Client* client : to_send_) {
      client->queued = false;
      const ssize_t count =
          client->out.empty()
              ? 0
              : ::send(client->descriptor, client->out.data(), client->out.size(), MSG_NOSIGNAL);
      if (count > 0) client->out.consume(static_cast<std::size_t>(count));
      // The generator reads all the time: a full socket buffer means that it has gone.
      if (client->closing || !client->out.empty()) drop(client);
    }
    to_send_.clear();
  }

  void drop(Client* client) {
    ::close(client->descriptor);
    if (client->watches) std::erase(watchers_, client);
    delete client;
  }

  int listener_;
  int poller_ = -1;
  std::optional<WriteLog> log_;
  std::int64_t zxid_ = 0;
  std::int64_t last_session_ = 0;
  std::vector<Client*> to_send_;
  std::vector<Client*> watchers_;
};

Result<int> listen_on(std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  static_cast<void>(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (::bind(listener, generic, sizeof address) != 0 || ::listen(listener, 1024) != 0) {
    return fail(fmt::format("cannot listen on port {}: {}", port, errno_text(errno)));
  }
  return listener;
}

Result<> serve(int argc, char** argv) {
  std::uint16_t port = 0;
  const View text = argc > 1 ? View{argv[1]} : kEmpty;
  if (std::from_chars(text.data(), text.data() + text.size(), port).ec != std::errc{}) {
    return fail("usage: paddock-bench-stub PORT [LOG-FILE]");
  }
  std::optional<WriteLog> log;
  if (argc > 2) {
    auto opened = WriteLog::open(argv[2]);
    if (!opened) return std::unexpected(std::move(opened).error());
    log = std::move(*opened);
  }
  const auto listener = listen_on(port);
  if (!listener) return std::unexpected(listener.error());
  return Server(*listener, std::move(log)).run();
}

}  // namespace
}  // namespace paddock::stub

int main(int argc, char** argv) {
  const auto result = paddock::stub::serve(argc, argv);
  fmt::print(stderr, "paddock-bench-stub: {}\n", result.error().message);
  return 1;
}
