// SPDX-License-Identifier: Apache-2.0
#include "resource/ensemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "resource/spec_reader.h"
#include "resource/yaml.h"

namespace paddock::resource {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Ensemble ensemble_of(const std::string& spec) {
  const auto document = parse_yaml(
      "metadata: {name: main, namespace: coord, uid: u1, generation: 7}\n"
      "spec: " +
      spec);
  EXPECT_TRUE(document) << document.error().message;
  return read_ensemble(*document);
}

std::string problems_of(const std::string& spec) {
  return api::to_text(ensemble_of(spec).problems);
}

TEST(ReadEnsemble, TakesDefaultsForWhatIsNotThere) {
  const Ensemble ensemble = ensemble_of("{version: 1.4.0}");
  EXPECT_THAT(ensemble.problems, IsEmpty());
  EXPECT_EQ(ensemble.key, (kube::ObjectKey{"coord", "main"}));
  EXPECT_EQ(ensemble.uid, "u1");
  EXPECT_EQ(ensemble.generation, 7);
  EXPECT_EQ(ensemble.spec.version, "1.4.0");
  EXPECT_EQ(ensemble.spec.voters.replicas, 3);
  EXPECT_TRUE(ensemble.spec.tls.provider.self_signed.has_value());
  EXPECT_FALSE(ensemble.spec.storage.txn_log.has_value());
}

TEST(ReadEnsemble, TakesWhatIsThere) {
  const api::EnsembleSpec spec =
      ensemble_of(
          "{version: 1.4.0, voters: {replicas: 5, resources: {requests: {cpu: 2}}}, "
          "storage: {txnLog: {}}, config: {tickTime: 1000}, rollout: {minReadySeconds: 3}, "
          "tls: {provider: {certManager: {issuerRef: {name: ca}}}}, image: {pullSecrets: [a]}}")
          .spec;
  EXPECT_EQ(spec.voters.replicas, 5);
  EXPECT_EQ(spec.voters.resources.cpu_request, "2");
  EXPECT_EQ(spec.storage.txn_log->size, "20Gi");
  EXPECT_EQ(spec.config.at("tickTime"), "1000");
  EXPECT_EQ(spec.rollout.min_ready, seconds(3));
  EXPECT_FALSE(spec.tls.provider.self_signed.has_value()) << "another provider takes its place";
  EXPECT_EQ(spec.tls.provider.cert_manager->issuer_name, "ca");
  EXPECT_THAT(spec.image.pull_secrets, testing::ElementsAre("a"));
}

TEST(ReadEnsemble, SaysWhatCannotBeRead) {
  EXPECT_THAT(problems_of("{version: 1.4.0, voters: {replicas: three}}"),
              HasSubstr("spec.voters.replicas: write a whole number"));
  EXPECT_THAT(problems_of("{version: 1.4.0, voters: {replicas: 99999999999}}"),
              HasSubstr("spec.voters.replicas: write a whole number"));
  EXPECT_THAT(problems_of("{version: 1.4.0, votes: 3}"), HasSubstr("spec.votes: nobody knows"));
  EXPECT_THAT(problems_of("{version: 1.4.0, storage: {data: {siez: 1Gi}}}"),
              HasSubstr("spec.storage.data.siez: nobody knows"));
  EXPECT_THAT(problems_of("{version: 1.4.0, desiredState: running}"),
              HasSubstr("spec.desiredState: write one of Running, Hibernated"));
  EXPECT_THAT(problems_of("{version: 1.4.0, suspend: \"yes\"}"), HasSubstr("write true or false"));
  EXPECT_THAT(problems_of("{}"), HasSubstr("spec.version: it must not be empty"));
  EXPECT_THAT(problems_of("3"), HasSubstr("spec: write an object"));
}

TEST(ReadEnsemble, ReadsWishesFromAnnotations) {
  const auto document = parse_yaml(
      "metadata: {name: main, annotations: {paddock.io/restart: again, "
      "paddock.io/replace-member: \"2/1\"}}\nspec: {version: 1.4.0}");
  const Ensemble ensemble = read_ensemble(*document);
  EXPECT_EQ(ensemble.wishes.restart, "again");
  EXPECT_EQ(ensemble.wishes.replace_member, 2);
  EXPECT_EQ(ensemble.wishes.replace_generation, 1);
}

TEST(SpecValue, IsReadBackAsItWas) {
  const api::EnsembleSpec spec =
      ensemble_of(
          "{version: 1.4.0, voters: {replicas: 7}, observers: {replicas: 2}, storage: {txnLog: "
          "{size: 1Gi, className: fast}}, config: {a: b}, tls: {provider: {given: {client: c}}, "
          "extraNames: [x]}, services: {networkPolicy: {clientFrom: [{podSelector: {}}]}}, "
          "podTemplate: {metadata: {labels: {l: m}}, spec: {nodeSelector: {x: y}}}}")
          .spec;
  const json::value written = spec_value(spec);
  std::vector<api::Problem> problems;
  EXPECT_EQ(canonical(spec_value(read_spec(written, problems))), canonical(written));
  EXPECT_THAT(problems, IsEmpty());
}

TEST(StatusIntent, KeepsTheTimeOfWhatHasNotChanged) {
  const auto before = parse_yaml(
      "metadata: {name: main, namespace: coord, generation: 7}\n"
      "status: {conditions: [{type: Ready, status: \"True\", lastTransitionTime: "
      "\"2026-01-01T00:00:00Z\"}, {type: Stalled, status: \"True\", lastTransitionTime: "
      "\"2026-01-01T00:00:00Z\"}]}");
  api::EnsembleStatus status;
  status.conditions = {{api::ConditionType::Ready, api::ConditionStatus::True, "Quorum", "well"},
                       {api::ConditionType::Stalled, api::ConditionStatus::False, "No", ""}};
  const json::value intent =
      status_intent(*before, status, {.now = WallTime{1'767'225'600'000 + 86'400'000}});
  const json::array& conditions = kube::find(intent, {"status", "conditions"})->get_array();
  EXPECT_EQ(kube::text_at(conditions[0], {"lastTransitionTime"}), "2026-01-01T00:00:00Z");
  EXPECT_EQ(kube::text_at(conditions[1], {"lastTransitionTime"}), "2026-01-02T00:00:00Z");
  EXPECT_EQ(kube::number_at(conditions[0], {"observedGeneration"}), 7);
}

}  // namespace
}  // namespace paddock::resource
