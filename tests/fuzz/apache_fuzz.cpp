// SPDX-License-Identifier: Apache-2.0
//
// Files of an Apache ZooKeeper server: whatever they hold, they are refused, or become a state that
// is whole and that goes through a snapshot of that server's form without a change.
#include <deque>

#include "apache/convert.h"
#include "apache/inflate.h"
#include "apache/log.h"
#include "apache/snapshot.h"
#include "base/assert.h"
#include "input.h"

namespace paddock::fuzz {
namespace {

constexpr std::size_t kUnpackedMax = std::size_t{1} << 20U;

/// What was read before the first mistake counts, too.
void check_state(apache::Loaded& loaded) {
  std::vector<std::string> warnings;
  const auto state = apache::to_state(loaded, Zxid{1}, warnings);
  if (!state) return PADDOCK_ASSERT(!state.error().message.empty());
  (*state)->tree.check_invariants();
  const std::string bytes = apache::to_snapshot(**state);
  apache::Loaded again;
  PADDOCK_ASSERT(apache::parse_snapshot(bytes, again).has_value());
  PADDOCK_ASSERT(again.digest->value == again.tree.digest());
  const auto second = apache::to_state(again, Zxid{1}, warnings);
  PADDOCK_ASSERT(second.has_value());
  PADDOCK_ASSERT((*second)->tree.digest() == (*state)->tree.digest());
}

void check_snapshot(View bytes) {
  apache::Loaded loaded;
  [[maybe_unused]] const auto parsed = apache::parse_snapshot(bytes, loaded);
  check_state(loaded);
}

void check_transactions(Input input) {
  apache::Loaded loaded;
  PADDOCK_ASSERT(loaded.tree.load({.path = kEmpty}));
  while (!input.empty()) {
    if (const auto txn = apache::parse_txn(input.part())) apache::apply(*txn, loaded.tree);
  }
  check_state(loaded);
}

void check(Input input) {
  switch (input.byte() % 4) {
    case 0:
      return check_snapshot(input.rest());
    case 1:
      return check_transactions(input);
    case 2: {
      const auto end =
          apache::walk_log(input.rest(), [](const apache::Txn&) { return Result<>{}; });
      return PADDOCK_ASSERT(end || !end.error().message.empty());
    }
    default: {
      const View bytes = input.rest();
      for (const auto& out :
           {apache::gunzip(bytes, kUnpackedMax), apache::unsnappy(bytes, kUnpackedMax)}) {
        if (out) PADDOCK_ASSERT(out->size() <= kUnpackedMax);
      }
    }
  }
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
