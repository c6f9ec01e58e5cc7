// SPDX-License-Identifier: Apache-2.0
#include "api/member_template.h"

#include <initializer_list>

#include <fmt/format.h>

#include "api/words.h"

namespace paddock::api {
namespace {

using model::ChangeClass;
using model::Fingerprint;

/// Fields that are not as they were before there were such fields: so the hash of a spec without
/// them stays what it was.
class Additions {
 public:
  void add(std::string_view name, std::string_view value, std::string_view by_default = {}) {
    if (value == by_default) return;
    fingerprint_.add(name).add(value);
    is_empty_ = false;
  }
  void add(std::string_view name, const Texts& texts) {
    for (const auto& [key, value] : texts) add(fmt::format("{}.{}", name, key), value);
  }
  [[nodiscard]] std::string text() const { return is_empty_ ? "" : fingerprint_.text(); }

 private:
  Fingerprint fingerprint_;
  bool is_empty_ = true;
};

std::string tls_of(const TlsSpec& tls) {
  Fingerprint fingerprint;
  fingerprint.add(fmt::format("{}", static_cast<int>(tls.client)))
      .add(fmt::format("{}", static_cast<int>(tls.quorum)));
  Additions additions;
  additions.add("auth", word_of(tls.client_auth), word_of(ClientAuth::Optional));
  if (tls.provider.given) {
    additions.add("client", tls.provider.given->client);
    additions.add("quorum", tls.provider.given->quorum);
  }
  if (!additions.text().empty()) fingerprint.add(additions.text());
  return fingerprint.text();
}

void add_common(const EnsembleSpec& spec, Additions& additions) {
  additions.add("labels", spec.pod_template.labels);
  additions.add("annotations", spec.pod_template.annotations);
  additions.add("spec", spec.pod_template.spec.json);
  additions.add("pull", word_of(spec.image.pull_policy), word_of(PullPolicy::IfNotPresent));
  for (const std::string& secret : spec.image.pull_secrets) additions.add("pullSecret", secret);
}

MemberTemplate template_of(const EnsembleSpec& spec,
                           const Wishes& wishes,
                           const ResourcesSpec& resources,
                           const Additions& pod) {
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
          .tls = tls_of(spec.tls),
          .volumes = volumes,
          .restart = wishes.restart,
          .pod = pod.text()};
}

}  // namespace

std::string MemberTemplate::hash() const {
  Fingerprint fingerprint;
  fingerprint.add(image).add(configuration).add(resources).add(tls).add(volumes).add(restart);
  if (!pod.empty()) fingerprint.add(pod);
  return fingerprint.text();
}

MemberTemplate voter_template(const EnsembleSpec& spec, const Wishes& wishes) {
  Additions pod;
  add_common(spec, pod);
  pod.add("host", word_of(spec.voters.placement.host), word_of(Spread::Required));
  pod.add("zone", word_of(spec.voters.placement.zone), word_of(Spread::Preferred));
  return template_of(spec, wishes, spec.voters.resources, pod);
}

MemberTemplate observer_template(const EnsembleSpec& spec, const Wishes& wishes) {
  Additions pod;
  add_common(spec, pod);
  return template_of(spec, wishes, spec.observers.resources, pod);
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
