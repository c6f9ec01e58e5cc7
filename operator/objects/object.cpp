// SPDX-License-Identifier: Apache-2.0
#include "objects/object.h"

#include "model/config_catalog.h"
#include "resource/spec_reader.h"

namespace paddock::objects {

json::object common_labels(const Site& site) {
  return {{"app.kubernetes.io/name", "paddock"},
          {"app.kubernetes.io/instance", site.ensemble},
          {"app.kubernetes.io/component", "server"},
          {"app.kubernetes.io/part-of", "paddock"},
          {kManagedByLabel, kFieldManager},
          {kEnsembleLabel, site.ensemble}};
}

json::object pod_selector(const Site& site) {
  return {{"app.kubernetes.io/name", "paddock"}, {kEnsembleLabel, site.ensemble}};
}

json::object new_object(const Site& site,
                        std::string_view api_version,
                        std::string_view kind,
                        std::string_view name,
                        Owned owned) {
  json::object metadata{{"name", name}, {"namespace", site.ns}, {"labels", common_labels(site)}};
  if (owned == Owned::Yes) {
    const kube::Resource& ensembles = resource::ensembles();
    metadata["ownerReferences"] = json::array{{{"apiVersion", kube::api_version(ensembles)},
                                               {"kind", ensembles.kind},
                                               {"name", site.ensemble},
                                               {"uid", site.uid},
                                               {"controller", true},
                                               {"blockOwnerDeletion", true}}};
  }
  return {{"apiVersion", api_version}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

json::object& metadata_of(json::object& object) {
  return object.at("metadata").as_object();
}

void annotate(json::object& object, std::string_view name, std::string_view value) {
  json::value& annotations = metadata_of(object)["annotations"];
  if (!annotations.is_object()) annotations.emplace_object();
  annotations.get_object()[name] = value;
}

void label(json::object& object, std::string_view name, std::string_view value) {
  metadata_of(object).at("labels").as_object()[name] = value;
}

void expect(json::object& object, const plan::Expected& expected) {
  if (!expected) return;
  metadata_of(object)["uid"] = expected->uid;
  metadata_of(object)["resourceVersion"] = expected->resource_version;
}

void seal(json::object& object) {
  annotate(
      object, kAppliedHashAnnotation, model::Fingerprint().add(resource::canonical(object)).text());
}

std::string_view applied_hash_of(const json::value& object) {
  return kube::text_at(object, {"metadata", "annotations", kAppliedHashAnnotation});
}

}  // namespace paddock::objects
