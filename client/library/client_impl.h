// SPDX-License-Identifier: Apache-2.0
//
// The inside of Client, for the library's own sources only (it names Boost.Asio): steps the Session
// on the loop's thread, carries its effects out on a Connection and a timer, and finds the
// callbacks of its notices. Other threads only put commands into the queue.
#pragma once

#include <mutex>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "client/client.h"
#include "client/connection.h"
#include "client/loop.h"
#include "client_session/session.h"

namespace paddock::client {

class Client::Impl final : public ConnectionOwner, public std::enable_shared_from_this<Impl> {
 public:
  using ReplyHandler = std::move_only_function<void(const Reply&)>;

  Impl(Runtime& runtime,
       SessionOptions options,
       std::shared_ptr<TlsSource> tls,
       std::function<void(const StateChanged&)> on_state);

  // Any thread.
  void start();
  void submit(Request request, Watcher watcher, ReplyHandler handler);
  void add_auth(std::string scheme, std::string auth, ReplyHandler handler);
  void close(Handler<Done> handler);
  /// Ends everything; afterwards no callback runs.
  void shut_down();
  [[nodiscard]] SessionInfo info() const;
  [[nodiscard]] const Chroot& chroot() const { return chroot_; }
  /// Runs `handler` with an error, on the loop's thread, in order with the other replies.
  void refuse(ErrorCode error, ReplyHandler handler);

  // The loop's thread.
  void on_dialed() override;
  void on_received(View bytes) override;
  void on_lost(Loss loss) override;

 private:
  using Command = std::move_only_function<void()>;

  struct WatcherEntry {
    Watcher watcher;
    /// Requests in flight that may still register it.
    std::size_t in_flight = 0;
  };

  void post(Command command);
  void run_commands();
  [[nodiscard]] static MonotonicTime now();

  void keep_handler(RequestId id, ReplyHandler handler);
  [[nodiscard]] WatcherId watcher_id(const Watcher& watcher);
  void release_watcher(WatcherId id);

  void carry_out();
  [[nodiscard]] std::shared_ptr<const tls::Context> tls_context() const;
  void dial(const Host& host);
  void probe(const Host& host);
  void deliver(const Reply& reply);
  void deliver(const WatchFired& fired);
  void deliver(const StateChanged& change);
  void arm_timer();
  void publish_info();

  Runtime& runtime_;
  boost::asio::io_context& context_;
  const Chroot chroot_;
  const std::shared_ptr<TlsSource> tls_;
  std::function<void(const StateChanged&)> on_state_;

  Session session_;
  Effects effects_;
  std::shared_ptr<Connection> connection_;
  boost::asio::steady_timer timer_;
  std::optional<MonotonicTime> timer_due_;
  boost::unordered_flat_map<std::uint64_t, ReplyHandler> handlers_;
  boost::unordered_flat_map<std::uint64_t, WatcherEntry> watchers_;
  std::vector<Handler<Done>> closing_handlers_;
  bool is_shut_down_ = false;

  std::mutex commands_mutex_;
  std::vector<Command> commands_;

  mutable std::mutex info_mutex_;
  SessionInfo info_;
};

}  // namespace paddock::client
