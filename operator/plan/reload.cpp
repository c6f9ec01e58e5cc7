// SPDX-License-Identifier: Apache-2.0
//
// Keys that a running server takes: the file is written by base(); here the server is asked to read
// it until it has (the kubelet takes its time), and what is not taken after a while becomes a
// restart.
#include "plan/rows.h"

namespace paddock::plan {
namespace {

bool is_taken(const Context& context, ServerId id) {
  const auto& configuration = context.observed.configuration;
  if (!configuration) return true;
  const auto differs = [&](const observe::MemberReport& report) {
    return report.reload_hash && *report.reload_hash != configuration->reload_hash;
  };
  return !context.member(id).report.is_known_and(differs);
}

bool is_patient(const Context& context) {
  const auto& configuration = context.observed.configuration;
  return configuration && context.observed.now.ms - configuration->applied.ms <
                              milliseconds(kReloadPatience).count();
}

}  // namespace

std::optional<Step> reload(const Context& context) {
  for (const ServerId id : context.wanted) {
    if (is_taken(context, id) || !is_patient(context)) continue;
    Step step = wait(Reason::Reload, id, name_of(id) + " has not read it yet");
    step.harmless.emplace_back(AskReload{id});
    return step;
  }
  return std::nullopt;
}

std::optional<Reason> restart_reason(const Context& context, ServerId id) {
  const observe::MemberView& member = context.member(id);
  if (!member.pod || !context.wanted_template) return std::nullopt;
  const api::MemberTemplate& is = member.pod->made_from;
  const api::MemberTemplate& wanted = *context.wanted_template;
  if (is.image != wanted.image) return Reason::ImageChanged;
  if (is.configuration != wanted.configuration) return Reason::ConfigurationChanged;
  if (is.resources != wanted.resources) return Reason::ResourcesChanged;
  if (is.tls != wanted.tls) return Reason::TlsChanged;
  if (is.volumes != wanted.volumes) return Reason::VolumesChanged;
  if (is.pod != wanted.pod) return Reason::PodTemplateChanged;
  if (is.restart != wanted.restart) return Reason::RestartRequested;
  if (!is_taken(context, id) && !is_patient(context)) return Reason::NotReloaded;
  const observe::ClaimView* const claim = find_claim(member, member.pod->claim);
  if (claim != nullptr && claim->waits_for_restart) return Reason::VolumeGrown;
  return std::nullopt;
}

}  // namespace paddock::plan
