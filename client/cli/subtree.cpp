// SPDX-License-Identifier: Apache-2.0
#include "client_cli/subtree.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace paddock::cli {

namespace {

constexpr std::size_t kRequestsInFlight = 256;

/// What the callbacks have brought, for the thread that waits.
struct Arrivals {
  struct Listing {
    std::string path;
    client::Answer<client::Children> answer;
  };
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<Listing> listings;

  void put(Listing listing) {
    {
      const std::lock_guard lock(mutex);
      listings.push_back(std::move(listing));
    }
    arrived.notify_one();
  }

  /// Nothing if `client` is interrupted before one arrives.
  std::optional<Listing> take(const client::BlockingClient& client) {
    constexpr Duration kInterruptPoll = milliseconds(50);
    std::unique_lock lock(mutex);
    while (!arrived.wait_for(lock, kInterruptPoll, [this] { return !listings.empty(); })) {
      if (client.is_interrupted()) return std::nullopt;
    }
    Listing listing = std::move(listings.front());
    listings.pop_front();
    return listing;
  }
};

}  // namespace

std::expected<Subtree, Failure> Subtree::read(client::BlockingClient& client,
                                              const std::string& root,
                                              const client::Watcher& watcher) {
  const auto arrivals = std::make_shared<Arrivals>();
  Subtree tree;
  tree.paths_.push_back(root);
  std::size_t asked = 0;
  for (std::size_t answered = 0; answered < tree.paths_.size(); ++answered) {
    while (asked < tree.paths_.size() && asked - answered < kRequestsInFlight) {
      const std::string& path = tree.paths_[asked++];
      client.async().children(
          path, watcher, [arrivals, path](client::Answer<client::Children> answer) {
            arrivals->put({path, std::move(answer)});
          });
    }
    auto arrival = arrivals->take(client);
    if (!arrival) return refused(ErrorCode::OperationTimeout, root);
    auto& [path, answer] = *arrival;
    if (!answer && answer.error() == ErrorCode::NoNode && path != root) continue;
    if (!answer && answer.error() == ErrorCode::NoAuth && path != root) {
      tree.unreadable_.push_back(path);
      continue;
    }
    if (!answer) return refused(answer.error(), path);
    std::vector<std::string>& children = tree.children_[path];
    for (const std::string& name : answer->names) {
      children.push_back((path == "/" ? path : path + "/") + name);
    }
    std::ranges::sort(children);
    tree.paths_.insert(tree.paths_.end(), children.begin(), children.end());
  }
  return tree;
}

void Subtree::visit_in_listing_order(const std::function<void(const std::string&)>& visit) const {
  visit(paths_.front());
  std::vector<std::string> stack{paths_.front()};
  while (!stack.empty()) {
    const std::string path = std::move(stack.back());
    stack.pop_back();
    const auto found = children_.find(path);
    if (found == children_.end()) continue;
    for (const std::string& child : found->second) visit(child);
    stack.insert(stack.end(), found->second.rbegin(), found->second.rend());
  }
}

}  // namespace paddock::cli
