// SPDX-License-Identifier: Apache-2.0
//
// What the cluster has of ensembles and of all that belongs to them, by informers, one for each
// kind and namespace; and whom a change is about. Lives on the loop's thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kube/informer.h"
#include "kube/work_queue.h"

namespace paddock::control {

namespace json = boost::json;

enum class Kind : std::uint8_t {
  Ensemble,
  StatefulSet,
  Pod,
  Claim,
  Service,
  ConfigMap,
  Budget,
  Secret,
};
constexpr std::size_t kKinds = 8;

struct CacheOptions {
  /// None: all.
  std::vector<std::string> namespaces{};
  /// "policy/v1", or "policy/v1beta1" of servers before 1.21.
  std::string budget_api = "policy/v1";
  std::uint64_t seed = 0;
};

struct CacheHandlers {
  /// Something of the ensemble of this name has changed. Must not destroy the cache.
  std::function<void(const kube::ObjectKey&, kube::WorkQueue::Urgency)> on_change;
  std::function<void(const std::string& what, const kube::ApiError&)> on_trouble =
      [](const std::string&, const kube::ApiError&) {
      };
};

class Cache {
 public:
  /// `api` and `loop` outlive it.
  Cache(kube::Api& api, kube::Loop& loop, const CacheOptions& options, CacheHandlers handlers);
  void start();
  /// Everything has been listed once: before, nothing that is missing is absent.
  [[nodiscard]] bool has_synced() const;

  /// Null if there is none. Until the next change.
  [[nodiscard]] const json::value* find(Kind kind, const kube::ObjectKey& key) const;
  /// Of a kind, all that are labelled as the ensemble's.
  [[nodiscard]] std::vector<const json::value*> of_ensemble(Kind kind,
                                                            const kube::ObjectKey& ensemble) const;
  [[nodiscard]] std::vector<kube::ObjectKey> ensembles() const;
  [[nodiscard]] const kube::Resource& resource(Kind kind) const;

 private:
  struct Follower {
    Kind kind{};
    std::string ns;
    std::unique_ptr<kube::Informer> informer;
  };

  void add(Kind kind, const std::string& ns, std::uint64_t seed);
  void on_change(const Follower& follower, const kube::Change& change);

  kube::Api& api_;
  kube::Loop& loop_;
  CacheHandlers handlers_;
  std::array<kube::Resource, kKinds> resources_;
  std::vector<std::unique_ptr<Follower>> followers_;
};

}  // namespace paddock::control
