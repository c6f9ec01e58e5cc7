// SPDX-License-Identifier: Apache-2.0
//
// What carries out an action of a plan: requests, one after the other, and what an answer means.
// Each is conditional on what was decided on, so that whatever is answered the next look shows what
// came of it. Pure, but for keys.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "authority/keeper.h"
#include "control/cache.h"
#include "kube/requests.h"
#include "objects/build.h"
#include "plan/plan.h"
#include "resource/ensemble.h"

namespace paddock::control {

using Action = std::variant<plan::Harmless, plan::Disruptive>;

[[nodiscard]] std::string to_text(const Action& action);

struct Call {
  enum class Kind : std::uint8_t {
    Write,         // of the cluster
    Delete,        // likewise
    MustBeAbsent,  // a look: what is to be created must not be there
    MustBe,        // a look: the object must have this uid
    Evict,
    Impossible,  // `uid` says why
    AskMember,   // of a server's admin port
  };
  Kind kind = Kind::Write;
  kube::Request request;
  std::string uid{};
  std::optional<ServerId> member{};
};

enum class Outcome : std::uint8_t {
  Done,
  Again,    // it was decided on an old sight, or nobody knows what came of it: look anew
  Blocked,  // by a disruption budget
  Failed,
};

struct Verdict {
  Outcome outcome = Outcome::Done;
  std::string text{};  // what is wrong
};

[[nodiscard]] Verdict judge(const Call& call, const kube::Reply& reply);

/// What actions are carried out with. All of it outlives the call.
struct Scene {
  const resource::Ensemble& ensemble;
  const json::value& object;  // the same as JSON
  const objects::Site& site;
  const Cache& cache;
  const plan::Plan& plan;
};

[[nodiscard]] std::vector<Call> calls_of(const Action& action, const Scene& scene);

/// The whole status, with these latches, if the Ensemble is still as it was seen.
[[nodiscard]] Call status_call(const Scene& scene,
                               const std::string& ensemble_id,
                               std::int32_t bootstrap_voters);
/// The status that the Ensemble has says the same.
[[nodiscard]] bool is_status_told(const Scene& scene);

/// By kind and name: the hash of what was applied last of objects that the cache does not have.
using Memory = std::map<std::string, std::string>;

/// What follows from the spec alone and differs from what is there. `memory` is changed as if all
/// of it were carried out.
[[nodiscard]] std::vector<Call> standing_calls(const Scene& scene, Memory& memory);

/// What the ensemble's own authorities have to sign now, for these members too. Not pure: keys are
/// of chance.
[[nodiscard]] std::vector<Call> certificate_calls(const Scene& scene,
                                                  const std::set<ServerId>& members);

/// The ensemble has authorities of its own.
[[nodiscard]] bool has_authorities(const api::EnsembleSpec& spec);
[[nodiscard]] authority::Find find_in(const Cache& cache, const std::string& ns);

/// One apply of an object that was built.
[[nodiscard]] Call apply_call(const json::value& object);
[[nodiscard]] kube::Resource resource_of(const json::value& object);

}  // namespace paddock::control
