// SPDX-License-Identifier: Apache-2.0
#include "unit/operator_control/fake_cluster.h"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "kube/time_text.h"
#include "objects/names.h"

namespace paddock::control {

using kube::Reply;
using operator_simulation::Server;

namespace {

Reply refuse(unsigned code, std::string_view reason) {
  return std::unexpected(
      kube::error_of(code, fmt::format(R"({{"reason":"{}","message":"{}"}})", reason, reason)));
}

/// RFC 7396; lists are replaced.
void merge_into(json::value& into, const json::value& patch) {
  const json::object* const members = patch.if_object();
  if (members == nullptr) {
    into = patch;
    return;
  }
  if (!into.is_object()) into.emplace_object();
  for (const auto& [name, value] : *members) {
    if (value.is_null()) {
      into.get_object().erase(name);
    } else {
      merge_into(into.get_object()[name], value);
    }
  }
}

json::object& metadata_of(json::value& object) {
  json::value& metadata = object.as_object()["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  return metadata.get_object();
}

std::int32_t number_of(std::string_view text) {
  return text.empty() ? 0 : std::stoi(std::string(text));
}

/// The id in "main-v3-0".
ServerId id_in(std::string_view pod) {
  const std::size_t at = pod.find("-v");
  return ServerId{number_of(pod.substr(at + 2, pod.rfind('-') - at - 2))};
}

struct Later final : kube::Pending {
  std::shared_ptr<bool> is_alive = std::make_shared<bool>(true);
  ~Later() override { *is_alive = false; }
};

}  // namespace

struct FakeCluster::Target {
  std::string plural;
  std::string name;
  std::string subresource;
};

/// All is in the namespace "ns".
FakeCluster::Target FakeCluster::parse(const std::string& target) {
  std::vector<std::string> parts;
  std::string_view rest = std::string_view(target).substr(0, target.find('?'));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t slash = rest.find('/');
    parts.emplace_back(rest.substr(0, slash));
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  }
  std::size_t at = parts.at(0) == "api" ? 2 : 3;
  if (parts.size() > at && parts[at] == "namespaces") at += 2;
  const auto part = [&](std::size_t index) {
    return index < parts.size() ? parts[index] : std::string();
  };
  return {.plural = part(at), .name = part(at + 1), .subresource = part(at + 2)};
}

std::unique_ptr<kube::Pending> FakeCluster::later(std::function<Reply()> make,
                                                  kube::OnReply on_reply) {
  auto pending = std::make_unique<Later>();
  timers_.push_back(loop_.make_timer(
      [make = std::move(make), on_reply = std::move(on_reply), alive = pending->is_alive] {
        Reply reply = make();
        if (*alive) on_reply(std::move(reply));
      }));
  timers_.back()->set(loop_.now().monotonic + milliseconds(10));
  return pending;
}

std::unique_ptr<kube::Pending> FakeCluster::call(kube::Request request, kube::OnReply on_reply) {
  return later([this, request = std::move(request)] { return carry_out(request); },
               std::move(on_reply));
}

std::unique_ptr<kube::Pending> FakeCluster::call(const MemberAddress& address,
                                                 const kube::Credentials&,
                                                 kube::Request request,
                                                 kube::OnReply on_reply) {
  return later(
      [this, host = address.host, request = std::move(request)] { return ask(host, request); },
      std::move(on_reply));
}

std::unique_ptr<kube::Pending> FakeCluster::watch(kube::Request request,
                                                  kube::WatchHandlers handlers) {
  auto pending = std::make_unique<Later>();
  handlers.on_open();
  watchers_.push_back({.plural = parse(request.target).plural,
                       .life = pending->is_alive,
                       .handlers = std::move(handlers)});
  return pending;
}

void FakeCluster::tell(const std::string& plural,
                       std::string_view type,
                       const json::value& object) {
  const bool is_ours = plural == "ensembles" || !objects::ensemble_of(object).empty();
  if (!is_ours) return;
  const std::string line = json::serialize(json::value{{"type", type}, {"object", object}});
  std::erase_if(watchers_, [](const Watcher& one) { return one.life.expired(); });
  const std::vector<Watcher> watchers = watchers_;
  for (const Watcher& one : watchers) {
    if (one.plural == plural && !one.life.expired()) one.handlers.on_line(line);
  }
}

void FakeCluster::store(const std::string& plural, json::value object, bool is_new) {
  ++version_;
  json::object& metadata = metadata_of(object);
  metadata["resourceVersion"] = std::to_string(version_);
  metadata["namespace"] = "ns";
  if (is_new) {
    metadata["uid"] = fmt::format("uid-{}", version_);
    metadata["creationTimestamp"] = kube::time_text(loop_.now().wall);
  }
  const std::string name(metadata.at("name").as_string());
  objects_[plural][name] = object;
  tell(plural, is_new ? "ADDED" : "MODIFIED", object);
}

void FakeCluster::erase(const std::string& plural, const std::string& name) {
  json::value last = objects_[plural].at(name);
  objects_[plural].erase(name);
  metadata_of(last)["resourceVersion"] = std::to_string(++version_);
  tell(plural, "DELETED", last);
}

const json::value* FakeCluster::find(const std::string& plural, const std::string& name) const {
  const auto kind = objects_.find(plural);
  if (kind == objects_.end()) return nullptr;
  const auto found = kind->second.find(name);
  return found == kind->second.end() ? nullptr : &found->second;
}

std::size_t FakeCluster::count(const std::string& plural) const {
  const auto kind = objects_.find(plural);
  return kind == objects_.end() ? 0 : kind->second.size();
}

void FakeCluster::put(const std::string& plural, const json::value& object) {
  const std::string name(kube::text_at(object, {"metadata", "name"}));
  const json::value* const is = find(plural, name);
  json::value next = is == nullptr ? json::value(json::object()) : *is;
  const std::int64_t generation = kube::number_at(next, {"metadata", "generation"}).value_or(0);
  merge_into(next, object);
  metadata_of(next)["generation"] = generation + 1;
  store(plural, std::move(next), is == nullptr);
}

void FakeCluster::set_deleted(const std::string& plural, const std::string& name) {
  json::value object = *find(plural, name);
  metadata_of(object)["deletionTimestamp"] = kube::time_text(loop_.now().wall);
  store(plural, std::move(object), false);
}

Reply FakeCluster::carry_out(const kube::Request& request) {
  if (!refusals.empty()) {
    const kube::ApiError error = refusals.front();
    refusals.pop_front();
    return std::unexpected(error);
  }
  const Target target = parse(request.target);
  json::value body = request.body.empty() ? json::value() : json::parse(request.body);
  if (request.verb == kube::Verb::Get) {
    if (target.name.empty()) return list(target);
    const json::value* const found = find(target.plural, target.name);
    if (found == nullptr) return refuse(404, "NotFound");
    return kube::Answer{.body = *found};
  }
  Reply reply = [&] {
    if (request.verb == kube::Verb::Delete) return remove(target, body);
    if (target.subresource == "eviction") return evict(target, body);
    if (request.verb == kube::Verb::Post) return create(target, std::move(body));
    const bool is_apply = request.content_type.starts_with("application/apply-patch");
    return is_apply ? apply(target, std::move(body)) : merge(target, body);
  }();
  if (reply && target.plural != "events") {
    writes.push_back(fmt::format("{} {} {}{}",
                                 kube::name_of(request.verb),
                                 target.plural,
                                 target.name,
                                 target.subresource.empty() ? "" : "/" + target.subresource));
  }
  return reply;
}

Reply FakeCluster::list(const Target& target) const {
  json::array items;
  if (const auto kind = objects_.find(target.plural); kind != objects_.end()) {
    for (const auto& [name, object] : kind->second) {
      const bool is_ours = target.plural == "ensembles" || !objects::ensemble_of(object).empty();
      if (is_ours) items.push_back(object);
    }
  }
  return kube::Answer{.body = {{"metadata", {{"resourceVersion", std::to_string(version_)}}},
                               {"items", std::move(items)}}};
}

Reply FakeCluster::apply(const Target& target, json::value body) {
  const json::value* const is = find(target.plural, target.name);
  const std::string_view version = kube::resource_version_of(body);
  const std::string_view uid = kube::uid_of(body);
  if (!version.empty() && is == nullptr) return refuse(409, "Conflict");
  if (is != nullptr && !version.empty() && version != kube::resource_version_of(*is)) {
    return refuse(409, "Conflict");
  }
  if (is != nullptr && !uid.empty() && uid != kube::uid_of(*is)) return refuse(409, "Conflict");
  json::value next = is == nullptr ? json::value(json::object()) : *is;
  if (target.subresource == "status") {
    next.as_object()["status"] = body.as_object()["status"];
  } else {
    // What the manager owned and leaves out now is gone; nobody else owns labels and annotations.
    if (is != nullptr) metadata_of(next).erase("annotations");
    if (is != nullptr) metadata_of(next).erase("labels");
    if (body.as_object().contains("spec")) next.as_object().erase("spec");
    merge_into(next, body);
  }
  store(target.plural, std::move(next), is == nullptr);
  return kube::Answer{.body = *find(target.plural, target.name)};
}

Reply FakeCluster::merge(const Target& target, const json::value& patch) {
  const json::value* const is = find(target.plural, target.name);
  if (is == nullptr) return refuse(404, "NotFound");
  const std::string_view version = kube::resource_version_of(patch);
  if (!version.empty() && version != kube::resource_version_of(*is)) {
    return refuse(409, "Conflict");
  }
  json::value next = *is;
  merge_into(next, patch);
  store(target.plural, std::move(next), false);
  return kube::Answer{};
}

Reply FakeCluster::create(const Target& target, json::value body) {
  const std::string name(kube::text_at(body, {"metadata", "name"}));
  if (find(target.plural, name) != nullptr) return refuse(409, "AlreadyExists");
  if (target.plural == "secrets" && body.as_object().contains("stringData")) {
    json::object data;
    for (const auto& [key, value] : body.at("stringData").as_object()) {
      static_cast<void>(value);
      data[key] = "eHg=";  // "xx"
    }
    body.as_object()["data"] = std::move(data);
  }
  store(target.plural, std::move(body), true);
  return kube::Answer{.code = 201};
}

Reply FakeCluster::evict(const Target& target, const json::value& body) {
  const json::value* const pod = find("pods", target.name);
  if (pod == nullptr) return refuse(404, "NotFound");
  const std::string_view uid = kube::text_at(body, {"deleteOptions", "preconditions", "uid"});
  if (!uid.empty() && uid != kube::uid_of(*pod)) return refuse(409, "Conflict");
  const json::value* const budget = find("poddisruptionbudgets", "main-voters");
  const auto least =
      budget == nullptr ? 0 : kube::number_at(*budget, {"spec", "minAvailable"}).value_or(0);
  if (static_cast<std::int64_t>(pods_ready()) - 1 < least) return refuse(429, "TooManyRequests");
  set_deleted("pods", target.name);
  return kube::Answer{.code = 201};
}

Reply FakeCluster::remove(const Target& target, const json::value& options) {
  const json::value* const is = find(target.plural, target.name);
  if (is == nullptr) return refuse(404, "NotFound");
  const std::string_view uid = kube::text_at(options, {"preconditions", "uid"});
  const std::string_view version = kube::text_at(options, {"preconditions", "resourceVersion"});
  const bool is_it = (uid.empty() || uid == kube::uid_of(*is)) &&
                     (version.empty() || version == kube::resource_version_of(*is));
  if (!is_it) return refuse(409, "Conflict");
  erase(target.plural, target.name);
  return kube::Answer{};
}

json::value FakeCluster::page_of(ServerId id) const {
  const observe::MemberReport report = ensemble.report(id);
  const auto role = [&]() -> std::string_view {
    switch (report.role) {
      case observe::Role::Leader:
        return "leader";
      case observe::Role::Follower:
        return "follower";
      case observe::Role::Observer:
        return "observer";
      case observe::Role::Joining:
        return "joining";
      case observe::Role::Looking:
        return "looking";
    }
    return "";
  }();
  json::object members;
  for (const ServerId voter : report.activated.voters) {
    members[std::to_string(raw(voter))] = {{"learner_type", "participant"}};
  }
  json::object page{{"version", report.version},
                    {"serving", report.serving},
                    {"votes", report.votes},
                    {"role", role},
                    {"id", raw(id)},
                    {"disk_id", report.disk_id},
                    {"ensemble_id", report.ensemble_id},
                    {"epoch", report.epoch},
                    {"last_zxid", fmt::format("0x{:x}", report.last_zxid.value)},
                    {"committed_configuration", fmt::format("{:x}", raw(report.committed))},
                    {"activated_configuration", fmt::format("{:x}", raw(report.activated.version))},
                    {"members", std::move(members)}};
  if (report.leader) page["leader"] = raw(*report.leader);
  if (report.reload_hash) page["configuration_label"] = *report.reload_hash;
  return page;
}

Reply FakeCluster::ask(const std::string& host, const kube::Request& request) {
  const ServerId id = id_in(host.substr(0, host.find('.')));
  if (!ensemble.servers.contains(id)) {
    return std::unexpected(kube::failed(kube::Failure::Unreachable, "nobody there"));
  }
  Server& server = ensemble.servers.at(id);
  if (request.verb == kube::Verb::Get) return kube::Answer{.body = page_of(id)};
  const json::value body = json::parse(request.body);
  writes.push_back(fmt::format("{} {} {}", request.target, raw(id), request.body));
  bool is_done = true;
  if (request.target == "/admin/initialize") {
    is_done = kube::text_at(body, {"disk_id"}) == server.disk->uid;
    if (is_done) server.disk->is_granted = true;
  } else if (request.target == "/admin/transfer-leader") {
    const auto to = static_cast<std::int32_t>(kube::number_at(body, {"to"}).value_or(0));
    is_done = ensemble.transfer(id, ServerId{to});
  } else if (request.target == "/admin/reconfig") {
    const std::int64_t from =
        std::stoll(std::string(kube::text_at(body, {"from_version"})), nullptr, 16);
    const json::value* const joining = kube::find(body, {"joining"});
    const bool adds = joining != nullptr;
    const ServerId who =
        adds ? ServerId{number_of(
                   std::string_view(joining->as_array().at(0).as_string()).substr(7, 1))}
             : ServerId{static_cast<std::int32_t>(
                   body.at("leaving").as_array().at(0).to_number<std::int64_t>())};
    is_done =
        ensemble.reconfigure(who, adds, from) == operator_simulation::ReconfigAnswer::Accepted;
  }
  if (!is_done) return refuse(409, "BadVersion");
  return kube::Answer{};
}

std::size_t FakeCluster::pods_ready() const {
  const auto pods = objects_.find("pods");
  if (pods == objects_.end()) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(pods->second, [](const auto& entry) {
    const json::value* const conditions = kube::find(entry.second, {"status", "conditions"});
    return conditions != nullptr && !kube::is_being_deleted(entry.second) &&
           kube::text_at(conditions->as_array().at(0), {"status"}) == "True";
  }));
}

void FakeCluster::control(const std::string& name, const json::value& set) {
  const std::string pod_name = name + "-0";
  const bool is_wanted = kube::number_at(set, {"spec", "replicas"}).value_or(1) > 0;
  const json::value* const pod = find("pods", pod_name);
  if (!is_wanted && pod != nullptr && !kube::is_being_deleted(*pod)) set_deleted("pods", pod_name);
  if (!is_wanted || pod != nullptr) return;
  json::value made{{"metadata", *kube::find(set, {"spec", "template", "metadata"})},
                   {"spec", *kube::find(set, {"spec", "template", "spec"})}};
  metadata_of(made)["name"] = pod_name;
  store("pods", std::move(made), true);
}

void FakeCluster::run_pod(const std::string& name, json::value pod) {
  const ServerId id = id_in(name);
  if (kube::is_being_deleted(pod)) {
    ensemble.stop(id);
    erase("pods", name);
    return;
  }
  const std::string generation(kube::text_at(pod, {"metadata", "annotations", "paddock.io/claim"}));
  const std::string claim_name =
      fmt::format("{}data-{}", name.substr(0, name.size() - 1), generation);
  const json::value* const claim = find("persistentvolumeclaims", claim_name);
  if (claim == nullptr) return;
  if (!ensemble.servers.contains(id)) {
    auto& disk = disks_[claim_name];
    if (disk == nullptr) {
      disk = std::make_unique<operator_simulation::Disk>();
      disk->uid = claim_name;
      disk->first_voters = number_of(
          kube::text_at(*claim, {"metadata", "annotations", objects::kBootstrapVotersAnnotation}));
    }
    const json::value* const map = find("configmaps", "main-config");
    const std::string label(
        map == nullptr
            ? std::string_view()
            : kube::text_at(*map, {"metadata", "annotations", "paddock.io/reload-hash"}));
    const json::value* const containers = kube::find(pod, {"spec", "containers"});
    ensemble.servers[id] =
        Server{.disk = disk.get(),
               .version = std::string(kube::text_at(containers->as_array().at(0), {"image"})),
               .reload_hash = label,
               .trusted = {1},
               .signer = 1};
  }
  const std::string_view ready = ensemble.is_serving(id) ? "True" : "False";
  const json::value* const conditions = kube::find(pod, {"status", "conditions"});
  const bool is_same =
      conditions != nullptr && kube::text_at(conditions->as_array().at(0), {"status"}) == ready;
  if (is_same) return;
  pod.as_object()["status"] = {
      {"conditions",
       json::array{{{"type", "Ready"},
                    {"status", ready},
                    {"lastTransitionTime", kube::time_text(loop_.now().wall)}}}}};
  store("pods", std::move(pod), false);
}

void FakeCluster::step() {
  const Objects sets = objects_["statefulsets"];
  for (const auto& [name, set] : sets) {
    if (!name.ends_with("-obs")) control(name, set);
  }
  const Objects pods = objects_["pods"];
  for (const auto& [name, pod] : pods) {
    const std::string set = name.substr(0, name.rfind('-'));
    if (!sets.contains(set) && !kube::is_being_deleted(pod)) {
      set_deleted("pods", name);
      continue;
    }
    run_pod(name, pod);
  }
  ensemble.step(random_, false);
}

}  // namespace paddock::control
