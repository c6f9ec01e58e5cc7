// SPDX-License-Identifier: Apache-2.0
//
// The way back: what the planner sees, from objects that build.h made and the cluster went on with.
// Total: what is missing or not understood reads as nothing. Pure.
#pragma once

#include "objects/names.h"
#include "observe/observed.h"

namespace paddock::objects {

[[nodiscard]] observe::PodView read_pod(const json::value& pod);
[[nodiscard]] observe::ClaimView read_claim(const json::value& claim);
/// Whether it is a claim for data; those for the log have no view.
[[nodiscard]] bool is_data_claim(const json::value& claim);
[[nodiscard]] observe::WorkloadView read_workload(const json::value& stateful_set);
[[nodiscard]] observe::ObserversView read_observers(const json::value& stateful_set);
[[nodiscard]] observe::BudgetView read_budget(const json::value& budget);
[[nodiscard]] observe::ConfigMapView read_configuration(const json::value& config_map);
/// Of the service for clients.
[[nodiscard]] observe::ServicesView read_services(const json::value& service);
/// Of the Secret with the authorities (certificates.h).
[[nodiscard]] observe::CertificatesView read_certificates(const json::value& secret);

}  // namespace paddock::objects
