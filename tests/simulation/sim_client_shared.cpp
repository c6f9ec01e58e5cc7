// SPDX-License-Identifier: Apache-2.0
//
// SimClient: watches over reconnects, and nodes that other clients write too.
#include <utility>

#include <fmt/format.h>

#include "simulation/sim_client.h"

namespace paddock::simulation {

namespace {

using jute::EventType;
using jute::Opcode;

constexpr std::int64_t kTtlMs = 8000;
constexpr View kNodes[] = {"/s/a", "/s/b", "/s/c"};
constexpr View kContainer = "/s/k";
constexpr View kInContainer = "/s/k/x";
constexpr View kTtlNode = "/s/t";

template <class Lists>
void put_paths(jute::Writer& writer, const Lists& paths) {
  jute::ListBuilder<View> list;
  for (const std::string& path : paths) list.add(path);
  writer.put(list.view());
}

}  // namespace

void SimClient::forget_watches() {
  armed_data_.clear();
  armed_children_.reset();
  armed_shared_.clear();
}

void SimClient::rearm_watches() {
  if (armed_data_.empty() && !armed_children_ && armed_shared_.empty()) return;
  send({.kind = Kind::SetWatches, .name = {}, .other = {}, .data = {}});
}

/// What was missed without a connection has been told by now, before this audit was answered.
void SimClient::check_rearmed_watches() {
  for (const auto& [name, held] : armed_data_) {
    const auto node = known_.nodes.find(name);
    const bool is_same = node == known_.nodes.end() ? !held : held == node->second;
    if (!is_same) fail(fmt::format("the watch of {} was lost with a connection", path_of(name)));
  }
  if (!armed_children_) return;
  std::set<std::string> names;
  for (const auto& [name, data] : known_.nodes) names.insert(name);
  if (names != *armed_children_)
    fail("the watch of the home's children was lost with a connection");
}

/// An event stands before every reply that shows the change: none came, so there was none.
void SimClient::note_quiet_watches(std::int64_t zxid) {
  for (const auto& [path, armed] : armed_shared_) {
    facts_.history.unchanged(path, armed.since, zxid);
  }
}

void SimClient::on_shared_event(const std::string& path, EventType type, std::int64_t zxid) {
  const auto found = armed_shared_.find(path);
  if (found == armed_shared_.end()) {
    return fail(fmt::format("an event of {} that was not asked for", path));
  }
  const Armed armed = found->second;
  armed_shared_.erase(found);
  const bool fits = armed.is_absent
                        ? type == EventType::NodeCreated
                        : type == EventType::NodeDataChanged || type == EventType::NodeDeleted;
  if (!fits) return fail(fmt::format("the event of {} is of another kind", path));
  if (zxid < 0) return;
  if (zxid <= armed.since) return fail(fmt::format("an event of {} for an old change", path));
  facts_.history.changed(path, zxid);
  facts_.history.unchanged(path, armed.since, zxid - 1);
}

void SimClient::encode_shared(const Request& request, jute::Writer& writer) const {
  const auto header = [&](Opcode opcode) {
    writer.put(jute::RequestHeader{request.xid, opcode});
  };
  if (request.kind == Kind::SetWatches) {
    header(Opcode::SetWatches);
    encode_watches(writer);
  } else if (request.kind == Kind::SharedCreate) {
    encode_shared_create(request, writer);
  } else if (request.kind == Kind::SharedSet) {
    header(Opcode::SetData);
    writer.put(jute::SetDataRequest{request.name, request.data, -1});
  } else if (request.kind == Kind::SharedDelete) {
    header(Opcode::Delete);
    writer.put(jute::PathVersionRequest{request.name, -1});
  } else if (request.kind == Kind::SharedMulti) {
    header(Opcode::Multi);
    for (const std::string& path : {request.name, request.other}) {
      writer.put(jute::MultiHeader{Opcode::SetData, false, -1});
      writer.put(jute::SetDataRequest{path, request.data, -1});
    }
    writer.put(jute::kMultiEnd);
  } else {
    header(request.kind == Kind::SharedGet ? Opcode::GetData : Opcode::Exists);
    writer.put(jute::PathWatchRequest{request.name, request.watch});
  }
}

void SimClient::encode_shared_create(const Request& request, jute::Writer& writer) {
  jute::ListBuilder<jute::Acl> acl;
  acl.add({jute::kPermAll, {"world", "anyone"}});
  jute::CreateMode mode =
      request.ephemeral ? jute::CreateMode::Ephemeral : jute::CreateMode::Persistent;
  Opcode opcode = Opcode::Create2;
  if (request.form == Form::Container) {
    mode = jute::CreateMode::Container;
    opcode = Opcode::CreateContainer;
  } else if (request.form == Form::Ttl) {
    mode = jute::CreateMode::PersistentWithTtl;
    opcode = Opcode::CreateTtl;
  }
  writer.put(jute::RequestHeader{request.xid, opcode});
  writer.put(jute::CreateRequest{request.name, request.data, acl.view(), mode});
  if (request.form == Form::Ttl) writer.put(kTtlMs);
}

void SimClient::encode_watches(jute::Writer& writer) const {
  std::vector<std::string> data;
  std::vector<std::string> exist;
  std::vector<std::string> children;
  for (const auto& [name, held] : armed_data_) (held ? data : exist).push_back(path_of(name));
  for (const auto& [path, armed] : armed_shared_) (armed.is_absent ? exist : data).push_back(path);
  if (armed_children_) children.push_back(home_);
  writer.put(last_zxid_);
  put_paths(writer, data);
  put_paths(writer, exist);
  put_paths(writer, children);
}

void SimClient::act_on_shared(Request request) {
  request.name = std::string(kNodes[prng_.below(std::size(kNodes))]);
  switch (prng_.below(12)) {
    case 0:
      request.kind = Kind::SharedCreate;
      request.ephemeral = prng_.chance(1, 2);
      break;
    case 1:
      request.kind = Kind::SharedCreate;
      request.form = prng_.chance(1, 2) ? Form::Container : Form::Ttl;
      request.name = std::string(request.form == Form::Ttl ? kTtlNode : kContainer);
      break;
    case 2:
      request.kind = prng_.chance(1, 2) ? Kind::SharedCreate : Kind::SharedDelete;
      request.name = std::string(kInContainer);
      break;
    case 3:
      request.kind = Kind::SharedDelete;
      break;
    case 4:
    case 5:
      request.kind = Kind::SharedSet;
      break;
    case 6:
      request.kind = Kind::SharedMulti;
      request.name = std::string(kNodes[0]);
      request.other = std::string(kNodes[1]);
      facts_.history.written_together(request.data, {request.name, request.other});
      break;
    case 7:
      request.kind = Kind::SharedGet;
      request.name = std::string(prng_.chance(1, 2) ? kTtlNode : kContainer);
      request.watch = prng_.chance(1, 2);
      break;
    case 8:
    case 9:
      request.kind = Kind::SharedExists;
      request.watch = prng_.chance(1, 2);
      break;
    default:
      request.kind = Kind::SharedGet;
      request.watch = prng_.chance(1, 2);
      break;
  }
  send(std::move(request));
}

void SimClient::on_shared_write(const Request& request,
                                const jute::ReplyHeader& header,
                                View record) {
  if (request.kind == Kind::SharedMulti) {
    jute::Reader reader(record);
    jute::MultiHeader first;
    if (header.err != ErrorCode::Ok || !reader.get(first)) {
      return fail("a multi's reply is malformed");
    }
    if (first.type == Opcode::Error) return facts_.history.refused(request.data);
    facts_.history.changed(request.name, header.zxid);
    facts_.history.changed(request.other, header.zxid);
    return;
  }
  if (is_impossible(request)) {
    if (header.err != ErrorCode::EphemeralOnLocalSession) {
      fail("a local session owns an ephemeral node");
    }
    return;
  }
  if (header.err == ErrorCode::NoNode || header.err == ErrorCode::NodeExists ||
      header.err == ErrorCode::NotEmpty) {
    if (!request.data.empty()) facts_.history.refused(request.data);
    return;
  }
  if (header.err != ErrorCode::Ok) {
    return fail(fmt::format("{} answered {}", request.name, paddock::name(header.err)));
  }
  if (request.kind == Kind::SharedDelete) {
    facts_.history.changed(request.name, header.zxid);
    return;
  }
  jute::PathStatResponse created;
  jute::StatResponse set;
  const bool is_create = request.kind == Kind::SharedCreate;
  if (is_create ? !jute::decode(record, created) : !jute::decode(record, set)) {
    return fail("a write's reply is malformed");
  }
  const jute::Stat& stat = is_create ? created.stat : set.stat;
  if (stat.mzxid != header.zxid) {
    return fail(fmt::format(
        "{} was written at {} by a reply of {}", request.name, stat.mzxid, header.zxid));
  }
  facts_.history.saw(request.name, request.data, stat, header.zxid);
}

void SimClient::on_shared_read(const Request& request,
                               const jute::ReplyHeader& header,
                               View record) {
  const bool is_absent = header.err == ErrorCode::NoNode;
  if (!is_absent && header.err != ErrorCode::Ok) {
    return fail(fmt::format("a read of {} answered {}", request.name, paddock::name(header.err)));
  }
  if (!is_absent && request.kind == Kind::SharedGet) {
    jute::DataResponse response;
    if (!jute::decode(record, response)) return fail("a getData's reply is malformed");
    facts_.history.saw(request.name, std::string(response.data), response.stat, header.zxid);
  } else if (!is_absent) {
    jute::StatResponse response;
    if (!jute::decode(record, response)) return fail("an exists' reply is malformed");
    facts_.history.changed(request.name, response.stat.mzxid);
    facts_.history.unchanged(request.name, response.stat.mzxid, header.zxid);
  }
  if (request.watch && (!is_absent || request.kind == Kind::SharedExists)) {
    armed_shared_.emplace(request.name, Armed{header.zxid, is_absent});
  }
}

}  // namespace paddock::simulation
