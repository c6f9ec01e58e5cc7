// SPDX-License-Identifier: Apache-2.0
//
// The chunks of a tree's snapshot, of any bytes: a tree that holds together, or an error.
#include "base/assert.h"
#include "input.h"
#include "tree/data_tree.h"
#include "tree/loader.h"

namespace paddock::fuzz {
namespace {

void check(Input input) {
  tree::TreeLoader loader;
  while (!input.empty()) {
    if (!loader.add(input.part())) return;
  }
  if (!loader.finish()) return;
  tree::DataTree tree;
  loader.install(tree);
  tree.check_invariants();
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
