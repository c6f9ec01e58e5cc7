// SPDX-License-Identifier: Apache-2.0
#include "kube/requests.h"

#include <gtest/gtest.h>

#include "kube/request_text.h"

namespace paddock::kube {
namespace {

const Resource kPods{.version = "v1", .plural = "pods", .kind = "Pod"};
const Resource kSets{
    .group = "apps", .version = "v1", .plural = "statefulsets", .kind = "StatefulSet"};
const ObjectKey kKey{"n", "a"};

TEST(KubeRequests, ListIsAConsistentReadByPages) {
  const Request first = list(kPods, {.ns = "n", .labels = "app=x,tier!=y"}, 500, "");

  EXPECT_EQ(first.target,
            "/api/v1/namespaces/n/pods?labelSelector=app%3Dx%2Ctier%21%3Dy&limit=500");
  EXPECT_TRUE(first.is_repeatable);
  EXPECT_EQ(list(kPods, {}, 500, "to/ken").target, "/api/v1/pods?limit=500&continue=to%2Fken");
  EXPECT_EQ(list(kPods, {.fields = "spec.nodeName=x"}, 0, "").target,
            "/api/v1/pods?fieldSelector=spec.nodeName%3Dx");
}

TEST(KubeRequests, WatchWaitsLongerThanTheServerDoes) {
  const Request request = watch(kPods, {.ns = "n"}, "42", seconds(300));

  EXPECT_EQ(request.target,
            "/api/v1/namespaces/n/"
            "pods?watch=1&allowWatchBookmarks=true&resourceVersion=42&timeoutSeconds=300");
  EXPECT_EQ(request.time_limit, seconds(330));
}

TEST(KubeRequests, ApplySaysWhoseFieldsTheyAre) {
  const Request request = apply(
      kSets, kKey, {{"kind", "StatefulSet"}}, {.field_manager = "m", .subresource = "status"});

  EXPECT_EQ(request.verb, Verb::Patch);
  EXPECT_EQ(request.target,
            "/apis/apps/v1/namespaces/n/statefulsets/a/status?fieldManager=m-status&force=true");
  EXPECT_EQ(request.content_type, "application/apply-patch+yaml");
  EXPECT_EQ(request.body, R"({"kind":"StatefulSet"})");
  EXPECT_TRUE(request.is_repeatable);
  EXPECT_EQ(apply(kSets,
                  kKey,
                  {},
                  {.field_manager = "m", .rehearsal = Rehearsal::DryRun, .is_forced = false})
                .target,
            "/apis/apps/v1/namespaces/n/statefulsets/a?fieldManager=m&dryRun=All");
}

TEST(KubeRequests, YamlReadsTheSameAsJson) {
  EXPECT_EQ(yaml_safe("\"a/\x7f\xc2\x9f\xc3\xa9\xc2\xa0\\n\""),
            "\"a/\\u007F\\u009F\xc3\xa9\xc2\xa0\\n\"");
  EXPECT_EQ(yaml_safe("\xc2"), "\xc2");
}

TEST(KubeRequests, DeleteMeansOneObjectInOneState) {
  const Request request = remove(kPods, kKey, {.uid = "u", .resource_version = "7"});

  EXPECT_EQ(request.verb, Verb::Delete);
  EXPECT_EQ(request.target, "/api/v1/namespaces/n/pods/a");
  EXPECT_EQ(
      request.body,
      R"({"kind":"DeleteOptions","apiVersion":"v1",)"
      R"("preconditions":{"uid":"u","resourceVersion":"7"},"propagationPolicy":"Background"})");
  EXPECT_FALSE(request.is_repeatable);
  EXPECT_EQ(remove(kPods, kKey, {}).body,
            R"({"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"})");
}

TEST(KubeRequests, EvictionKnowsAnotherMeaningOfBusy) {
  const Request request = evict(kKey, {.uid = "u"});

  EXPECT_EQ(request.target, "/api/v1/namespaces/n/pods/a/eviction");
  EXPECT_EQ(
      request.body,
      R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a","namespace":"n"},)"
      R"("deleteOptions":{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u"}}})");
  EXPECT_TRUE(request.tells_busy);
}

TEST(KubeRequests, EvictionEndsInOneOfSixWays) {
  const auto outcome = [](unsigned code, View body) {
    return evicted(std::unexpected(error_of(code, body)));
  };

  EXPECT_EQ(evicted(Answer{.code = 201}), Evicted::Yes);
  EXPECT_EQ(outcome(404, ""), Evicted::Gone);
  EXPECT_EQ(outcome(409, ""), Evicted::Another);
  EXPECT_EQ(outcome(429, ""), Evicted::Blocked);
  EXPECT_EQ(
      outcome(500,
              R"({"kind":"Status","message":"This pod has more than one PodDisruptionBudget, )"
              R"(which the eviction subresource does not support."})"),
      Evicted::Misconfigured);
  EXPECT_EQ(outcome(500, ""), Evicted::Failed);
}

TEST(KubeRequests, ScaleAndPatchesGoToTheirSubresources) {
  EXPECT_EQ(set_scale(kSets, kKey, 3).target, "/apis/apps/v1/namespaces/n/statefulsets/a/scale");
  EXPECT_EQ(set_scale(kSets, kKey, 3).body, R"({"spec":{"replicas":3}})");
  EXPECT_EQ(merge_patch(kPods, kKey, {{"a", nullptr}}).body, R"({"a":null})");
  EXPECT_EQ(merge_patch(kPods, kKey, {}, "status").content_type, "application/merge-patch+json");
  EXPECT_EQ(create(kPods, "n", {{"kind", "Pod"}}).target, "/api/v1/namespaces/n/pods");
  EXPECT_EQ(update(kPods, kKey, {}).verb, Verb::Put);
  EXPECT_EQ(get("/version").target, "/version");
}

TEST(KubeRequests, GoOverTheWireWithWhoWeAre) {
  ClusterAccess access{.url = {.host = "fd00::1", .port = 6443, .base_path = "/k"}};
  access.user.as = "bob";
  access.user.as_groups = {"a", "b"};
  const Credentials credentials{.authorization = "Bearer t"};

  EXPECT_EQ(request_text(get("/version"), access, credentials, "agent/1"),
            "GET /k/version HTTP/1.1\r\nHost: [fd00::1]:6443\r\nUser-Agent: agent/1\r\n"
            "Accept: application/json\r\nAuthorization: Bearer t\r\nImpersonate-User: bob\r\n"
            "Impersonate-Group: a\r\nImpersonate-Group: b\r\n\r\n");
  EXPECT_EQ(request_text(create(kPods, "n", {}), {}, {}, ""),
            "POST /api/v1/namespaces/n/pods HTTP/1.1\r\nHost: :443\r\nAccept: application/json\r\n"
            "Content-Type: application/json\r\nContent-Length: 4\r\n\r\nnull");
}

}  // namespace
}  // namespace paddock::kube
