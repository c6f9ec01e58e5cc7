// SPDX-License-Identifier: Apache-2.0
#include "zab/membership.h"

#include <utility>

namespace paddock::zab {

void Membership::carry_out(const ConfigurationStep& step, election::Quorums& quorums) {
  if (step.kind == ConfigurationStep::Kind::Begin) {
    quorums.pending = step.next;
  } else if (quorums.pending) {
    quorums.committed = *std::exchange(quorums.pending, std::nullopt);
  }
}

void Membership::recount() {
  quorums_ = base_;
  for (const Step& one : steps_) carry_out(one.step, quorums_);
  ++changes_;
}

bool Membership::is_or_was_voter(ServerId id) const {
  election::Quorums quorums = base_;
  if (quorums.is_voter(id)) return true;
  for (const Step& one : steps_) {
    carry_out(one.step, quorums);
    if (quorums.is_voter(id)) return true;
  }
  return false;
}

void Membership::append(const EntryBatch& batch, Zxid after) {
  if (step_of_ == nullptr) return;
  for (const Entry& entry : batch.entries()) {
    if (entry.zxid <= after) continue;
    auto step = step_of_(entry.zxid, batch.payload(entry));
    if (!step) continue;
    carry_out(*step, quorums_);
    steps_.push_back({entry.zxid, std::move(*step)});
    ++changes_;
  }
}

void Membership::truncate(Zxid zxid) {
  if (std::erase_if(steps_, [zxid](const Step& one) { return one.zxid > zxid; }) > 0) recount();
}

void Membership::commit(Zxid zxid) {
  while (!steps_.empty() && steps_.front().zxid <= zxid) {
    carry_out(steps_.front().step, base_);
    steps_.erase(steps_.begin());
  }
}

void Membership::restart(election::Quorums committed) {
  base_ = std::move(committed);
  steps_.clear();
  recount();
}

}  // namespace paddock::zab
