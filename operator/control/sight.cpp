// SPDX-License-Identifier: Apache-2.0
#include "control/sight.h"

#include <algorithm>
#include <optional>

#include "objects/certificates.h"
#include "objects/read.h"

namespace paddock::control {
namespace {

using kube::ObjectKey;
using observe::Observed;

class Look {
 public:
  Look(const Cache& cache, const resource::Ensemble& ensemble, Observed& observed)
      : cache_(cache), ensemble_(ensemble), observed_(observed) {}

  void at_members() {
    for (const json::value* const set : all(Kind::StatefulSet)) {
      const auto id = objects::member_of(*set);
      if (!id) continue;
      observe::WorkloadView view = objects::read_workload(*set);
      // One of an Ensemble that had the same name: it is on its way out with that one.
      view.is_terminating |= !is_ours(*set);
      observed_.members[*id].workload = std::move(view);
    }
    for (const json::value* const pod : all(Kind::Pod)) {
      if (const auto id = objects::member_of(*pod)) {
        observed_.members[*id].pod = objects::read_pod(*pod);
      }
    }
  }
  void at_claims() {
    for (const json::value* const claim : all(Kind::Claim)) {
      const auto id = objects::member_of(*claim);
      if (!id || !objects::is_data_claim(*claim)) continue;
      observe::ClaimView view = objects::read_claim(*claim);
      const bool is_anothers = !kube::controller_uid_of(*claim).empty() && !is_ours(*claim);
      view.is_terminating |= is_anothers;
      observed_.members[*id].claims.push_back(std::move(view));
    }
    for (auto& [id, member] : observed_.members) {
      std::ranges::sort(member.claims, {}, &observe::ClaimView::generation);
    }
  }
  template <class View>
  void at(Kind kind,
          const std::string& name,
          View (*read)(const json::value&),
          std::optional<View>& into) {
    const json::value* const object = cache_.find(kind, {.ns = ensemble_.key.ns, .name = name});
    if (object != nullptr && is_ours(*object)) into = read(*object);
  }

 private:
  [[nodiscard]] std::vector<const json::value*> all(Kind kind) const {
    return cache_.of_ensemble(kind, ensemble_.key);
  }
  [[nodiscard]] bool is_ours(const json::value& object) const {
    return kube::controller_uid_of(object) == ensemble_.uid;
  }

  const Cache& cache_;
  const resource::Ensemble& ensemble_;
  Observed& observed_;
};

}  // namespace

Observed see(const Cache& cache, const resource::Ensemble& ensemble, WallTime now) {
  Observed observed;
  observed.now = now;
  observed.ensemble = {
      .object = {.uid = ensemble.uid, .resource_version = ensemble.resource_version},
      .is_being_deleted = ensemble.is_being_deleted,
      .ensemble_id = ensemble.ensemble_id,
      .bootstrap_voters = ensemble.bootstrap_voters};
  const std::string& name = ensemble.key.name;
  Look look(cache, ensemble, observed);
  look.at_members();
  look.at_claims();
  look.at(Kind::StatefulSet,
          objects::observers_name(name),
          &objects::read_observers,
          observed.observers);
  look.at(Kind::Budget, objects::voters_budget_name(name), &objects::read_budget, observed.budget);
  look.at(Kind::ConfigMap,
          objects::configuration_name(name),
          &objects::read_configuration,
          observed.configuration);
  look.at(Kind::Service,
          objects::client_service_name(name),
          &objects::read_services,
          observed.services);
  const objects::Site site{
      .ns = ensemble.key.ns, .ensemble = name, .uid = ensemble.uid, .spec = {}, .wishes = {}};
  look.at(Kind::Secret,
          objects::authority_secret(site, objects::Authority::Servers),
          &objects::read_certificates,
          observed.certificates);
  return observed;
}

}  // namespace paddock::control
