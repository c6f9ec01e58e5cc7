// SPDX-License-Identifier: Apache-2.0
//
// What people are told about an object (`kubectl describe`), so that the same news said again is
// one event that counts. Pure; an EventSink posts it. Source: events.k8s.io/v1; client-go,
// tools/events.
//
// Invariants: each series is created once and then counted, at most once a minute; no object gets
// more than its share; what is remembered is bounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "kube/request.h"
#include "kube/resource.h"
#include "kube/token_bucket.h"

namespace paddock::kube {

/// What the news is about.
struct Regarding {
  std::string api_version{};
  std::string kind{};
  ObjectKey key{};
  std::string uid{};

  friend auto operator<=>(const Regarding&, const Regarding&) = default;
};

struct News {
  enum class Type : std::uint8_t {
    Normal,
    Warning,
  };

  Regarding regarding{};
  Type type{};
  std::string reason{};  // CamelCase, for machines
  std::string action{};  // CamelCase: what is being done
  std::string note{};    // for people; cut at 1 kB

  friend auto operator<=>(const News&, const News&) = default;
};

struct RecorderOptions {
  std::string controller;  // "example.io/operator"
  std::string instance;    // of this process
  unsigned burst = 25;     // of events for one object; then one in five minutes
  std::size_t series_max = 1024;
};

class EventRecorder {
 public:
  explicit EventRecorder(RecorderOptions options) : options_(std::move(options)) {}

  /// Adds the requests that tell it to `requests`.
  void record(News news, Now now, std::vector<Request>& requests);
  /// What has been counted and not been told.
  void on_time(Now now, std::vector<Request>& requests);
  [[nodiscard]] std::optional<MonotonicTime> wake_at() const;

 private:
  struct Series {
    std::string name;  // of the event
    std::int64_t count = 1;
    std::int64_t told = 1;
    MonotonicTime told_at;
    Now last;
  };
  struct Share {
    TokenBucket bucket;
    MonotonicTime used_at;
  };

  void begin(const News& news, Now now, std::vector<Request>& requests);
  void tell(const News& news, Series& series, Now now, std::vector<Request>& requests);
  [[nodiscard]] bool is_allowed(const Regarding& regarding, MonotonicTime now);
  void forget_old(MonotonicTime now);
  [[nodiscard]] json::value object_of(const News& news, const std::string& name, WallTime at) const;

  RecorderOptions options_;
  std::map<News, Series> series_;
  std::map<Regarding, Share> shares_;
  std::uint64_t created_ = 0;
};

}  // namespace paddock::kube
