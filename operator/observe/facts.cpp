// SPDX-License-Identifier: Apache-2.0
#include "observe/facts.h"

#include <algorithm>

#include "model/quorum.h"

namespace paddock::observe {
namespace {

const MemberReport* report_of(const Observed& observed, ServerId id) {
  const auto member = observed.members.find(id);
  if (member == observed.members.end() || !member->second.report.is_known()) return nullptr;
  return &member->second.report.value();
}

bool follows(const MemberReport& report, const MemberReport& leader) {
  return report.ensemble_id == leader.ensemble_id && report.leader == leader.id &&
         report.epoch == leader.epoch && report.role != Role::Looking;
}

/// Voters of the leader's configuration that stand behind it; itself as well.
std::size_t backers_of(const Observed& observed, const MemberReport& leader) {
  return static_cast<std::size_t>(std::ranges::count_if(leader.activated.voters, [&](ServerId id) {
    const MemberReport* const report = report_of(observed, id);
    return report != nullptr && report->votes && follows(*report, leader);
  }));
}

const MemberReport* leader_of(const Observed& observed, const Measure& measure) {
  const MemberReport* found = nullptr;
  for (const auto& [id, member] : observed.members) {
    const MemberReport* const report = report_of(observed, id);
    if (report == nullptr || report->role != Role::Leader || !report->serving) continue;
    if (!measure.ensemble_id.empty() && report->ensemble_id != measure.ensemble_id) continue;
    if (!model::is_majority(backers_of(observed, *report), report->activated.voters.size()))
      continue;
    if (found == nullptr || report->epoch > found->epoch) found = report;
  }
  return found;
}

bool has_disk(const MemberView& member) {
  return std::ranges::any_of(member.claims,
                             [](const ClaimView& claim) { return !claim.is_retired; });
}

/// Whose disk is put away has left the ensemble, and what it says of it is old.
std::set<ServerId> voters_known(const Observed& observed, const Measure& measure) {
  const MemberReport* newest = nullptr;
  for (const auto& [id, member] : observed.members) {
    if (!has_disk(member)) continue;
    const MemberReport* const report = report_of(observed, id);
    if (report == nullptr || report->activated.voters.empty()) continue;
    if (!measure.ensemble_id.empty() && report->ensemble_id != measure.ensemble_id) continue;
    const bool is_newer =
        newest == nullptr || report->activated.version > newest->activated.version;
    if (is_newer) newest = report;
  }
  if (newest != nullptr) return newest->activated.voters;
  std::set<ServerId> voters;
  for (const auto& [id, member] : observed.members) {
    if (has_disk(member)) voters.insert(id);
  }
  return voters;
}

bool is_in_step(const MemberReport& report, const MemberReport& leader, std::int64_t lag_max) {
  if (!follows(report, leader) || !report.serving) return false;
  if (report.last_zxid >= leader.last_zxid) return true;
  return report.last_zxid.epoch() == leader.last_zxid.epoch() &&
         leader.last_zxid.value - report.last_zxid.value <= lag_max;
}

bool is_ready(const MemberView& member) {
  return member.pod && member.pod->is_ready && !member.pod->is_terminating;
}

bool is_stable(const MemberView& member, const Observed& observed, const Measure& measure) {
  const std::int64_t since = observed.now.ms - member.pod->ready_changed.ms;
  return since >= milliseconds(measure.stable_after).count();
}

bool is_settled(const Observed& observed, const MemberReport& leader) {
  if (leader.committed != leader.activated.version) return false;
  const auto agree = std::ranges::count_if(leader.activated.voters, [&](ServerId id) {
    const MemberReport* const report = report_of(observed, id);
    return report != nullptr && report->activated == leader.activated &&
           report->committed == leader.committed && follows(*report, leader);
  });
  return model::is_majority(static_cast<std::size_t>(agree), leader.activated.voters.size());
}

void judge_members(const Observed& observed,
                   const MemberReport& leader,
                   const Measure& measure,
                   Facts& facts) {
  for (const auto& [id, member] : observed.members) {
    const MemberReport* const report = report_of(observed, id);
    if (report == nullptr || report->id != id || !is_ready(member)) continue;
    if (!is_in_step(*report, leader, measure.lag_max)) continue;
    const bool is_stable_now = is_stable(member, observed, measure);
    if (!facts.voters.contains(id)) {
      if (is_stable_now) facts.learners.insert(id);
      continue;
    }
    if (!report->votes) continue;
    facts.healthy.insert(id);
    if (is_stable_now) facts.stable.insert(id);
  }
}

/// Whether it could be part of a quorum that we do not see.
bool may_take_part(const Observed& observed, ServerId id) {
  const auto member = observed.members.find(id);
  if (member == observed.members.end() || !member->second.pod) return false;
  const MemberReport* const report = report_of(observed, id);
  return report == nullptr || report->leader.has_value();
}

bool has_lost_its_data(const Observed& observed, ServerId id) {
  const auto member = observed.members.find(id);
  if (member == observed.members.end()) return true;
  const MemberReport* const report = report_of(observed, id);
  if (report != nullptr) return report->is_empty();
  return std::ranges::none_of(member->second.claims, [](const ClaimView& claim) {
    return !claim.is_lost && !claim.is_retired;
  });
}

}  // namespace

Facts conclude(const Observed& observed, const Measure& measure) {
  Facts facts;
  const MemberReport* const leader = leader_of(observed, measure);
  facts.voters = leader != nullptr ? leader->activated.voters : voters_known(observed, measure);
  for (const ServerId id : facts.voters) {
    if (has_lost_its_data(observed, id)) facts.empty.insert(id);
  }
  if (leader != nullptr) {
    facts.quorum = Quorum::Seen;
    facts.leader = leader->id;
    facts.configuration = leader->activated;
    facts.is_settled = is_settled(observed, *leader);
    judge_members(observed, *leader, measure, facts);
    return facts;
  }
  const auto possible = static_cast<std::size_t>(std::ranges::count_if(
      facts.voters, [&](ServerId id) { return may_take_part(observed, id); }));
  if (!model::is_majority(possible, facts.voters.size())) facts.quorum = Quorum::Lost;
  return facts;
}

}  // namespace paddock::observe
