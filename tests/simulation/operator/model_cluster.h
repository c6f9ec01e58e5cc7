// SPDX-License-Identifier: Apache-2.0
//
// The cluster: an API server that checks versions, the controllers of StatefulSets and garbage, the
// kubelets with their volumes, and the Eviction API with its budget. Objects are what the
// operator's views show of them; the rest is beside, by uid.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/prng.h"
#include "observe/observed.h"
#include "simulation/operator/model_ensemble.h"

namespace paddock::operator_simulation {

struct Node {
  bool is_up = true;
  bool is_cordoned = false;
};

enum class WriteAnswer : std::uint8_t {
  Done,
  Conflict,
  NotFound,
  Forbidden,  // by the budget
};

class ModelCluster {
 public:
  explicit ModelCluster(std::int32_t nodes);

  /// What a consistent list shows; no reports.
  observe::Observed objects;
  std::map<std::string, std::unique_ptr<Disk>> disks;  // by the claim's uid
  std::map<std::string, std::int32_t> node_of_pod;     // by uid; a pod that is bound
  std::map<std::string, std::int32_t> node_of_claim;   // a local volume
  std::map<std::int32_t, Node> nodes;
  std::set<std::string> bad_images;
  bool has_local_volumes = false;
  /// Nobody restarts the network plug: a file system grows only at a restart.
  bool grows_offline = false;

  [[nodiscard]] model::ObjectVersion new_object();
  void touch(model::ObjectVersion& object);

  WriteAnswer evict(ServerId id, const model::ObjectVersion& pod);
  void lose_claim(ServerId id, model::Generation generation);
  /// Kubelet and controllers.
  void step(Prng& prng, ModelEnsemble& ensemble);
  /// The Ensemble is gone, and with it all that it owns: everything but claims.
  void collect_garbage();
  void remove_node(std::int32_t node);

 private:
  void control_workloads();
  void control_observers();
  void schedule(observe::PodView& pod, const observe::ClaimView* claim, Prng& prng);
  void run_pod(ServerId id, observe::MemberView& member, ModelEnsemble& ensemble, Prng& prng);
  void end_pods(Prng& prng, ModelEnsemble& ensemble);
  void protect_claims();
  void set_ready(observe::PodView& pod, bool is_ready);

  std::int64_t counter_ = 0;
  std::map<std::string, std::int32_t> starting_;  // steps until the process is up, by pod
};

}  // namespace paddock::operator_simulation
