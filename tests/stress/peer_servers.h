// SPDX-License-Identifier: Apache-2.0
//
// Servers that have nothing but links, each with a loop and a thread of its own, and connections
// that can be deaf, mute or broken. What they see is told to the test's thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "net/event_loop.h"
#include "net/stream.h"
#include "runtime/peer_links.h"

namespace paddock::runtime {

inline constexpr auto kPatience = std::chrono::seconds(60);

/// What a test does to a server's connections.
struct Faults {
  std::atomic<bool> is_deaf{false};
  std::atomic<bool> is_mute{false};
};

/// Plain TCP that can be deaf or mute, and whose socket the test can reach.
class FaultyStream final : public net::Stream {
 public:
  FaultyStream(net::Fd socket, const Faults& faults, std::set<int>& sockets)
      : tcp_(std::move(socket)), faults_(faults), sockets_(sockets) {
    sockets_.insert(tcp_.socket().get());
  }
  ~FaultyStream() override { sockets_.erase(tcp_.socket().get()); }
  FaultyStream(const FaultyStream&) = delete;
  FaultyStream& operator=(const FaultyStream&) = delete;

  [[nodiscard]] net::IoResult receive(char* into, std::size_t room) override {
    if (faults_.is_deaf) return {net::IoState::WouldBlock, 0};
    // Small pieces now and then, so that frames come in parts.
    return tcp_.receive(into, ++receives_ % 3 == 0 ? std::min<std::size_t>(room, 37) : room);
  }
  [[nodiscard]] net::IoResult send(std::span<const iovec> parts) override {
    if (!faults_.is_mute) return tcp_.send(parts);
    std::size_t count = 0;
    for (const iovec& part : parts) count += part.iov_len;
    return {net::IoState::Ok, count};
  }
  void finish() override { tcp_.finish(); }
  [[nodiscard]] const net::Fd& socket() const override { return tcp_.socket(); }
  [[nodiscard]] std::uint32_t interest(bool has_output) const override {
    const std::uint32_t both = tcp_.interest(has_output);
    return faults_.is_deaf ? both & ~std::uint32_t{EPOLLIN} : both;
  }
  [[nodiscard]] bool holds_input() const override { return false; }

 private:
  net::TcpStream tcp_;
  const Faults& faults_;
  std::set<int>& sockets_;
  int receives_ = 0;
};

/// Looks again and again.
inline bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

inline wire::Hello member(std::int32_t id) {
  wire::Hello hello;
  hello.ensemble_id = "test";
  hello.server = ServerId{id};
  hello.disk_id = "disk" + std::to_string(id);
  hello.incarnation = static_cast<std::uint64_t>(1000 + id);
  hello.software = "test";
  hello.is_member = true;
  return hello;
}

inline PeerLinksOptions quick_options() {
  PeerLinksOptions options;
  options.listen = {{"127.0.0.1", 0}};
  options.dial.pause_min = milliseconds(5);
  options.dial.pause_max = milliseconds(50);
  // The machine may be busy with other things.
  options.times.silence_max = seconds(20);
  options.times.greeting_max = seconds(20);
  options.times.connect_max = seconds(20);
  options.patience = milliseconds(100);
  return options;
}

using Addresses = std::vector<config::PeerAddress>;
using Peers = std::map<ServerId, Addresses>;

inline Addresses at_ports(std::uint16_t quorum, std::uint16_t election) {
  return {{"127.0.0.1", quorum, election}};
}

/// A server with nothing but links.
class Server final : public PeerLinksHandler {
 public:
  explicit Server(wire::Hello self, PeerLinksOptions options = quick_options())
      : self_(std::move(self)) {
    // Made by one thread before others log, as in the server.
    static_cast<void>(spdlog::default_logger());
    auto loop = net::EventLoop::create();
    PADDOCK_ASSERT(loop.has_value());
    loop_ = std::move(*loop);
    options.seed = self_.incarnation;
    if (!options.make_stream) {
      options.make_stream = [this](net::Fd socket, net::Side, const std::string&) {
        return std::make_unique<FaultyStream>(std::move(socket), faults, sockets_);
      };
    }
    links_ = std::make_unique<PeerLinks>(*loop_, self_, std::move(options), *this);
    thread_ = std::thread([this] { run(); });
  }
  ~Server() override {
    loop_->stop();
    thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] ServerId id() const { return self_.server; }

  /// Runs `task` on the server's thread and returns what it returns.
  template <class Task>
  auto in(Task task) {
    std::promise<decltype(task(*links_))> promise;
    auto future = promise.get_future();
    loop_->post([&] {
      if constexpr (std::is_void_v<decltype(task(*links_))>) {
        task(*links_);
        promise.set_value();
      } else {
        promise.set_value(task(*links_));
      }
    });
    return future.get();
  }

  std::uint16_t port() {
    wait("its port", [this] { return first_port_ != 0; });
    return first_port_;
  }
  void set_peers(const Peers& peers) {
    in([&](PeerLinks& links) { links.set_peers(peers); });
  }
  void drop(ServerId peer) {
    in([&](PeerLinks& links) { links.drop(peer, "the test wants it"); });
  }
  void break_all_sockets() {
    in([this](PeerLinks&) {
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    });
  }
  PeerLinkStats stats_of(ServerId peer) {
    return in([&](const PeerLinks& links) {
      for (const PeerLinkStats& one : links.stats()) {
        if (one.peer == peer) return one;
      }
      return PeerLinkStats{};
    });
  }
  /// Numbered on from the last one.
  void send_numbers(ServerId peer, int count) {
    in([&](PeerLinks& links) {
      for (int i = 0; i < count; ++i) {
        links.send(peer, zab::Message(zab::Ack{.epoch = 1, .last = {}, .beat = ++sent_[peer]}));
      }
    });
  }

  // --- What has happened; by wait().
  struct Seen {
    bool is_up = false;
    int ups = 0;
    int downs = 0;
    std::uint64_t received = 0;
    std::uint64_t last_number = 0;
    std::size_t payload_bytes = 0;
    PeerInfo info;
  };
  void wait(const char* for_what, const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, condition))
        << "server " << raw(id()) << " waited in vain for " << for_what;
  }
  void wait_up(ServerId peer) {
    wait("a link", [&] { return seen_[peer].is_up; });
  }
  void wait_received(ServerId peer, std::uint64_t count) {
    wait("messages", [&] { return seen_[peer].received >= count; });
  }
  Seen seen(ServerId peer) {
    const std::lock_guard lock(mutex_);
    return seen_[peer];
  }

  Faults faults;

 private:
  void run() {
    loop_->run([this] {
      links_->on_time(loop_->now().monotonic);
      links_->end_turn();
      if (const std::uint16_t port = links_->ports().front(); port != first_port_) {
        const std::lock_guard lock(mutex_);
        first_port_ = port;
        changed_.notify_all();
      }
      return links_->next_time();
    });
    links_.reset();
  }

  void on_up(ServerId peer, const PeerInfo& info) override {
    const std::lock_guard lock(mutex_);
    Seen& seen = seen_[peer];
    EXPECT_FALSE(seen.is_up);
    seen.is_up = true;
    ++seen.ups;
    seen.info = info;
    changed_.notify_all();
  }
  void on_down(ServerId peer) override {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(seen_[peer].is_up);
    seen_[peer].is_up = false;
    ++seen_[peer].downs;
    changed_.notify_all();
  }
  void on_message(ServerId peer, replica::PeerMessage message) override {
    const std::lock_guard lock(mutex_);
    Seen& seen = seen_[peer];
    EXPECT_TRUE(seen.is_up);
    ++seen.received;
    const auto& one = std::get<zab::Message>(message);
    if (const auto* ack = std::get_if<zab::Ack>(&one)) {
      // Gaps are the losses of broken links; nothing comes twice or late.
      EXPECT_GT(ack->beat, seen.last_number);
      seen.last_number = ack->beat;
    } else if (const auto* append = std::get_if<zab::Append>(&one)) {
      seen.payload_bytes += append->batch->bytes();
    }
    changed_.notify_all();
  }

  wire::Hello self_;
  std::set<int> sockets_;  // the server's thread
  std::unique_ptr<net::EventLoop> loop_;
  std::unique_ptr<PeerLinks> links_;
  std::map<ServerId, std::uint64_t> sent_;  // the server's thread
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ServerId, Seen> seen_;
  std::atomic<std::uint16_t> first_port_{0};
  std::thread thread_;
};

/// Members that all know one another.
struct Ensemble {
  explicit Ensemble(int size, const PeerLinksOptions& options = quick_options()) {
    for (int id = 1; id <= size; ++id) {
      servers.push_back(std::make_unique<Server>(member(id), options));
    }
    Peers peers;
    for (const auto& server : servers) {
      peers[server->id()] = at_ports(server->port(), server->port());
    }
    for (const auto& server : servers) server->set_peers(peers);
  }
  void wait_all_up() {
    for_pairs([](Server& one, Server& other) { one.wait_up(other.id()); });
  }
  template <class Each>
  void for_pairs(Each each) {
    for (const auto& one : servers) {
      for (const auto& other : servers) {
        if (one != other) each(*one, *other);
      }
    }
  }

  std::vector<std::unique_ptr<Server>> servers;
};

}  // namespace paddock::runtime
