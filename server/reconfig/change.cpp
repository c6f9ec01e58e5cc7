// SPDX-License-Identifier: Apache-2.0
#include "reconfig/change.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace paddock::reconfig {
namespace {

std::unexpected<Refusal> refuse(std::string why) {
  return std::unexpected(Refusal{ErrorCode::BadArguments, std::move(why)});
}

Result<> remove_leaving(View leaving, Members& members) {
  while (!leaving.empty()) {
    const std::size_t comma = std::min(leaving.find(','), leaving.size());
    const View word = leaving.substr(0, comma);
    leaving.remove_prefix(std::min(comma + 1, leaving.size()));
    if (word.empty()) continue;
    std::int32_t id = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (error != std::errc{} || end != word.data() + word.size()) {
      return fail(fmt::format("'{}' is not a server id", word));
    }
    members.servers.erase(ServerId{id});
  }
  return {};
}

Result<> add_joining(View joining, Members& members) {
  auto joined = parse_members(joining);
  PADDOCK_TRY(joined);
  if (joined->hierarchy != config::Hierarchy{}) return fail("only servers can join");
  for (auto& [id, member] : joined->servers) {
    if (!member.client) {
      return fail(fmt::format("server.{} has no client port: put ;port behind it", raw(id)));
    }
    members.servers.insert_or_assign(id, std::move(member));
  }
  return {};
}

Result<Members> changed(const Members& current, const Change& change) {
  if (!change.members.empty()) return parse_members(change.members);
  if (!current.hierarchy.groups.empty()) {
    return fail("with groups all members have to be given, not single servers");
  }
  Members next = current;
  PADDOCK_TRY(remove_leaving(change.leaving, next));
  PADDOCK_TRY(add_joining(change.joining, next));
  return next;
}

}  // namespace

std::expected<Members, Refusal> judge(const Members& current,
                                      const Change& change,
                                      std::size_t voters_min) {
  if (change.from_version != -1 && change.from_version != current.version) {
    return std::unexpected(
        Refusal{ErrorCode::BadVersion,
                fmt::format("it is meant for version {:x} of the configuration, which is at {:x}",
                            change.from_version,
                            current.version)});
  }
  auto next = changed(current, change);
  if (!next) return refuse(std::move(next.error().message));
  if (const auto sound = check(*next); !sound) return refuse(sound.error().message);
  const std::size_t voters = configuration_of(*next).voters.size();
  if (voters < voters_min) {
    return refuse(
        fmt::format("it leaves {} participants; with standaloneEnabled=true there must "
                    "be {} or more",
                    voters,
                    voters_min));
  }
  return std::move(*next);
}

}  // namespace paddock::reconfig
