// SPDX-License-Identifier: Apache-2.0
#include "kube/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/credentials.h"

namespace paddock::kube {
namespace {

constexpr View kFile = R"(
apiVersion: v1
kind: Config
current-context: main
clusters:
- name: c1
  cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: Q0EK, tls-server-name: kube}
- name: c2
  cluster: {server: "https://k8s.example/base/", insecure-skip-tls-verify: true}
- name: c3
  cluster: {server: "https://k8s.example", proxy-url: "http://p"}
users:
- name: u1
  user: {client-certificate: certs/me.crt, client-key: /abs/me.key}
- name: u2
  user:
    tokenFile: token
    token: ignored
    as: bob
    as-groups: [a, b]
- name: u3
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/login
      args: [--cluster, x]
      env: [{name: A, value: b}]
      provideClusterInfo: true
      interactiveMode: Never
- name: u4
  user: {auth-provider: {name: gcp}}
- name: u5
contexts:
- {name: main, context: {cluster: c1, user: u1, namespace: coord}}
- {name: two, context: {cluster: c2, user: u2}}
- {name: exec, context: {cluster: c1, user: u3}}
- {name: proxied, context: {cluster: c3, user: u2}}
- {name: old, context: {cluster: c1, user: u4}}
- {name: nobody, context: {cluster: c1, user: u5}}
- {name: lost, context: {cluster: c9, user: u1}}
)";

Result<ClusterAccess> access_to(View yaml, std::string_view context) {
  auto config = parse_kubeconfig(yaml, "/dir");
  EXPECT_TRUE(config) << config.error().message;
  return access_of(*config, context);
}

std::string problem_of(View yaml, std::string_view context = {}) {
  const auto access = access_to(yaml, context);
  return access ? "" : access.error().message;
}

TEST(Kubeconfig, LeadsToTheCurrentContext) {
  const auto access = access_to(kFile, "");

  ASSERT_TRUE(access);
  EXPECT_EQ(access->url, (ServerUrl{true, "10.0.0.1", 6443, ""}));
  EXPECT_EQ(access->authority.bytes, "CA\n");
  EXPECT_EQ(access->tls_server_name, "kube");
  EXPECT_FALSE(access->skips_verification);
  EXPECT_EQ(access->user.certificate.file, "/dir/certs/me.crt");
  EXPECT_EQ(access->user.key.file, "/abs/me.key");
  EXPECT_EQ(access->ns, "coord");
}

TEST(Kubeconfig, LeadsToAnotherContextIfThatIsSaid) {
  const auto access = access_to(kFile, "two");

  ASSERT_TRUE(access);
  EXPECT_TRUE(access->skips_verification);
  EXPECT_EQ(access->url.base_path, "/base");
  EXPECT_EQ(access->user.token_file, "/dir/token");
  EXPECT_EQ(access->user.as, "bob");
  EXPECT_EQ(access->user.as_groups, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(access->ns, "default");
}

TEST(Kubeconfig, HasPluginsWhoseCommandIsBesideIt) {
  const auto access = access_to(kFile, "exec");

  ASSERT_TRUE(access);
  ASSERT_TRUE(access->user.exec);
  EXPECT_EQ(access->user.exec->command, "/dir/./bin/login");
  EXPECT_EQ(access->user.exec->args, (std::vector<std::string>{"--cluster", "x"}));
  EXPECT_EQ(access->user.exec->env.at(0).first, "A");
  EXPECT_TRUE(access->user.exec->wants_cluster);
}

TEST(Kubeconfig, SaysWhatIsMissing) {
  using testing::HasSubstr;
  EXPECT_THAT(problem_of(kFile, "none"), HasSubstr("no context \"none\""));
  EXPECT_THAT(problem_of(kFile, "lost"), HasSubstr("no cluster \"c9\""));
  EXPECT_THAT(problem_of("{}"), HasSubstr("no current-context"));
  EXPECT_THAT(problem_of(kFile, "proxied"), HasSubstr("proxy-url"));
  EXPECT_THAT(problem_of(kFile, "old"), HasSubstr("auth-provider"));
  EXPECT_EQ(problem_of(kFile, "nobody"), "");
}

std::string with(std::string_view cluster, std::string_view user) {
  return "{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], clusters: "
         "[{name: c, cluster: {" +
         std::string(cluster) + "}}], users: [{name: u, user: {" + std::string(user) + "}}]}";
}

TEST(Kubeconfig, RefusesWhatContradictsItself) {
  using testing::HasSubstr;
  EXPECT_EQ(problem_of(with("server: \"https://a\"", "")), "");
  EXPECT_THAT(problem_of(with("", "")), HasSubstr("no server"));
  EXPECT_THAT(problem_of(with("server: a", "")), HasSubstr("https://"));
  EXPECT_THAT(problem_of(with("server: \"https://a\", insecure-skip-tls-verify: true, "
                              "certificate-authority: x",
                              "")),
              HasSubstr("both"));
  EXPECT_THAT(problem_of(with("server: \"https://a\"", "client-key: x")), HasSubstr("only one"));
  EXPECT_THAT(
      problem_of(with("server: \"https://a\"", "exec: {command: a, apiVersion: x/v1alpha1}")),
      HasSubstr("x/v1alpha1"));
  EXPECT_THAT(problem_of(with("server: \"https://a\"", "exec: {apiVersion: x}")),
              HasSubstr("no command"));
}

TEST(Kubeconfig, RefusesWhatIsNone) {
  for (const View text : {"",
                          "[]",
                          "a: [",
                          "text",
                          "clusters: [x]",
                          "clusters: [{name: a, cluster: {certificate-authority-data: '!'}}]"}) {
    EXPECT_FALSE(parse_kubeconfig(text, "/")) << text;
  }
  EXPECT_FALSE(parse_kubeconfig(std::string(10'000, '['), "/"));
}

TEST(Kubeconfig, TheFirstOfSeveralFilesWins) {
  Kubeconfig config =
      *parse_kubeconfig(R"({clusters: [{name: c, cluster: {server: "https://first"}}]})", "/");
  merge(config, *parse_kubeconfig(with("server: \"https://second\"", "token: t"), "/"));

  const auto access = access_of(config, "");

  ASSERT_TRUE(access);
  EXPECT_EQ(access->url.host, "first");
  EXPECT_EQ(access->user.token, "t");
}

TEST(Kubeconfig, APodHasAWayOfItsOwn) {
  const ClusterAccess access = in_cluster_access("fd00::1", 443, "/sa", "coord");
  EXPECT_EQ(host_and_port(access.url), "[fd00::1]:443");
  EXPECT_EQ(access.authority.file, "/sa/ca.crt");
  EXPECT_EQ(access.user.token_file, "/sa/token");
  EXPECT_EQ(access.ns, "coord");
}

const ExecPlugin kPlugin{.api_version = "client.authentication.k8s.io/v1", .command = "x"};

std::string printed(std::string_view status) {
  return R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{)" +
         std::string(status) + "}}";
}

TEST(ExecCredential, IsATokenOrACertificate) {
  const auto token = parse_exec_credential(
      printed(R"("token":"t","expirationTimestamp":"2026-11-28T08:15:30Z")"), kPlugin);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->authorization, "Bearer t");
  EXPECT_EQ(token->expires, WallTime{1'795'853'730'000});

  const auto pair =
      parse_exec_credential(printed(R"("clientCertificateData":"c","clientKeyData":"k")"), kPlugin);
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->certificate_pem, "c");
  EXPECT_EQ(pair->expires, std::nullopt);
}

TEST(ExecCredential, IsRefusedIfItIsOfNoUse) {
  for (const std::string& text :
       {std::string("oops"),
        printed(""),
        printed(R"("clientKeyData":"k")"),
        printed(R"("token":"t","clientKeyData":"k")"),
        printed(R"("token":"a\r\nb")"),
        printed(R"("token":"t","expirationTimestamp":"soon")"),
        std::string(R"({"kind":"ExecCredential","apiVersion":"v2","status":{"token":"t"}})")}) {
    EXPECT_FALSE(parse_exec_credential(text, kPlugin)) << text;
  }
}

TEST(ExecCredential, TellsThePluginOfTheClusterIfItWantsToKnow) {
  const ClusterAccess access{.url = {.host = "a", .port = 6443}, .tls_server_name = "kube"};
  EXPECT_EQ(exec_info(kPlugin, access, "CA\n"),
            R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
            R"("spec":{"interactive":false}})");
  ExecPlugin curious = kPlugin;
  curious.wants_cluster = true;
  EXPECT_EQ(exec_info(curious, access, "CA\n"),
            R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
            R"("spec":{"interactive":false,"cluster":{"server":"https://a:6443",)"
            R"("tls-server-name":"kube","certificate-authority-data":"Q0EK"}}})");
}

Now at(Duration since, std::int64_t wall_ms = 0) {
  return {.monotonic = {since}, .wall = {wall_ms}};
}

TEST(CredentialCache, LooksAtFilesEveryMinute) {
  CredentialCache cache(CredentialCache::Source::Files);
  EXPECT_TRUE(cache.is_due(at({})));
  cache.on_read(Credentials{.authorization = "Bearer a"}, at({}));
  EXPECT_FALSE(cache.is_due(at(seconds(59))));
  EXPECT_TRUE(cache.is_due(at(seconds(60))));
  EXPECT_EQ(cache.current()->authorization, "Bearer a");
}

TEST(CredentialCache, LooksAgainWhenTheServerRefuses) {
  CredentialCache cache(CredentialCache::Source::Files);
  cache.on_read(Credentials{.authorization = "Bearer a"}, at({}));
  cache.on_read(Credentials{.authorization = "Bearer b"}, at({}));

  cache.on_rejected(1);  // of an older one: that is known
  EXPECT_FALSE(cache.is_due(at(seconds(2))));
  cache.on_rejected(2);
  EXPECT_TRUE(cache.is_due(at({})));
  cache.on_read(Credentials{.authorization = "Bearer b"}, at({}));
  cache.on_rejected(3);
  EXPECT_FALSE(cache.is_due(at(milliseconds(999))));  // that has just not helped
  EXPECT_TRUE(cache.is_due(at(seconds(1))));
}

TEST(CredentialCache, KeepsWhatItHasWhenReadingFails) {
  CredentialCache cache(CredentialCache::Source::Files);
  cache.on_read(Credentials{.authorization = "Bearer a"}, at({}));
  cache.on_read(fail("no such file"), at(seconds(60)));

  EXPECT_EQ(cache.current()->authorization, "Bearer a");
  EXPECT_EQ(cache.problem(), "no such file");
  EXPECT_EQ(cache.version(), 1U);
  EXPECT_FALSE(cache.is_due(at(seconds(60))));
  EXPECT_TRUE(cache.is_due(at(seconds(61))));
}

TEST(CredentialCache, RunsAPluginWhenItsCredentialsEnd) {
  CredentialCache cache(CredentialCache::Source::Plugin);
  cache.on_read(Credentials{.authorization = "Bearer a", .expires = WallTime{100'000}}, at({}));
  EXPECT_FALSE(cache.is_due(at(seconds(1000), 89'999)));
  EXPECT_TRUE(cache.is_due(at(seconds(1000), 90'000)));
  cache.on_read(Credentials{.authorization = "Bearer b"}, at(seconds(1000), 90'000));
  EXPECT_FALSE(cache.is_due(at(seconds(100'000), 200'000)));
}

TEST(Credentials, APasswordIsBasic) {
  EXPECT_EQ(basic_authorization({.username = "Aladdin", .password = "open sesame"}),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

}  // namespace
}  // namespace paddock::kube
