// SPDX-License-Identifier: Apache-2.0
//
// Servers' links that speak TLS: the same order and bulk as without, and who gets none.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "certificates/certificates.h"
#include "peer_servers.h"
#include "tls/either_stream.h"
#include "tls/tls_stream.h"

namespace paddock::runtime {
namespace {

using ContextPtr = std::shared_ptr<const tls::Context>;

class SecureLinks : public ::testing::Test {
 protected:
  [[nodiscard]] ContextPtr context(const std::string& host, const tls::Issued& ca) const {
    const tls::Issued one = tls::issue({.name = "server", .host = host}, &ca);
    auto made =
        tls::Context::create(config::quorum_tls_defaults(),
                             {.key_store = key_store_of(one), .trust_store = trust_store_of(ca_)});
    PADDOCK_ASSERT(made.has_value());
    return *made;
  }
  [[nodiscard]] PeerLinksOptions speaking(ContextPtr context, bool dials_tls = true) const {
    PeerLinksOptions options = quick_options();
    options.checks_hosts = true;
    options.make_stream = [context, dials_tls](net::Fd socket,
                                               net::Side side,
                                               const std::string& host) -> net::StreamPtr {
      if (side == net::Side::Accepted) {
        return std::make_unique<tls::EitherStream>(context, std::move(socket));
      }
      if (!dials_tls) return std::make_unique<net::TcpStream>(std::move(socket));
      return std::make_unique<tls::TlsStream>(*context, std::move(socket), side, host);
    };
    return options;
  }

  const tls::Issued ca_ = tls::issue({.name = "ca", .is_ca = true});
  const tls::Issued other_ca_ = tls::issue({.name = "other ca", .is_ca = true});
  const ContextPtr here_ = context("IP:127.0.0.1", ca_);
};

TEST_F(SecureLinks, DeliverInOrderAndInBulk) {
  static constexpr std::uint64_t kMessages = 5000;
  Ensemble ensemble(3, speaking(here_));
  ensemble.wait_all_up();
  auto batch = std::make_shared<zab::EntryBatch>();
  for (std::uint32_t i = 1; i <= 100; ++i) {
    batch->add(Zxid::of(1, i), std::string(50000, 'x'));
  }
  ensemble.for_pairs([&](Server& from, Server& to) {
    from.send_numbers(to.id(), kMessages);
    from.in([&](PeerLinks& links) {
      links.send(to.id(),
                 zab::Message(zab::Append{
                     .epoch = 1, .previous = {}, .batch = batch, .committed = {}, .beat = 0}));
    });
  });
  ensemble.for_pairs([](Server& to, Server& from) {
    to.wait_received(from.id(), kMessages + 1);
    EXPECT_EQ(to.seen(from.id()).last_number, kMessages);
    EXPECT_EQ(to.seen(from.id()).payload_bytes, 5000000U);
    EXPECT_EQ(to.seen(from.id()).ups, 1);
  });
}

TEST_F(SecureLinks, StandBetweenThoseWhoDialWithAndWithoutTls) {
  Server old(member(1), speaking(here_, false));
  Server next(member(2), speaking(here_, true));
  const Peers peers{{ServerId{1}, at_ports(old.port(), old.port())},
                    {ServerId{2}, at_ports(next.port(), next.port())}};
  for (Server* const dialer : {&old, &next}) {
    dialer->set_peers(peers);
    old.wait_up(ServerId{2});
    next.wait_up(ServerId{1});
    dialer->drop(dialer == &old ? ServerId{2} : ServerId{1});
  }
}

/// Whether `newcomer`, which says that it is server 2, is kept out by server 1, which knows it.
bool is_kept_out(const PeerLinksOptions& of_member, const PeerLinksOptions& of_newcomer) {
  Server knows(member(1), of_member);
  Server newcomer(member(2), of_newcomer);
  knows.set_peers({{ServerId{2}, at_ports(newcomer.port(), newcomer.port())}});
  newcomer.set_peers({{ServerId{1}, at_ports(knows.port(), knows.port())}});
  const bool both_failed =
      eventually([&] { return knows.stats_of(ServerId{2}).dial_failures >= 2; }) &&
      eventually([&] { return newcomer.stats_of(ServerId{1}).dial_failures >= 2; });
  return both_failed && knows.seen(ServerId{2}).ups == 0 && newcomer.seen(ServerId{1}).ups == 0;
}

TEST_F(SecureLinks, AMemberProvesItsHost) {
  EXPECT_TRUE(is_kept_out(speaking(here_), speaking(context("IP:127.0.0.2", ca_))));
}

TEST_F(SecureLinks, AMemberIsOfTheAuthority) {
  EXPECT_TRUE(is_kept_out(speaking(here_), speaking(context("IP:127.0.0.1", other_ca_))));
}

}  // namespace
}  // namespace paddock::runtime
