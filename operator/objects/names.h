// SPDX-License-Identifier: Apache-2.0
//
// How the objects of an ensemble are named and labelled. Names and selectors never change: another
// name is another object. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "kube/object.h"
#include "model/ids.h"

namespace paddock::objects {

namespace json = boost::json;

constexpr std::string_view kFieldManager = "paddock-operator";

constexpr std::string_view kEnsembleLabel = "paddock.io/ensemble";
constexpr std::string_view kMemberLabel = "paddock.io/member";  // the id, of voters' objects
constexpr std::string_view kRoleLabel = "paddock.io/role";      // voter or observer
constexpr std::string_view kVoterLabel = "paddock.io/voter";    // "true": the budget counts it
constexpr std::string_view kManagedByLabel = "app.kubernetes.io/managed-by";

constexpr std::string_view kRetiredLabel = "paddock.io/retired";  // "true": a disk given up

// Annotations: what views are read from.
constexpr std::string_view kClaimAnnotation = "paddock.io/claim";  // the generation
constexpr std::string_view kBootstrapVotersAnnotation = "paddock.io/bootstrap-voters";
constexpr std::string_view kEnsembleIdAnnotation = "paddock.io/ensemble-id";
constexpr std::string_view kReloadHashAnnotation = "paddock.io/reload-hash";
constexpr std::string_view kChangedAnnotation = "paddock.io/changed";  // when, RFC 3339
constexpr std::string_view kServeClientsAnnotation = "paddock.io/serve-clients";
constexpr std::string_view kTrustedAnnotation = "paddock.io/trusted-authorities";  // "1,2"
constexpr std::string_view kAppliedHashAnnotation = "paddock.io/applied-hash";
constexpr std::string_view kSignerAnnotation = "paddock.io/signing-authority";

[[nodiscard]] std::string workload_name(std::string_view ensemble, ServerId id);
/// The pod of a voter.
[[nodiscard]] std::string pod_name(std::string_view ensemble, ServerId id);
[[nodiscard]] std::string observers_name(std::string_view ensemble);
[[nodiscard]] std::string data_claim_name(std::string_view ensemble,
                                          ServerId id,
                                          model::Generation generation);
[[nodiscard]] std::string log_claim_name(std::string_view ensemble,
                                         ServerId id,
                                         model::Generation generation);
[[nodiscard]] std::string client_service_name(std::string_view ensemble);
[[nodiscard]] std::string members_service_name(std::string_view ensemble);
[[nodiscard]] std::string admin_service_name(std::string_view ensemble);
[[nodiscard]] std::string external_service_name(std::string_view ensemble, ServerId id);
[[nodiscard]] std::string voters_budget_name(std::string_view ensemble);
[[nodiscard]] std::string observers_budget_name(std::string_view ensemble);
[[nodiscard]] std::string configuration_name(std::string_view ensemble);
/// The Secret with `username` and `password` by which the operator is known without TLS.
[[nodiscard]] std::string operator_credentials_name(std::string_view ensemble);

/// All objects of one ensemble; of all ensembles of the operator if `ensemble` is empty.
[[nodiscard]] std::string label_selector(std::string_view ensemble);
/// Of the pods of observers: for the subresource `scale`.
[[nodiscard]] std::string observer_selector(std::string_view ensemble);

/// Whose object it is, by its label; empty: none of ours.
[[nodiscard]] std::string_view ensemble_of(const json::value& object);
/// By the label of a voter's object, or of its claims.
[[nodiscard]] std::optional<ServerId> member_of(const json::value& object);

}  // namespace paddock::objects
