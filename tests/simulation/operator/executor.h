// SPDX-License-Identifier: Apache-2.0
//
// Carries out a plan's actions against the model, each conditional on what it was decided on, as
// the API server and the ensemble do it. Answers may be lost; what was sent may arrive late.
#pragma once

#include <variant>

#include "plan/action.h"
#include "simulation/operator/model_cluster.h"
#include "simulation/operator/model_ensemble.h"
#include "simulation/operator/oracle.h"

namespace paddock::operator_simulation {

using Action = std::variant<plan::Harmless, plan::Disruptive>;

class Executor {
 public:
  Executor(ModelCluster& cluster, ModelEnsemble& ensemble, Oracle& oracle);

  WriteAnswer carry_out(const Action& action);

 private:
  WriteAnswer apply(const plan::LatchBootstrap& action);
  WriteAnswer apply(const plan::LatchEnsemble& action);
  WriteAnswer apply(const plan::ApplyServices& action);
  WriteAnswer apply(const plan::ApplyConfiguration& action);
  WriteAnswer apply(const plan::ApplyBudget& action);
  WriteAnswer apply(const plan::ApplyObservers& action);
  WriteAnswer apply(const plan::ApplyCertificates& action);
  WriteAnswer apply(const plan::ApplyClaim& action);
  WriteAnswer apply(const plan::ApplyWorkload& action);
  WriteAnswer apply(const plan::LabelVoter& action);
  WriteAnswer apply(const plan::GrantInitialize& action);
  WriteAnswer apply(const plan::AskReload& action);
  WriteAnswer apply(const plan::ChangeWorkload& action);
  WriteAnswer apply(const plan::EvictPod& action);
  WriteAnswer apply(const plan::TransferLeader& action);
  WriteAnswer apply(const plan::Reconfigure& action);
  WriteAnswer apply(const plan::DeleteWorkload& action);
  WriteAnswer apply(const plan::DeleteClaim& action);

  /// Writes `view` if it is, or is not there, as expected.
  template <class View>
  WriteAnswer write(std::optional<View>& is, const plan::Expected& expected, View view);

  ModelCluster& cluster_;
  ModelEnsemble& ensemble_;
  Oracle& oracle_;
};

}  // namespace paddock::operator_simulation
