// SPDX-License-Identifier: Apache-2.0
#include "audit/line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

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

/// A number's digits, for as long as this lives.
class Digits {
 public:
  template <class Number>
  explicit Digits(Number value, int base = 10) {
    const char* const end = std::to_chars(text_.begin(), text_.end(), value, base).ptr;
    size_ = static_cast<std::size_t>(end - text_.begin());
  }
  [[nodiscard]] View view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 24> text_{};
  std::size_t size_ = 0;
};

/// Whether it means the same in a line, in JSON and between commas: nearly everything does.
bool is_plain(View text) {
  return std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != ','; });
}

/// Commas separate users, so a name may have none; a certificate's subject has its own and shows
/// what belongs together by them.
void append_user(const User& user, std::string& out) {
  if (is_plain(user.name)) {
    out += user.name;
    return;
  }
  for (const char c : printable(user.name)) {
    if (c == ',' && user.scheme != "x509") {
      out += "\\x2c";
    } else {
      out += c;
    }
  }
}

/// Calls `field(key, value)` for what there is, in ZooKeeper's order; users are left to `users()`.
template <class Field, class Users>
void for_each_field(const Event& event, Field field, Users users) {
  const auto given = [&](View key, View value) {
    if (!value.empty()) field(key, value);
  };
  if (event.session != SessionId{}) {
    std::string session = "0x";
    session += Digits(static_cast<std::uint64_t>(raw(event.session)), 16).view();
    field("session", session);
  }
  if (!event.users.empty()) users();
  given("ip", event.ip);
  field("operation", name_of(event.operation));
  given("znode", event.znode);
  given("znode_type", event.znode_type);
  given("acl", event.acl);
  given("scheme", event.scheme);
  given("command", event.command);
  if (event.count != 0) field("count", Digits(event.count).view());
  field("result", name_of(event.outcome));
}

void append_padded(unsigned value, std::size_t width, std::string& out) {
  const Digits digits(value);
  out.append(width - std::min(width, digits.view().size()), '0').append(digits.view());
}

/// 2026-01-31, then the time with `separator` before and `point` within.
void append_time(WallTime at, char separator, char point, std::string& out) {
  const std::chrono::sys_time<milliseconds> time{milliseconds(at.ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto rest = static_cast<unsigned>((time - day).count());
  append_padded(static_cast<unsigned>(static_cast<int>(date.year())), 4, out);
  out += '-';
  append_padded(static_cast<unsigned>(date.month()), 2, out);
  out += '-';
  append_padded(static_cast<unsigned>(date.day()), 2, out);
  out += separator;
  append_padded(rest / 3'600'000, 2, out);
  out += ':';
  append_padded(rest / 60'000 % 60, 2, out);
  out += ':';
  append_padded(rest / 1000 % 60, 2, out);
  out += point;
  append_padded(rest % 1000, 3, out);
}

void append_quoted(View text, std::string& out) {
  out += '"';
  if (is_plain(text)) {
    out += text;
  } else {
    out += json_escaped(text);
  }
  out += '"';
}

void append_json_users(const Event& event, std::string& out) {
  out += R"(,"users":[)";
  for (const User& user : event.users) {
    if (&user != &event.users.front()) out += ',';
    out += R"({"scheme":)";
    append_quoted(user.scheme, out);
    out += R"(,"name":)";
    append_quoted(user.name, out);
    out += '}';
  }
  out += ']';
}

void append_json(const Event& event, std::string& out) {
  out += R"({"time":")";
  append_time(event.at, 'T', '.', out);
  out += "Z\"";
  for_each_field(
      event,
      [&](View key, View value) {
        out.append(",\"").append(key).append("\":");
        append_quoted(value, out);
      },
      [&] { append_json_users(event, out); });
  out += "}\n";
}

void append_text(const Event& event, std::string& out) {
  const std::size_t start = out.size();
  const auto begin = [&](View key) {
    if (out.size() > start) out += '\t';
    out.append(key).append("=");
  };
  for_each_field(
      event,
      [&](View key, View value) {
        begin(key);
        if (is_plain(value)) {
          out += value;
        } else {
          out += printable(value);
        }
      },
      [&] {
        begin("user");
        for (const User& user : event.users) {
          if (&user != &event.users.front()) out += ',';
          append_user(user, out);
        }
      });
}

}  // namespace

std::string to_text(const Event& event) {
  std::string out;
  append_text(event, out);
  return out;
}

void append_line(const Event& event, Format format, std::string& out) {
  if (format == Format::Json) return append_json(event, out);
  append_time(event.at, ' ', ',', out);
  out += event.outcome == Outcome::Failure ? " ERROR" : " INFO";
  out += " audit.Slf4jAuditLogger: ";
  append_text(event, out);
  out += '\n';
}

}  // namespace paddock::audit
