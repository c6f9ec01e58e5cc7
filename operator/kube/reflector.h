// SPDX-License-Identifier: Apache-2.0
//
// Keeps a store equal to what the API server has of one kind: it lists, then watches from there on,
// and again whenever the watch cannot go on. Pure; an Informer carries its effects out.
//
// Invariants: one list or one watch at a time; every list is a consistent read, so that a server
// that lags is never believed; the store never goes back in time. Source: client-go, Reflector.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/prng.h"
#include "base/time.h"
#include "kube/api_error.h"
#include "kube/backoff.h"
#include "kube/list_page.h"
#include "kube/store.h"
#include "kube/watch_event.h"

namespace paddock::kube {

struct ReflectorOptions {
  unsigned page_limit = 500;
  seconds watch_min{300};
  seconds watch_max{600};
  BackoffOptions backoff{};
  /// What a person has to change first: a right that is not given, a kind that is not installed.
  Duration patience = seconds(60);
};

class Reflector {
 public:
  struct ListCall {
    std::string continue_token{};
    unsigned limit = 0;  // 0: none
  };
  struct WatchCall {
    std::string resource_version{};
    seconds time_limit{};
  };
  /// What to do, in this order; inputs that belong to what was ended do not come any more.
  struct Effects {
    bool ends_watch = false;
    std::vector<Change> changes{};
    bool has_listed = false;  // the store has just become complete, for the first time or again
    std::optional<ListCall> list{};
    std::optional<WatchCall> watch{};
    std::optional<ApiError> trouble{};  // why it has to try again
  };

  Reflector(const ReflectorOptions& options, std::uint64_t seed);

  void start(Effects& effects);
  void on_list(std::expected<ListPage, ApiError> page, MonotonicTime now, Effects& effects);
  /// The server has begun to answer the watch.
  void on_watch_open(MonotonicTime now);
  void on_event(Result<WatchEvent> event, MonotonicTime now, Effects& effects);
  /// Without an error: as the server had been asked to.
  void on_watch_end(const std::optional<ApiError>& error, MonotonicTime now, Effects& effects);
  void on_time(MonotonicTime now, Effects& effects);

  /// When on_time() is wanted.
  [[nodiscard]] std::optional<MonotonicTime> wake_at() const;
  [[nodiscard]] const Store& store() const { return store_; }
  /// The store has been complete.
  [[nodiscard]] bool has_synced() const { return has_synced_; }
  /// When the server was last heard of: older, and the store may be behind.
  [[nodiscard]] std::optional<MonotonicTime> heard_at() const { return heard_at_; }
  void check_invariants() const;

 private:
  enum class State : std::uint8_t {
    Idle,
    Listing,
    Watching,
    WaitingToList,
    WaitingToWatch,
  };

  void begin_list(Effects& effects);
  void begin_watch(Effects& effects);
  void next_page(std::string token, Effects& effects);
  void finish_list(std::string version, MonotonicTime now, Effects& effects);
  void on_list_failed(const ApiError& error, MonotonicTime now, Effects& effects);
  void wait(State next, const ApiError& error, MonotonicTime now, Effects& effects);
  void on_error_event(const ApiError& error, MonotonicTime now, Effects& effects);
  void take(WatchEvent event, Effects& effects);
  [[nodiscard]] bool is_older(View version) const;

  ReflectorOptions options_;
  Prng random_;
  Backoff backoff_;
  Store store_;
  State state_ = State::Idle;
  std::vector<json::value> listed_;  // by the pages so far
  unsigned limit_;                   // of the next list; 0 after a token that expired
  unsigned older_lists_ = 0;         // in a row
  unsigned failed_watches_ = 0;      // in a row, without an event in between
  std::string version_;              // the newest that was seen
  MonotonicTime wake_at_;
  std::optional<MonotonicTime> opened_at_;  // of this watch
  bool has_told_ = false;                   // this watch, something
  bool has_synced_ = false;
  std::optional<MonotonicTime> heard_at_;
};

}  // namespace paddock::kube
