// SPDX-License-Identifier: Apache-2.0
//
// An Ensemble as the API server has it, read into typed values with their defaults, and its status
// written back. Pure. What the resource looks like is api/describe.h's business.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/ensemble_spec.h"
#include "api/ensemble_status.h"
#include "api/validate.h"
#include "kube/object.h"
#include "kube/resource.h"

namespace paddock::resource {

namespace json = boost::json;

/// paddock.io/v1, ensembles
[[nodiscard]] const kube::Resource& ensembles();

struct Ensemble {
  kube::ObjectKey key;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  bool is_being_deleted = false;
  api::EnsembleSpec spec;
  api::Wishes wishes;
  /// Of fields with a wrong type, that nobody knows, or out of their bounds; then what
  /// api::validate() says. A field that cannot be read has its default in `spec`.
  std::vector<api::Problem> problems;
  /// The latches of its status.
  std::string ensemble_id;
  std::int32_t bootstrap_voters = 0;
};

/// Total: what is not there has its default.
[[nodiscard]] Ensemble read_ensemble(const json::value& object);

/// `spec` alone; problems are added.
[[nodiscard]] api::EnsembleSpec read_spec(const json::value& spec,
                                          std::vector<api::Problem>& problems);
/// The other way round, with all defaults.
[[nodiscard]] json::value spec_value(const api::EnsembleSpec& spec);

/// What a status says besides what the planner decides.
struct StatusContext {
  std::int32_t bootstrap_voters = 0;
  /// Observers that are ready, and the labels that their pods have.
  std::int32_t observers_ready = 0;
  std::string version = {};
  /// host:port that clients connect to.
  std::string client_endpoint = {};
  WallTime now = {};
};

/// The whole intent of a server-side apply to the subresource `status`. `before` is the Ensemble as
/// it is: the time of a condition that does not change its status is kept.
[[nodiscard]] json::value status_intent(const json::value& before,
                                        const api::EnsembleStatus& status,
                                        const StatusContext& context);

}  // namespace paddock::resource
