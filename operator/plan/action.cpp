// SPDX-License-Identifier: Apache-2.0
#include "plan/action.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace paddock::plan {
namespace {

std::string text_of(const LatchBootstrap& action) {
  return fmt::format("latch bootstrap with {} voters", action.voters);
}
std::string text_of(const LatchEnsemble& action) {
  return fmt::format("latch ensemble {}", action.ensemble_id);
}
std::string text_of(const ApplyServices& action) {
  return fmt::format("apply services{}", action.serve_clients ? " with clients" : "");
}
std::string text_of(const ApplyConfiguration& action) {
  return fmt::format("apply configuration {}", action.reload_hash);
}
std::string text_of(const ApplyBudget& action) {
  return fmt::format("apply budget of {} available", action.available_min);
}
std::string text_of(const ApplyObservers& action) {
  return fmt::format("apply observers, {} of {}", action.replicas, action.makes.image);
}
std::string text_of(const ApplyCertificates& action) {
  return fmt::format("apply certificates of authority {}, trusting {}",
                     action.signer,
                     fmt::join(action.trusted, " and "));
}
std::string text_of(const ApplyClaim& action) {
  return fmt::format("{} claim {} of {}, {}{}{}",
                     action.expected ? "change" : "create",
                     raw(action.generation),
                     raw(action.member),
                     to_text(action.size),
                     action.ensemble_id.empty() ? "" : ", ensemble " + action.ensemble_id,
                     action.is_retired ? ", retired" : "");
}
std::string text_of(const ApplyWorkload& action) {
  return fmt::format("{} workload {} of {} with claim {}{}",
                     action.expected ? "change" : "create",
                     raw(action.member),
                     action.makes.image,
                     raw(action.claim),
                     action.runs ? "" : ", stopped");
}
std::string text_of(const LabelVoter& action) {
  return fmt::format("label {} {}", raw(action.member), action.is_voter ? "voter" : "no voter");
}
std::string text_of(const GrantInitialize& action) {
  return fmt::format("grant {} to begin with {} voters", raw(action.member), action.voters);
}
std::string text_of(const AskReload& action) {
  return fmt::format("ask {} to read its configuration again", raw(action.member));
}
std::string text_of(const ChangeWorkload& action) {
  return text_of(action.to);
}
std::string text_of(const EvictPod& action) {
  return fmt::format("evict {}", raw(action.member));
}
std::string text_of(const TransferLeader& action) {
  return fmt::format("transfer leadership from {} to {}", raw(action.from), raw(action.to));
}
std::string text_of(const Reconfigure& action) {
  const bool adds = action.change == Reconfigure::Change::AddVoter;
  return fmt::format("reconfigure: {} {}, from version {:x}",
                     adds ? "add" : "remove",
                     raw(action.member),
                     raw(action.from_version));
}
std::string text_of(const DeleteWorkload& action) {
  return fmt::format("delete workload {}", raw(action.member));
}
std::string text_of(const DeleteClaim& action) {
  return fmt::format("delete claim {} of {}", raw(action.generation), raw(action.member));
}

}  // namespace

std::string to_text(const Harmless& action) {
  return std::visit([](const auto& one) { return text_of(one); }, action);
}

std::string to_text(const Disruptive& action) {
  return std::visit([](const auto& one) { return text_of(one); }, action);
}

}  // namespace paddock::plan
