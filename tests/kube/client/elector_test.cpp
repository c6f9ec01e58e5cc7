// SPDX-License-Identifier: Apache-2.0
//
// A Lease on the wire: two electors on one server, and discovery.
#include "kube/elector.h"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "driver.h"
#include "fake_server.h"
#include "kube_client/clock_loop.h"

namespace paddock::kube {
namespace {

/// A server that has one Lease, with compare-and-swap.
struct LeaseServer {
  void operator()(const SeenRequest& request, Wire& wire) {
    const std::lock_guard lock(mutex);
    if (request.method == "GET")
      return stored.empty() ? wire.answer(404, "") : wire.answer(200, stored);
    json::value object = *parse_json(request.body);
    const bool is_current =
        resource_version_of(object) == (version == 0 ? "" : std::to_string(version));
    if (!is_current) return wire.answer(409, R"({"kind":"Status","reason":"Conflict"})");
    object.at("metadata").as_object()["resourceVersion"] = std::to_string(++version);
    stored = json::serialize(object);
    wire.answer(200, stored);
  }
  std::mutex mutex;
  std::string stored;
  int version = 0;
};

TEST(Electors, HandALeaseOver) {
  LeaseServer leases;
  FakeServer server([&](const SeenRequest& request, Wire& wire) { leases(request, wire); });
  Driver driver;
  Client& client = driver.connect(server.port());
  ClockLoop loop(driver.io);
  const ObjectKey key{"ns", "operator"};
  std::vector<std::string> won;
  const auto elector_of = [&](const std::string& name) {
    return std::make_unique<Elector>(
        client,
        loop,
        key,
        ElectionOptions{.identity = name, .duration = seconds(15), .retry = milliseconds(20)},
        1,
        ElectorHandlers{.on_won = [&won, name] {
          won.push_back(name);
        }});
  };
  const auto a = elector_of("a");
  a->start();
  driver.run_until([&] { return won.size() == 1; });
  const auto b = elector_of("b");
  b->start();
  driver.run_until([&] { return b->holder() == "a"; });
  EXPECT_TRUE(a->holds());
  EXPECT_FALSE(b->holds());

  bool is_released = false;
  a->release([&] { is_released = true; });
  driver.run_until([&] { return won.size() == 2; });

  EXPECT_TRUE(is_released);
  EXPECT_EQ(won, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(a->holds());
  EXPECT_TRUE(b->holds());
}

}  // namespace
}  // namespace paddock::kube
