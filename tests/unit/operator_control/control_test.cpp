// SPDX-License-Identifier: Apache-2.0
//
// The operator without its process: cache, looks and what is carried out, against a cluster and
// servers in memory.
#include <memory>
#include <optional>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/controller.h"
#include "control/member_page.h"
#include "objects/certificates.h"
#include "unit/operator_control/fake_cluster.h"

namespace paddock::control {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

json::value ensemble(std::int32_t voters, std::string_view version) {
  return {{"apiVersion", "paddock.io/v1"},
          {"kind", "Ensemble"},
          {"metadata", {{"name", "main"}, {"namespace", "ns"}}},
          {"spec",
           {{"version", version},
            {"voters", {{"replicas", voters}}},
            {"tls", {{"client", {{"mode", "Disabled"}}}, {"quorum", {{"mode", "Disabled"}}}}}}}};
}

/// A cluster with an operator that can end at any time and be started anew.
class Stage {
 public:
  Stage() { start(); }

  void start() {
    controller.reset();
    controller = std::make_unique<Controller>(
        cluster,
        cluster,
        loop,
        ControllerOptions{.cache = {.namespaces = {"ns"}}},
        ControllerHandlers{
            .may_act = [this] { return may_act; },
            .make_password = [] { return "secret"; },
            .on_decision = [this](const Decision& one) { decisions.push_back(one.next.text()); },
            .on_deed =
                [this](const Deed& one) {
                  if (one.verdict.outcome == Outcome::Failed) failures.push_back(one.verdict.text);
                }});
    controller->start();
    controller->act();
  }

  void pass(int steps) {
    for (int i = 0; i < steps; ++i) {
      loop.pass(seconds(1));
      cluster.step();
      least_ready = std::min(least_ready, cluster.pods_ready());
    }
  }
  template <class Predicate>
  [[nodiscard]] bool reaches(Predicate predicate, int steps_max = 600) {
    for (int i = 0; i < steps_max && !predicate(); ++i) pass(1);
    return predicate();
  }

  [[nodiscard]] std::string condition(std::string_view type) const {
    const json::value* const conditions =
        kube::find(*cluster.find("ensembles", "main"), {"status", "conditions"});
    if (conditions == nullptr) return "";
    for (const json::value& one : conditions->as_array()) {
      if (kube::text_at(one, {"type"}) == type) return std::string(kube::text_at(one, {"status"}));
    }
    return "";
  }
  [[nodiscard]] bool is_at_rest(std::size_t voters) const {
    const auto* const leader = cluster.ensemble.leader();
    return leader != nullptr && leader->disk->configuration().voters.size() == voters &&
           cluster.pods_ready() == voters && cluster.count("statefulsets") == voters &&
           condition("Ready") == "True" && condition("Progressing") == "False";
  }

  kube::FakeLoop loop;
  FakeCluster cluster{loop};
  std::unique_ptr<Controller> controller;
  bool may_act = true;
  std::vector<std::string> decisions;
  std::vector<std::string> failures;
  std::size_t least_ready = 100;
};

TEST(Control, BootstrapsThreeAndIsQuietThen) {
  Stage stage;
  stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
  ASSERT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); }))
      << testing::PrintToString(stage.decisions) << testing::PrintToString(stage.cluster.writes);
  EXPECT_EQ(stage.cluster.ensemble.ensembles_begun, 1);
  EXPECT_NE(stage.cluster.find("services", "main-client"), nullptr);
  EXPECT_NE(stage.cluster.find("configmaps", "main-config"), nullptr);
  EXPECT_EQ(kube::number_at(*stage.cluster.find("poddisruptionbudgets", "main-voters"),
                            {"spec", "minAvailable"}),
            2);
  EXPECT_EQ(kube::text_at(*stage.cluster.find("ensembles", "main"), {"status", "ensembleId"}),
            "ensemble-1");
  EXPECT_TRUE(stage.failures.empty()) << testing::PrintToString(stage.failures);
  stage.cluster.writes.clear();
  stage.pass(300);
  EXPECT_TRUE(stage.cluster.writes.empty()) << testing::PrintToString(stage.cluster.writes);
}

TEST(Control, GrowsAndShrinks) {
  Stage stage;
  stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
  ASSERT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); }));
  stage.cluster.put("ensembles", ensemble(5, "0.1.0"));
  EXPECT_TRUE(stage.reaches([&] { return stage.is_at_rest(5); }))
      << testing::PrintToString(stage.decisions);
  stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
  EXPECT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); }))
      << testing::PrintToString(stage.decisions);
  EXPECT_EQ(stage.cluster.count("persistentvolumeclaims"), 5U) << "disks are kept";
  EXPECT_TRUE(stage.failures.empty()) << testing::PrintToString(stage.failures);
}

TEST(Control, RestartsOneAfterTheOtherForANewVersion) {
  Stage stage;
  stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
  ASSERT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); }));
  stage.least_ready = 3;
  stage.cluster.put("ensembles", ensemble(3, "0.2.0"));
  const auto are_all_new = [&] {
    for (const auto& [id, server] : stage.cluster.ensemble.servers) {
      if (!server.version.ends_with("0.2.0")) return false;
    }
    return stage.is_at_rest(3);
  };
  EXPECT_TRUE(stage.reaches(are_all_new)) << testing::PrintToString(stage.decisions);
  EXPECT_EQ(stage.least_ready, 2U);
  EXPECT_THAT(stage.cluster.writes, Contains(HasSubstr("/admin/transfer-leader")));
}

TEST(Control, BeginsOnceWhereverTheOperatorEnds) {
  for (std::size_t writes = 0; writes < 30; ++writes) {
    Stage stage;
    stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
    if (!stage.reaches([&] { return stage.cluster.writes.size() > writes; }, 60)) break;
    stage.start();
    ASSERT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); }))
        << "ended after " << writes << testing::PrintToString(stage.decisions);
    EXPECT_EQ(stage.cluster.ensemble.ensembles_begun, 1);
  }
}

TEST(Control, GoesOnAfterRefusalsOfEveryKind) {
  for (const unsigned code : {409U, 500U, 429U, 403U, 410U}) {
    Stage stage;
    stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
    stage.pass(2);
    for (int i = 0; i < 5; ++i) stage.cluster.refusals.push_back(kube::error_of(code, "{}"));
    EXPECT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); })) << code;
  }
}

TEST(Control, WritesNothingWithoutTheLease) {
  Stage stage;
  stage.may_act = false;
  stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
  stage.pass(60);
  EXPECT_TRUE(stage.cluster.writes.empty()) << testing::PrintToString(stage.cluster.writes);
}

TEST(Control, DoesNothingForWhatIsBeingDeleted) {
  Stage stage;
  stage.cluster.put("ensembles", ensemble(3, "0.1.0"));
  ASSERT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); }));
  stage.cluster.set_deleted("ensembles", "main");
  stage.cluster.writes.clear();
  stage.pass(120);
  EXPECT_TRUE(stage.cluster.writes.empty()) << testing::PrintToString(stage.cluster.writes);
}

TEST(Control, SignsCertificatesByAuthoritiesOfItsOwn) {
  Stage stage;
  json::value wanted = ensemble(3, "0.1.0");
  wanted.at("spec").as_object().erase("tls");
  stage.cluster.put("ensembles", wanted);
  ASSERT_TRUE(stage.reaches([&] { return stage.is_at_rest(3); }))
      << testing::PrintToString(stage.decisions) << testing::PrintToString(stage.failures);
  const resource::Ensemble is = resource::read_ensemble(*stage.cluster.find("ensembles", "main"));
  const objects::Site site{
      .ns = "ns", .ensemble = "main", .uid = is.uid, .spec = is.spec, .wishes = {}};
  const auto operators = objects::operator_certificate_secret(site);
  ASSERT_TRUE(operators);
  EXPECT_NE(stage.cluster.find("secrets", *operators), nullptr);
  for (const std::int32_t number : {1, 2, 3}) {
    const std::string name = objects::server_certificate_secret(site, ServerId{number});
    EXPECT_NE(stage.cluster.find("secrets", name), nullptr) << name;
  }
  EXPECT_TRUE(stage.failures.empty()) << testing::PrintToString(stage.failures);
  stage.cluster.writes.clear();
  stage.pass(300);
  EXPECT_TRUE(stage.cluster.writes.empty()) << testing::PrintToString(stage.cluster.writes);
}

TEST(Control, SaysWhatIsWrongWithASpec) {
  Stage stage;
  stage.cluster.put("ensembles", ensemble(2, "0.1.0"));
  stage.pass(30);
  EXPECT_EQ(stage.condition("SpecValid"), "False");
  EXPECT_EQ(stage.cluster.count("statefulsets"), 0U);
}

TEST(MemberPage, IsReadAsTheServerWritesIt) {
  const auto report = parse_member_page(
      json::parse(R"({"version":"0.1.0","serving":true,"read_only":false,"leaving":false,
        "last_zxid":"0x10000000a","certificates":{"servers":{"serial":"01","end":5,
        "authority_key_id":"aa","trusted_key_ids":["aa","bb","cc"]}},"role":"follower",
        "disk_id":"d1","empty":false,"reload_hash":"x","id":2,"phase":"broadcast","votes":true,
        "leader":3,"ensemble_id":"e1","feature_level":1,"epoch":1,"accepted_epoch":1,
        "current_epoch":1,"committed_configuration":"100000004",
        "activated_configuration":"100000002","configuration_label":"abc",
        "members":{"1":{"learner_type":"participant"},"2":{"learner_type":"participant"},
        "4":{"learner_type":"observer"}},"apply_lag":0,"feeder":null})"),
      [](std::string_view key_id) -> std::optional<std::int32_t> {
        if (key_id == "aa") return 1;
        return key_id == "bb" ? std::optional(2) : std::nullopt;
      });
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->id, ServerId{2});
  EXPECT_EQ(report->disk_id, "d1");
  EXPECT_EQ(report->last_zxid, Zxid{0x10000000a});
  EXPECT_EQ(report->leader, ServerId{3});
  EXPECT_EQ(report->committed, model::ConfigVersion{0x100000004});
  EXPECT_EQ(report->activated.version, model::ConfigVersion{0x100000002});
  EXPECT_EQ(report->activated.voters, (std::set{ServerId{1}, ServerId{2}}));
  EXPECT_EQ(report->activated.observers, std::set{ServerId{4}});
  EXPECT_EQ(report->reload_hash, "abc");
  EXPECT_EQ(report->certificate_authority, 1);
  EXPECT_EQ(report->trusted_authorities, (std::set<std::int32_t>{1, 2}));
  EXPECT_TRUE(report->serving && report->votes);
  EXPECT_FALSE(report->is_empty());
}

TEST(MemberPage, IsNoneOfAServerAlone) {
  const AuthorityNumber number_of = [](std::string_view) {
    return std::optional<std::int32_t>();
  };
  EXPECT_FALSE(parse_member_page(json::parse(R"({"role":"standalone","id":null})"), number_of));
  EXPECT_FALSE(parse_member_page(json::parse("[]"), number_of));
}

}  // namespace
}  // namespace paddock::control
