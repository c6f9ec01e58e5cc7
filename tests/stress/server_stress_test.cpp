// SPDX-License-Identifier: Apache-2.0
//
// A whole server with I/O threads, clients on sockets, snapshots and reports, all at once.
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/version.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "net/fd.h"
#include "runtime/server.h"

namespace paddock {
namespace {

constexpr int kClients = 6;
constexpr int kRounds = 150;

/// A socket connected to the port, closed if nobody listens there.
net::Fd connected(std::uint16_t port) {
  net::Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* at = reinterpret_cast<sockaddr*>(&address);
  if (::connect(socket.get(), at, sizeof address) != 0) socket.reset();
  return socket;
}

/// A client that asks and waits.
class BlockingClient {
 public:
  explicit BlockingClient(std::uint16_t port) : socket_(paddock::connected(port)) {
    const std::string password(16, '\0');
    ByteBuffer out;
    jute::FrameWriter frame(out);
    jute::Writer writer(out);
    writer.put(jute::ConnectRequest{.timeout_ms = 10000, .password = password});
    writer.put(false);
    frame.close();
    send(out.view());
    static_cast<void>(receive());
  }

  template <class Record>
  ErrorCode call(jute::Opcode opcode, const Record& record) {
    ByteBuffer out;
    jute::FrameWriter frame(out);
    jute::Writer writer(out);
    writer.put(jute::RequestHeader{++xid_, opcode});
    writer.put(record);
    frame.close();
    send(out.view());
    for (;;) {
      const std::string reply = receive();
      jute::ReplyHeader header;
      if (!jute::decode(reply, header)) return ErrorCode::ConnectionLoss;
      if (header.xid == xid_) return header.err;
    }
  }

  [[nodiscard]] bool connected() const { return socket_.is_open(); }

 private:
  void send(View bytes) {
    static_cast<void>(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  std::string receive() {
    std::string bytes(4, '\0');
    if (::recv(socket_.get(), bytes.data(), 4, MSG_WAITALL) != 4) return {};
    bytes.resize(static_cast<std::size_t>(load_be<std::int32_t>(bytes.data())));
    const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_WAITALL);
    return got == static_cast<ssize_t>(bytes.size()) ? bytes : std::string{};
  }

  net::Fd socket_;
  std::int32_t xid_ = 0;
};

void talk(std::uint16_t port, int number) {
  BlockingClient client(port);
  ASSERT_TRUE(client.connected());
  jute::ListBuilder<jute::Acl> acl;
  acl.add({jute::kPermAll, {"world", "anyone"}});
  const std::string own = "/own" + std::to_string(number);
  EXPECT_EQ(client.call(jute::Opcode::Create,
                        jute::CreateRequest{own, "x", acl.view(), jute::CreateMode::Ephemeral}),
            ErrorCode::Ok);
  for (int round = 0; round < kRounds; ++round) {
    const std::string neighbour = "/own" + std::to_string((number + 1) % kClients);
    static_cast<void>(client.call(jute::Opcode::Exists, jute::PathWatchRequest{neighbour, true}));
    EXPECT_EQ(client.call(jute::Opcode::SetData, jute::SetDataRequest{own, "y", -1}),
              ErrorCode::Ok);
    EXPECT_EQ(client.call(jute::Opcode::GetData, jute::PathWatchRequest{own, true}), ErrorCode::Ok);
  }
}

/// Whether a four-letter word is answered.
bool ask_word(std::uint16_t port, View word) {
  const net::Fd socket = connected(port);
  if (!socket.is_open()) return false;
  static_cast<void>(::send(socket.get(), word.data(), word.size(), MSG_NOSIGNAL));
  std::array<char, 4096> text{};
  const auto got = ::recv(socket.get(), text.data(), text.size(), 0);
  return got > 0;
}

/// Whether a session can be made and write.
bool write_once(std::uint16_t port) {
  BlockingClient client(port);
  if (!client.connected()) return false;
  return client.call(jute::Opcode::SetData, jute::SetDataRequest{"/", "y", -1}) == ErrorCode::Ok;
}

/// A server's folder, which goes with it.
struct Home {
  Home() { EXPECT_NE(::mkdtemp(path.data()), nullptr); }
  ~Home() { std::filesystem::remove_all(path); }

  std::string path = (std::filesystem::temp_directory_path() / "paddock-stress-XXXXXX").string();
};

config::ServerConfig small_server(const std::string& home) {
  config::ServerConfig config;
  config.clients.plain = config::Endpoint{"127.0.0.1", 0};
  config.clients.connections_per_address_max = 0;
  config.storage.data_dir = home;
  config.storage.data_log_dir = home;
  config.storage.preallocate_bytes = std::uint64_t{1} << 20U;
  config.storage.reserve_file_bytes = 0;
  config.storage.snapshot_transactions = 100;
  config.storage.force_sync = false;
  config.admin.enabled = false;
  config.process.io_threads = 2;
  return config;
}

TEST(ServerStress, ManyClientsOverTwoIoThreadsWithSnapshots) {
  const Home home;
  auto server = runtime::Server::open(small_server(home.path), kFeatureLevel);
  ASSERT_TRUE(server.has_value()) << server.error().message;
  std::thread running([&] { EXPECT_TRUE((*server)->run().has_value()); });
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] { talk((*server)->client_port(), i); });
  }
  for (std::thread& client : clients) client.join();
  (*server)->stop();
  running.join();
}

TEST(ServerStress, EndsWhileWritesAndFourLetterWordsComeIn) {
  const Home home;
  config::ServerConfig config = small_server(home.path);
  config.admin.enabled = true;
  config.admin.listen = config::Endpoint{"127.0.0.1", 0};
  config.four_letter_words.all = true;
  auto server = runtime::Server::open(config, kFeatureLevel);
  ASSERT_TRUE(server.has_value()) << server.error().message;
  const std::uint16_t port = (*server)->client_port();
  std::thread running([&] { EXPECT_TRUE((*server)->run().has_value()); });
  std::atomic<int> answers{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] {
      if (i % 2 == 0) {
        while (ask_word(port, i % 4 == 0 ? "mntr" : "cons")) ++answers;
      } else {
        while (write_once(port)) ++answers;
      }
    });
  }
  while (answers < 50) std::this_thread::yield();
  (*server)->stop();
  running.join();
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace paddock
