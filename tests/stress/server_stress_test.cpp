// SPDX-License-Identifier: Apache-2.0
//
// A whole server with I/O threads, clients on sockets, snapshots and reports, all at once.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "jute/records.h"
#include "jute/writer.h"
#include "net/fd.h"
#include "runtime/server.h"

namespace paddock {
namespace {

constexpr int kClients = 6;
constexpr int kRounds = 150;

/// A client that asks and waits.
class BlockingClient {
 public:
  explicit BlockingClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* at = reinterpret_cast<sockaddr*>(&address);
    connected_ = ::connect(socket_.get(), at, sizeof address) == 0;
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

  [[nodiscard]] bool connected() const { return connected_; }

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
  bool connected_ = false;
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

TEST(ServerStress, ManyClientsOverTwoIoThreadsWithSnapshots) {
  std::string home = (std::filesystem::temp_directory_path() / "paddock-stress-XXXXXX").string();
  ASSERT_NE(::mkdtemp(home.data()), nullptr);
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

  auto server = runtime::Server::open(config);
  ASSERT_TRUE(server.has_value()) << server.error().message;
  std::thread running([&] { EXPECT_TRUE((*server)->run().has_value()); });
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] { talk((*server)->client_port(), i); });
  }
  for (std::thread& client : clients) client.join();
  (*server)->stop();
  running.join();
  std::filesystem::remove_all(home);
}

}  // namespace
}  // namespace paddock
