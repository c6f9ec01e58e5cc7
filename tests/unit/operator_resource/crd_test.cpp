// SPDX-License-Identifier: Apache-2.0
#include "resource/crd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/rules.h"
#include "model/config_catalog.h"
#include "resource/ensemble.h"

namespace paddock::resource {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const json::object& schema_of_version() {
  static const json::value kDefinition = ensemble_definition();
  const json::value* const versions = kube::find(kDefinition, {"spec", "versions"});
  return kube::find(versions->get_array().front(), {"schema", "openAPIV3Schema"})->get_object();
}

const json::object& schema_of(std::string_view member) {
  return schema_of_version().at("properties").at(member).get_object();
}

/// What a structural schema must have at each place; "" if all is well.
std::string why_not_structural(const json::object& schema, const std::string& path) {
  const bool has_type = schema.contains("type") || schema.contains("x-kubernetes-int-or-string");
  if (!has_type) return path + " has no type";
  if (path != "spec" && path.find("metadata") == std::string::npos && !path.ends_with("[]") &&
      !path.ends_with(".*") && !schema.contains("description")) {
    return path + " has no description";
  }
  for (const std::string_view inner : {"items", "additionalProperties"}) {
    if (const json::value* const below = schema.if_contains(inner)) {
      const std::string problem =
          why_not_structural(below->get_object(), path + (inner == "items" ? "[]" : ".*"));
      if (!problem.empty()) return problem;
    }
  }
  const json::value* const properties = schema.if_contains("properties");
  if (properties == nullptr) return "";
  for (const auto& [name, below] : properties->get_object()) {
    const std::string problem =
        why_not_structural(below.get_object(), path + "." + std::string(name));
    if (!problem.empty()) return problem;
  }
  return "";
}

std::string_view type_of(const json::value& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_bool()) return "boolean";
  return value.is_string() ? "string" : "integer";
}

/// As an API server prunes and checks types; "" if it takes all of the value.
std::string why_not_taken(const json::object& schema,
                          const json::value& value,
                          const std::string& path) {
  const json::value* const type = schema.if_contains("type");
  if (type != nullptr && type->get_string() != type_of(value)) return path + " is of another type";
  if (schema.contains("x-kubernetes-preserve-unknown-fields")) return "";
  if (value.is_array()) {
    for (const json::value& element : value.get_array()) {
      const std::string problem =
          why_not_taken(schema.at("items").get_object(), element, path + "[]");
      if (!problem.empty()) return problem;
    }
  }
  if (!value.is_object() || schema.contains("additionalProperties")) return "";
  for (const auto& [name, below] : value.get_object()) {
    const json::value* const property = schema.at("properties").get_object().if_contains(name);
    if (property == nullptr) return path + "." + std::string(name) + " is not in the schema";
    const std::string problem =
        why_not_taken(property->get_object(), below, path + "." + std::string(name));
    if (!problem.empty()) return problem;
  }
  return "";
}

TEST(Definition, IsStructuralAndDescribesEachField) {
  EXPECT_EQ(why_not_structural(schema_of("spec"), "spec"), "");
  EXPECT_EQ(why_not_structural(schema_of("status"), "status"), "");
}

TEST(Definition, TakesEachSpecThatTheOperatorReads) {
  api::EnsembleSpec spec;
  spec.version = "1.4.0";
  spec.storage.txn_log = api::VolumeSpec{};
  spec.tls.provider.cert_manager = api::CertManagerSpec{};
  spec.tls.provider.given = api::GivenSecretsSpec{.client = "c"};
  spec.config["tickTime"] = "1000";
  spec.image.pull_secrets = {"a"};
  spec.tls.extra_names = {"b"};
  spec.services.network_policy.client_from.json = "[{\"podSelector\":{}}]";
  spec.pod_template.spec.json = "{\"nodeSelector\":{}}";
  EXPECT_EQ(why_not_taken(schema_of("spec"), spec_value(spec), "spec"), "");
}

TEST(Definition, TakesAllOfAStatus) {
  api::EnsembleStatus status;
  status.ensemble_id = "e1";
  status.leader = 1;
  status.members = {{.id = 1, .role = "Leader"}};
  status.conditions = {{api::ConditionType::Ready, api::ConditionStatus::True, "A", "b"}};
  const json::value intent =
      status_intent(json::object(), status, {.bootstrap_voters = 3, .now = WallTime{1}});
  EXPECT_EQ(why_not_taken(schema_of("status"), intent.at("status"), "status"), "");
}

TEST(Definition, ScalesObserversAndNeverVoters) {
  const json::value definition = ensemble_definition();
  const json::value& version = kube::find(definition, {"spec", "versions"})->get_array().front();
  EXPECT_EQ(kube::text_at(version, {"subresources", "scale", "specReplicasPath"}),
            ".spec.observers.replicas");
  EXPECT_EQ(kube::number_at(schema_of("spec"),
                            {"properties", "observers", "properties", "replicas", "default"}),
            0);
}

TEST(Definition, HasEachRule) {
  std::string rules;
  for (const json::value& rule : schema_of("spec").at("x-kubernetes-validations").get_array()) {
    rules.append(kube::text_at(rule, {"rule"})).append("\n");
  }
  for (const api::Rule& rule : api::rules()) EXPECT_THAT(rules, HasSubstr(rule.cel));
  for (const api::ChangeRule& rule : api::change_rules()) EXPECT_THAT(rules, HasSubstr(rule.cel));
  EXPECT_THAT(rules, HasSubstr("k.startsWith('server.')"));
  EXPECT_THAT(rules, HasSubstr("'dataDir'"));
}

TEST(Reference, HasEachFieldOnce) {
  const std::string text = ensemble_reference();
  EXPECT_THAT(text, HasSubstr("| `voters.replicas` | 1 to 7 | `3` |"));
  EXPECT_THAT(text, HasSubstr("| `version` | text | required |"));
  EXPECT_THAT(text, HasSubstr("| `tls.provider.certManager.issuerRef.name` | text | required |"));
}

}  // namespace
}  // namespace paddock::resource
