// SPDX-License-Identifier: Apache-2.0
//
// Who the server has to be, and who we are to it.
#include <gtest/gtest.h>

#include "driver.h"
#include "fake_server.h"

namespace paddock::kube {
namespace {

using testing::Test;

struct Secure : Test, Driver {
  Secure()
      : authority(tls::issue({.name = "CA", .is_ca = true})),
        other_authority(tls::issue({.name = "other", .is_ca = true})),
        by_address(tls::issue({.name = "server", .host = "IP:127.0.0.1"}, &authority)),
        by_name(tls::issue({.name = "server", .host = "DNS:kube.example"}, &authority)),
        ours(tls::issue({.name = "client"}, &authority)) {}

  static void answer(const SeenRequest&, Wire& wire) { wire.answer(200, "{}"); }
  /// Trusts `whom`.
  [[nodiscard]] static ClusterAccess access(const FakeServer& server, const tls::Issued& whom) {
    return {.url = {.host = "127.0.0.1", .port = server.port()},
            .authority = {.bytes = tls::pem_of(whom.certificate.get())}};
  }
  Reply call_with(ClusterAccess with) {
    connect(std::move(with));
    return call(get("/version"));
  }

  tls::Issued authority;
  tls::Issued other_authority;
  tls::Issued by_address;
  tls::Issued by_name;
  tls::Issued ours;
};

TEST_F(Secure, TrustsAServerOfItsAuthority) {
  FakeServer server(&answer, {.certificate = &by_address});
  const Reply reply = call_with(access(server, authority));
  EXPECT_TRUE(reply) << reply.error().text();
}

TEST_F(Secure, KeepsConnectionsWithTlsToo) {
  FakeServer server(&answer, {.certificate = &by_address});
  connect(access(server, authority));
  for (int round = 0; round < 5; ++round) EXPECT_TRUE(call(get("/version")));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Secure, RefusesAServerOfAnotherAuthority) {
  FakeServer server(&answer, {.certificate = &by_address});
  const Reply reply = call_with(access(server, other_authority));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().failure, Failure::Unreachable);
  EXPECT_NE(reply.error().message.find("certificate"), std::string::npos) << reply.error().message;
  EXPECT_TRUE(server.seen().empty());
}

TEST_F(Secure, RefusesAServerOfAnotherName) {
  FakeServer server(&answer, {.certificate = &by_name});
  const Reply reply = call_with(access(server, authority));
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message.find("mismatch"), std::string::npos) << reply.error().message;
}

TEST_F(Secure, LooksForTheNameThatTheKubeconfigSays) {
  FakeServer server(&answer, {.certificate = &by_name});
  ClusterAccess with = access(server, authority);
  with.tls_server_name = "kube.example";
  EXPECT_TRUE(call_with(with));
}

TEST_F(Secure, TrustsAnyServerOnlyIfThatIsSaid) {
  FakeServer server(&answer, {.certificate = &by_name});
  EXPECT_TRUE(
      call_with({.url = {.host = "127.0.0.1", .port = server.port()}, .skips_verification = true}));
}

TEST_F(Secure, ShowsItsCertificate) {
  FakeServer server(&answer, {.certificate = &by_address, .client_authority = &authority});
  ClusterAccess with = access(server, authority);
  EXPECT_FALSE(call_with(with));

  with.user.certificate.bytes = tls::pem_of(ours.certificate.get());
  with.user.key.bytes = tls::pem_of(ours.key.get());
  EXPECT_TRUE(call_with(with));
}

TEST_F(Secure, SaysWhichPemIsNone) {
  FakeServer server(&answer, {.certificate = &by_address});
  ClusterAccess with = access(server, authority);
  with.authority.bytes = "oops";
  EXPECT_NE(call_with(with).error().message.find("authority"), std::string::npos);

  with = access(server, authority);
  with.user.certificate.bytes = tls::pem_of(ours.certificate.get());
  with.user.key.bytes = tls::pem_of(by_name.key.get());
  EXPECT_NE(call_with(with).error().message.find("key"), std::string::npos);
}

TEST_F(Secure, TakesANewAuthorityFromItsFile) {
  const Folder folder;
  FakeServer server(
      [](const SeenRequest& request, Wire& wire) {
        const bool is_good = request.headers.at("authorization") == "Bearer new";
        wire.answer(is_good ? 200 : 401, "{}", is_good ? "" : "Connection: close\r\n");
      },
      {.certificate = &by_address});
  ClusterAccess with{
      .url = {.host = "127.0.0.1", .port = server.port()},
      .authority = {.file = folder.write("ca.crt", tls::pem_of(authority.certificate.get()))},
      .user = {.token_file = folder.write("token", "old\n")}};
  connect(with);
  EXPECT_EQ(call(get("/a")).error().failure, Failure::Unauthorized);

  folder.write("ca.crt", tls::pem_of(other_authority.certificate.get()));
  folder.write("token", "new\n");
  run_until([&] { return call(get("/a")).error().failure == Failure::Unreachable; });
  EXPECT_NE(call(get("/a")).error().message.find("certificate"), std::string::npos);
}

}  // namespace
}  // namespace paddock::kube
