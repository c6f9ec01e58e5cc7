// SPDX-License-Identifier: Apache-2.0
//
// Tokens that change, plugins that print them or fail, kubeconfig files, the files of a pod.
#include <gtest/gtest.h>

#include "driver.h"
#include "fake_server.h"
#include "kube_client/access.h"
#include "kube_client/credential_source.h"
#include "kube_client/process.h"

namespace paddock::kube {
namespace {

/// Takes one token at a time.
struct Guarded : testing::Test, Driver {
  Guarded()
      : server([this](const SeenRequest& request, Wire& wire) {
          const auto shown = request.headers.find("authorization");
          const std::lock_guard lock(mutex);
          const bool is_good =
              shown != request.headers.end() && shown->second == "Bearer " + wanted;
          wire.answer(is_good ? 200 : 401, "{}");
        }) {}

  void want(std::string token) {
    const std::lock_guard lock(mutex);
    wanted = std::move(token);
  }
  [[nodiscard]] ClusterAccess access(User user) const {
    return {.url = {.is_secure = false, .host = "127.0.0.1", .port = server.port()},
            .user = std::move(user)};
  }
  [[nodiscard]] User plugin(std::string_view script) const {
    return {.exec = ExecPlugin{.api_version = "client.authentication.k8s.io/v1",
                               .command = folder.program("plugin", script),
                               .env = {{"FROM_CONFIG", "yes"}},
                               .install_hint = "install it first"}};
  }

  Folder folder;
  std::mutex mutex;
  std::string wanted = "one";
  FakeServer server;
};

TEST_F(Guarded, ATokenIsReadAgainWhenItIsRefused) {
  connect(access({.token_file = folder.write("token", "one\n")}));
  EXPECT_TRUE(call(get("/a")));

  want("two");
  folder.write("token", "two\n");

  EXPECT_TRUE(call(get("/a")));
  EXPECT_EQ(codes, (std::vector<unsigned>{200, 401, 200}));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Guarded, ATokenThatStaysWrongIsToldToTheCaller) {
  connect(access({.token_file = folder.write("token", "wrong")}));
  EXPECT_EQ(call(get("/a")).error().failure, Failure::Unauthorized);
  EXPECT_EQ(codes, (std::vector<unsigned>{401, 401}));
}

TEST_F(Guarded, AWatchIsToldThatItsTokenIsRefusedAndTheNextOneHasANewOne) {
  connect(access({.token_file = folder.write("token", "old")}));
  const Resource pods{.version = "v1", .plural = "pods"};
  Watching first;
  first.start(*this, watch(pods, {}, "1", seconds(300)));
  run_until([&] { return first.has_ended; });
  EXPECT_EQ(first.error.value().failure, Failure::Unauthorized);

  folder.write("token", "one");
  Watching second;
  second.start(*this, watch(pods, {}, "1", seconds(300)));
  run_until([&] { return second.has_ended; });
  EXPECT_TRUE(second.is_open);
}

TEST_F(Guarded, AFileWithoutATokenIsNamed) {
  connect(access({.token_file = folder.write("token", "\n")}));
  const Reply reply = call(get("/a"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::Unreachable);
  EXPECT_NE(reply.error().message.find("/token: there is no token in it"), std::string::npos);
  EXPECT_EQ(warnings.size(), 1U);
}

/// The end of a script that prints a token, by shell.
constexpr std::string_view kPrintToken = R"(
cat <<END
{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",
 "status":{"token":"$token"}}
END
)";

TEST_F(Guarded, APluginPrintsTheToken) {
  connect(access(plugin(R"(#!/bin/sh
case "$KUBERNETES_EXEC_INFO" in *client.authentication.k8s.io/v1*) ;; *) exit 3;; esac
[ "$FROM_CONFIG" = yes ] || exit 4
token=one)" + std::string(kPrintToken))));
  const Reply reply = call(get("/a"));
  EXPECT_TRUE(reply) << reply.error().text();
  EXPECT_TRUE(call(get("/a")));
}

TEST_F(Guarded, APluginRunsAgainWhenItsTokenIsRefused) {
  const std::string count = folder.write("count", "");
  connect(access(plugin("#!/bin/sh\necho x >>" + count + "\n[ $(wc -l <" + count +
                        ") = 1 ] && token=one || token=two" + std::string(kPrintToken))));
  EXPECT_TRUE(call(get("/a")));
  want("two");
  EXPECT_TRUE(call(get("/a")));
}

TEST_F(Guarded, APluginThatFailsSaysWhy) {
  connect(access(plugin("#!/bin/sh\necho 'log in first' >&2\nexit 7\n")));
  const std::string message = call(get("/a")).error().message;
  EXPECT_NE(message.find("failed with 7: log in first"), std::string::npos) << message;
  EXPECT_NE(message.find("install it first"), std::string::npos) << message;
}

TEST(Process, IsKilledWithAllItHasStartedWhenItTakesTooLong) {
  const Folder folder;
  const std::string script =
      folder.program("slow", "#!/bin/sh\necho begun\nsleep 1000 &\nsleep 1000\n");
  const auto result = run({.program = script}, milliseconds(200));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("has not ended in time"), std::string::npos);
}

TEST(Process, IsNotWaitedForBecauseOfWhatItLeavesBehind) {
  const Folder folder;
  const auto result =
      run({.program = folder.program("daemon", "#!/bin/sh\nsleep 5 &\necho done\n")}, seconds(60));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(*result, "done\n");
}

TEST(Process, MayNotPrintWithoutEnd) {
  const auto result = run({.program = "yes"}, seconds(60));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("prints without end"), std::string::npos);
}

TEST(Process, ThatDoesNotExistIsNamed) {
  const auto result = run({.program = "/nonexistent/program"}, seconds(1));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("/nonexistent/program"), std::string::npos);
}

TEST(Process, ReadsNothing) {
  EXPECT_EQ(run({.program = "cat"}, seconds(60)).value(), "");
}

TEST(Access, IsTheFirstOfSeveralFiles) {
  const Folder folder;
  const std::string first = folder.write(
      "first",
      R"({clusters: [{name: c, cluster: {server: "https://first", certificate-authority: ca}}]})");
  const std::string second = folder.write(
      "second", R"({current-context: x, contexts: [{name: x, context: {cluster: c, user: ""}}],
                    clusters: [{name: c, cluster: {server: "https://second"}}]})");

  const auto access = load_kubeconfig("/nonexistent:" + first + "::" + second, "");

  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->url.host, "first");
  EXPECT_TRUE(access->authority.file.ends_with("/ca"));
  EXPECT_TRUE(access->authority.file.starts_with(first.substr(0, first.rfind('/'))));
}

TEST(Access, SaysWhichFileIsWrong) {
  const Folder folder;
  EXPECT_FALSE(load_kubeconfig("/nonexistent", ""));
  const std::string bad = folder.write("bad", "a: [");
  const auto access = load_kubeconfig(bad, "");
  ASSERT_FALSE(access);
  EXPECT_TRUE(access.error().message.starts_with(bad)) << access.error().message;
}

TEST(Access, OfAPodIsInItsFiles) {
  const Folder folder;
  folder.write("namespace", "coord\n");
  const std::string token = folder.write("token", "t");
  const std::string directory = token.substr(0, token.rfind('/'));

  const auto access = load_in_cluster("fd00::1", "443", directory);

  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->ns, "coord");
  EXPECT_EQ(access->url.host, "fd00::1");
  EXPECT_FALSE(load_in_cluster("", "443", directory));
  EXPECT_FALSE(load_in_cluster("a", "x", directory));
  EXPECT_FALSE(load_in_cluster("a", "443", "/nonexistent"));
}

}  // namespace
}  // namespace paddock::kube
