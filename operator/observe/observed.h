// SPDX-License-Identifier: Apache-2.0
//
// Everything that a plan is made from, apart from what the user wants: the objects in the cluster
// as the cache has them (perhaps old: each write is conditional on the version seen) and what the
// servers say now. Values; the labels and annotations that they are read from belong to the
// builder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/member_template.h"
#include "base/ids.h"
#include "base/time.h"
#include "model/ids.h"
#include "model/quantity.h"
#include "observe/known.h"
#include "observe/member_report.h"

namespace paddock::observe {

struct PodView {
  model::ObjectVersion object;
  api::MemberTemplate made_from;
  model::Generation claim{};
  /// By the kubelet: /readyz answers 200.
  bool is_ready = false;
  /// When that last changed.
  WallTime ready_changed;
  WallTime created;
  bool is_terminating = false;
  /// The image cannot be pulled, or the container ends again and again.
  bool is_failing = false;
  /// Since when no node takes it.
  std::optional<WallTime> unschedulable_since;
  bool has_voter_label = false;
};

struct ClaimView {
  model::ObjectVersion object;
  model::Generation generation{};
  model::ByteQuantity size;  // asked for
  /// The volume is gone for good.
  bool is_lost = false;
  bool is_terminating = false;
  /// The volume has grown, the file system will at the next start.
  bool waits_for_restart = false;
  /// Given up; kept for its data.
  bool is_retired = false;
  /// Of the ensemble that this disk belongs to; empty while that ensemble has not begun.
  std::string ensemble_id;
  /// How many voters were to begin the ensemble, 1 to that; 0 on claims of later members.
  std::int32_t bootstrap_voters = 0;
};

/// A StatefulSet of one.
struct WorkloadView {
  model::ObjectVersion object;
  api::MemberTemplate makes;
  model::Generation claim{};
  bool runs = true;  // replicas: 1
  /// Its pods begin with the label that the budget selects; changing it restarts nothing.
  bool labels_voter = false;
  bool is_terminating = false;
};

struct MemberView {
  std::optional<WorkloadView> workload;
  std::optional<PodView> pod;
  std::vector<ClaimView> claims;  // by generation
  Known<MemberReport> report;
};

struct ObserversView {
  model::ObjectVersion object;
  api::MemberTemplate makes;
  std::int32_t replicas = 0;
  std::int32_t ready = 0;
  /// Made from the template as it is now.
  std::int32_t updated = 0;
  std::int32_t updated_ready = 0;
  /// When the template last changed.
  WallTime changed = {};
};

struct BudgetView {
  model::ObjectVersion object;
  std::int32_t available_min = 0;
};

struct ConfigMapView {
  model::ObjectVersion object;
  std::string reload_hash;
  WallTime applied;
};

struct ServicesView {
  model::ObjectVersion object;
  /// The clients' service has endpoints.
  bool serve_clients = false;
};

/// The CAs whose certificates are mounted: what servers are to trust, and who signs.
struct CertificatesView {
  model::ObjectVersion object;
  std::set<std::int32_t> trusted;
  std::int32_t signer = 0;
};

struct EnsembleView {
  model::ObjectVersion object;
  bool is_being_deleted = false;
  /// The latches.
  std::string ensemble_id;
  std::int32_t bootstrap_voters = 0;
};

struct Observed {
  EnsembleView ensemble;
  std::map<ServerId, MemberView> members;  // voters, and those that are to be
  std::optional<ObserversView> observers;
  std::optional<BudgetView> budget;
  std::optional<ConfigMapView> configuration;
  std::optional<ServicesView> services;
  std::optional<CertificatesView> certificates;
  WallTime now;
};

}  // namespace paddock::observe
