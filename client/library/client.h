// SPDX-License-Identifier: Apache-2.0
//
// A client of one ensemble: one session, kept over lost connections, with every operation of the
// protocol as a call that returns at once and answers through a callback.
//
// Threads: any thread may call any function. Callbacks (handlers, watchers, on_state) run on the
// Runtime's thread, one at a time, and must not block. Calls made by one thread are sent in their
// order, and their handlers are called in that order; a watcher is called before the handler of any
// reply that shows the change. Every handler is called exactly once, at the latest when the client
// is destroyed. Source: ZooKeeper's class of the same role, org.apache.zookeeper.ZooKeeper.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "client/runtime.h"
#include "client_session/answer.h"
#include "client_session/effects.h"
#include "client_session/login.h"
#include "client_session/multi.h"
#include "client_session/request.h"
#include "client_session/types.h"
#include "client_tls/tls_source.h"

namespace paddock::client {

template <class T>
using Handler = std::move_only_function<void(Answer<T>)>;

/// Called for each event; after the session has ended, a last time with EventType::None. The same
/// watcher may be given to many calls: it hears of one change once. Null means "do not watch".
using Watcher = std::shared_ptr<const std::function<void(const Event&)>>;

[[nodiscard]] inline Watcher make_watcher(std::function<void(const Event&)> function) {
  return std::make_shared<const std::function<void(const Event&)>>(std::move(function));
}

struct ClientOptions {
  /// "host:port,host:port/chroot".
  std::string servers{};
  Duration timeout = seconds(30);
  /// Re-attach to an existing session.
  std::optional<Credentials> resume{};
  bool can_be_read_only = false;
  /// For reaching one server and shaking hands with it; 0 means the session's timeout, shared among
  /// the servers.
  Duration connect_timeout{0};
  /// Logs in by SASL on every connection; see client_sasl/sasl_login.h.
  LoginFactory login{};
  /// What to speak TLS with; null: it is spoken plainly.
  std::shared_ptr<TlsSource> tls{};
  /// Told of every connection made, lost, or tried in vain, and of the session's end.
  std::function<void(const StateChanged&)> on_state{};
};

struct SessionInfo {
  SessionState state{};
  Credentials credentials;
  /// As negotiated.
  Duration timeout{0};
  Zxid last_zxid;
  Host server;
};

class Client final {
 public:
  /// Begins to connect and returns. Error: `options.servers` is not a connect string.
  [[nodiscard]] static Result<std::unique_ptr<Client>> open(Runtime& runtime,
                                                            ClientOptions options);

  /// Drops the connection; the session ends on the server by its timeout, unless close() was called
  /// before. Once this returns, no callback runs any more; calls still waiting end in Closing
  /// (those that their handlers then make are dropped).
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void create(View path, const CreateOptions& options, Handler<Created> handler);
  void remove(View path, std::int32_t version, Handler<Done> handler);
  void exists(View path, Watcher watcher, Handler<Stat> handler);
  void get(View path, Watcher watcher, Handler<NodeData> handler);
  /// A null `data` stores null.
  void set(View path, View data, std::int32_t version, Handler<Stat> handler);
  void children(View path, Watcher watcher, Handler<Children> handler);
  void get_acl(View path, Handler<AclOfNode> handler);
  /// `version` is compared with Stat::aversion.
  void set_acl(View path, std::span<const Acl> acl, std::int32_t version, Handler<Stat> handler);
  /// Afterwards reads see every write that was done before the call.
  void sync(View path, Handler<Done> handler);

  /// A transaction under this client's chroot, to be filled and given to commit().
  [[nodiscard]] Transaction transaction() const;
  void commit(Transaction transaction, Handler<std::vector<OpResult>> handler);
  [[nodiscard]] ReadBatch read_batch() const;
  void read(ReadBatch batch, Handler<std::vector<OpResult>> handler);

  void add_watch(View path, AddWatchMode mode, Watcher watcher, Handler<Done> handler);
  /// A null `watcher` means all watchers of the path.
  void remove_watch(View path, WatcherType type, const Watcher& watcher, Handler<Done> handler);

  /// The session's own ephemerals below `prefix` ("/" for all).
  void ephemerals(View prefix, Handler<std::vector<std::string>> handler);
  void descendant_count(View path, Handler<std::int32_t> handler);
  void who_am_i(Handler<std::vector<Identity>> handler);
  void config(Watcher watcher, Handler<NodeData> handler);
  void reconfig(const ReconfigOptions& options, Handler<NodeData> handler);

  /// Presents a credential now and after every reconnect. A refusal ends the session.
  void add_auth(std::string scheme, std::string auth, Handler<Done> handler);
  /// Ends the session and its ephemerals. Calls before it are still answered.
  void close(Handler<Done> handler);

  [[nodiscard]] SessionInfo info() const;

 private:
  class Impl;
  explicit Client(std::shared_ptr<Impl> impl);

  template <class T, class Decode>
  void call(EncodedRequest request, Watcher watcher, Handler<T> handler, Decode decode);

  std::shared_ptr<Impl> impl_;
};

}  // namespace paddock::client
