// SPDX-License-Identifier: Apache-2.0
//
// A Client whose calls wait for their answers, with a thread of its own: for tools and tests. Any
// thread may call it except the callbacks of its own watchers, which would wait for themselves. A
// call that is interrupted ends in OperationTimeout; what the server did of it is unknown.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "client/client.h"

namespace paddock::client {

class BlockingClient final {
 public:
  /// Begins to connect and returns. Errors: as Client::open and Runtime::start.
  /// `is_interrupted`, if any, is asked several times a second whether to give up what is waited
  /// for.
  [[nodiscard]] static Result<std::unique_ptr<BlockingClient>> open(
      ClientOptions options, std::function<bool()> is_interrupted = {});

  /// Waits until the session stands. Error: every server was tried in vain, `limit` has passed, or
  /// the session has ended; the text says which and why.
  [[nodiscard]] Result<> wait_until_connected(Duration limit);

  [[nodiscard]] Answer<Created> create(View path, const CreateOptions& options);
  [[nodiscard]] Answer<Done> remove(View path, std::int32_t version);
  [[nodiscard]] Answer<Stat> exists(View path, Watcher watcher);
  [[nodiscard]] Answer<NodeData> get(View path, Watcher watcher);
  [[nodiscard]] Answer<Stat> set(View path, View data, std::int32_t version);
  [[nodiscard]] Answer<Children> children(View path, Watcher watcher);
  [[nodiscard]] Answer<AclOfNode> get_acl(View path);
  [[nodiscard]] Answer<Stat> set_acl(View path, std::span<const Acl> acl, std::int32_t version);
  [[nodiscard]] Answer<Done> sync(View path);
  [[nodiscard]] Answer<std::vector<OpResult>> commit(Transaction transaction);
  [[nodiscard]] Answer<std::vector<OpResult>> read(ReadBatch batch);
  [[nodiscard]] Answer<Done> add_watch(View path, AddWatchMode mode, Watcher watcher);
  [[nodiscard]] Answer<Done> remove_watch(View path, WatcherType type, const Watcher& watcher);
  [[nodiscard]] Answer<std::vector<std::string>> ephemerals(View prefix);
  [[nodiscard]] Answer<std::int32_t> descendant_count(View path);
  [[nodiscard]] Answer<std::vector<Identity>> who_am_i();
  [[nodiscard]] Answer<NodeData> config(Watcher watcher);
  [[nodiscard]] Answer<NodeData> reconfig(const ReconfigOptions& options);
  [[nodiscard]] Answer<Done> add_auth(std::string scheme, std::string auth);
  void close();

  /// For calls that should not wait.
  [[nodiscard]] Client& async() { return *client_; }
  [[nodiscard]] SessionInfo info() const { return client_->info(); }
  [[nodiscard]] bool is_interrupted() const { return is_interrupted_ && is_interrupted_(); }

 private:
  /// What on_state reported last; shared with the loop's thread.
  struct Progress {
    std::mutex mutex;
    std::condition_variable changed;
    StateChanged last{};
  };

  BlockingClient() = default;
  template <class T, class Start>
  [[nodiscard]] Answer<T> wait_for(Start start);

  std::function<bool()> is_interrupted_;
  std::shared_ptr<Progress> progress_ = std::make_shared<Progress>();
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Client> client_;
};

}  // namespace paddock::client
