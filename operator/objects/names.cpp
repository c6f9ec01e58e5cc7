// SPDX-License-Identifier: Apache-2.0
#include "objects/names.h"

#include <fmt/format.h>

#include "base/number_text.h"

namespace paddock::objects {

std::string workload_name(std::string_view ensemble, ServerId id) {
  return fmt::format("{}-v{}", ensemble, raw(id));
}

std::string pod_name(std::string_view ensemble, ServerId id) {
  return workload_name(ensemble, id) + "-0";
}

std::string observers_name(std::string_view ensemble) {
  return fmt::format("{}-obs", ensemble);
}

std::string data_claim_name(std::string_view ensemble, ServerId id, model::Generation generation) {
  return fmt::format("{}-v{}-data-{}", ensemble, raw(id), raw(generation));
}

std::string log_claim_name(std::string_view ensemble, ServerId id, model::Generation generation) {
  return fmt::format("{}-v{}-log-{}", ensemble, raw(id), raw(generation));
}

std::string client_service_name(std::string_view ensemble) {
  return fmt::format("{}-client", ensemble);
}

std::string members_service_name(std::string_view ensemble) {
  return fmt::format("{}-members", ensemble);
}

std::string admin_service_name(std::string_view ensemble) {
  return fmt::format("{}-admin", ensemble);
}

std::string external_service_name(std::string_view ensemble, ServerId id) {
  return fmt::format("{}-v{}-external", ensemble, raw(id));
}

std::string voters_budget_name(std::string_view ensemble) {
  return fmt::format("{}-voters", ensemble);
}

std::string observers_budget_name(std::string_view ensemble) {
  return fmt::format("{}-obs", ensemble);
}

std::string configuration_name(std::string_view ensemble) {
  return fmt::format("{}-config", ensemble);
}

std::string operator_credentials_name(std::string_view ensemble) {
  return fmt::format("{}-operator", ensemble);
}

std::string label_selector(std::string_view ensemble) {
  std::string selector = fmt::format("{}={}", kManagedByLabel, kFieldManager);
  if (!ensemble.empty()) selector += fmt::format(",{}={}", kEnsembleLabel, ensemble);
  return selector;
}

std::string observer_selector(std::string_view ensemble) {
  return fmt::format("{}={},{}=observer", kEnsembleLabel, ensemble, kRoleLabel);
}

std::string_view ensemble_of(const json::value& object) {
  if (kube::label_of(object, kManagedByLabel) != kFieldManager) return {};
  return kube::label_of(object, kEnsembleLabel);
}

std::optional<ServerId> member_of(const json::value& object) {
  const auto number = parse_number<std::int32_t>(kube::label_of(object, kMemberLabel)).value_or(0);
  const bool is_id = number > 0 && number <= model::kVoterIdMax;
  return is_id ? std::optional(ServerId{number}) : std::nullopt;
}

}  // namespace paddock::objects
