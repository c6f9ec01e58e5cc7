// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "objects/certificates.h"
#include "objects/merge.h"
#include "objects/names.h"
#include "objects/read.h"
#include "resource/yaml.h"

namespace paddock::objects {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

json::value value_of(const std::string& yaml) {
  auto value = resource::parse_yaml(yaml);
  EXPECT_TRUE(value);
  return value.value_or(json::value());
}

Site site() {
  Site site{.ns = "coord", .ensemble = "main", .uid = "u1"};
  site.spec.version = "1.4.0";
  site.voters = {ServerId{1}, ServerId{2}, ServerId{3}};
  return site;
}

plan::ApplyWorkload workload(const Site& site, std::int32_t id) {
  return {.member = ServerId{id},
          .makes = api::voter_template(site.spec, site.wishes),
          .claim = model::Generation{2},
          .runs = true,
          .labels_voter = true,
          .expected = model::ObjectVersion{"uid", "9"}};
}

const json::value& server_of(const json::value& stateful_set) {
  return kube::find(stateful_set, {"spec", "template", "spec", "containers"})->get_array().front();
}

std::string variable(const json::value& container, std::string_view name) {
  for (const json::value& one : container.at("env").get_array()) {
    if (kube::text_at(one, {"name"}) == name) return std::string(kube::text_at(one, {"value"}));
  }
  return "";
}

/// As a pod of a workload would come from the API server.
json::value pod_of(const json::value& stateful_set) {
  json::object pod = stateful_set.at("spec").at("template").as_object();
  pod["metadata"].as_object()["uid"] = "pod";
  return pod;
}

TEST(Workload, IsReadBackAsItWasAskedFor) {
  const Site site = objects::site();
  const json::value object = build(site, workload(site, 2), nullptr).front();
  const observe::WorkloadView view = read_workload(object);
  EXPECT_EQ(view.makes, api::voter_template(site.spec, {}));
  EXPECT_EQ(view.claim, model::Generation{2});
  EXPECT_TRUE(view.runs);
  EXPECT_TRUE(view.labels_voter);
  EXPECT_EQ(view.object, (model::ObjectVersion{"uid", "9"}));
  EXPECT_EQ(ensemble_of(object), "main");
  EXPECT_EQ(member_of(object), ServerId{2});
  const observe::PodView pod = read_pod(pod_of(object));
  EXPECT_EQ(pod.made_from, view.makes);
  EXPECT_EQ(pod.claim, view.claim);
  EXPECT_TRUE(pod.has_voter_label);
}

TEST(Workload, KeepsATemplateThatIsNotTheWantedOne) {
  Site site = objects::site();
  plan::ApplyWorkload action = workload(site, 2);
  const json::value current = build(site, action, nullptr).front();
  site.spec.version = "1.5.0";
  action.runs = false;
  action.labels_voter = false;
  const json::value object = build(site, action, &current).front();
  EXPECT_EQ(kube::text_at(server_of(object), {"image"}), "paddock-server:1.4.0");
  const observe::WorkloadView view = read_workload(object);
  EXPECT_FALSE(view.runs);
  EXPECT_FALSE(view.labels_voter);
  EXPECT_EQ(view.makes, action.makes);
}

TEST(Workload, GivesItsServerAnIdAndWhomToAsk) {
  const Site site = objects::site();
  const json::value member = build(site, workload(site, 2), nullptr).front();
  EXPECT_EQ(variable(server_of(member), "ZOO_MY_ID"), "2");
  EXPECT_THAT(variable(server_of(member), "ZOO_SERVERS"),
              HasSubstr("server.2=main-v2-0.main-members.coord.svc:2888:3888:participant;2181"));
  const json::value joiner = build(site, workload(site, 4), nullptr).front();
  EXPECT_THAT(variable(server_of(joiner), "ZOO_SERVERS"),
              HasSubstr("server.4=main-v4-0.main-members.coord.svc:2888:3888:observer;2181"));
}

TEST(Workload, LetsNoOverrideTakeWhatTheOperatorOwns) {
  Site site = objects::site();
  site.spec.pod_template.labels = {{"paddock.io/member", "9"}, {"team", "a"}};
  site.spec.pod_template.spec.json =
      R"({"containers":[{"name":"server","image":"evil","env":[{"name":"ZOO_MY_ID","value":"9"},)"
      R"({"name":"MORE","value":"1"}],"ports":[]},{"name":"other","image":"o"}],)"
      R"("nodeSelector":{"a":"b"},"volumes":[{"name":"data","emptyDir":{}},{"name":"x"}]})";
  const json::value object = build(site, workload(site, 2), nullptr).front();
  const json::value& server = server_of(object);
  EXPECT_EQ(kube::text_at(server, {"image"}), "paddock-server:1.4.0");
  EXPECT_EQ(variable(server, "ZOO_MY_ID"), "2");
  EXPECT_EQ(variable(server, "MORE"), "1");
  const json::value& pod = *kube::find(object, {"spec", "template"});
  EXPECT_EQ(kube::label_of(pod, kMemberLabel), "2");
  EXPECT_EQ(kube::label_of(pod, "team"), "a");
  EXPECT_THAT(pod.at("spec").at("containers").get_array(), SizeIs(2));
  EXPECT_EQ(kube::text_at(pod, {"spec", "nodeSelector", "a"}), "b");
  for (const json::value& volume : pod.at("spec").at("volumes").get_array()) {
    if (kube::text_at(volume, {"name"}) != "data") continue;
    EXPECT_EQ(kube::text_at(volume, {"persistentVolumeClaim", "claimName"}), "main-v2-data-2");
  }
}

TEST(Claims, AreReadBackAsTheyWereAskedFor) {
  Site site = objects::site();
  site.spec.storage.txn_log = api::VolumeSpec{.size = "5Gi", .class_name = "fast"};
  const plan::ApplyClaim action{.member = ServerId{3},
                                .generation = model::Generation{2},
                                .size = {40LL << 30},
                                .ensemble_id = "e1",
                                .bootstrap_voters = 3,
                                .is_retired = true};
  const Objects objects = build(site, action);
  ASSERT_THAT(objects, SizeIs(2));
  EXPECT_TRUE(is_data_claim(objects[0]));
  EXPECT_FALSE(is_data_claim(objects[1]));
  const observe::ClaimView view = read_claim(objects[0]);
  EXPECT_EQ(view.generation, action.generation);
  EXPECT_EQ(view.size, action.size);
  EXPECT_EQ(view.ensemble_id, "e1");
  EXPECT_EQ(view.bootstrap_voters, 3);
  EXPECT_TRUE(view.is_retired);
  EXPECT_EQ(kube::controller_uid_of(objects[0]), "") << "it outlives the Ensemble";
  site.spec.storage.when_deleted = api::RetentionPolicy::Delete;
  EXPECT_EQ(kube::controller_uid_of(build(site, action).front()), "u1");
}

TEST(Services, LetNoClientInBeforeTheEnsembleHasBegun) {
  const Site site = objects::site();
  const json::value before = build(site, plan::ApplyServices{.serve_clients = false}).front();
  const json::value after = build(site, plan::ApplyServices{.serve_clients = true}).front();
  EXPECT_EQ(kube::text_at(before, {"spec", "selector", "paddock.io/clients"}), "none");
  EXPECT_EQ(kube::text_at(after, {"spec", "selector", "paddock.io/clients"}), "");
  EXPECT_FALSE(read_services(before).serve_clients);
  EXPECT_TRUE(read_services(after).serve_clients);
  EXPECT_NE(applied_hash_of(before), applied_hash_of(after));
}

TEST(Services, AreOnePerVoterOutsideIfWanted) {
  Site site = objects::site();
  EXPECT_THAT(build(site, plan::ApplyServices{.serve_clients = true}), SizeIs(3));
  site.spec.services.external.per_member = true;
  const Objects objects = build(site, plan::ApplyServices{.serve_clients = true});
  ASSERT_THAT(objects, SizeIs(6));
  EXPECT_EQ(kube::text_at(objects[4], {"spec", "selector", kMemberLabel}), "2");
}

TEST(ZooCfg, HasWhatTheSpecSays) {
  Site site = objects::site();
  site.spec.config["tickTime"] = "1000";
  site.spec.config["autopurge.snapRetainCount"] = "5";
  const std::string text = zoo_cfg(site, "label");
  for (const std::string_view line :
       {"tickTime=1000\n",
        "initLimit=10\n",
        "autopurge.snapRetainCount=5\n",
        "clientPort=2181\n",
        "secureClientPort=2281\n",
        "ssl.clientAuth=want\n",
        "sslQuorum=true\n",
        "admin.forceHttps=true\n",
        "db.autocreate=false\n",
        "paddock.configurationLabel=label\n",
        "paddock.admin.operators=x509:CN=paddock-operator,O=coord/main\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("server.1")));
}

TEST(ZooCfg, HasNoPlainPortWhereTlsIsRequired) {
  Site site = objects::site();
  site.spec.tls.client = api::TlsMode::Required;
  EXPECT_THAT(zoo_cfg(site, ""), Not(HasSubstr("clientPort=2181")));
  EXPECT_THAT(member_line(site, ServerId{1}), testing::EndsWith(";2281"));
  EXPECT_EQ(client_endpoint(site), "main-client.coord.svc:2281");
}

TEST(ZooCfg, KnowsTheOperatorByPasswordWithoutTls) {
  Site site = objects::site();
  site.spec.tls.client = api::TlsMode::Disabled;
  site.spec.tls.quorum = api::TlsMode::Disabled;
  site.operator_digest = "operator:abc=";
  const std::string text = zoo_cfg(site, "");
  EXPECT_THAT(text, HasSubstr("paddock.admin.operators=digest:operator:abc=\n"));
  EXPECT_THAT(text, Not(HasSubstr("ssl.")));
  EXPECT_EQ(admin_scheme(site.spec), "http");
}

TEST(ZooCfg, EscapesBackslashes) {
  Site site = objects::site();
  site.spec.config["a"] = "b\\c";
  EXPECT_THAT(zoo_cfg(site, ""), HasSubstr("a=b\\\\c\n"));
}

TEST(Configuration, IsReadBackAndHashedWithoutItsTime) {
  Site site = objects::site();
  site.now = WallTime{5'000};
  const json::value first = build(site, plan::ApplyConfiguration{"h"}).front();
  EXPECT_EQ(read_configuration(first).reload_hash, "h");
  EXPECT_EQ(read_configuration(first).applied, WallTime{5'000});
  site.now = WallTime{9'000};
  const json::value second = build(site, plan::ApplyConfiguration{"h"}).front();
  EXPECT_EQ(applied_hash_of(first), applied_hash_of(second));
}

TEST(Budget, IsAnAbsoluteNumber) {
  const Site site = objects::site();
  EXPECT_THAT(build(site, plan::ApplyBudget{0}), IsEmpty());
  const json::value budget = build(site, plan::ApplyBudget{2}).front();
  EXPECT_EQ(read_budget(budget).available_min, 2);
  EXPECT_EQ(kube::find(budget, {"spec", "maxUnavailable"}), nullptr);
}

TEST(Observers, AreReadBackAsTheyWereAskedFor) {
  Site site = objects::site();
  site.now = WallTime{7'000};
  const api::MemberTemplate makes = api::observer_template(site.spec, {});
  json::value object = build(site, plan::ApplyObservers{4, makes}).front();
  object.as_object()["status"] = {{"replicas", 4}, {"readyReplicas", 3}, {"updatedReplicas", 2}};
  const observe::ObserversView view = read_observers(object);
  EXPECT_EQ(view.makes, makes);
  EXPECT_EQ(view.replicas, 4);
  EXPECT_EQ(view.ready, 3);
  EXPECT_EQ(view.updated, 2);
  EXPECT_EQ(view.updated_ready, 1) << "at the least: the other two may be the old ones";
  EXPECT_EQ(view.changed, WallTime{7'000});
  EXPECT_EQ(member_of(object), std::nullopt);
  EXPECT_EQ(variable(server_of(object), "ZOO_MY_ID_BASE"), "128");
}

TEST(Pods, AreFailingWhenTheirContainerWaitsInVain) {
  EXPECT_TRUE(read_pod(value_of("status: {containerStatuses: [{state: {waiting: {reason: "
                                "ImagePullBackOff}}}]}"))
                  .is_failing);
  EXPECT_FALSE(read_pod(value_of("status: {containerStatuses: [{state: {waiting: {reason: "
                                 "ContainerCreating}}}]}"))
                   .is_failing);
}

TEST(Pods, SaySinceWhenNoNodeTakesThem) {
  const json::value pod = value_of(
      "status: {conditions: [{type: PodScheduled, status: \"False\", reason: Unschedulable, "
      "lastTransitionTime: \"1970-01-01T00:00:05Z\"}, {type: Ready, status: \"False\"}]}");
  EXPECT_EQ(read_pod(pod).unschedulable_since, WallTime{5'000});
  EXPECT_FALSE(read_pod(pod).is_ready);
}

TEST(Views, OfNothingAreNothing) {
  const json::value nothing;
  EXPECT_EQ(read_pod(nothing).claim, model::Generation{});
  EXPECT_EQ(read_claim(nothing).size, model::ByteQuantity{});
  EXPECT_EQ(read_workload(nothing).makes, api::MemberTemplate{});
  EXPECT_THAT(read_certificates(nothing).trusted, IsEmpty());
}

TEST(Certificates, AreOfTwoAuthorities) {
  Site site = objects::site();
  site.spec.observers.replicas = 1;
  const std::vector<CertificateRequest> requests = certificate_requests(site, site.voters);
  ASSERT_THAT(requests, SizeIs(6));
  EXPECT_THAT(requests[0].names,
              ElementsAre("main-v1-0.main-members.coord.svc", "main-admin.coord.svc"));
  EXPECT_THAT(requests[3].names, SizeIs(9)) << "room for eight observers";
  EXPECT_EQ(requests[4].common_name, "paddock-operator");
  EXPECT_EQ(requests[5].authority, Authority::Clients);
}

TEST(Certificates, AreNotAskedForIfTheyAreGiven) {
  Site site = objects::site();
  site.spec.tls.provider.self_signed.reset();
  site.spec.tls.provider.given = api::GivenSecretsSpec{
      .client = "c", .quorum = "q", .operator_secret = "o", .operator_subject = "CN=x"};
  EXPECT_THAT(certificate_requests(site, site.voters), IsEmpty());
  EXPECT_EQ(server_certificate_secret(site, ServerId{1}), "q");
  EXPECT_EQ(operator_certificate_secret(site), "o");
  EXPECT_THAT(zoo_cfg(site, ""), HasSubstr("paddock.admin.operators=x509:CN=x\n"));
}

TEST(Standing, NamesWhatIsNotWantedAnyMore) {
  Site site = objects::site();
  site.cluster.has_pod_monitors = true;
  EXPECT_THAT(build_standing(site, true), SizeIs(6));
  EXPECT_THAT(unwanted(site), SizeIs(127)) << "a service outside of any voter";
  site.spec.services.external.per_member = true;
  EXPECT_THAT(unwanted(site), SizeIs(124)) << "of any that is none now";
  site.spec.monitoring.scraping = api::Scraping::None;
  site.spec.services.network_policy.is_enabled = false;
  EXPECT_THAT(build_standing(site, true), SizeIs(7)) << "three of them outside";
  EXPECT_THAT(unwanted(site), SizeIs(126));
}

TEST(Merge, GoesByNamesInLists) {
  const json::value base = value_of("{containers: [{name: a, image: x}, {name: b}], args: [1]}");
  const json::value over = value_of("{containers: [{name: b, image: y}, {name: c}], args: [2]}");
  EXPECT_EQ(
      merge(base, over),
      value_of("{containers: [{name: a, image: x}, {name: b, image: y}, {name: c}], args: [2]}"));
}

}  // namespace
}  // namespace paddock::objects
