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
  const bool is_measured = shared_.clock_ != nullptr;
  const MonotonicTime wanted = is_measured ? shared_.clock_() : MonotonicTime{};
  for (auto& slot : shared_.slots_) slot->mutex.lock();
  if (!is_measured) return;
  entered_ = shared_.clock_();
  shared_.times_.waited.add(entered_ - wanted);
}

SharedTree::WriteGate::~WriteGate() {
  for (auto& slot : shared_.slots_) slot->mutex.unlock();
  if (shared_.clock_ != nullptr) shared_.times_.held.add(shared_.clock_() - entered_);
}

}  // namespace paddock::gate
