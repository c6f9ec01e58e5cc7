// SPDX-License-Identifier: Apache-2.0
#include "control/cache.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "objects/names.h"
#include "resource/ensemble.h"

namespace paddock::control {
namespace {

using kube::Change;
using kube::ObjectKey;
using kube::Resource;

Resource core(std::string plural, std::string kind) {
  return {.group = {}, .version = "v1", .plural = std::move(plural), .kind = std::move(kind)};
}

std::array<Resource, kKinds> make_resources(const std::string& budget_api) {
  const std::string budget_version = budget_api.substr(budget_api.rfind('/') + 1);
  return {
      resource::ensembles(),
      Resource{.group = "apps", .version = "v1", .plural = "statefulsets", .kind = "StatefulSet"},
      core("pods", "Pod"),
      core("persistentvolumeclaims", "PersistentVolumeClaim"),
      core("services", "Service"),
      core("configmaps", "ConfigMap"),
      Resource{.group = "policy",
               .version = budget_version,
               .plural = "poddisruptionbudgets",
               .kind = "PodDisruptionBudget"},
      core("secrets", "Secret")};
}

/// What of an Ensemble its planner looks at; the status that we write ourselves is no news.
bool is_news(const json::value& before, const json::value& after) {
  const json::value* const was = kube::find(before, {"metadata", "annotations"});
  const json::value* const is = kube::find(after, {"metadata", "annotations"});
  const bool same_annotations =
      (was == nullptr) == (is == nullptr) && (was == nullptr || *was == *is);
  return !same_annotations ||
         kube::number_at(before, {"metadata", "generation"}) !=
             kube::number_at(after, {"metadata", "generation"}) ||
         kube::is_being_deleted(before) != kube::is_being_deleted(after) ||
         kube::text_at(before, {"status", "ensembleId"}) !=
             kube::text_at(after, {"status", "ensembleId"}) ||
         kube::number_at(before, {"status", "bootstrapVoters"}) !=
             kube::number_at(after, {"status", "bootstrapVoters"});
}

}  // namespace

Cache::Cache(kube::Api& api, kube::Loop& loop, const CacheOptions& options, CacheHandlers handlers)
    : api_(api),
      loop_(loop),
      handlers_(std::move(handlers)),
      resources_(make_resources(options.budget_api)) {
  std::uint64_t seed = options.seed;
  const std::vector<std::string> everywhere{std::string()};
  for (const std::string& ns : options.namespaces.empty() ? everywhere : options.namespaces) {
    for (std::size_t kind = 0; kind < kKinds; ++kind) add(static_cast<Kind>(kind), ns, ++seed);
  }
}

void Cache::add(Kind kind, const std::string& ns, std::uint64_t seed) {
  auto follower = std::make_unique<Follower>(Follower{.kind = kind, .ns = ns, .informer = {}});
  const Follower& it = *follower;
  kube::InformerOptions options{.resource = resource(kind), .selection = {.ns = ns}, .seed = seed};
  if (kind != Kind::Ensemble) options.selection.labels = objects::label_selector({});
  follower->informer = std::make_unique<kube::Informer>(
      api_,
      loop_,
      std::move(options),
      kube::InformerHandlers{
          .on_change = [this, &it](const Change& change) { on_change(it, change); },
          .on_trouble =
              [this, kind](const kube::ApiError& error) {
                handlers_.on_trouble(resource(kind).plural, error);
              }});
  followers_.push_back(std::move(follower));
}

void Cache::start() {
  for (const auto& follower : followers_) follower->informer->start();
}

bool Cache::has_synced() const {
  return std::ranges::all_of(followers_,
                             [](const auto& one) { return one->informer->has_synced(); });
}

void Cache::on_change(const Follower& follower, const Change& change) {
  const auto urgency = follower.informer->has_synced() ? kube::WorkQueue::Urgency::Live
                                                       : kube::WorkQueue::Urgency::Background;
  const json::value* const now = follower.informer->store().find(change.key);
  if (follower.kind == Kind::Ensemble) {
    if (now != nullptr && change.before && !is_news(*change.before, *now)) return;
    handlers_.on_change(change.key, urgency);
    return;
  }
  for (const json::value* const object : {now, change.before ? &*change.before : nullptr}) {
    if (object == nullptr) continue;
    const std::string_view name = objects::ensemble_of(*object);
    if (name.empty()) continue;
    handlers_.on_change({.ns = change.key.ns, .name = std::string(name)}, urgency);
    return;
  }
}

const json::value* Cache::find(Kind kind, const ObjectKey& key) const {
  for (const auto& follower : followers_) {
    if (follower->kind != kind) continue;
    if (!follower->ns.empty() && follower->ns != key.ns) continue;
    return follower->informer->store().find(key);
  }
  return nullptr;
}

std::vector<const json::value*> Cache::of_ensemble(Kind kind, const ObjectKey& ensemble) const {
  std::vector<const json::value*> found;
  for (const auto& follower : followers_) {
    if (follower->kind != kind) continue;
    // Objects are by namespace and then by name.
    const auto& objects = follower->informer->store().objects();
    for (auto at = objects.lower_bound({.ns = ensemble.ns, .name = {}});
         at != objects.end() && at->first.ns == ensemble.ns;
         ++at) {
      if (objects::ensemble_of(at->second) == ensemble.name) found.push_back(&at->second);
    }
  }
  return found;
}

std::vector<ObjectKey> Cache::ensembles() const {
  std::vector<ObjectKey> keys;
  for (const auto& follower : followers_) {
    if (follower->kind != Kind::Ensemble) continue;
    for (const auto& [key, object] : follower->informer->store().objects()) keys.push_back(key);
  }
  return keys;
}

const Resource& Cache::resource(Kind kind) const {
  return resources_.at(static_cast<std::size_t>(kind));
}

}  // namespace paddock::control
