// SPDX-License-Identifier: Apache-2.0
#include "resource/crd.h"

#include "api/rules.h"
#include "resource/ensemble.h"
#include "resource/spec_reference.h"
#include "resource/spec_schema.h"

namespace paddock::resource {
namespace {

json::array validations() {
  json::array found;
  for (const api::Rule& rule : api::rules()) {
    found.push_back(
        {{"rule", rule.cel}, {"message", fmt::format("spec.{}: {}", rule.field, rule.message)}});
  }
  for (const api::ChangeRule& rule : api::change_rules()) {
    found.push_back(
        {{"rule", rule.cel}, {"message", fmt::format("spec.{}: {}", rule.field, rule.message)}});
  }
  found.push_back(
      {{"rule", api::config_cel()},
       {"message", "spec.config: the operator sets this key: use the other fields of the spec"}});
  return found;
}

json::object spec_schema() {
  SpecSchema schema;
  api::EnsembleSpec defaults;
  describe(schema, defaults);
  json::object spec = schema.take("What the ensemble is to be.");
  spec["x-kubernetes-validations"] = validations();
  return spec;
}

json::object column(std::string_view name,
                    std::string_view type,
                    std::string_view path,
                    std::string_view description,
                    bool is_wide = false) {
  json::object column{
      {"name", name}, {"type", type}, {"jsonPath", path}, {"description", description}};
  if (is_wide) column["priority"] = 1;
  return column;
}

json::array columns() {
  return {
      column("Voters", "integer", ".status.quorum.voters", "Servers that vote"),
      column("Healthy", "integer", ".status.quorum.healthy", "Voters that serve and are in step"),
      column("Observers", "integer", ".status.observers.ready", "Observers that are ready"),
      column("Leader", "integer", ".status.leader", "Id of the server that leads"),
      column("Version", "string", ".status.version.current", "Version that the members run"),
      column("Ready",
             "string",
             ".status.conditions[?(@.type=='Ready')].status",
             "Whether a quorum serves writes"),
      column("Phase", "string", ".status.phase", "What is going on"),
      column("Age", "date", ".metadata.creationTimestamp", "Since when there is this Ensemble"),
      column("Target", "string", ".spec.version", "Version that is wanted", true),
      column("Ensemble-Id", "string", ".status.ensembleId", "Id on all disks", true),
      column("Message",
             "string",
             ".status.conditions[?(@.type=='Progressing')].message",
             "What is done next, and what is in the way",
             true),
  };
}

}  // namespace

json::value ensemble_definition() {
  const kube::Resource& resource = ensembles();
  const json::object schema{
      {"type", "object"},
      {"description",
       "A replicated coordination service that ZooKeeper's clients use: servers that vote, and "
       "observers."},
      {"required", json::array{"spec"}},
      {"properties",
       {{"apiVersion", {{"type", "string"}}},
        {"kind", {{"type", "string"}}},
        // Names of objects have at most 20 characters more, and a label takes 63.
        {"metadata",
         {{"type", "object"}, {"properties", {{"name", {{"type", "string"}, {"maxLength", 40}}}}}}},
        {"spec", spec_schema()},
        {"status", status_schema()}}}};
  const json::object version{{"name", resource.version},
                             {"served", true},
                             {"storage", true},
                             {"additionalPrinterColumns", columns()},
                             {"subresources",
                              {{"status", json::object()},
                               {"scale",
                                {{"specReplicasPath", ".spec.observers.replicas"},
                                 {"statusReplicasPath", ".status.observers.replicas"},
                                 {"labelSelectorPath", ".status.observers.selector"}}}}},
                             {"schema", {{"openAPIV3Schema", schema}}}};
  return {{"apiVersion", "apiextensions.k8s.io/v1"},
          {"kind", "CustomResourceDefinition"},
          {"metadata", {{"name", fmt::format("{}.{}", resource.plural, resource.group)}}},
          {"spec",
           {{"group", resource.group},
            {"scope", "Namespaced"},
            {"names",
             {{"plural", resource.plural},
              {"singular", "ensemble"},
              {"kind", resource.kind},
              {"listKind", "EnsembleList"},
              {"shortNames", json::array{"ens"}},
              {"categories", json::array{"paddock"}}}},
            {"versions", json::array{version}}}}};
}

std::string ensemble_reference() {
  SpecReference reference;
  api::EnsembleSpec defaults;
  describe(reference, defaults);
  std::string text = reference.take();
  text += "\nWhat must hold besides, checked by the API server (CEL) and by the operator:\n\n";
  for (const api::Rule& rule : api::rules()) {
    text += fmt::format("- `spec.{}`: {}\n", rule.field, rule.message);
  }
  text += "- `spec.config`: no key that the operator sets\n";
  text += "\nOf a change:\n\n";
  for (const api::ChangeRule& rule : api::change_rules()) {
    text += fmt::format("- `spec.{}`: {}\n", rule.field, rule.message);
  }
  return text;
}

}  // namespace paddock::resource
