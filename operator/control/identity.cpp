// SPDX-License-Identifier: Apache-2.0
#include "control/identity.h"

#include <optional>

#include "auth/authenticator.h"
#include "objects/certificates.h"
#include "objects/names.h"
#include "resource/secret.h"

namespace paddock::control {
namespace {

using resource::secret_entry_of;

constexpr std::string_view kUser = "paddock-operator";

const json::value* secret(const Cache& cache, const objects::Site& site, std::string name) {
  return cache.find(Kind::Secret, {.ns = site.ns, .name = std::move(name)});
}

Identity by_certificate(const json::value& secret) {
  Identity identity;
  identity.credentials.authority_pem = secret_entry_of(secret, "ca.crt");
  identity.credentials.certificate_pem = secret_entry_of(secret, "tls.crt");
  identity.credentials.key_pem = secret_entry_of(secret, "tls.key");
  identity.is_there = !identity.credentials.key_pem.empty();
  return identity;
}

}  // namespace

Identity identity_of(const Cache& cache, const objects::Site& site) {
  if (const auto name = objects::operator_certificate_secret(site)) {
    const json::value* const found = secret(cache, site, *name);
    return found == nullptr ? Identity{} : by_certificate(*found);
  }
  const json::value* const found =
      secret(cache, site, objects::operator_credentials_name(site.ensemble));
  if (found == nullptr) return {};
  const std::string credentials =
      secret_entry_of(*found, "username") + ":" + secret_entry_of(*found, "password");
  Identity identity;
  identity.credentials.authorization = "digest " + credentials;
  identity.digest = auth::digest_id(credentials, "SHA1");
  identity.is_there = !identity.digest.empty();
  return identity;
}

json::value credentials_secret(const objects::Site& site, const std::string& password) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata",
           {{"name", objects::operator_credentials_name(site.ensemble)},
            {"namespace", site.ns},
            {"labels",
             {{objects::kManagedByLabel, objects::kFieldManager},
              {objects::kEnsembleLabel, site.ensemble}}},
            {"ownerReferences",
             json::array{{{"apiVersion", "paddock.io/v1"},
                          {"kind", "Ensemble"},
                          {"name", site.ensemble},
                          {"uid", site.uid},
                          {"controller", true},
                          {"blockOwnerDeletion", true}}}}}},
          {"type", "Opaque"},
          {"stringData", {{"username", kUser}, {"password", password}}}};
}

}  // namespace paddock::control
