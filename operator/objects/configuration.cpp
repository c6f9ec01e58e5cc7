// SPDX-License-Identifier: Apache-2.0
//
// zoo.cfg, the same for all members: who a server is and whom it asks comes with its pod's
// variables, so that a change of members changes no file.
#include <map>

#include <fmt/format.h>

#include "kube/time_text.h"
#include "objects/object.h"
#include "objects/paths.h"

namespace paddock::objects {
namespace {

using api::TlsMode;
using Lines = std::map<std::string, std::string>;

void add_clients(const api::EnsembleSpec& spec, Lines& lines) {
  if (spec.tls.client != TlsMode::Required) lines["clientPort"] = fmt::to_string(kClientPort);
  if (spec.tls.client == TlsMode::Disabled) return;
  lines["secureClientPort"] = fmt::to_string(kSecureClientPort);
  lines["ssl.keyStore.location"] = fmt::format("{}/tls.crt", kClientTlsFolder);
  lines["ssl.trustStore.location"] = fmt::format("{}/ca.crt", kClientTlsFolder);
  lines["ssl.clientAuth"] = spec.tls.client_auth == api::ClientAuth::Required   ? "need"
                            : spec.tls.client_auth == api::ClientAuth::Optional ? "want"
                                                                                : "none";
}

void add_servers(const Site& site, Lines& lines) {
  lines["admin.serverPort"] = fmt::to_string(kAdminPort);
  if (site.spec.tls.quorum == TlsMode::Disabled) {
    lines["sslQuorum"] = "false";
    if (!site.operator_digest.empty()) {
      lines["paddock.admin.operators"] = fmt::format("digest:{}", site.operator_digest);
    }
    return;
  }
  lines["sslQuorum"] = "true";
  lines["ssl.quorum.keyStore.location"] = fmt::format("{}/tls.crt", kQuorumTlsFolder);
  lines["ssl.quorum.trustStore.location"] = fmt::format("{}/ca.crt", kQuorumTlsFolder);
  lines["admin.forceHttps"] = "true";
  lines["paddock.admin.clientAuth"] = "want";
  lines["paddock.admin.operators"] = fmt::format("x509:{}", operator_subject(site));
}

/// In .properties a backslash begins an escape.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

std::string zoo_cfg(const Site& site, std::string_view reload_hash) {
  Lines lines{{"tickTime", "2000"}, {"initLimit", "10"}, {"syncLimit", "5"}};
  for (const auto& [key, value] : site.spec.config) lines[key] = value;
  lines["dataDir"] = kDataFolder;
  if (site.spec.storage.txn_log) lines["dataLogDir"] = kLogFolder;
  lines["standaloneEnabled"] = "false";
  lines["reconfigEnabled"] = "true";
  lines["db.autocreate"] = "false";
  lines["paddock.configurationLabel"] = reload_hash;
  add_clients(site.spec, lines);
  add_servers(site, lines);
  std::string text = "# Written by paddock-operator: change the Ensemble, not this.\n";
  for (const auto& [key, value] : lines) text += fmt::format("{}={}\n", key, escaped(value));
  return text;
}

Objects build(const Site& site, const plan::ApplyConfiguration& action) {
  json::object object = new_object(site, "v1", "ConfigMap", configuration_name(site.ensemble));
  object["data"] = {{"zoo.cfg", zoo_cfg(site, action.reload_hash)}};
  annotate(object, kReloadHashAnnotation, action.reload_hash);
  seal(object);
  annotate(object, kChangedAnnotation, kube::time_text(site.now));
  expect(object, action.expected);
  return {std::move(object)};
}

}  // namespace paddock::objects
