// SPDX-License-Identifier: Apache-2.0
#include "reply.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "jute/reader.h"
#include "jute/records.h"

namespace paddock::conformance {

namespace {

using jute::Opcode;

/// Reads records and notes their fields as values.
class Decoder {
 public:
  Decoder(View frame, const Request& request, Reply& reply)
      : reader_(frame), request_(request), reply_(reply) {}

  void frame() {
    jute::ReplyHeader header;
    if (!reader_.get(header)) return malformed();
    reply_.event = header.xid == jute::kXidWatchEvent;
    reply_.error = static_cast<std::int32_t>(header.err);
    number("xid", header.xid);
    add(reply_.event ? ValueKind::EventZxid : ValueKind::HeaderZxid, "zxid", header.zxid);
    number("err", reply_.error);
    if (reply_.event) {
      event();
    } else if (reply_.error == 0) {
      body(request_.opcode);
    }
    if (!reader_.ok()) malformed();
    number("bytes left", static_cast<std::int64_t>(reader_.remaining()));
  }

 private:
  void malformed() { reply_.malformed = true; }

  void add(ValueKind kind, const char* name, std::int64_t value) {
    reply_.values.push_back({kind, value, {}, name});
  }
  void number(const char* name, std::int64_t value) { add(ValueKind::Number, name, value); }
  void text(const char* name, View value) {
    reply_.values.push_back({ValueKind::Text, is_null(value) ? -1 : 0, std::string(value), name});
  }

  template <class Record>
  Record get() {
    Record record;
    static_cast<void>(reader_.get(record));
    return record;
  }

  void event() {
    const auto record = get<jute::WatcherEvent>();
    number("type", static_cast<std::int32_t>(record.type));
    number("state", static_cast<std::int32_t>(record.state));
    text("path", record.path);
  }

  void stat(const jute::Stat& stat) {
    add(ValueKind::Zxid, "czxid", stat.czxid);
    add(ValueKind::Zxid, "mzxid", stat.mzxid);
    add(ValueKind::Zxid, "pzxid", stat.pzxid);
    number("version", stat.version);
    number("cversion", stat.cversion);
    number("aversion", stat.aversion);
    add(ValueKind::Session, "ephemeralOwner", stat.ephemeral_owner);
    number("dataLength", stat.data_length);
    number("numChildren", stat.num_children);
    reply_.stamps.push_back({stat.czxid, stat.ctime});
    reply_.stamps.push_back({stat.mzxid, stat.mtime});
  }

  /// Servers give paths in any order.
  void paths(const jute::List<View>& list) {
    number("count", list.count());
    std::vector<View> sorted;
    for (const View path : list) sorted.push_back(path);
    std::sort(sorted.begin(), sorted.end());
    for (const View path : sorted) text("path", path);
  }

  void acl(const jute::List<jute::Acl>& list) {
    number("count", list.count());
    std::vector<std::tuple<std::int32_t, View, View>> sorted;
    for (const jute::Acl& entry : list) {
      sorted.emplace_back(entry.perms, entry.id.scheme, entry.id.id);
    }
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [perms, scheme, id] : sorted) {
      number("perms", perms);
      text("scheme", scheme);
      text("id", id);
    }
  }

  void identities(const jute::List<jute::ClientInfo>& list) {
    std::vector<std::tuple<View, View>> sorted;
    for (const jute::ClientInfo& entry : list) sorted.emplace_back(entry.scheme, entry.user);
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [scheme, user] : sorted) {
      text("scheme", scheme);
      text("user", user);
    }
  }

  void results() {
    for (;;) {
      const auto header = get<jute::MultiHeader>();
      if (!reader_.ok()) return;
      if (is_create2(header.type)) {
        number("type", static_cast<std::int32_t>(Opcode::Create2));
        number("done", 0);
        number("err", header.err);
        create2_result(header.type);
        continue;
      }
      number("type", static_cast<std::int32_t>(header.type));
      number("done", header.done ? 1 : 0);
      number("err", header.err);
      if (header.done) return;
      if (header.type == Opcode::Error) {
        reply_.multi_failed = true;
        number("code", static_cast<std::int32_t>(get<jute::ErrorResponse>().err));
        reply_.created.emplace_back();
      } else {
        const std::size_t before = reply_.created.size();
        body(header.type);
        if (reply_.created.size() == before) reply_.created.emplace_back();
      }
    }
  }

  /// Whether the next result of a multi answers a create2, in either form.
  [[nodiscard]] bool is_create2(Opcode type) const {
    const std::size_t index = reply_.created.size();
    return (type == Opcode::Create || type == Opcode::Create2) &&
           index < request_.operations.size() &&
           request_.operations[index].opcode == Opcode::Create2;
  }

  /// The Stat that only newer releases give has nothing to be compared with.
  void create2_result(Opcode type) {
    if (type == Opcode::Create) return created(get<jute::PathResponse>().path);
    reply_.multi_create2 = true;
    created(get<jute::PathStatResponse>().path);
  }

  void created(View path) {
    text("path", path);
    reply_.created.emplace_back(path);
  }

  void body(Opcode opcode) {
    switch (opcode) {
      case Opcode::Create:
        return created(get<jute::PathResponse>().path);
      case Opcode::Sync:
        return text("path", get<jute::PathResponse>().path);
      case Opcode::Create2:
      case Opcode::CreateContainer:
      case Opcode::CreateTtl: {
        const auto record = get<jute::PathStatResponse>();
        created(record.path);
        return stat(record.stat);
      }
      case Opcode::Exists:
      case Opcode::SetData:
      case Opcode::SetAcl:
        return stat(get<jute::StatResponse>().stat);
      case Opcode::GetData:
      case Opcode::Reconfig: {
        const auto record = get<jute::DataResponse>();
        text("data", record.data);
        return stat(record.stat);
      }
      case Opcode::GetAcl: {
        const auto record = get<jute::AclResponse>();
        acl(record.acl);
        return stat(record.stat);
      }
      case Opcode::GetChildren:
      case Opcode::GetEphemerals:
        return paths(get<jute::PathsResponse>().paths);
      case Opcode::GetChildren2: {
        const auto record = get<jute::ChildrenStatResponse>();
        paths(record.children);
        return stat(record.stat);
      }
      case Opcode::GetAllChildrenNumber:
        return number("count", get<jute::CountResponse>().count);
      case Opcode::AddWatch:
        return number("error", static_cast<std::int32_t>(get<jute::ErrorResponse>().err));
      case Opcode::WhoAmI:
        return identities(get<jute::WhoAmIResponse>().identities);
      case Opcode::Sasl: {
        View token;
        static_cast<void>(reader_.get(token));
        return text("token", token);
      }
      case Opcode::Multi:
      case Opcode::MultiRead:
        return results();
      case Opcode::Notification:
      case Opcode::Delete:
      case Opcode::Ping:
      case Opcode::Check:
      case Opcode::CheckWatches:
      case Opcode::RemoveWatches:
      case Opcode::DeleteContainer:
      case Opcode::Auth:
      case Opcode::SetWatches:
      case Opcode::SetWatches2:
      case Opcode::CreateSession:
      case Opcode::CloseSession:
      case Opcode::Error:
        return;
    }
  }

  jute::Reader reader_;
  const Request& request_;
  Reply& reply_;
};

}  // namespace

Reply decode_frame(View frame, const Request& request) {
  Reply reply;
  Decoder(frame, request, reply).frame();
  return reply;
}

bool is_event(View frame) {
  return frame.size() >= sizeof(std::int32_t) &&
         load_be<std::int32_t>(frame.data()) == jute::kXidWatchEvent;
}

std::string describe(const Reply& reply) {
  std::string text = reply.event ? "event" : "reply";
  if (reply.malformed) text += " (malformed)";
  for (const Value& value : reply.values) {
    if (value.kind == ValueKind::Text) {
      text += value.number < 0 ? fmt::format(" {}=null", value.name)
                               : fmt::format(" {}={:?}", value.name, value.text.substr(0, 200));
    } else {
      text += fmt::format(" {}={}", value.name, value.number);
    }
  }
  return text;
}

}  // namespace paddock::conformance
