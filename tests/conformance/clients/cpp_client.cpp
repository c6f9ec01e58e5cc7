// SPDX-License-Identifier: Apache-2.0
//
// The C++ client library against a real server that is killed and started again: what it must see,
// as lines that are the same on every server. A line "@kill" asks the runner for a kill -9 and a
// restart, and is answered on standard input.
//
// Usage: conformance_cpp_client HOST:PORT
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/blocking_client.h"

namespace {

using namespace paddock;
using namespace paddock::client;

constexpr Duration kPatience = seconds(60);

void say(const std::string& line) {
  std::cout << line << '\n' << std::flush;
}

template <class T>
std::string error_of(const Answer<T>& answer) {
  return std::string(answer ? "Ok" : name(answer.error()));
}

void must(bool condition, std::string_view what) {
  if (condition) return;
  say(fmt::format("FAILED: {}", what));
  std::exit(1);
}

/// Asks the runner to kill the server and start it again; `meanwhile` is called until it is back.
void kill_server(const std::function<void()>& meanwhile) {
  say("@kill");
  std::atomic<bool> is_back{false};
  std::thread waiter([&] {
    std::string line;
    std::getline(std::cin, line);
    is_back = true;
  });
  while (!is_back) meanwhile();
  waiter.join();
}

/// Events in the order of their arrival.
class Events {
 public:
  Watcher watcher() {
    return make_watcher([this](const Event& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
      arrived_.notify_one();
    });
  }

  /// The next `count` events, one line each.
  void show(std::size_t count) {
    for (; count > 0; --count) {
      std::unique_lock lock(mutex_);
      must(arrived_.wait_for(lock, kPatience, [this] { return !events_.empty(); }), "an event");
      say(fmt::format("event {} {}", name(events_.front().type), events_.front().path));
      events_.pop_front();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;
};

std::unique_ptr<BlockingClient> connect(ClientOptions options) {
  auto client = BlockingClient::open(std::move(options));
  must(client.has_value(), "the options are right");
  return std::move(*client);
}

/// Once a request goes through, the session stands again.
void wait_for_server(BlockingClient& client) {
  Answer<Stat> answer = client.exists("/", nullptr);
  while (!answer && answer.error() == ErrorCode::ConnectionLoss) {
    answer = client.exists("/", nullptr);
  }
  must(answer.has_value(), "the session lasts: " + error_of(answer));
}

class Script {
 public:
  explicit Script(std::string server)
      : server_(std::move(server)),
        // A dead server and a chroot; the order of the list is random.
        client_(connect({.servers = "127.0.0.1:1,[::1]:1," + server_ + "/cpp"})),
        other_(connect({.servers = server_ + "/cpp"})) {}

  void play() {
    chroot();
    arm();
    survive();
    told();
    lose_requests();
    many_at_once();
    expire();
    close();
  }

 private:
  void chroot() {
    say("get in a chroot that is missing: " + error_of(client_->get("/", nullptr)));
    say("created " + client_->create("/", {}).value().path);
    say("created " + client_->create("/a", {.data = "1"}).value().path);
    say("created " +
        client_->create("/s-", {.mode = CreateMode::PersistentSequential}).value().path);
    auto children = client_->children("/", nullptr);
    std::ranges::sort(children->names);
    for (const std::string& child : children->names) say("child " + child);
  }

  void arm() {
    static_cast<void>(client_->create("/ephemeral", {.mode = CreateMode::Ephemeral}));
    static_cast<void>(client_->add_auth("digest", "cpp:secret"));
    const std::vector<Acl> mine{{jute::kPermAll, "auth", ""}};
    say("locked: " + error_of(client_->create("/locked", {.data = "mine", .acl = mine})));
    say("locked, by another: " + error_of(other_->get("/locked", nullptr)));

    static_cast<void>(client_->get("/a", events_.watcher()));
    static_cast<void>(client_->exists("/missing", events_.watcher()));
    static_cast<void>(client_->children("/", events_.watcher()));
    static_cast<void>(client_->add_watch("/p", AddWatchMode::Persistent, events_.watcher()));
    static_cast<void>(
        client_->add_watch("/r", AddWatchMode::PersistentRecursive, events_.watcher()));
    // More than one packet to arm again.
    const Watcher many = events_.watcher();
    for (int i = 0; i < 3000; ++i) {
      client_->async().exists(fmt::format("/{:0>100}", i), many, [](const Answer<Stat>&) {});
    }
    static_cast<void>(client_->sync("/"));
  }

  void survive() {
    const SessionInfo before = client_->info();
    kill_server([] { std::this_thread::sleep_for(milliseconds(10)); });
    wait_for_server(*client_);
    wait_for_server(*other_);
    must(client_->info().credentials.id == before.credentials.id, "the session is the same");
    const auto stat = client_->exists("/ephemeral", nullptr);
    must(stat && stat->ephemeral_owner == raw(before.credentials.id), "the ephemeral is its own");
    const auto ephemerals = client_->ephemerals("/");
    for (const std::string& path : ephemerals.value()) say("ephemeral " + path);
    say("locked, after the reconnect: " + client_->get("/locked", nullptr)->data.value());
  }

  /// Every kind of watch works on the new connection, with paths without the chroot.
  void told() {
    static_cast<void>(other_->set("/a", "2", kAnyVersion));
    events_.show(1);
    static_cast<void>(other_->create("/missing", {}));
    events_.show(2);
    static_cast<void>(other_->create("/p", {}));
    static_cast<void>(other_->set("/p", "x", kAnyVersion));
    static_cast<void>(other_->create("/r", {}));
    static_cast<void>(other_->create("/r/x", {}));
    static_cast<void>(other_->create(fmt::format("/{:0>100}", 2999), {}));
    events_.show(5);
  }

  /// Requests on the way when the server dies are answered once, and none is done twice.
  void lose_requests() {
    struct Counts {
      std::atomic<int> started{0};
      std::atomic<int> answered{0};
      std::atomic<int> lost{0};
      std::atomic<int> refused{0};
      std::mutex mutex;
      std::vector<std::string> done;
    };
    const auto counts = std::make_shared<Counts>();
    kill_server([&] {
      const std::string path = fmt::format("/n{}", ++counts->started);
      client_->async().create(path, {}, [counts, path](const Answer<Created>& answer) {
        if (answer) {
          const std::lock_guard lock(counts->mutex);
          counts->done.push_back(path);
        } else {
          ++(answer.error() == ErrorCode::ConnectionLoss ? counts->lost : counts->refused);
        }
        ++counts->answered;
      });
      std::this_thread::sleep_for(microseconds(200));
    });
    wait_for_server(*client_);
    must(counts->answered == counts->started, "every request is answered");
    must(counts->refused == 0, "nothing is done twice");
    std::vector<std::string> children = client_->children("/", nullptr)->names;
    std::ranges::sort(children);
    for (const std::string& path : counts->done) {
      must(std::ranges::binary_search(children, path.substr(1)), "what was answered is there");
    }
    say("requests on the way: answered once each");
  }

  void many_at_once() {
    Transaction transaction = client_->async().transaction();
    transaction.check("/a").create("/t", {.data = "x"}).set("/t", "y").remove("/t");
    const auto done = client_->commit(std::move(transaction));
    for (const OpResult& result : done.value()) {
      say(fmt::format("transaction {} {}", name(result.error), result.path));
    }
    Transaction failing = client_->async().transaction();
    failing.create("/t2").check("/a", 99);
    const auto failed = client_->commit(std::move(failing));
    for (const OpResult& result : failed.value()) {
      say(fmt::format("failing transaction {}", name(result.error)));
    }
    ReadBatch batch = client_->async().read_batch();
    batch.get("/a").get("/none").children("/r");
    const auto read = client_->read(std::move(batch));
    for (const OpResult& result : read.value()) {
      say(fmt::format("read {} {} {}",
                      name(result.error),
                      result.data.value_or("-"),
                      fmt::join(result.children, " ")));
    }
  }

  void expire() {
    const auto ended = connect({.servers = server_});
    static_cast<void>(ended->sync("/"));
    const Credentials credentials = ended->info().credentials;
    ended->close();
    const auto late = connect({.servers = server_, .resume = credentials});
    say("request of an ended session: " + error_of(late->sync("/")));
    say("its state: " + std::string(late->info().state == SessionState::Expired ? "expired" : "?"));
    const auto refused = connect({.servers = server_});
    say("a scheme that nobody knows: " + error_of(refused->add_auth("nosuch", "x")));
    say("and afterwards: " + error_of(refused->sync("/")));
  }

  void close() {
    client_->close();
    say("after close: " + error_of(client_->get("/a", nullptr)));
    say("its ephemeral: " + error_of(other_->exists("/ephemeral", nullptr)));
  }

  std::string server_;
  Events events_;
  std::unique_ptr<BlockingClient> client_;
  std::unique_ptr<BlockingClient> other_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: conformance_cpp_client HOST:PORT\n";
    return 2;
  }
  Script(argv[1]).play();
  return 0;
}
