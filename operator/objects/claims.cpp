// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "objects/object.h"

namespace paddock::objects {
namespace {

json::object claim(const Site& site,
                   const plan::ApplyClaim& action,
                   std::string_view name,
                   const api::VolumeSpec& volume,
                   std::string_view size) {
  // With Retain nobody owns it, so that it outlives the Ensemble.
  const bool is_owned = site.spec.storage.when_deleted == api::RetentionPolicy::Delete;
  json::object object =
      new_object(site, "v1", "PersistentVolumeClaim", name, is_owned ? Owned::Yes : Owned::No);
  label(object, kMemberLabel, fmt::to_string(raw(action.member)));
  if (action.is_retired) label(object, kRetiredLabel, "true");
  annotate(object, kClaimAnnotation, fmt::to_string(raw(action.generation)));
  annotate(object, kBootstrapVotersAnnotation, fmt::to_string(action.bootstrap_voters));
  if (!action.ensemble_id.empty()) annotate(object, kEnsembleIdAnnotation, action.ensemble_id);
  json::object spec{{"accessModes", json::array{"ReadWriteOnce"}},
                    {"resources", {{"requests", {{"storage", size}}}}}};
  if (!volume.class_name.empty()) spec["storageClassName"] = volume.class_name;
  object["spec"] = std::move(spec);
  return object;
}

}  // namespace

Objects build(const Site& site, const plan::ApplyClaim& action) {
  const api::StorageSpec& storage = site.spec.storage;
  json::object data = claim(site,
                            action,
                            data_claim_name(site.ensemble, action.member, action.generation),
                            storage.data,
                            to_text(action.size));
  label(data, "paddock.io/volume", "data");
  expect(data, action.expected);
  Objects objects{std::move(data)};
  if (storage.txn_log) {
    json::object log = claim(site,
                             action,
                             log_claim_name(site.ensemble, action.member, action.generation),
                             *storage.txn_log,
                             storage.txn_log->size);
    label(log, "paddock.io/volume", "log");
    objects.emplace_back(std::move(log));
  }
  return objects;
}

}  // namespace paddock::objects
