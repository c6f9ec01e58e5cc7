// SPDX-License-Identifier: Apache-2.0
//
// A new CA in three phases, each when every member says that it has the one before: trust the new
// one too; certificates signed by it; trust it alone. So at no time are there two servers of which
// one does not trust the other. Only what is mounted changes, nothing is restarted.
#include <algorithm>

#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::MemberReport;

template <class Predicate>
bool all_say(const Context& context, Predicate predicate) {
  return !context.wanted.empty() &&
         std::ranges::all_of(context.observed.members, [&](const auto& entry) {
           const auto& [id, member] = entry;
           const bool is_one = member.workload || member.pod || context.wanted.contains(id);
           return !is_one || member.report.is_known_and(predicate);
         });
}

}  // namespace

void certificates(const Context& context, std::vector<Harmless>& actions) {
  const std::int32_t newest = context.desired.authority;
  const auto& is = context.observed.certificates;
  if (newest == 0) return;
  if (!is) {
    actions.emplace_back(ApplyCertificates{{newest}, newest, std::nullopt});
    return;
  }
  ApplyCertificates next{is->trusted, is->signer, is->object};
  const auto trusts_it = [&](const MemberReport& report) {
    return report.trusted_authorities.contains(newest);
  };
  const auto has_it = [&](const MemberReport& report) {
    return report.certificate_authority == newest;
  };
  if (!is->trusted.contains(newest)) {
    next.trusted.insert(newest);
  } else if (is->signer != newest) {
    if (all_say(context, trusts_it)) next.signer = newest;
  } else if (is->trusted.size() > 1 && all_say(context, has_it)) {
    next.trusted = {newest};
  }
  if (next.trusted != is->trusted || next.signer != is->signer) {
    actions.emplace_back(std::move(next));
  }
}

}  // namespace paddock::plan
