// SPDX-License-Identifier: Apache-2.0
//
// Random requests against two servers: one applies each transaction before it judges the next
// request, the other keeps up to many of them outstanding. Both must say the same and end with the
// same tree.
#include <gtest/gtest.h>

#include "base/prng.h"
#include "world.h"

namespace paddock::request {
namespace {

using enum jute::Opcode;
using jute::CreateMode;

constexpr std::size_t kOutstandingMax = 40;
constexpr int kSteps = 3000;

/// Requests over few paths, so that they meet often; wrong in every way now and then.
class RequestSource {
 public:
  explicit RequestSource(std::uint64_t seed) : prng_(seed) {}

  SubRequest next() {
    if (prng_.chance(1, 6)) return {Multi, multi(operations())};
    if (prng_.chance(1, 15)) return {SetAcl, set_acl(path(), acl(), version())};
    SubRequest request = operation();
    while (request.opcode == Check) request = operation();
    return request;
  }

  std::uint64_t below(std::uint64_t bound) { return prng_.below(bound); }

 private:
  std::vector<SubRequest> operations() {
    std::vector<SubRequest> list(prng_.below(6));
    for (SubRequest& request : list) request = operation();
    return list;
  }

  SubRequest operation() {
    switch (prng_.below(8)) {
      case 0:
        return {Create2, create(path(), data(), mode(), acl())};
      case 1:
        return {CreateContainer, create(path(), data(), CreateMode::Container)};
      case 2:
        return {CreateTtl, create_ttl(path(), 1000)};
      case 3:
        return {Delete, remove(path(), version())};
      case 4:
        return {SetData, set_data(path(), data(), version())};
      case 5:
        return {Check, check(path(), version())};
      default:
        return {Create, create(path(), data(), mode(), acl())};
    }
  }

  std::string path() {
    std::string text;
    const std::uint64_t depth = 1 + prng_.below(3);
    for (std::uint64_t i = 0; i < depth; ++i) {
      text += '/';
      text += static_cast<char>('a' + prng_.below(4));
    }
    if (prng_.chance(1, 20)) text += "0000000003";
    if (prng_.chance(1, 40)) text = "/";
    if (prng_.chance(1, 60)) text += '/';
    return text;
  }

  CreateMode mode() {
    if (prng_.chance(1, 2)) return CreateMode::Persistent;
    return static_cast<CreateMode>(prng_.below(5));
  }

  const AclOf& acl() {
    if (prng_.chance(1, 10)) return kReadOnly;
    return prng_.chance(1, 10) ? kCreatorOnly : kOpen;
  }

  std::string data() { return std::string(prng_.below(20), 'x'); }

  std::int32_t version() {
    return prng_.chance(2, 3) ? -1 : static_cast<std::int32_t>(prng_.below(4));
  }

  Prng prng_;
};

PrepareOptions options() {
  return {.extended_types_enabled = true, .acl_schemes = {}};
}

class Pipeline : public testing::TestWithParam<std::uint64_t> {
 protected:
  SessionId any_session() {
    const std::uint64_t pick = source_.below(20);
    if (pick == 0) return kNobody;
    return pick < 12 ? kAlice : kBob;
  }

  void request_of_both(jute::Opcode opcode, const std::string& payload, SessionId session) {
    const PrepareOutcome one = serial_.propose(opcode, payload, session);
    const PrepareOutcome other = pipelined_.propose(opcode, payload, session);

    ASSERT_EQ(name(one.err), name(other.err));
    ASSERT_EQ(one.multi_failed, other.multi_failed);
    ASSERT_EQ(serial_.preparer.multi_errors(), pipelined_.preparer.multi_errors());
    ASSERT_EQ(serial_.last_proposed, pipelined_.last_proposed);
    if (!serial_.outstanding.empty()) {
      ASSERT_EQ(serial_.outstanding.back().SerializeAsString(),
                pipelined_.outstanding.back().SerializeAsString());
    }
    serial_.apply_all();
  }

  /// Ends a session and begins it again, so that its ephemerals go.
  void restart_session(SessionId session) {
    request_of_both(CloseSession, "", session);
    for (World* world : {&serial_, &pipelined_}) {
      txn::pb::Txn txn;
      world->preparer.prepare_create_session(
          session, milliseconds{5000}, world->last_proposed.next(), world->now, txn);
      world->propose(txn);
    }
    serial_.apply_all();
  }

  void catch_up() {
    const std::size_t outstanding = pipelined_.outstanding.size();
    if (outstanding > kOutstandingMax || source_.below(8) == 0) {
      pipelined_.apply(source_.below(outstanding + 1));
    }
  }

  RequestSource source_{GetParam()};
  World serial_{options()};
  World pipelined_{options()};
};

TEST_P(Pipeline, SaysTheSameAsOneAtATime) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  for (int step = 0; step < kSteps; ++step) {
    serial_.now.ms += 1;
    pipelined_.now = serial_.now;
    if (source_.below(150) == 0) {
      restart_session(any_session());
    } else {
      const SubRequest request = source_.next();
      request_of_both(request.opcode, request.record, any_session());
    }
    if (HasFatalFailure()) return;
    catch_up();
    serial_.preparer.check_invariants();
    pipelined_.preparer.check_invariants();
  }
  pipelined_.apply_all();

  EXPECT_EQ(serial_.replies, pipelined_.replies);
  EXPECT_EQ(serial_.tree.digest(), pipelined_.tree.digest());
  EXPECT_EQ(serial_.tree.counts().nodes, pipelined_.tree.counts().nodes);
  EXPECT_GT(serial_.tree.counts().nodes, 20U) << "the requests did something";
  serial_.tree.check_invariants();
  pipelined_.tree.check_invariants();
  pipelined_.preparer.check_invariants();
}

INSTANTIATE_TEST_SUITE_P(Seeds, Pipeline, testing::Range(std::uint64_t{1}, std::uint64_t{13}));

}  // namespace
}  // namespace paddock::request
