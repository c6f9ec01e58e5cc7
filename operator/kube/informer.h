// SPDX-License-Identifier: Apache-2.0
//
// A store that follows the API server: a Reflector with the requests that it asks for. Lives on the
// loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "kube/api.h"
#include "kube/loop.h"
#include "kube/reflector.h"
#include "kube/requests.h"

namespace paddock::kube {

struct InformerHandlers {
  /// The store has changed already. Must not destroy the informer.
  std::function<void(const Change&)> on_change = [](const Change&) {
  };
  /// The store is complete, after its first list and each later one.
  std::function<void()> on_listed = [] {
  };
  /// It tries again by itself; this says why it has to.
  std::function<void(const ApiError&)> on_trouble = [](const ApiError&) {
  };
};

struct InformerOptions {
  Resource resource;
  Selection selection{};
  ReflectorOptions reflector{};
  std::uint64_t seed = 0;
};

class Informer {
 public:
  /// `api` and `loop` outlive it.
  Informer(Api& api, Loop& loop, InformerOptions options, InformerHandlers handlers);

  void start();
  [[nodiscard]] const Store& store() const { return reflector_.store(); }
  [[nodiscard]] bool has_synced() const { return reflector_.has_synced(); }
  [[nodiscard]] std::optional<MonotonicTime> heard_at() const { return reflector_.heard_at(); }

 private:
  void carry_out(Reflector::Effects effects);
  void send_list(const Reflector::ListCall& call);
  void send_watch(const Reflector::WatchCall& call);
  void on_list(Reply reply);
  void on_line(View line);
  void on_watch_end(const std::optional<ApiError>& error);
  void on_time();
  [[nodiscard]] MonotonicTime now() const { return loop_.now().monotonic; }

  Api& api_;
  Loop& loop_;
  InformerOptions options_;
  InformerHandlers handlers_;
  Reflector reflector_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<Pending> pending_;  // the list or the watch
};

}  // namespace paddock::kube
