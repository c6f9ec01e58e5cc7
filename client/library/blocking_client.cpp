// SPDX-License-Identifier: Apache-2.0
#include "client/blocking_client.h"

#include <future>

#include <fmt/format.h>

namespace paddock::client {

namespace {

constexpr Duration kInterruptPoll = milliseconds(50);

}  // namespace

/// Starts a call with a handler that keeps the answer, and waits for it.
template <class T, class Start>
Answer<T> BlockingClient::wait_for(Start start) {
  std::promise<Answer<T>> promise;
  std::future<Answer<T>> answer = promise.get_future();
  start([promise = std::move(promise)](Answer<T> value) mutable {
    promise.set_value(std::move(value));
  });
  while (answer.wait_for(kInterruptPoll) != std::future_status::ready) {
    if (is_interrupted()) return std::unexpected(ErrorCode::OperationTimeout);
  }
  return answer.get();
}

Result<std::unique_ptr<BlockingClient>> BlockingClient::open(ClientOptions options,
                                                             std::function<bool()> is_interrupted) {
  std::unique_ptr<BlockingClient> blocking(new BlockingClient());
  blocking->is_interrupted_ = std::move(is_interrupted);
  auto runtime = Runtime::start();
  if (!runtime) return std::unexpected(std::move(runtime).error());
  blocking->runtime_ = std::move(*runtime);
  options.on_state = [progress = blocking->progress_,
                      next = std::move(options.on_state)](const StateChanged& change) {
    // Who waits for the connection then finds that the user was told of it.
    if (next) next(change);
    {
      const std::lock_guard lock(progress->mutex);
      progress->last = change;
    }
    progress->changed.notify_all();
  };
  auto client = Client::open(*blocking->runtime_, std::move(options));
  if (!client) return std::unexpected(std::move(client).error());
  blocking->client_ = std::move(*client);
  return blocking;
}

Result<> BlockingClient::wait_until_connected(Duration limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::unique_lock lock(progress_->mutex);
  const StateChanged& last = progress_->last;
  const auto is_decided = [&] {
    return last.state != SessionState::Connecting || last.failed_rounds > 0;
  };
  while (!is_decided() && std::chrono::steady_clock::now() < end) {
    progress_->changed.wait_for(lock, kInterruptPoll);
    if (is_interrupted()) return fail("interrupted");
  }
  if (last.state == SessionState::Connected || last.state == SessionState::ConnectedReadOnly) {
    return {};
  }
  if (!last.reason.empty()) return fail(last.reason);
  return fail(fmt::format("no server answered within {} ms",
                          std::chrono::duration_cast<milliseconds>(limit).count()));
}

Answer<Created> BlockingClient::create(View path, const CreateOptions& options) {
  return wait_for<Created>(
      [&](auto handler) { client_->create(path, options, std::move(handler)); });
}

Answer<Done> BlockingClient::remove(View path, std::int32_t version) {
  return wait_for<Done>([&](auto handler) { client_->remove(path, version, std::move(handler)); });
}

Answer<Stat> BlockingClient::exists(View path, Watcher watcher) {
  return wait_for<Stat>(
      [&](auto handler) { client_->exists(path, std::move(watcher), std::move(handler)); });
}

Answer<NodeData> BlockingClient::get(View path, Watcher watcher) {
  return wait_for<NodeData>(
      [&](auto handler) { client_->get(path, std::move(watcher), std::move(handler)); });
}

Answer<Stat> BlockingClient::set(View path, View data, std::int32_t version) {
  return wait_for<Stat>(
      [&](auto handler) { client_->set(path, data, version, std::move(handler)); });
}

Answer<Children> BlockingClient::children(View path, Watcher watcher) {
  return wait_for<Children>(
      [&](auto handler) { client_->children(path, std::move(watcher), std::move(handler)); });
}

Answer<AclOfNode> BlockingClient::get_acl(View path) {
  return wait_for<AclOfNode>([&](auto handler) { client_->get_acl(path, std::move(handler)); });
}

Answer<Stat> BlockingClient::set_acl(View path, std::span<const Acl> acl, std::int32_t version) {
  return wait_for<Stat>(
      [&](auto handler) { client_->set_acl(path, acl, version, std::move(handler)); });
}

Answer<Done> BlockingClient::sync(View path) {
  return wait_for<Done>([&](auto handler) { client_->sync(path, std::move(handler)); });
}

Answer<std::vector<OpResult>> BlockingClient::commit(Transaction transaction) {
  return wait_for<std::vector<OpResult>>(
      [&](auto handler) { client_->commit(std::move(transaction), std::move(handler)); });
}

Answer<std::vector<OpResult>> BlockingClient::read(ReadBatch batch) {
  return wait_for<std::vector<OpResult>>(
      [&](auto handler) { client_->read(std::move(batch), std::move(handler)); });
}

Answer<Done> BlockingClient::add_watch(View path, AddWatchMode mode, Watcher watcher) {
  return wait_for<Done>([&](auto handler) {
    client_->add_watch(path, mode, std::move(watcher), std::move(handler));
  });
}

Answer<Done> BlockingClient::remove_watch(View path, WatcherType type, const Watcher& watcher) {
  return wait_for<Done>(
      [&](auto handler) { client_->remove_watch(path, type, watcher, std::move(handler)); });
}

Answer<std::vector<std::string>> BlockingClient::ephemerals(View prefix) {
  return wait_for<std::vector<std::string>>(
      [&](auto handler) { client_->ephemerals(prefix, std::move(handler)); });
}

Answer<std::int32_t> BlockingClient::descendant_count(View path) {
  return wait_for<std::int32_t>(
      [&](auto handler) { client_->descendant_count(path, std::move(handler)); });
}

Answer<std::vector<Identity>> BlockingClient::who_am_i() {
  return wait_for<std::vector<Identity>>(
      [&](auto handler) { client_->who_am_i(std::move(handler)); });
}

Answer<NodeData> BlockingClient::config(Watcher watcher) {
  return wait_for<NodeData>(
      [&](auto handler) { client_->config(std::move(watcher), std::move(handler)); });
}

Answer<NodeData> BlockingClient::reconfig(const ReconfigOptions& options) {
  return wait_for<NodeData>([&](auto handler) { client_->reconfig(options, std::move(handler)); });
}

Answer<Done> BlockingClient::add_auth(std::string scheme, std::string auth) {
  return wait_for<Done>([&](auto handler) {
    client_->add_auth(std::move(scheme), std::move(auth), std::move(handler));
  });
}

void BlockingClient::close() {
  std::promise<void> closed;
  const std::future<void> end = closed.get_future();
  client_->close([closed = std::move(closed)](const Answer<Done>&) mutable { closed.set_value(); });
  end.wait();
}

}  // namespace paddock::client
