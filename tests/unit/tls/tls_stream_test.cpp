// SPDX-License-Identifier: Apache-2.0
#include "tls/tls_stream.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/epoll.h>

#include "ends.h"

namespace paddock::tls {
namespace {

using config::ClientAuth;
using config::TlsConfig;
using net::Side;
using ContextPtr = std::shared_ptr<const Context>;
using SessionPtr = std::unique_ptr<SSL_SESSION, FreeWith<&SSL_SESSION_free>>;

class Streams : public ::testing::Test {
 protected:
  const Issued ca_ = issue({.name = "ca", .is_ca = true});
  const Issued other_ca_ = issue({.name = "other ca", .is_ca = true});
  const Issued server_ = issue({.name = "server", .host = "DNS:zk.example,IP:192.0.2.1"}, &ca_);
  const Issued alice_ = issue({.name = "alice", .serial = 7}, &ca_);

  [[nodiscard]] ContextPtr context(const Issued& one, const TlsConfig& config = {}) const {
    return context_of({key_store_of(one), trust_store_of(ca_)}, config);
  }
  [[nodiscard]] static ContextPtr context_of(const Files& files, const TlsConfig& config) {
    auto made = Context::create(config, files);
    EXPECT_TRUE(made) << made.error().message;
    return made.value_or(nullptr);
  }
  /// What became of a connection to a server that asks for certificates as `wanted`.
  struct Outcome {
    bool is_ready = false;
    std::string subject;
    std::string failure;
  };
  [[nodiscard]] Outcome try_in(const ContextPtr& server, const RawOptions& options) const {
    auto [near, far] = make_sockets();
    StreamEnd end(*server, std::move(near), Side::Accepted);
    RawClient client(std::move(far), options);
    pump(client, end);
    return {end.stream->is_ready(), end.stream->peer_subject(), end.stream->failure()};
  }
  [[nodiscard]] Outcome try_in(ClientAuth wanted, const Issued* identity) const {
    return try_in(context(server_, {.client_auth = wanted}), {.identity = identity});
  }
};

class StreamsOfBothProtocols : public Streams, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Tls, StreamsOfBothProtocols, ::testing::Values("TLSv1.2", "TLSv1.3"));

TEST_P(StreamsOfBothProtocols, TalkInBothDirections) {
  const TlsConfig config{.enabled_protocols = {GetParam()}};
  const ContextPtr of_server = context(server_, config);
  const ContextPtr of_client = context(alice_, config);
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  StreamEnd client(*of_client, std::move(far), Side::Dialed, "zk.example");
  client.to_send = "question";
  server.to_send = "answer";
  pump(client, server);
  EXPECT_EQ(server.received, "question");
  EXPECT_EQ(client.received, "answer");
  EXPECT_EQ(server.stream->peer_subject(), "CN=alice");
  EXPECT_EQ(client.stream->peer_subject(), "CN=server");
  EXPECT_EQ(server.stream->interest(false), EPOLLIN);
}

TEST_P(StreamsOfBothProtocols, ComeBackWithoutAnotherHandshake) {
  const ContextPtr of_server = context(server_, {.enabled_protocols = {GetParam()}});
  SessionPtr kept;
  for (const bool is_second : {false, true}) {
    auto [near, far] = make_sockets();
    StreamEnd server(*of_server, std::move(near), Side::Accepted);
    RawClient client(std::move(far), {.identity = &alice_, .resumes = kept.get()});
    server.to_send = "hello";  // a ticket of TLS 1.3 comes with what is read
    pump(client, server);
    EXPECT_EQ(client.received, "hello");
    EXPECT_EQ(SSL_session_reused(client.session()), is_second ? 1 : 0);
    EXPECT_EQ(server.stream->peer_subject(), "CN=alice");
    kept.reset(SSL_get1_session(client.session()));
    // OpenSSL resumes no session of a connection that has not ended properly.
    SSL_set_shutdown(client.session(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
}

TEST_P(StreamsOfBothProtocols, SendALotInSmallPieces) {
  const TlsConfig config{.enabled_protocols = {GetParam()}};
  const ContextPtr of_server = context(server_, config);
  const ContextPtr of_client = context(alice_, config);
  auto [near, far] = make_sockets(4096);
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  StreamEnd client(*of_client, std::move(far), Side::Dialed, "zk.example");
  std::string all;
  for (int i = 0; all.size() < 300000; ++i) all += std::to_string(i);
  client.to_send = all;
  server.to_send = all;
  client.part_bytes = 7001;
  server.part_bytes = all.size();
  client.room = 1000;
  server.room = 65536;
  pump(client, server);
  EXPECT_TRUE(server.received == all);
  EXPECT_TRUE(client.received == all);
}

TEST_F(Streams, CertificatesAreNeededByDefault) {
  EXPECT_TRUE(try_in(ClientAuth::Need, &alice_).is_ready);
  const Outcome without = try_in(ClientAuth::Need, nullptr);
  EXPECT_FALSE(without.is_ready);
  EXPECT_EQ(without.failure, "peer did not return a certificate");
}

TEST_F(Streams, CertificatesThatAreWantedMayBeLeftOut) {
  EXPECT_EQ(try_in(ClientAuth::Want, &alice_).subject, "CN=alice");
  const Outcome without = try_in(ClientAuth::Want, nullptr);
  EXPECT_TRUE(without.is_ready);
  EXPECT_EQ(without.subject, "");
}

TEST_F(Streams, CertificatesThatNobodyAskedForSayNothing) {
  const Outcome with = try_in(ClientAuth::None, &alice_);
  EXPECT_TRUE(with.is_ready);
  EXPECT_EQ(with.subject, "");
}

TEST_F(Streams, CertificatesThatAreNoGoodAreRefused) {
  const Issued stranger = issue({.name = "mallory"}, &other_ca_);
  const Issued old = issue({.name = "old", .not_after = "20010101000000Z"}, &ca_);
  const Issued early = issue({.name = "early", .not_before = "29980101000000Z"}, &ca_);
  const Issued own = issue({.name = "own"});
  for (const ClientAuth wanted : {ClientAuth::Need, ClientAuth::Want}) {
    for (const auto& [identity, reason] :
         {std::pair(&stranger, "unable to get local issuer certificate"),
          std::pair(&old, "certificate has expired"),
          std::pair(&early, "certificate is not yet valid"),
          std::pair(&own, "self-signed certificate")}) {
      const Outcome outcome = try_in(wanted, identity);
      EXPECT_FALSE(outcome.is_ready) << reason;
      EXPECT_EQ(outcome.failure, std::string("certificate verify failed: ") + reason);
    }
  }
}

TEST_F(Streams, CertificatesThatAreRevokedAreRefused) {
  const Issued bob = issue({.name = "bob", .serial = 8}, &ca_);
  StoreFile trust = trust_store_of(ca_);
  const std::array<long, 1> serials{8};
  trust.bytes += pem_of(revoke(ca_, serials).get());
  const ContextPtr server = context_of({key_store_of(server_), trust}, {.crl = true});
  EXPECT_TRUE(try_in(server, {.identity = &alice_}).is_ready);
  EXPECT_EQ(try_in(server, {.identity = &bob}).failure,
            "certificate verify failed: certificate revoked");
  // Nor is anybody let in of whom no list could tell.
  const Issued carol = issue({.name = "carol"}, &other_ca_);
  trust.bytes += pem_of(other_ca_.certificate.get());
  EXPECT_EQ(try_in(context_of({key_store_of(server_), trust}, {.crl = true}), {.identity = &carol})
                .failure,
            "certificate verify failed: unable to get certificate CRL");
}

TEST_F(Streams, WhoIsDialedMustBeWhoWasMeant) {
  const Issued impostor = issue({.name = "server", .host = "DNS:zk.example"}, &other_ca_);
  struct Case {
    const Issued* server;
    const char* host;
    const char* reason;  // empty: it works
  };
  for (const Case& one :
       {Case{&server_, "zk.example", ""},
        Case{&server_, "192.0.2.1", ""},
        Case{&server_, "other.example", "hostname mismatch"},
        Case{&server_, "192.0.2.2", "IP address mismatch"},
        Case{&impostor, "zk.example", "unable to get local issuer certificate"}}) {
    const ContextPtr of_server = context(*one.server, {.client_auth = ClientAuth::None});
    const ContextPtr of_client = context(alice_);
    auto [near, far] = make_sockets();
    StreamEnd server(*of_server, std::move(near), Side::Accepted);
    StreamEnd client(*of_client, std::move(far), Side::Dialed, one.host);
    pump(client, server);
    const std::string reason = one.reason;
    EXPECT_EQ(client.stream->is_ready(), reason.empty()) << one.host;
    EXPECT_EQ(client.stream->failure(),
              reason.empty() ? "" : "certificate verify failed: " + reason);
  }
}

TEST_F(Streams, ACommonNameIsNoHost) {
  const Issued nameless = issue({.name = "zk.example"}, &ca_);
  const ContextPtr of_server = context(nameless, {.client_auth = ClientAuth::None});
  const ContextPtr of_client = context(alice_);
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  StreamEnd client(*of_client, std::move(far), Side::Dialed, "zk.example");
  pump(client, server);
  EXPECT_EQ(client.stream->failure(), "certificate verify failed: hostname mismatch");
}

TEST_F(Streams, ProveWhichHostsTheyAre) {
  const ContextPtr of_server = context(server_, {.client_auth = ClientAuth::None});
  const ContextPtr of_client = context(alice_);
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  StreamEnd client(*of_client, std::move(far), Side::Dialed, "zk.example");
  EXPECT_EQ(client.stream->proof_of("zk.example"), net::Proof::Nothing);
  pump(client, server);
  EXPECT_EQ(client.stream->proof_of("zk.example"), net::Proof::Host);
  EXPECT_EQ(client.stream->proof_of("192.0.2.1"), net::Proof::Host);
  EXPECT_EQ(client.stream->proof_of("server"), net::Proof::AnotherHost);
  EXPECT_EQ(client.stream->proof_of("192.0.2.2"), net::Proof::AnotherHost);
  EXPECT_EQ(client.stream->proof_of(""), net::Proof::AnotherHost);
  EXPECT_EQ(server.stream->proof_of("zk.example"), net::Proof::Nothing);
}

TEST_F(Streams, TellTheOtherSidesNames) {
  const Issued alice =
      issue({.name = "alice",
             .host = "URI:spiffe://example/"
                     "alice,DNS:a.example,email:a@example,IP:192.0.2.7,IP:::1,RID:1.2.3"},
            &ca_);
  const ContextPtr of_server = context(server_);
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  RawClient client(std::move(far), {.identity = &alice});
  EXPECT_TRUE(server.stream->peer_names().empty());
  pump(client, server);
  EXPECT_EQ(server.stream->peer_names(),
            (std::vector<std::string>{"URI:spiffe://example/alice",
                                      "DNS:a.example",
                                      "email:a@example",
                                      "IP:192.0.2.7",
                                      "IP:::1"}));
}

TEST_P(StreamsOfBothProtocols, TellWhoIsRefusedWhy) {
  const Issued mallory = issue({.name = "mallory"}, &other_ca_);
  const ContextPtr of_server = context(server_, {.enabled_protocols = {GetParam()}});
  const ContextPtr of_client = context(mallory);
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  StreamEnd client(*of_client, std::move(far), Side::Dialed, "zk.example");
  pump(client, server);
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(client.stream->failure(), "tlsv1 alert unknown ca");
}

TEST_F(Streams, PeersThatSpeakPlainlyAreClosed) {
  const ContextPtr of_server = context(server_);
  for (const std::string& text :
       {std::string(45, '\0'), std::string("GET / HTTP/1.1\r\n\r\n"), std::string("ruok\r\n")}) {
    auto [near, far] = make_sockets();
    StreamEnd server(*of_server, std::move(near), Side::Accepted);
    ASSERT_EQ(net::send(far, text).count, text.size());
    server.step();
    EXPECT_TRUE(server.closed);
    EXPECT_NE(server.stream->failure(), "");
    EXPECT_EQ(server.stream->peer_subject(), "");
  }
}

TEST_F(Streams, WaitForAnAnswerWithoutWatchingForRoom) {
  const ContextPtr of_client = context(alice_);
  auto [near, far] = make_sockets();
  TlsStream client(*of_client, std::move(far), Side::Dialed, "zk.example");
  EXPECT_EQ(client.interest(false), EPOLLIN | EPOLLOUT);
  char byte = 'x';
  const iovec part{&byte, 1};
  EXPECT_EQ(client.send({&part, 1}).state, net::IoState::WouldBlock);
  EXPECT_EQ(client.interest(true), EPOLLIN);
}

TEST_F(Streams, EndBehindWhatWasSent) {
  const ContextPtr of_server = context(server_, {.client_auth = ClientAuth::None});
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  RawClient client(std::move(far), {});
  pump(client, server);
  server.to_send = "last words";
  server.step();
  server.stream->finish();
  client.step();
  EXPECT_EQ(client.received, "last words");
  EXPECT_EQ(SSL_get_shutdown(client.session()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

/// The socket is readable no more, and still the owner learns that this was all.
TEST_F(Streams, AreReadToTheirEnd) {
  const ContextPtr of_server = context(server_, {.client_auth = ClientAuth::None});
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  RawClient client(std::move(far), {});
  pump(client, server);
  client.to_send = "last words";
  client.step();
  SSL_shutdown(client.session());
  client.step();
  server.step();
  EXPECT_EQ(server.received, "last words");
  EXPECT_TRUE(server.closed);
  EXPECT_EQ(server.stream->failure(), "");
}

/// A signal would end this program.
TEST_F(Streams, OfPeersThatAreGoneAreClosed) {
  const ContextPtr of_server = context(server_, {.client_auth = ClientAuth::None});
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  {
    RawClient client(std::move(far), {});
    pump(client, server);
    ASSERT_TRUE(server.stream->is_ready());
  }
  char byte = 'x';
  const iovec part{&byte, 1};
  EXPECT_EQ(server.stream->send({&part, 1}).state, net::IoState::Closed);
  EXPECT_EQ(server.stream->receive(&byte, 1).state, net::IoState::Closed);
}

TEST_F(Streams, AreNeverNegotiatedAnew) {
  const ContextPtr of_server = context(server_, {.client_auth = ClientAuth::None});
  auto [near, far] = make_sockets();
  StreamEnd server(*of_server, std::move(near), Side::Accepted);
  RawClient client(std::move(far), {.version_max = TLS1_2_VERSION});
  client.to_send = "one";
  pump(client, server);
  EXPECT_EQ(server.received, "one");
  ASSERT_EQ(SSL_renegotiate(client.session()), 1);
  SSL_do_handshake(client.session());
  client.to_send = "two";
  pump(client, server);
  EXPECT_EQ(server.received, "one");
  EXPECT_FALSE(client.is_ready());
}

TEST_F(Streams, TellBySignerAndTrustWhichAuthorityIsInForce) {
  const ContextPtr signed_by_ca = context(server_, {.client_auth = ClientAuth::Need});
  ASSERT_EQ(signed_by_ca->trusted_key_ids().size(), 1U);
  EXPECT_EQ(signed_by_ca->trusted_key_ids().front().size(), 40U) << "a SHA-1 sum";
  EXPECT_EQ(signed_by_ca->authority_key_id(), signed_by_ca->trusted_key_ids().front());
}

TEST_F(Streams, KeepTheirContextWhenANewOneReplacesIt) {
  ContextPtr in_force = context(server_, {.client_auth = ClientAuth::None});
  auto [near, far] = make_sockets();
  StreamEnd server(*in_force, std::move(near), Side::Accepted);
  RawClient client(std::move(far), {});
  in_force = context(issue({.name = "next", .serial = 300}, &ca_));
  EXPECT_EQ(in_force->serial(), "012C");
  EXPECT_EQ(in_force->ends(), (WallTime{32'503'679'999'000})) << "the last second of 2999";
  client.to_send = "question";
  pump(client, server);
  EXPECT_EQ(server.received, "question");
}

std::string refusal(const Files& files, const TlsConfig& config) {
  const auto made = Context::create(config, files);
  return made ? "no error" : made.error().message;
}

TEST_F(Streams, NeedAKeyAndSomebodyToTrust) {
  EXPECT_EQ(refusal({}, {}), "there is no key store; set its location");
  EXPECT_EQ(refusal({key_store_of(server_), {}}, {}),
            "clients' certificates are to be checked, and no trust store says against what: set "
            "its location, or ask for no certificates");
  EXPECT_EQ(refusal({key_store_of(server_), {}}, {.client_auth = ClientAuth::None}), "no error");
  EXPECT_EQ(refusal({key_store_of(server_), trust_store_of(ca_)}, {.crl = true}),
            "ca.pem: revocation lists are to be consulted, and there is none in it; add them in "
            "PEM form");
}

TEST_F(Streams, OfClientsNeedNoKeyAndTrustTheSystemAtLeast) {
  const auto trusting =
      Context::create_for_client({}, {.key_store = {}, .trust_store = trust_store_of(ca_)});
  const auto by_system = Context::create_for_client({}, {});
  ASSERT_TRUE(trusting && by_system);
  for (const auto& [client_context, is_trusted] :
       {std::pair(*trusting, true), {*by_system, false}}) {
    auto [near, far] = make_sockets();
    StreamEnd server(
        *context(server_, {.client_auth = ClientAuth::None}), std::move(near), Side::Accepted);
    StreamEnd client(*client_context, std::move(far), Side::Dialed, "zk.example");
    client.to_send = "question";
    pump(client, server);
    EXPECT_EQ(server.received, is_trusted ? "question" : "");
  }
}

}  // namespace
}  // namespace paddock::tls
