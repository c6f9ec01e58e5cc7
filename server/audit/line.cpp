// SPDX-License-Identifier: Apache-2.0
#include "audit/line.h"

#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/assert.h"
#include "base/escape.h"

namespace paddock::audit {

namespace {

View name_of(Operation operation) {
  switch (operation) {
    case Operation::None:
      break;
    case Operation::Create:
      return "create";
    case Operation::Delete:
      return "delete";
    case Operation::SetData:
      return "setData";
    case Operation::SetAcl:
      return "setAcl";
    case Operation::Multi:
      return "multiOperation";
    case Operation::Reconfig:
      return "reconfig";
    case Operation::EphemeralDeletion:
      return "ephemeralZNodeDeletionOnSessionCloseOrExpire";
    case Operation::ServerStart:
      return "serverStart";
    case Operation::ServerStop:
      return "serverStop";
    case Operation::Authenticate:
      return "authenticate";
    case Operation::AdminCommand:
      return "adminCommand";
    case Operation::EventsLost:
      return "auditEventsLost";
  }
  PADDOCK_UNREACHABLE();
}

View name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Success:
      return "success";
    case Outcome::Failure:
      return "failure";
    case Outcome::Invoked:
      return "invoked";
  }
  PADDOCK_UNREACHABLE();
}

std::string hex(SessionId session) {
  return fmt::format("0x{:x}", static_cast<std::uint64_t>(raw(session)));
}

/// Commas separate users, so a name may have none; a certificate's subject has its own and shows
/// what belongs together by them.
std::string shown(const User& user) {
  const std::string name = printable(user.name);
  if (user.scheme == "x509") return name;
  std::string out;
  for (const char c : name) out += c == ',' ? "\\x2c" : std::string(1, c);
  return out;
}

std::string shown(const std::vector<User>& users) {
  std::string out;
  for (const User& user : users) {
    if (!out.empty()) out += ',';
    out += shown(user);
  }
  return out;
}

/// Calls `field(key, value)` for what there is, in ZooKeeper's order; users are left to `users()`.
template <class Field, class Users>
void for_each_field(const Event& event, Field field, Users users) {
  const auto given = [&](View key, const std::string& value) {
    if (!value.empty()) field(key, value);
  };
  if (event.session != SessionId{}) field("session", hex(event.session));
  if (!event.users.empty()) users();
  given("ip", event.ip);
  field("operation", std::string(name_of(event.operation)));
  given("znode", event.znode);
  given("znode_type", std::string(event.znode_type));
  given("acl", event.acl);
  given("scheme", event.scheme);
  given("command", event.command);
  if (event.count != 0) field("count", std::to_string(event.count));
  field("result", std::string(name_of(event.outcome)));
}

/// 2026-01-31, then the time with `separator` before and `point` within.
std::string time_of(WallTime at, char separator, char point) {
  const std::chrono::sys_time<milliseconds> time{milliseconds(at.ms)};
  const auto whole = std::chrono::floor<seconds>(time);
  return fmt::format("{:%Y-%m-%d}{}{:%H:%M:%S}{}{:03}",
                     fmt::gmtime(whole),
                     separator,
                     fmt::gmtime(whole),
                     point,
                     (time - whole).count());
}

void append_json_users(const Event& event, std::string& out) {
  out += R"(,"users":[)";
  for (const User& user : event.users) {
    if (&user != &event.users.front()) out += ',';
    out += fmt::format(
        R"({{"scheme":"{}","name":"{}"}})", json_escaped(user.scheme), json_escaped(user.name));
  }
  out += ']';
}

void append_json(const Event& event, std::string& out) {
  out += fmt::format(R"({{"time":"{}Z")", time_of(event.at, 'T', '.'));
  for_each_field(
      event,
      [&](View key, const std::string& value) {
        out += fmt::format(R"(,"{}":"{}")", key, json_escaped(value));
      },
      [&] { append_json_users(event, out); });
  out += "}\n";
}

}  // namespace

std::string to_text(const Event& event) {
  std::string out;
  const auto field = [&](View key, const std::string& value) {
    if (!out.empty()) out += '\t';
    out.append(key).append("=").append(value);
  };
  for_each_field(
      event,
      [&](View key, const std::string& value) { field(key, printable(value)); },
      [&] { field("user", shown(event.users)); });
  return out;
}

void append_line(const Event& event, Format format, std::string& out) {
  if (format == Format::Json) return append_json(event, out);
  out += fmt::format("{} {} audit.Slf4jAuditLogger: {}\n",
                     time_of(event.at, ' ', ','),
                     event.outcome == Outcome::Failure ? "ERROR" : "INFO",
                     to_text(event));
}

}  // namespace paddock::audit
