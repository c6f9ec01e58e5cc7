// SPDX-License-Identifier: Apache-2.0
//
// Servers' links over real sockets of this machine: order, broken links, silence, peers that do not
// read, joiners, refusals and strangers.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/prng.h"
#include "net/socket.h"
#include "peer_servers.h"

namespace paddock::runtime {
namespace {

TEST(PeerLinks, DeliverInOrderBetweenAllServers) {
  static constexpr std::uint64_t kMessages = 10000;
  Ensemble ensemble(3);
  ensemble.wait_all_up();
  for (std::uint64_t sent = 0; sent < kMessages; sent += 500) {
    ensemble.for_pairs([](Server& from, Server& to) { from.send_numbers(to.id(), 500); });
  }
  ensemble.for_pairs([](Server& to, Server& from) {
    to.wait_received(from.id(), kMessages);
    EXPECT_EQ(to.seen(from.id()).last_number, kMessages);
    EXPECT_EQ(to.seen(from.id()).ups, 1);
    const PeerLinkStats stats = to.stats_of(from.id());
    EXPECT_TRUE(stats.is_up);
    EXPECT_GE(stats.traffic.frames_in, kMessages);
    EXPECT_GE(stats.traffic.frames_out, kMessages);
    EXPECT_GT(stats.traffic.bytes_in, stats.traffic.frames_in);
  });
}

TEST(PeerLinks, TellWhoIsThere) {
  Ensemble ensemble(2);
  ensemble.wait_all_up();
  const PeerInfo of_dialer = ensemble.servers[0]->seen(ServerId{2}).info;
  EXPECT_EQ(of_dialer.side, net::Side::Accepted);
  EXPECT_EQ(of_dialer.hello.disk_id, "disk2");
  EXPECT_EQ(of_dialer.hello.to, ServerId{1});
  EXPECT_TRUE(of_dialer.hello.is_member);
  const PeerInfo of_dialed = ensemble.servers[1]->seen(ServerId{1}).info;
  EXPECT_EQ(of_dialed.side, net::Side::Dialed);
  EXPECT_EQ(of_dialed.hello.incarnation, 1001U);
  EXPECT_EQ(of_dialed.address.substr(0, 10), "127.0.0.1:");
}

TEST(PeerLinks, CarryBulkThatIsShared) {
  Ensemble ensemble(3);
  ensemble.wait_all_up();
  auto batch = std::make_shared<zab::EntryBatch>();
  for (int i = 1; i <= 100; ++i)
    batch->add(Zxid::of(1, static_cast<std::uint32_t>(i)), std::string(50000, 'x'));
  const zab::SharedBatch shared = batch;
  ensemble.servers[0]->in([&](PeerLinks& links) {
    for (int i = 0; i < 8; ++i) {
      for (const int to : {2, 3}) {
        links.send(ServerId{to},
                   zab::Message(zab::Append{
                       .epoch = 1, .previous = {}, .batch = shared, .committed = {}, .beat = 0}));
      }
    }
  });
  for (const std::size_t to : {1U, 2U}) {
    ensemble.servers[to]->wait_received(ServerId{1}, 8);
    EXPECT_EQ(ensemble.servers[to]->seen(ServerId{1}).payload_bytes, 8U * 5000000U);
  }
}

TEST(PeerLinks, ComeBackWhenSocketsBreak) {
  Ensemble ensemble(3);
  ensemble.wait_all_up();
  Prng prng(1);
  for (int round = 0; round < 30; ++round) {
    if (round % 3 == 0) ensemble.wait_all_up();
    ensemble.for_pairs([](Server& from, Server& to) { from.send_numbers(to.id(), 200); });
    Server& broken = *ensemble.servers[prng.below(3)];
    if (prng.chance(1, 2)) {
      broken.break_all_sockets();
    } else {
      broken.drop(ServerId{1 + static_cast<std::int32_t>(prng.below(3))});
    }
  }
  // A link may stand at one end only for a moment: numbers are sent until they arrive.
  ensemble.for_pairs([](Server& from, Server& to) {
    const std::uint64_t before = to.seen(from.id()).received;
    for (int i = 0; i < 10000 && to.seen(from.id()).received == before; ++i) {
      from.wait_up(to.id());
      from.send_numbers(to.id(), 1);
    }
    EXPECT_GT(to.seen(from.id()).received, before);
  });
  EXPECT_GT(
      ensemble.servers[0]->seen(ServerId{2}).downs + ensemble.servers[0]->seen(ServerId{3}).downs,
      0);
}

TEST(PeerLinks, AServerThatDoesNotReadIsClosedAndHoldsUpNobody) {
  PeerLinksOptions options = quick_options();
  options.queue_bytes_max = std::size_t{1} << 20U;
  options.times.silence_max = seconds(3600);
  Ensemble ensemble(3, options);
  ensemble.wait_all_up();
  Server& from = *ensemble.servers[0];
  Server& reader = *ensemble.servers[1];
  Server& deaf = *ensemble.servers[2];
  // As many as in flight as a reader takes, however much the deaf one has left lying.
  deaf.faults.is_deaf = true;
  auto batch = std::make_shared<zab::EntryBatch>();
  batch->add(Zxid{1}, std::string(100000, 'x'));
  std::uint64_t sent = 0;
  while (from.seen(deaf.id()).downs == 0) {
    from.in([&](PeerLinks& links) {
      for (const ServerId to : {reader.id(), deaf.id()}) {
        links.send(to,
                   zab::Message(zab::Append{
                       .epoch = 1, .previous = {}, .batch = batch, .committed = {}, .beat = 0}));
      }
    });
    ++sent;
    reader.wait_received(from.id(), sent);
    ASSERT_LT(sent, 2000U);
  }
  EXPECT_EQ(from.stats_of(deaf.id()).overflows, 1U);
  EXPECT_EQ(from.seen(reader.id()).downs, 0);

  deaf.faults.is_deaf = false;
  deaf.break_all_sockets();
  from.wait_up(deaf.id());
}

TEST(PeerLinks, ASilentServerIsGivenUp) {
  PeerLinksOptions options = quick_options();
  options.times.silence_max = milliseconds(500);
  Ensemble ensemble(2, options);
  ensemble.wait_all_up();
  ensemble.servers[0]->faults.is_mute = true;
  Server& other = *ensemble.servers[1];
  EXPECT_TRUE(eventually([&] { return other.seen(ServerId{1}).downs > 0; }));
  ensemble.servers[0]->faults.is_mute = false;
  other.wait_up(ServerId{1});
}

TEST(PeerLinks, StandThroughIdleTimesByPings) {
  PeerLinksOptions options = quick_options();
  options.times.heartbeat = milliseconds(5);
  Ensemble ensemble(2, options);
  ensemble.wait_all_up();
  Server& one = *ensemble.servers[0];
  EXPECT_TRUE(eventually([&] { return one.stats_of(ServerId{2}).traffic.frames_in >= 20; }));
  EXPECT_EQ(one.seen(ServerId{2}).downs, 0);
  EXPECT_EQ(one.seen(ServerId{2}).received, 0U);
}

TEST(PeerLinks, AJoinerDialsThoseWhoDoNotKnowIt) {
  Server old(member(5));
  wire::Hello hello = member(2);
  hello.is_member = false;
  hello.ensemble_id.clear();
  Server joiner(hello);
  joiner.set_peers({{ServerId{5}, at_ports(old.port(), old.port())}});
  old.wait_up(ServerId{2});
  joiner.wait_up(ServerId{5});
  EXPECT_FALSE(old.seen(ServerId{2}).info.hello.is_member);
}

TEST(PeerLinks, ASmallerServerThatIsNotDialedDialsInTheEnd) {
  Server large(member(5));
  Server small(member(2));
  small.set_peers({{ServerId{5}, at_ports(large.port(), large.port())}});
  small.wait_up(ServerId{5});
  large.wait_up(ServerId{2});
}

TEST(PeerLinks, CrossingDialsLeaveOneLinkThatStands) {
  wire::Hello one = member(1);
  wire::Hello two = member(2);
  one.is_member = two.is_member = false;  // both dial
  Server a(one);
  Server b(two);
  const Peers peers{{ServerId{1}, at_ports(a.port(), a.port())},
                    {ServerId{2}, at_ports(b.port(), b.port())}};
  a.set_peers(peers);
  b.set_peers(peers);
  for (int round = 0; round < 50; ++round) {
    a.wait_up(ServerId{2});
    b.wait_up(ServerId{1});
    (round % 2 == 0 ? a : b).break_all_sockets();
  }
  // The last break may be on its way still; then there is peace.
  const std::uint64_t before = a.seen(ServerId{2}).received;
  for (int i = 0; i < 10000 && a.seen(ServerId{2}).received == before; ++i) {
    b.wait_up(ServerId{1});
    b.send_numbers(ServerId{1}, 1);
  }
  EXPECT_GT(a.seen(ServerId{2}).received, before);
}

TEST(PeerLinks, TheSecondAddressIsTriedWhenTheFirstFails) {
  Server one(member(1));
  Server two(member(2));
  net::Fd unused(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(unused.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::uint16_t closed = net::local_port(unused);
  two.set_peers(
      {{ServerId{1}, {{"127.0.0.1", closed, closed}, {"localhost", closed, one.port()}}}});
  two.wait_up(ServerId{1});
  EXPECT_GE(two.stats_of(ServerId{1}).dial_failures, 2U);
}

TEST(PeerLinks, ListenOnceThePortIsFree) {
  auto taken = net::listen_tcp("127.0.0.1", 0, {});
  ASSERT_TRUE(taken.has_value());
  PeerLinksOptions options = quick_options();
  options.listen = {{"127.0.0.1", net::local_port(*taken)}, {"localhost", 0}};
  Server one(member(1), options);
  const auto ports = [&] {
    return one.in([](const PeerLinks& links) { return links.ports(); });
  };
  EXPECT_TRUE(eventually([&] { return ports().back() != 0; }));
  EXPECT_EQ(ports().front(), 0);

  taken->reset();
  EXPECT_NE(one.port(), 0);
}

/// Whether `dialer` is refused by whoever it takes for `peer`, and tries again.
bool is_refused(Server& dialer, ServerId peer) {
  return eventually([&] { return dialer.stats_of(peer).refusals_received >= 2; }) &&
         dialer.seen(peer).ups == 0 && dialer.stats_of(peer).dials >= 2;
}

TEST(PeerLinks, OtherEnsemblesAreRefused) {
  Server one(member(1));
  wire::Hello hello = member(2);
  hello.ensemble_id = "another";
  Server two(hello);
  two.set_peers({{ServerId{1}, at_ports(one.port(), one.port())}});
  EXPECT_TRUE(is_refused(two, ServerId{1}));
  EXPECT_EQ(one.seen(ServerId{2}).ups, 0);
}

TEST(PeerLinks, AnotherServerThanWasMeantRefuses) {
  Server one(member(1));
  Server two(member(2));
  two.set_peers({{ServerId{7}, at_ports(one.port(), one.port())}});
  EXPECT_TRUE(is_refused(two, ServerId{7}));
  EXPECT_EQ(one.seen(ServerId{2}).ups, 0);
}

TEST(PeerLinks, ASecondDiskWithTheSameIdIsRefusedAsLongAsTheFirstIsThere) {
  Server one(member(1));
  const Peers peers{{ServerId{1}, at_ports(one.port(), one.port())}};
  auto two = std::make_unique<Server>(member(2));
  two->set_peers(peers);
  one.wait_up(ServerId{2});

  wire::Hello twin = member(2);
  twin.disk_id = "another";
  twin.incarnation = 77;
  Server other(twin);
  other.set_peers(peers);
  EXPECT_TRUE(is_refused(other, ServerId{1}));
  EXPECT_EQ(one.seen(ServerId{2}).info.hello.disk_id, "disk2");
  EXPECT_EQ(one.seen(ServerId{2}).downs, 0);

  two.reset();
  other.wait_up(ServerId{1});
  EXPECT_TRUE(eventually([&] { return one.seen(ServerId{2}).info.hello.disk_id == "another"; }));
}

net::Fd stranger(std::uint16_t port) {
  net::Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return socket;
}

TEST(PeerLinks, StrangersAreClosedAndDisturbNobody) {
  Ensemble ensemble(2);
  ensemble.wait_all_up();
  Server& one = *ensemble.servers[0];
  std::vector<net::Fd> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(stranger(one.port()));
  for (const std::string text :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\xff\xff\xff\xff\xff\xff....."}) {
    const net::Fd socket = stranger(one.port());
    ASSERT_GT(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL), 0);
    std::array<char, 16> bytes{};
    EXPECT_LE(::recv(socket.get(), bytes.data(), bytes.size(), 0), 0);
  }
  // More wait than may: the oldest have been closed.
  std::array<char, 16> bytes{};
  EXPECT_LE(::recv(silent.front().get(), bytes.data(), bytes.size(), 0), 0);

  one.send_numbers(ServerId{2}, 10);
  ensemble.servers[1]->wait_received(ServerId{1}, 10);
  EXPECT_EQ(one.seen(ServerId{2}).downs, 0);
}

}  // namespace
}  // namespace paddock::runtime
