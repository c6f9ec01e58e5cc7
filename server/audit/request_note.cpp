// SPDX-License-Identifier: Apache-2.0
#include "audit/request_note.h"

#include <utility>

#include "jute/permissions.h"
#include "request/operation.h"
#include "tree/data_tree.h"

namespace paddock::audit {

namespace {

using jute::Opcode;

bool is_create(Opcode opcode) {
  return opcode == Opcode::Create || opcode == Opcode::Create2 ||
         opcode == Opcode::CreateContainer || opcode == Opcode::CreateTtl;
}

Operation operation_of(Opcode opcode) {
  if (is_create(opcode)) return Operation::Create;
  if (opcode == Opcode::Delete) return Operation::Delete;
  if (opcode == Opcode::SetData) return Operation::SetData;
  if (opcode == Opcode::SetAcl) return Operation::SetAcl;
  if (opcode == Opcode::Multi) return Operation::Multi;
  if (opcode == Opcode::Reconfig) return Operation::Reconfig;
  return Operation::None;
}

/// Of a constant; null for a number that is no mode.
View name_of(jute::CreateMode mode) {
  switch (mode) {
    case jute::CreateMode::Persistent:
      return "persistent";
    case jute::CreateMode::Ephemeral:
      return "ephemeral";
    case jute::CreateMode::PersistentSequential:
      return "persistent_sequential";
    case jute::CreateMode::EphemeralSequential:
      return "ephemeral_sequential";
    case jute::CreateMode::Container:
      return "container";
    case jute::CreateMode::PersistentWithTtl:
      return "persistent_with_ttl";
    case jute::CreateMode::PersistentSequentialWithTtl:
      return "persistent_sequential_with_ttl";
  }
  return {};
}

/// One behind the other without anything between, as ZooKeeper writes them.
std::string acl_text(const jute::List<jute::Acl>& acl) {
  std::string text;
  for (const jute::Acl& entry : acl) {
    text.append(entry.id.scheme).append(":");
    text.append(auth::user_of(entry.id));
    if (entry.id.scheme == "digest") text.append(":x");
    text.append(":").append(jute::permission_letters(entry.perms));
  }
  return text;
}

Action action_of(const request::Operation& read) {
  Action action{.operation = operation_of(read.opcode), .path = std::string(read.path)};
  if (action.operation == Operation::Create) action.znode_type = name_of(read.mode);
  if (action.operation == Operation::SetAcl) action.acl = acl_text(read.acl);
  return action;
}

/// In a multi, ZooKeeper knows no type of nodes with a TTL.
Action part_of_multi(const request::Operation& read) {
  Action action = action_of(read);
  if (request::is_ttl_mode(read.mode)) action.znode_type = {};
  return action;
}

Event event_of(const Event& base, const Action& action, Outcome outcome) {
  Event event = base;
  event.operation = action.operation;
  event.znode = action.path;
  event.znode_type = action.znode_type;
  event.acl = action.acl;
  event.outcome = outcome;
  return event;
}

/// The path that a create was answered with: that of a sequential node is known only now.
std::string created_path(const std::string& asked, View reply) {
  View path;
  return jute::Reader(reply).get(path) ? std::string(path) : asked;
}

/// Skips the rest of a result of a multi, and says which path a create has made.
bool read_result(jute::Reader& in, Opcode type, View& path) {
  jute::Stat stat;
  jute::ErrorResponse error;
  if (type == Opcode::Create) return in.get(path);
  if (type == Opcode::Create2) return in.get(path) && in.get(stat);
  if (type == Opcode::SetData) return in.get(stat);
  if (type == Opcode::Error) return in.get(error);
  return true;
}

void tell_multi_failed(const Event& base, Events& into) {
  into.push_back(event_of(base, {.operation = Operation::Multi}, Outcome::Failure));
}

void tell_multi(const RequestNote& note, View reply, const Event& base, Events& into) {
  jute::Reader in(reply);
  jute::MultiHeader header;
  for (const Action& asked : note.actions) {
    if (!in.get(header) || header.done || header.type == Opcode::Error) {
      return tell_multi_failed(base, into);
    }
    View path{asked.path};
    static_cast<void>(read_result(in, header.type, path));
    if (asked.operation == Operation::None) continue;
    Action done = asked;
    // As in ZooKeeper, which looks the type up by the path that was asked for.
    if (path != asked.path) done.znode_type = {};
    done.path = path;
    into.push_back(event_of(base, done, Outcome::Success));
  }
}

}  // namespace

RequestNote note_of(Opcode opcode, std::int32_t xid, View payload) {
  RequestNote note{.xid = xid, .operation = operation_of(opcode), .actions = {}};
  if (note.operation == Operation::None || note.operation == Operation::Reconfig) return note;
  if (note.operation == Operation::Multi) {
    std::vector<request::Operation> operations;
    if (!request::read_multi(payload, operations)) return note;
    for (const request::Operation& read : operations) note.actions.push_back(part_of_multi(read));
    return note;
  }
  jute::Reader in(payload);
  request::Operation read;
  if (request::read_operation(opcode, in, read)) note.actions.push_back(action_of(read));
  return note;
}

void tell_answered(
    const RequestNote& note, ErrorCode err, View reply, const Event& base, Events& into) {
  if (note.operation == Operation::None) return;
  const Outcome outcome = err == ErrorCode::Ok ? Outcome::Success : Outcome::Failure;
  if (note.operation == Operation::Multi) {
    if (err == ErrorCode::Ok) return tell_multi(note, reply, base, into);
    return tell_multi_failed(base, into);
  }
  Action action = note.actions.empty() ? Action{.operation = note.operation} : note.actions.front();
  if (err == ErrorCode::Ok) {
    if (note.operation == Operation::Create) action.path = created_path(action.path, reply);
    if (note.operation == Operation::Reconfig) action.path = tree::kConfigPath;
  }
  into.push_back(event_of(base, action, outcome));
}

void tell_unanswered(const RequestNote& note, const Event& base, Events& into) {
  if (note.operation == Operation::None) return;
  if (note.actions.empty()) {
    into.push_back(event_of(base, {.operation = note.operation}, Outcome::Invoked));
  }
  for (const Action& action : note.actions) {
    if (action.operation == Operation::None) continue;
    into.push_back(event_of(base, action, Outcome::Invoked));
  }
}

std::vector<User> users_of(auth::Identities identities) {
  std::vector<User> users;
  for (const jute::Id& id : identities) {
    // That somebody is a super user shows by who it is.
    if (id.scheme == "super") continue;
    const View name = auth::user_of(id);
    if (!name.empty()) users.push_back({std::string(id.scheme), std::string(name)});
  }
  return users;
}

std::vector<User> users_claimed(View scheme, View credential) {
  const std::size_t colon = credential.find(':');
  if (scheme != "digest" || colon == View::npos || colon == 0) return {};
  return {{std::string(scheme), std::string(credential.substr(0, colon))}};
}

}  // namespace paddock::audit
