// SPDX-License-Identifier: Apache-2.0
//
// One life of an Ensemble from one seed: an operator that sees old lists and loses answers, ends
// between any two actions and begins anew; a user who changes his mind; nodes, pods and disks that
// die, and people who drain. Then everything calms down, and what is wanted must come true.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "plan/plan.h"
#include "simulation/operator/executor.h"

namespace paddock::operator_simulation {

class Simulation {
 public:
  Simulation(std::uint64_t seed, bool is_told);

  /// What went wrong first; empty if nothing.
  std::string run();
  /// Member by member, for whoever looks for the cause.
  [[nodiscard]] std::string describe() const;
  /// How often each thing happened: reasons of plans, actions and faults.
  [[nodiscard]] const std::map<std::string, std::int64_t>& counts() const { return counts_; }

 private:
  void step_world();
  void reconcile();
  bool carry_out(const Action& action);
  [[nodiscard]] observe::Observed look();
  void restart_operator();

  void wish();
  void wish_replacement();
  void break_something();
  void break_disk();
  void break_node();
  void drain();
  void recreate();
  void calm_down();
  [[nodiscard]] std::string what_is_missing();
  [[nodiscard]] bool are_all_full() const;
  [[nodiscard]] std::string violation() const;
  void tell(const std::string& text);

  Prng prng_;
  bool is_told_;
  bool has_faults_ = true;
  ModelCluster cluster_;
  ModelEnsemble ensemble_;
  Oracle oracle_;
  Executor executor_;
  plan::Desired desired_;
  /// Of the cluster, the last ones; each kind of object is seen as it was in one of them.
  std::deque<observe::Observed> history_;
  std::deque<Action> late_;
  std::map<std::string, std::int64_t> counts_;
  std::int32_t image_ = 1;
  std::optional<std::int32_t> drained_;
};

}  // namespace paddock::operator_simulation
