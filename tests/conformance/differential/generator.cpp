// SPDX-License-Identifier: Apache-2.0
#include "generator.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error_code.h"
#include "base/hash.h"

namespace paddock::conformance {

namespace {

using jute::CreateMode;
using jute::Opcode;
using jute::WatcherType;

constexpr std::array<const char*, 3> kTop{"/t", "/acl", "/q"};
constexpr std::size_t kKnownMax = 150;  // Beyond it, deletes are drawn more often.
constexpr std::size_t kBatchMax = 12;
constexpr std::size_t kDepthMax = 5;

const std::array<const char*, 4> kCredentials{"u1:one", "u2:two", "u3:three", "super:admin"};

const std::array<std::string, 12> kOddEndings{"/",
                                              "//",
                                              "/.",
                                              "/..",
                                              "/a/",
                                              "/./a",
                                              "/a//b",
                                              "/\x01",
                                              "/\x7f",
                                              "/\xef\xbf\xbd",
                                              "/\xee\x80\x80",
                                              std::string("/a\0b", 4)};

enum class WatchClass {
  OneShot,
  Persistent,
  Recursive
};

/// Release 3.8 keeps one mode for a path and connection, later ones several: each pair sticks to
/// one.
WatchClass watch_class(std::size_t slot, const std::string& path) {
  const std::uint64_t mixed = hash64(path) + slot * 0x9e3779b97f4a7c15U;
  const std::uint64_t draw = (mixed * 0xff51afd7ed558ccdU) >> 60U;
  if (draw == 0) return WatchClass::Recursive;
  return draw <= 2 ? WatchClass::Persistent : WatchClass::OneShot;
}

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

Request simple(Opcode opcode, std::string path) {
  Request request;
  request.opcode = opcode;
  request.path = std::move(path);
  return request;
}

const std::vector<AclEntry> kOpen{{jute::kPermAll, "world", "anyone"}};

}  // namespace

Generator::Generator(GeneratorOptions options) : options_(options), random_(options.seed) {}

std::vector<Step> Generator::preparation() const {
  Step step{StepKind::Batch, 0, {}};
  Request root = simple(Opcode::Create, "");
  root.data = "root";
  root.acl = kOpen;
  step.requests.push_back(root);
  for (const char* top : kTop) {
    Request request = root;
    request.path = top;
    step.requests.push_back(request);
  }
  Request quota = root;
  quota.path = "/zookeeper/quota";
  step.requests.push_back(quota);
  quota.path = "/zookeeper/quota/q";
  step.requests.push_back(quota);
  return {step};
}

Step Generator::next() {
  if (!pending_.empty()) {
    Step step = std::move(pending_.back());
    pending_.pop_back();
    return step;
  }
  const std::uint64_t draw = random_.below(1000);
  const std::size_t slot = random_.below(options_.sessions);
  if (draw < 150) return {StepKind::Barrier, 0, {}};
  if (draw < 158) return authentication_step(slot);
  if (draw < 163) return {StepKind::Reconnect, slot, {}};
  if (draw < 166) return {StepKind::Move, slot, {}};
  if (draw < 172) return {StepKind::Close, slot, {}};
  if (draw < 180) return quota_step();
  if (draw < 184) return refused_step(slot);
  return batch();
}

/// Alone in its batch: Apache answers it at once, whatever is still unanswered before it.
Step Generator::authentication_step(std::size_t slot) {
  Request request = simple(random_.chance(1, 8) ? Opcode::Sasl : Opcode::Auth, "");
  request.data = kCredentials[random_.below(kCredentials.size())];
  return {StepKind::Batch, slot, {request}};
}

/// An opcode that is not for clients, or credentials that prove nothing.
Step Generator::refused_step(std::size_t slot) {
  constexpr std::array<std::int32_t, 6> kOpcodes{0, 10, 23, 99, 999, -12};
  Request request;
  request.opcode = Opcode::Auth;  // Without data, which no credential is.
  if (random_.chance(2, 3)) request.opcode = Opcode{kOpcodes[random_.below(kOpcodes.size())]};
  return {StepKind::Refuse, slot, {request}};
}

Step Generator::batch() {
  const Region where = region();
  Step step{StepKind::Batch, random_.below(options_.sessions), {}};
  const std::size_t count = 1 + random_.below(kBatchMax);
  if (where != Region::Limited) {
    // Apache checks later requests against the old ACL until a setACL is applied, so that ends a
    // batch.
    for (std::size_t i = 0; i < count; ++i) {
      step.requests.push_back(request(step.slot, where));
      if (step.requests.back().opcode == Opcode::SetAcl) break;
    }
    return step;
  }
  // Apache checks quotas against what is applied, so only requests one at a time are sure to agree.
  for (std::size_t i = 0; i < count; ++i) {
    pending_.push_back({StepKind::Batch, step.slot, {request(step.slot, where)}});
  }
  step.requests.push_back(request(step.slot, where));
  return step;
}

/// Sets, changes or removes a quota below the limited region.
Step Generator::quota_step() {
  Step step{StepKind::Batch, random_.below(options_.sessions), {}};
  const std::string node =
      fmt::format("/zookeeper/quota/q/{}", static_cast<char>('a' + random_.below(4)));
  const std::string limits =
      fmt::format("count=-1,bytes=-1=;byteHardLimit={};countHardLimit={}",
                  random_.chance(1, 2) ? -1 : static_cast<int>(random_.below(120)),
                  random_.chance(1, 2) ? -1 : static_cast<int>(random_.below(6)));
  if (random_.chance(1, 5)) {
    for (const char* leaf : {"/zookeeper_limits", "/zookeeper_stats", ""}) {
      Request request = simple(Opcode::Delete, node + leaf);
      request.number = -1;
      step.requests.push_back(request);
    }
    return step;
  }
  Request request = simple(Opcode::Create, node);
  request.acl = kOpen;
  step.requests.push_back(request);
  request.path = node + "/zookeeper_limits";
  request.data = limits;
  step.requests.push_back(request);
  request.path = node + "/zookeeper_stats";
  request.data = "count=0,bytes=0";
  step.requests.push_back(request);
  Request change = simple(Opcode::SetData, node + "/zookeeper_limits");
  change.data = limits;
  change.number = -1;
  step.requests.push_back(change);
  step.requests.push_back(simple(Opcode::GetData, node + "/zookeeper_stats"));
  return step;
}

Request Generator::request(std::size_t slot, Region where) {
  const std::uint64_t draw = random_.below(100);
  if (draw < 42) return write(where);
  if (draw < 70) return read(slot, where);
  if (draw < 80) return multi(where);
  if (draw < 83) return multi_read(where);
  if (draw < 89) return watch_request(slot, where);
  return other(slot, where);
}

Request Generator::write(Region where) {
  const std::size_t crowd = known_[static_cast<std::size_t>(where)].paths.size();
  const std::uint64_t draw = random_.below(crowd > kKnownMax ? 160 : 100);
  if (draw < 45) return create(where);
  if (draw < 70) {
    Request request = simple(Opcode::SetData, any_path(where));
    request.data = data();
    request.number = version(request.path);
    static_cast<void>(make_odd(request));
    return request;
  }
  if (draw < 78) {
    Request request = simple(Opcode::SetAcl, any_path(where));
    request.acl = acl(where);
    request.number = random_.chance(4, 5) ? -1 : static_cast<std::int32_t>(random_.below(4));
    return request;
  }
  Request request = simple(Opcode::Delete, any_path(where));
  request.number = version(request.path);
  static_cast<void>(make_odd(request));
  return request;
}

Request Generator::create(Region where) {
  constexpr std::array<Opcode, 8> kCreates{Opcode::Create,
                                           Opcode::Create,
                                           Opcode::Create,
                                           Opcode::Create2,
                                           Opcode::Create2,
                                           Opcode::Create2,
                                           Opcode::CreateTtl,
                                           Opcode::CreateContainer};
  Request request = simple(kCreates[random_.below(kCreates.size())], "");
  request.path = random_.chance(9, 10) ? absent(where) : any_path(where);
  request.data = data();
  request.acl = acl(where);
  request.ttl_ms = 3'600'000 + static_cast<std::int64_t>(random_.below(1000));
  if (random_.chance(1, 50)) request.ttl_ms = static_cast<std::int64_t>(random_.below(3)) - 1;
  if (request.opcode == Opcode::CreateTtl) {
    request.number = random_.chance(2, 3) ? 5 : 6;
  } else if (request.opcode == Opcode::CreateContainer) {
    request.number = 4;
  } else {
    constexpr std::array<std::int32_t, 8> kFlags{0, 0, 0, 0, 1, 1, 2, 3};
    request.number = kFlags[random_.below(kFlags.size())];
  }
  if (random_.chance(1, 60)) request.number = static_cast<std::int32_t>(random_.below(9)) - 1;
  // A createTTL with neither a time nor a mode that has one ends Apache's process.
  const bool has_ttl_mode = request.number == 5 || request.number == 6;
  if (!has_ttl_mode) request.ttl_ms = std::max<std::int64_t>(request.ttl_ms, 0);
  static_cast<void>(make_odd(request));
  return request;
}

Request Generator::read(std::size_t slot, Region where) {
  constexpr std::array<Opcode, 4> kReads{
      Opcode::Exists, Opcode::GetData, Opcode::GetChildren, Opcode::GetChildren2};
  Request request = simple(kReads[random_.below(kReads.size())], any_path(where));
  request.watch = random_.chance(2, 3) && watch_class(slot, request.path) == WatchClass::OneShot;
  // A watch on a node that may not be read is one of the listed differences.
  if (request.opcode == Opcode::Exists && where == Region::Restricted) request.watch = false;
  if (!request.watch) static_cast<void>(make_odd(request));
  return request;
}

Request Generator::other(std::size_t slot, Region where) {
  switch (random_.below(8)) {
    case 7:
      return special();
    case 0:
      return simple(Opcode::GetAcl, any_path(where));
    case 1:
      return simple(Opcode::Sync, any_path(where));
    case 2:
      return simple(Opcode::GetEphemerals, random_.chance(1, 2) ? "" : existing(where));
    case 3:
      return simple(Opcode::GetAllChildrenNumber, any_path(where));
    case 4:
      return simple(Opcode::WhoAmI, "");
    case 5:
      return simple(Opcode::Reconfig, "");
    default:
      return set_watches(slot);
  }
}

/// Requests for the nodes that are there from the start.
Request Generator::special() {
  constexpr std::array<const char*, 5> kPaths{
      "/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config", ""};
  constexpr std::array<Opcode, 9> kOpcodes{Opcode::Exists,
                                           Opcode::GetData,
                                           Opcode::GetChildren,
                                           Opcode::GetChildren2,
                                           Opcode::GetAcl,
                                           Opcode::GetAllChildrenNumber,
                                           Opcode::Delete,
                                           Opcode::Create,
                                           Opcode::Sync};
  Request request =
      simple(kOpcodes[random_.below(kOpcodes.size())], kPaths[random_.below(kPaths.size())]);
  request.verbatim = true;
  request.acl = kOpen;
  request.number = request.opcode == Opcode::Delete ? -1 : 0;
  return request;
}

/// Inside a multi a mode must fit the kind of its create: releases before 3.9 answer one that does
/// not in another way.
void Generator::settle_mode(Request& request) {
  if (request.opcode == Opcode::CreateContainer) request.number = 4;
  if (request.opcode == Opcode::CreateTtl) request.number = random_.chance(2, 3) ? 5 : 6;
  if (request.opcode != Opcode::Create && request.opcode != Opcode::Create2) return;
  if (request.number < 0 || request.number > 3) request.number = 0;
}

Request Generator::multi(Region where) {
  Request request = simple(Opcode::Multi, "");
  const std::size_t count = random_.below(6);
  for (std::size_t i = 0; i < count; ++i) {
    if (random_.chance(1, 4)) {
      Request check = simple(Opcode::Check, any_path(where));
      check.number = version(check.path);
      request.operations.push_back(check);
      continue;
    }
    Request operation = write(where);
    settle_mode(operation);
    if (operation.opcode != Opcode::SetAcl) request.operations.push_back(std::move(operation));
  }
  return request;
}

Request Generator::multi_read(Region where) {
  Request request = simple(Opcode::MultiRead, "");
  const std::size_t count = 1 + random_.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    const Opcode opcode = random_.chance(1, 2) ? Opcode::GetData : Opcode::GetChildren;
    request.operations.push_back(simple(opcode, any_path(where)));
  }
  return request;
}

Request Generator::watch_request(std::size_t slot, Region where) {
  const std::string path = any_path(where);
  const WatchClass kind = watch_class(slot, path);
  const bool odd = random_.chance(1, 30);
  Request request =
      simple(random_.chance(1, 3) ? Opcode::CheckWatches : Opcode::RemoveWatches, path);
  if (kind == WatchClass::OneShot) {
    request.number = odd ? 6 : 1 + static_cast<std::int32_t>(random_.below(3));
    return request;
  }
  request.number = odd ? 0 : static_cast<std::int32_t>(WatcherType::Any);
  if (random_.chance(2, 3)) {
    request.opcode = Opcode::AddWatch;
    request.number = kind == WatchClass::Recursive ? 1 : 0;
    if (odd) request.number = 2;
  }
  return request;
}

/// Re-arming is of plain nodes only: ours asks for the right to read, 3.8 does not.
Request Generator::set_watches(std::size_t slot) {
  Request request = simple(random_.chance(1, 2) ? Opcode::SetWatches : Opcode::SetWatches2, "");
  request.number = static_cast<std::int32_t>(random_.below(30));  // Transactions to look back.
  request.lists.resize(request.opcode == Opcode::SetWatches ? 3 : 5);
  const std::size_t count = random_.below(8);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = any_path(Region::Plain);
    switch (watch_class(slot, path)) {
      case WatchClass::OneShot:
        request.lists[random_.below(3)].push_back(path);
        break;
      case WatchClass::Persistent:
        if (request.lists.size() > 3) request.lists[3].push_back(path);
        break;
      case WatchClass::Recursive:
        if (request.lists.size() > 3) request.lists[4].push_back(path);
        break;
    }
  }
  return request;
}

Generator::Region Generator::region() {
  const std::uint64_t draw = random_.below(10);
  if (draw < 5) return Region::Plain;
  return draw < 8 ? Region::Restricted : Region::Limited;
}

std::string Generator::random_name() {
  return std::string(1, static_cast<char>('a' + random_.below(6)));
}

std::string Generator::existing(Region where) {
  const auto index = static_cast<std::size_t>(where);
  const auto& paths = known_[index].paths;
  if (paths.empty() || random_.chance(1, 12)) return kTop[index];
  return paths[random_.below(paths.size())];
}

std::string Generator::absent(Region where) {
  std::string path = existing(where);
  while (static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')) > kDepthMax) {
    path = parent_of(path);
  }
  path += "/" + random_name();
  if (random_.chance(1, 20)) path += "/" + random_name();
  if (random_.chance(1, 40)) path += "/";
  return path;
}

std::string Generator::any_path(Region where) {
  return random_.chance(4, 5) ? existing(where) : absent(where);
}

/// Now and then a path that no create may take.
bool Generator::make_odd(Request& request) {
  if (!random_.chance(1, 40)) return false;
  if (random_.chance(1, 4)) {
    request.verbatim = true;
    request.path = random_.chance(1, 2) ? "" : "no/slash";
    return true;
  }
  request.path += kOddEndings[random_.below(kOddEndings.size())];
  return true;
}

std::int32_t Generator::version(const std::string& path) {
  if (random_.chance(3, 5)) return -1;
  const auto found = versions_.find(path);
  const std::int32_t now = found == versions_.end() ? 0 : found->second;
  return random_.chance(3, 4) ? now : static_cast<std::int32_t>(random_.below(5)) - 1;
}

std::optional<std::string> Generator::data() {
  if (random_.chance(1, 12)) return {};
  std::size_t size = random_.below(40);
  if (random_.chance(1, 200)) size = random_.below(20'000);
  return std::string(size, static_cast<char>('a' + random_.below(26)));
}

std::vector<AclEntry> Generator::acl(Region where) {
  if (where != Region::Restricted) return kOpen;
  const auto perms = [this] {
    return random_.chance(1, 2) ? jute::kPermAll : static_cast<std::int32_t>(random_.below(32));
  };
  std::vector<AclEntry> list;
  const std::size_t count = random_.chance(1, 30) ? 0 : 1 + random_.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    switch (random_.below(7)) {
      case 0:
      case 1:
        list.push_back({perms(), "world", "anyone"});
        break;
      case 2:
        list.push_back({perms(), "auth", ""});
        break;
      case 3:
        list.push_back({perms(), "digest", "u1:kJPrUrIMloI8SjiUSZ87pT0cMwo="});
        break;
      case 4:
        list.push_back({perms(), "digest", "u2:X2A1xQD6RdsxRC6XoCzp8ppfXj4="});
        break;
      case 5:
        list.push_back({perms(), "ip", random_.chance(1, 2) ? "127.0.0.1" : "10.0.0.0/8"});
        break;
      default:
        list.push_back({perms(), random_.chance(19, 20) ? "ip" : "none-such", "127.0.0.0/24"});
        break;
    }
  }
  return list;
}

Generator::Known& Generator::known(const std::string& path) {
  for (std::size_t index = 1; index < std::size(kTop); ++index) {
    if (path.starts_with(kTop[index])) return known_[index];
  }
  return known_[0];
}

void Generator::add(const std::string& path) {
  Known& known = this->known(path);
  if (known.places.emplace(path, known.paths.size()).second) known.paths.push_back(path);
}

void Generator::remove(const std::string& path) {
  Known& known = this->known(path);
  const auto at = known.places.find(path);
  if (at == known.places.end()) return;
  const std::size_t place = at->second;
  known.places.erase(at);
  if (place + 1 != known.paths.size()) {
    known.paths[place] = std::move(known.paths.back());
    known.places[known.paths[place]] = place;
  }
  known.paths.pop_back();
  versions_.erase(path);
}

void Generator::learn_one(const Request& request,
                          const std::string& created,
                          std::string_view root) {
  if (request.path.starts_with("/zookeeper") || request.verbatim) return;
  if (!created.empty()) {
    if (created.starts_with(root)) add(created.substr(root.size()));
  } else if (request.opcode == Opcode::Delete) {
    remove(request.path);
  } else if (request.opcode == Opcode::SetData) {
    ++versions_[request.path];
  }
}

void Generator::learn(const Request& request, const Reply& reply, std::string_view root) {
  constexpr auto kNoNode = static_cast<std::int32_t>(ErrorCode::NoNode);
  if (reply.error == kNoNode && !request.verbatim) remove(request.path);
  if (reply.error != 0) return;
  if (request.opcode == Opcode::Multi) {
    for (std::size_t i = 0; i < request.operations.size() && i < reply.created.size(); ++i) {
      if (reply.multi_failed) break;
      learn_one(request.operations[i], reply.created[i], root);
    }
    return;
  }
  learn_one(request, reply.created.empty() ? std::string{} : reply.created.front(), root);
}

}  // namespace paddock::conformance
