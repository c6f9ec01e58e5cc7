// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "client/blocking_client.h"

using namespace paddock::client;

int main(int argc, char** argv) {
  // Several servers, tried in random order, and a chroot for everything below.
  const std::string servers = argc > 1 ? argv[1] : "127.0.0.1:2181";
  auto opened = BlockingClient::open({.servers = servers + "/example"});
  if (!opened) {
    std::cerr << opened.error().message << '\n';
    return 2;
  }
  BlockingClient& client = **opened;
  if (auto connected = client.wait_until_connected(paddock::seconds(10)); !connected) {
    std::cerr << connected.error().message << '\n';
    return 3;
  }

  // Every call answers with a value or an ErrorCode.
  if (auto made = client.create("/", {}); !made && made.error() != paddock::ErrorCode::NodeExists) {
    std::cerr << name(made.error()) << '\n';
    return 1;
  }
  const auto lock =
      client.create("/lock-", {.data = "me", .mode = CreateMode::EphemeralSequential});
  std::cout << "created " << lock->path << '\n';

  // A watcher hears of the change on the client's thread, even across reconnects.
  const auto watcher = make_watcher(
      [](const Event& event) { std::cout << name(event.type) << ' ' << event.path << '\n'; });
  const auto node = client.get(lock->path, watcher);
  std::cout << node->data.value() << " at version " << node->stat.version << '\n';

  // All or nothing.
  Transaction change = client.async().transaction();
  change.check(lock->path, node->stat.version).set(lock->path, "still me");
  const auto results = client.commit(std::move(change));
  std::cout << results->size() << " operations in one transaction\n";

  // Without waiting: the handler runs on the client's thread, in order with all others.
  client.async().remove(lock->path, kAnyVersion, [](const Answer<Done>& removed) {
    std::cout << (removed ? "removed" : name(removed.error())) << '\n';
  });
  client.close();  // Ends the session; what was asked before is answered first.
  return 0;
}
