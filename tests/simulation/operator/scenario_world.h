// SPDX-License-Identifier: Apache-2.0
//
// A cluster, an ensemble and an operator in which nothing happens by itself but what a scenario
// says; what the operator plans and does is the trace. Commands:
//   wish voters|observers|version|size|authority VALUE, wish asleep|awake|delete-disks,
//   wish replace ID GENERATION; bad-image VERSION
//   kill ID…, lose-disk ID…, lose-claim ID…, node-off ID…, nodes-on, delete-workload ID…
//   silence ID…, hear ID…             whether the operator gets their reports
//   forget-status, recreate           the Ensemble
//   reconcile [TIMES], settle         a step of the world before each plan; until it rests
//   expect reason NAME, expect begun COUNT, expect voters|workloads|serving|claims [ID…]
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/prng.h"
#include "plan/plan.h"
#include "scenarios/player.h"
#include "simulation/operator/executor.h"

namespace paddock::operator_simulation {

class ScenarioWorld {
 public:
  ScenarioWorld();

  [[nodiscard]] scenarios::Outcome carry_out(const std::vector<std::string>& words);

 private:
  std::string dispatch(const std::vector<std::string>& words);
  std::string wish(const std::vector<std::string>& words);
  std::string break_something(const std::string& what, ServerId id);
  std::string expect(const std::vector<std::string>& words);
  std::string expect_members(const std::vector<std::string>& words, const std::string& list);

  void step();
  [[nodiscard]] observe::Observed look() const;
  /// The reason of the plan, after its actions.
  plan::Reason reconcile();
  std::string settle();
  void tell(const std::string& line);

  Prng prng_{1};
  ModelCluster cluster_{8};
  ModelEnsemble ensemble_;
  Oracle oracle_{cluster_, ensemble_};
  Executor executor_{cluster_, ensemble_, oracle_};
  plan::Desired desired_;
  std::set<ServerId> silent_;
  std::vector<std::string> trace_;
  std::string last_plan_;
};

}  // namespace paddock::operator_simulation
