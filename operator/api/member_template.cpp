// SPDX-License-Identifier: Apache-2.0
#include "api/member_template.h"

#include <fmt/format.h>

namespace paddock::api {
namespace {

using model::ChangeClass;
using model::Fingerprint;

MemberTemplate template_of(const EnsembleSpec& spec,
                           const Wishes& wishes,
                           const ResourcesSpec& resources) {
  const std::string tls = Fingerprint()
                              .add(fmt::format("{}", static_cast<int>(spec.tls.client)))
                              .add(fmt::format("{}", static_cast<int>(spec.tls.quorum)))
                              .text();
  const std::string volumes = Fingerprint()
                                  .add(spec.storage.is_ephemeral ? "ephemeral" : "claims")
                                  .add(spec.storage.txn_log ? "log" : "")
                                  .text();
  return {.image = image_of(spec),
          .configuration = model::hash_of(spec.config, ChangeClass::Restart),
          .resources = Fingerprint()
                           .add(resources.cpu_request)
                           .add(resources.memory_request)
                           .add(resources.memory_limit)
                           .text(),
          .tls = tls,
          .volumes = volumes,
          .restart = wishes.restart};
}

}  // namespace

std::string MemberTemplate::hash() const {
  return Fingerprint()
      .add(image)
      .add(configuration)
      .add(resources)
      .add(tls)
      .add(volumes)
      .add(restart)
      .text();
}

MemberTemplate voter_template(const EnsembleSpec& spec, const Wishes& wishes) {
  return template_of(spec, wishes, spec.voters.resources);
}

MemberTemplate observer_template(const EnsembleSpec& spec, const Wishes& wishes) {
  return template_of(spec, wishes, spec.observers.resources);
}

std::string image_of(const EnsembleSpec& spec) {
  if (!spec.image.digest.empty()) {
    return fmt::format("{}@{}", spec.image.repository, spec.image.digest);
  }
  return fmt::format("{}:{}", spec.image.repository, spec.version);
}

std::string reload_hash_of(const EnsembleSpec& spec) {
  return model::hash_of(spec.config, ChangeClass::Reload);
}

}  // namespace paddock::api
