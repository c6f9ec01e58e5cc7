// SPDX-License-Identifier: Apache-2.0
//
// What must hold of each thing that is done to the cluster, judged by what is true and not by what
// the operator has seen; the numbers are those of the invariants in docs/operator.md. Races between
// a look and a deed are nobody's fault: who has just fallen over counts as standing for a few
// steps.
#pragma once

#include <map>
#include <string>

#include "plan/action.h"
#include "simulation/operator/model_cluster.h"
#include "simulation/operator/model_ensemble.h"

namespace paddock::operator_simulation {

class Oracle {
 public:
  Oracle(ModelCluster& cluster, ModelEnsemble& ensemble);

  /// Before the deed; how many voters may be missing by the user's own wish is for the caller.
  void judge(const plan::Harmless& action);
  void judge(const plan::Disruptive& action);
  /// A drain of somebody else, that the budget has let through.
  void judge_drain(ServerId id, bool was_ready);
  /// After each step.
  void look();
  void forgive_hibernation(bool is_asleep) { is_asleep_ = is_asleep; }

  /// The first that was broken.
  std::string violation;

 private:
  void check(bool holds, std::string what);
  [[nodiscard]] std::set<ServerId> voters() const;
  [[nodiscard]] bool is_standing(ServerId id) const;
  void note_what_is_in_force();
  [[nodiscard]] bool is_in_force() const;
  void judge_stop(ServerId id, std::string_view deed);
  void judge_reconfigure(const plan::Reconfigure& action);
  void judge_change(const plan::ChangeWorkload& action);
  void judge_disk(ServerId id, model::Generation claim);

  ModelCluster& cluster_;
  ModelEnsemble& ensemble_;
  bool is_asleep_ = false;
  std::map<ServerId, int> steps_down_;
  /// The newest configuration that a majority of its voters has had, alone.
  std::int64_t version_in_force_ = 0;
  /// The newest disk on which a member had data.
  std::map<ServerId, model::Generation> newest_disk_;
  int steps_ = 0;
};

}  // namespace paddock::operator_simulation
