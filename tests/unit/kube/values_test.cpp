// SPDX-License-Identifier: Apache-2.0
//
// The values of the API: objects, paths, versions, errors, times.
#include <gtest/gtest.h>

#include "kube/api_error.h"
#include "kube/discovery.h"
#include "kube/object.h"
#include "kube/requests.h"
#include "kube/resource_version.h"
#include "kube/server_url.h"
#include "kube/time_text.h"

namespace paddock::kube {
namespace {

const Resource kPods{.version = "v1", .plural = "pods", .kind = "Pod"};
const Resource kSets{
    .group = "apps", .version = "v1", .plural = "statefulsets", .kind = "StatefulSet"};
const Resource kNodes{.version = "v1", .plural = "nodes", .kind = "Node", .is_namespaced = false};

json::value parsed(View text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : json::value();
}

TEST(KubeObject, ReadsWhatIsThereAndNothingElse) {
  const json::value pod = parsed(R"({"metadata":{"name":"a","namespace":"n","uid":"u1",
      "resourceVersion":"7","labels":{"app.kubernetes.io/name":"x"},"deletionTimestamp":"2026",
      "ownerReferences":[{"uid":"o1"},{"uid":"o2","controller":true}]},"spec":{"count":3}})");

  EXPECT_EQ(to_text(key_of(pod)), "n/a");
  EXPECT_EQ(uid_of(pod), "u1");
  EXPECT_EQ(resource_version_of(pod), "7");
  EXPECT_EQ(label_of(pod, "app.kubernetes.io/name"), "x");
  EXPECT_EQ(controller_uid_of(pod), "o2");
  EXPECT_TRUE(is_being_deleted(pod));
  EXPECT_EQ(number_at(pod, {"spec", "count"}), 3);
  EXPECT_EQ(number_at(pod, {"metadata", "name"}), std::nullopt);
  EXPECT_EQ(text_at(pod, {"spec", "count", "deeper"}), "");
  EXPECT_EQ(find(pod, {"status"}), nullptr);
  EXPECT_EQ(to_text({.name = "node"}), "node");
}

TEST(KubeObject, TakesDeepDocumentsButNotEndlessOnes) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };

  EXPECT_TRUE(parse_json(nested(100)));
  EXPECT_FALSE(parse_json(nested(100'000)));
  EXPECT_FALSE(parse_json("{\"a\":1} trailing"));
  EXPECT_FALSE(parse_json("\"\xff\""));
}

TEST(KubePaths, AreThoseOfTheApi) {
  EXPECT_EQ(collection_path(kPods, "n"), "/api/v1/namespaces/n/pods");
  EXPECT_EQ(collection_path(kPods, ""), "/api/v1/pods");
  EXPECT_EQ(collection_path(kSets, "n"), "/apis/apps/v1/namespaces/n/statefulsets");
  EXPECT_EQ(object_path(kSets, {"n", "a"}, "status"),
            "/apis/apps/v1/namespaces/n/statefulsets/a/status");
  EXPECT_EQ(object_path(kNodes, {"", "x"}), "/api/v1/nodes/x");
  EXPECT_EQ(version_path("apps/v1"), "/apis/apps/v1");
  EXPECT_EQ(version_path("v1"), "/api/v1");
}

TEST(KubePaths, NamesCannotLeaveTheirSegment) {
  EXPECT_EQ(object_path(kPods, {"n", "../../secrets/x"}),
            "/api/v1/namespaces/n/pods/..%2F..%2Fsecrets%2Fx");
  EXPECT_EQ(object_path(kPods, {"n", ".."}), "/api/v1/namespaces/n/pods/%2E%2E");
  EXPECT_EQ(escaped("a b?c=d&e\xc3\xa9"), "a%20b%3Fc%3Dd%26e%C3%A9");
}

TEST(KubeResourceVersion, IsComparedAsADecimalOfAnyLength) {
  EXPECT_TRUE(compare_resource_versions("9", "10") < 0);
  EXPECT_TRUE(compare_resource_versions("123456789012345678901234567890",
                                        "123456789012345678901234567891") < 0);
  EXPECT_TRUE(compare_resource_versions("12", "12") == 0);
  for (const View odd : {"", "0", "012", "-1", "1a"}) {
    EXPECT_TRUE(compare_resource_versions("1", odd) == std::partial_ordering::unordered) << odd;
  }
}

TEST(KubeError, IsWhatTheStatusSays) {
  const ApiError error = error_of(409, R"({"kind":"Status","reason":"Conflict","message":"no",
      "details":{"causes":[{"reason":"FieldManagerConflict","message":"by \"x\"","field":".spec"}]},
      "code":409})");

  EXPECT_EQ(error.failure, Failure::Conflict);
  EXPECT_TRUE(error.has_cause("FieldManagerConflict"));
  EXPECT_EQ(error.text(), "409 Conflict: no");
  EXPECT_FALSE(error.is_result_unknown());
  EXPECT_EQ(error_of(409, R"({"kind":"Status","reason":"AlreadyExists"})").failure,
            Failure::AlreadyExists);
  EXPECT_EQ(error_of(503, "").failure, Failure::ServerError);
  EXPECT_EQ(error_of(302, "").failure, Failure::Refused);
  EXPECT_TRUE(failed(Failure::Lost, "gone").is_result_unknown());
  EXPECT_FALSE(failed(Failure::Unreachable, "gone").is_result_unknown());
}

TEST(KubeError, ShowsTheTextOfAProxyWithoutItsControlCharacters) {
  const ApiError error = error_of(502, "<html>\x1b[31m bad \n gateway" + std::string(1000, 'x'));

  EXPECT_EQ(error.failure, Failure::ServerError);
  EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
  EXPECT_LT(error.message.size(), 300U);
}

TEST(KubeError, WaitsAsLongAsEitherHeaderOrBodySays) {
  constexpr View kBody = R"({"kind":"Status","details":{"retryAfterSeconds":7}})";

  EXPECT_EQ(error_of(429, kBody).retry_after, seconds(7));
  EXPECT_EQ(error_of(429, kBody, seconds(2)).retry_after, seconds(2));
  EXPECT_EQ(error_of(429, "busy").retry_after, std::nullopt);
  EXPECT_EQ(parse_retry_after("5"), seconds(5));
  EXPECT_EQ(parse_retry_after("99999999999999999999"), seconds(3600));
  EXPECT_EQ(parse_retry_after("4000000000"), seconds(3600));
  EXPECT_EQ(parse_retry_after("Fri, 27 Nov 2026 10:00:00 GMT"), seconds(1));
  EXPECT_EQ(parse_retry_after(""), std::nullopt);
}

TEST(KubeTime, IsWrittenAndReadBack) {
  const WallTime at{1'795'853'730'123};

  EXPECT_EQ(micro_time(at), "2026-11-28T08:15:30.123000Z");
  EXPECT_EQ(time_text(at), "2026-11-28T08:15:30Z");
  EXPECT_EQ(parse_time(micro_time(at)), at);
  EXPECT_EQ(parse_time("2026-11-28T09:15:30.123999+01:00"), at);
  EXPECT_EQ(parse_time("2026-11-28T02:45:30.123-05:30"), at);
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), WallTime{0});
}

TEST(KubeTime, RefusesWhatIsNone) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-13-01T00:00:00Z",
                                      "2026-02-30T00:00:00Z",
                                      "2026-01-01 00:00:00Z",
                                      "2026-01-01T00:00:00",
                                      "2026-01-01T00:00:00Zx",
                                      "2026-01-01T0a:00:00Z",
                                      "-026-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(KubeServerUrl, HasHostPortAndPath) {
  EXPECT_EQ(parse_server_url("https://k8s.example/"), (ServerUrl{true, "k8s.example", 443, ""}));
  EXPECT_EQ(parse_server_url("http://[::1]:8080"), (ServerUrl{false, "::1", 8080, ""}));
  EXPECT_EQ(parse_server_url("https://a:6443/k8s/c-1/"), (ServerUrl{true, "a", 6443, "/k8s/c-1"}));
  EXPECT_EQ(host_and_port(*parse_server_url("https://[fd00::1]:6443")), "[fd00::1]:6443");
  for (const View bad : {"k8s.example",
                         "ftp://a",
                         "https://",
                         "https://a:0",
                         "https://a:70000",
                         "https://[::1",
                         "https://a:1x",
                         "https://u@a",
                         "https://a/?x",
                         "https://a b",
                         "https://[::1]x"}) {
    EXPECT_FALSE(parse_server_url(bad)) << bad;
  }
}

TEST(KubeDiscovery, KnowsGroupsKindsAndSubresources) {
  Discovery discovery;
  ASSERT_TRUE(discovery.add_groups(parsed(R"({"kind":"APIGroupList","groups":[{"name":"policy",
      "versions":[{"groupVersion":"policy/v1beta1","version":"v1beta1"}]},{"name":"odd"}]})")));
  ASSERT_TRUE(discovery.add_resources(parsed(R"({"kind":"APIResourceList","groupVersion":"apps/v1",
      "resources":[{"name":"statefulsets","kind":"StatefulSet","namespaced":true},
                   {"name":"statefulsets/scale","kind":"Scale","namespaced":true}]})")));

  EXPECT_TRUE(discovery.has("v1"));
  EXPECT_FALSE(discovery.has("policy/v1"));
  EXPECT_EQ(discovery.first_of({"policy/v1", "policy/v1beta1"}), "policy/v1beta1");
  EXPECT_EQ(discovery.first_of({"none/v1"}), std::nullopt);
  EXPECT_EQ(discovery.find("apps/v1", "StatefulSet"), kSets);
  EXPECT_EQ(discovery.find("apps/v1", "Scale"), std::nullopt);
  EXPECT_TRUE(discovery.has_subresource(kSets, "scale"));
  EXPECT_FALSE(discovery.has_subresource(kSets, "status"));
  EXPECT_FALSE(discovery.add_groups(parsed("[]")));
  EXPECT_FALSE(discovery.add_resources(parsed("{}")));
}

TEST(KubeDiscovery, ReadsTheVersionsOfVendors) {
  const auto version =
      parse_server_version(parsed(R"({"major":"1","minor":"29+","gitVersion":"v1.29.3-eks"})"));

  EXPECT_EQ(version, (ServerVersion{1, 29, "v1.29.3-eks"}));
  EXPECT_FALSE(parse_server_version(parsed(R"({"major":"1"})")));
}

}  // namespace
}  // namespace paddock::kube
