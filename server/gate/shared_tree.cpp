// SPDX-License-Identifier: Apache-2.0
#include "gate/shared_tree.h"

namespace paddock::gate {

SharedTree::SharedTree(std::size_t slots) {
  slots_.reserve(slots);
  for (std::size_t i = 0; i < slots; ++i) slots_.push_back(std::make_unique<Slot>());
}

SharedTree::ReadGate SharedTree::read(std::size_t slot) {
  return ReadGate{*slots_[slot], tree_};
}

SharedTree::WriteGate SharedTree::write() {
  return WriteGate{*this};
}

SharedTree::WriteGate::WriteGate(SharedTree& shared) : shared_(shared) {
  for (auto& slot : shared_.slots_) slot->mutex.lock();
}

SharedTree::WriteGate::~WriteGate() {
  for (auto& slot : shared_.slots_) slot->mutex.unlock();
}

}  // namespace paddock::gate
