// SPDX-License-Identifier: Apache-2.0
#include "scenarios/commands.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "scenarios/trace.h"

namespace paddock::scenarios {
namespace {

using Arguments = std::span<const std::string>;
using Ids = std::vector<ServerId>;

constexpr std::string_view kNothing = "nothing";

// --- Arguments.

std::optional<std::int64_t> number(std::string_view word) {
  std::int64_t value = 0;
  const auto end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

std::optional<ServerId> server_id(std::string_view word) {
  const auto value = number(word);
  if (!value || *value < 1 || *value > 9) return std::nullopt;
  return ServerId{static_cast<std::int32_t>(*value)};
}

std::optional<Zxid> zxid(std::string_view word) {
  const std::size_t dot = word.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto epoch = number(word.substr(0, dot));
  const auto counter = number(word.substr(dot + 1));
  if (!epoch || !counter) return std::nullopt;
  return Zxid::of(static_cast<std::uint32_t>(*epoch), static_cast<std::uint32_t>(*counter));
}

/// The leading words that are server ids, at most so many; drops them.
Ids take_ids(Arguments& arguments, std::size_t most = SIZE_MAX) {
  Ids ids;
  while (!arguments.empty() && ids.size() < most) {
    const auto id = server_id(arguments.front());
    if (!id) break;
    ids.push_back(*id);
    arguments = arguments.subspan(1);
  }
  return ids;
}

election::ServerSet set_of(const Ids& ids) {
  election::ServerSet servers;
  for (const ServerId id : ids) servers.insert(id);
  return servers;
}

/// `voters 1 2 3 observers 4`.
std::optional<election::Configuration> configuration(Arguments arguments) {
  election::Configuration members;
  while (!arguments.empty()) {
    const std::string_view word = arguments.front();
    arguments = arguments.subspan(1);
    if (word == "voters") {
      members.voters = set_of(take_ids(arguments));
    } else if (word == "observers") {
      members.observers = set_of(take_ids(arguments));
    } else {
      return std::nullopt;
    }
  }
  return members;
}

// --- Before the start.

std::string ensemble(Arguments arguments, World& world) {
  const auto members = configuration(arguments);
  if (!members || members->voters.empty()) return "ensemble voters ID… [observers ID…]";
  world.options.configuration = *members;
  return {};
}

std::string option(Arguments arguments, World& world) {
  const auto value = arguments.size() == 2 ? number(arguments[1]) : std::nullopt;
  if (!value) return "option NAME VALUE";
  const auto size = static_cast<std::size_t>(*value);
  if (arguments[0] == "counter-max") {
    world.options.peer.counter_max = static_cast<std::uint32_t>(*value);
  } else if (arguments[0] == "history-bytes") {
    world.options.peer.history_bytes_max = size;
  } else if (arguments[0] == "window-bytes") {
    world.options.peer.window_bytes = size;
  } else if (arguments[0] == "piece-bytes") {
    world.options.piece_bytes = size;
  } else if (arguments[0] == "read-records") {
    world.options.read_records = size;
  } else {
    return fmt::format("there is no option {}", arguments[0]);
  }
  return {};
}

/// One property of a disk, whose words begin behind its name.
bool take_property(std::string_view name, Arguments& arguments, SimDisk& disk) {
  if (name == "empty") {
    disk.epochs.may_vote = false;
    return true;
  }
  if (name == "log") {
    for (; !arguments.empty(); arguments = arguments.subspan(1)) {
      const auto at = zxid(arguments.front());
      if (!at) break;
      disk.log.push_back({*at, arguments.front()});
    }
    return true;
  }
  if (name == "epochs" && arguments.size() >= 2) {
    disk.epochs.accepted = number(arguments[0]).value_or(0);
    disk.epochs.current = number(arguments[1]).value_or(0);
    arguments = arguments.subspan(2);
    return true;
  }
  const auto at = arguments.empty() ? std::nullopt : zxid(arguments.front());
  if (!at) return false;
  arguments = arguments.subspan(1);
  if (name == "snapshot") {
    disk.snapshot_zxid = *at;
  } else if (name == "log-above") {
    disk.base = *at;
  } else if (name == "committed") {
    disk.committed = *at;
  } else {
    return false;
  }
  return true;
}

std::string disk(Arguments arguments, World& world) {
  constexpr std::string_view kUsage =
      "disk ID… [empty] [epochs ACCEPTED CURRENT] [log ZXID…] [snapshot ZXID] [log-above ZXID] "
      "[committed ZXID]";
  const Ids ids = take_ids(arguments);
  SimDisk disk;
  while (!arguments.empty()) {
    const std::string_view name = arguments.front();
    arguments = arguments.subspan(1);
    if (!take_property(name, arguments, disk)) return std::string(kUsage);
  }
  if (ids.empty()) return std::string(kUsage);
  std::ranges::copy_if(disk.log, std::back_inserter(disk.snapshot), [&](const auto& record) {
    return record.zxid <= disk.snapshot_zxid;
  });
  std::erase_if(disk.log, [&](const auto& record) { return record.zxid <= disk.base; });
  for (const ServerId id : ids) world.disks[id] = disk;
  return {};
}

// --- Servers and links.

std::string start(Arguments arguments, World& world) {
  for (const ServerId id : take_ids(arguments)) {
    if (world.is_up(id)) return fmt::format("{} runs already", raw(id));
    world.start(id);
  }
  return arguments.empty() ? "" : "start ID…";
}

std::string crash(Arguments arguments, World& world) {
  for (const ServerId id : take_ids(arguments)) {
    if (!world.is_up(id)) return fmt::format("{} does not run", raw(id));
    world.crash(id);
  }
  return arguments.empty() ? "" : "crash ID…";
}

std::string vanish(Arguments arguments, World& world) {
  for (const ServerId id : take_ids(arguments)) {
    if (!world.is_up(id)) return fmt::format("{} does not run", raw(id));
    world.vanish(id);
  }
  return arguments.empty() ? "" : "vanish ID…";
}

std::string lose_disk(Arguments arguments, World& world) {
  for (const ServerId id : take_ids(arguments)) {
    if (!world.is_known(id) || world.is_up(id)) return fmt::format("{} has to crash", raw(id));
    world.lose_disk(id);
  }
  return arguments.empty() ? "" : "lose-disk ID…";
}

/// For each pair of servers that run and are, or are not, linked.
template <class Each>
std::string for_pairs(Arguments arguments, World& world, bool linked, Each each) {
  const Ids ids =
      arguments.size() == 1 && arguments[0] == "all" ? world.running() : take_ids(arguments);
  if (ids.size() < 2) return "at least two servers, or all";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (std::size_t k = i + 1; k < ids.size(); ++k) {
      if (!world.is_up(ids[i]) || !world.is_up(ids[k])) return "both have to run";
      if (world.is_linked(ids[i], ids[k]) == linked) each(ids[i], ids[k]);
    }
  }
  return {};
}

std::string link(Arguments arguments, World& world) {
  return for_pairs(arguments, world, false, [&](ServerId a, ServerId b) { world.link(a, b); });
}

std::string cut(Arguments arguments, World& world) {
  if (arguments.size() == 1) {
    const auto id = server_id(arguments[0]);
    if (!id || !world.is_up(*id)) return "cut ID…";
    for (const ServerId other : world.running()) {
      if (world.is_linked(*id, other)) world.cut(*id, other);
    }
    return {};
  }
  return for_pairs(arguments, world, true, [&](ServerId a, ServerId b) { world.cut(a, b); });
}

// --- Moves.

/// `FROM TO [COUNT]`; all that are on their way without a count.
template <class Each>
std::string for_messages(Arguments arguments, const World& world, Each each) {
  const Ids ids = take_ids(arguments, 2);
  if (ids.size() < 2 || arguments.size() > 1) return "FROM TO [COUNT]";
  const std::size_t all = world.messages(ids[0], ids[1]);
  const auto count =
      arguments.empty() ? static_cast<std::int64_t>(all) : number(arguments.front()).value_or(0);
  if (count < 1 || count > static_cast<std::int64_t>(all)) {
    return fmt::format("{} messages are on their way", all);
  }
  for (std::int64_t i = 0; i < count; ++i) each(ids[0], ids[1]);
  return {};
}

std::string deliver(Arguments arguments, World& world) {
  return for_messages(arguments, world, [&](ServerId from, ServerId to) {
    if (world.messages(from, to) > 0) world.deliver(from, to);
  });
}

std::string lose(Arguments arguments, World& world) {
  return for_messages(arguments, world, [&](ServerId from, ServerId to) { world.lose(from, to); });
}

/// Of the servers: what their disks have been asked for by now, or the first of it.
std::string durable(Arguments arguments, World& world) {
  const bool is_one = !arguments.empty() && arguments.front() == "one";
  if (is_one) arguments = arguments.subspan(1);
  for (const ServerId id : take_ids(arguments)) {
    if (!world.is_up(id)) return fmt::format("{} does not run", raw(id));
    const std::size_t asked = world.server(id).disk_queue().size();
    if (asked == 0) return fmt::format("the disk of {} has nothing to do", raw(id));
    std::size_t done = world.move_disk(id);
    while (!is_one && done < asked) done += world.move_disk(id);
  }
  return arguments.empty() ? "" : "durable [one] ID…";
}

std::string read(Arguments arguments, World& world) {
  for (const ServerId id : take_ids(arguments)) {
    if (!world.is_up(id)) return fmt::format("{} does not run", raw(id));
    world.move_reads(id);
  }
  return arguments.empty() ? "" : "read ID…";
}

std::string snapshot(Arguments arguments, World& world) {
  const auto ids = take_ids(arguments);
  const bool keeps_log = arguments.size() == 1 && arguments[0] == "keep-log";
  if (ids.size() != 1 || (!arguments.empty() && !keeps_log)) return "snapshot ID [keep-log]";
  world.take_snapshot(ids[0], keeps_log);
  return {};
}

std::string rot(Arguments arguments, World& world) {
  const auto ids = take_ids(arguments);
  if (ids.size() != 1 || !arguments.empty()) return "rot ID";
  world.rot_snapshot(ids[0]);
  return {};
}

std::string tick(Arguments arguments, World& world) {
  const auto ms = arguments.size() == 1 ? number(arguments[0]) : std::nullopt;
  if (!ms) return "tick MILLISECONDS";
  world.tick(milliseconds(*ms));
  return {};
}

std::string elect(Arguments arguments, World& world) {
  world.elect();
  return arguments.empty() ? "" : "elect";
}

std::string settle(Arguments arguments, World& world) {
  const Ids ids = arguments.empty() ? world.running() : take_ids(arguments);
  for (const ServerId id : ids) {
    if (!world.is_up(id)) return fmt::format("{} does not run", raw(id));
  }
  return world.settle(ids) ? "" : "there is no end to it";
}

// --- Requests: ID, and what it is asked for.

std::string propose(Arguments arguments, World& world) {
  const Ids ids = take_ids(arguments, 1);
  const auto count = arguments.size() == 1 ? number(arguments.front()) : std::nullopt;
  if (ids.empty() || !count || *count < 1) return "propose ID COUNT";
  if (!world.is_up(ids[0]) || !world.server(ids[0]).peer().is_open()) {
    return fmt::format("{} takes no proposals", raw(ids[0]));
  }
  world.propose(ids[0], static_cast<std::size_t>(*count));
  return {};
}

std::string sync(Arguments arguments, World& world) {
  const Ids ids = take_ids(arguments);
  if (ids.size() != 1 || !world.is_up(ids[0]) || !world.server(ids[0]).peer().is_open()) {
    return "sync ID, which leads";
  }
  world.ask_quorum(ids[0]);
  return {};
}

std::string reconfigure(Arguments arguments, World& world) {
  const auto id = arguments.empty() ? std::nullopt : server_id(arguments[0]);
  if (!id || !world.is_up(*id)) return "reconfigure ID voters ID… [observers ID…]";
  const auto next = configuration(arguments.subspan(1));
  if (!next) return "reconfigure ID voters ID… [observers ID…]";
  world.reconfigure(*id, *next);
  return {};
}

std::string finish(Arguments arguments, World& world) {
  const Ids ids = take_ids(arguments);
  if (ids.size() != 1 || !world.is_up(ids[0])) return "finish ID";
  world.finish_reconfiguration(ids[0]);
  return {};
}

std::string handover(Arguments arguments, World& world) {
  const Ids ids = take_ids(arguments);
  if (ids.empty() || ids.size() > 2 || !world.is_up(ids[0])) return "handover ID [ID]";
  const auto successor = ids.size() == 2 ? std::optional(ids[1]) : std::nullopt;
  world.begin_handover(ids[0], successor);
  return {};
}

// --- Expectations.

std::string compare(std::string_view what, ServerId id, std::string found, Arguments expected) {
  if (found.empty()) found = kNothing;
  const std::string wanted = fmt::format("{}", fmt::join(expected, " "));
  return found == wanted ? "" : fmt::format("{} {} {}, not {}", raw(id), what, found, wanted);
}

std::string held(const SimDisk& disk) {
  std::vector<simulation::Record> records = disk.snapshot;
  for (const simulation::Record& record : disk.log) {
    if (record.zxid > disk.snapshot_zxid) records.push_back(record);
  }
  return text_of(records);
}

std::string expect_leader(Arguments arguments, const World& world) {
  const auto leader = arguments.size() == 1 ? server_id(arguments[0]) : std::nullopt;
  if (!leader) return "expect leader ID";
  for (const ServerId id : world.running()) {
    const zab::Peer& peer = world.server(id).peer();
    if (peer.leader() != leader || !peer.is_established()) {
      return fmt::format("{} {}", raw(id), standing_of(peer));
    }
  }
  return {};
}

/// `ID… looks`, `ID leads …`, `ID follows …`: standing_of(), or how it begins.
std::string expect_standing(ServerId id, Arguments words, const World& world) {
  const std::string standing = standing_of(world.server(id).peer());
  const std::string wanted = fmt::format("{}", fmt::join(words, " "));
  return standing.starts_with(wanted) ? "" : fmt::format("{} {}", raw(id), standing);
}

std::string expect_of(ServerId id, Arguments words, const World& world) {
  if (words.empty()) return "expect ID… WHAT";
  if (!world.is_known(id)) return fmt::format("there is no server {}", raw(id));
  const SimPeer& server = world.server(id);
  if (words[0] == "holds") return compare("holds", id, held(server.disk()), words.subspan(1));
  if (!server.is_up()) return fmt::format("{} does not run", raw(id));
  if (words[0] == "delivered") {
    return compare("has delivered", id, text_of(server.applied()), words.subspan(1));
  }
  if (words[0] == "epochs") {
    return compare("has", id, text_of(server.disk().epochs), words.subspan(1));
  }
  return expect_standing(id, words, world);
}

std::string expect(Arguments arguments, World& world) {
  if (!arguments.empty() && arguments[0] == "leader") {
    return expect_leader(arguments.subspan(1), world);
  }
  const Ids ids = take_ids(arguments);
  if (ids.empty()) return "expect leader ID, or expect ID… WHAT";
  for (const ServerId id : ids) {
    if (std::string wrong = expect_of(id, arguments, world); !wrong.empty()) return wrong;
  }
  return {};
}

using Handler = std::string (*)(Arguments, World&);

const std::map<std::string_view, Handler>& handlers() {
  static const std::map<std::string_view, Handler> all{
      {"ensemble", ensemble},   {"option", option},     {"disk", disk},
      {"start", start},         {"crash", crash},       {"vanish", vanish},
      {"lose-disk", lose_disk}, {"link", link},         {"cut", cut},
      {"deliver", deliver},     {"lose", lose},         {"durable", durable},
      {"read", read},           {"rot", rot},           {"snapshot", snapshot},
      {"tick", tick},           {"elect", elect},       {"settle", settle},
      {"propose", propose},     {"sync", sync},         {"reconfigure", reconfigure},
      {"finish", finish},       {"handover", handover}, {"expect", expect},
  };
  return all;
}

}  // namespace

std::string carry_out(const Words& words, World& world) {
  const auto found = handlers().find(words.front());
  if (found == handlers().end()) return fmt::format("there is no command {}", words.front());
  return found->second(Arguments(words).subspan(1), world);
}

}  // namespace paddock::scenarios
