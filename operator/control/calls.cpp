// SPDX-License-Identifier: Apache-2.0
#include "control/calls.h"

#include <array>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "objects/names.h"
#include "objects/read.h"

namespace paddock::control {
namespace {

using kube::ObjectKey;
using Calls = std::vector<Call>;

/// The server carries it out within 15 s, or says that it did not.
constexpr seconds kChangeLimit{20};
constexpr seconds kAskLimit{5};

ObjectKey key_in(const Scene& scene, std::string name) {
  return {.ns = scene.ensemble.key.ns, .name = std::move(name)};
}

/// The applies of what was built; what must not be there yet is looked for first.
Calls apply_all(const objects::Objects& built, const plan::Expected& expected) {
  Calls calls;
  if (!expected && !built.empty()) {
    const json::value& first = built.front();
    calls.push_back({.kind = Call::Kind::MustBeAbsent,
                     .request = kube::get(resource_of(first), kube::key_of(first))});
  }
  for (const json::value& object : built) calls.push_back(apply_call(object));
  return calls;
}

Call ask_member(ServerId id, std::string_view path, const json::object& body, seconds limit) {
  return {.kind = Call::Kind::AskMember,
          .request = {.verb = kube::Verb::Post,
                      .target = std::string(path),
                      .content_type = "application/json",
                      .body = json::serialize(body),
                      .time_limit = limit},
          .member = id};
}

class Maker {
 public:
  explicit Maker(const Scene& scene) : scene_(scene) {}

  Calls operator()(const plan::LatchBootstrap& action) const {
    return {status_call(scene_, scene_.ensemble.ensemble_id, action.voters)};
  }
  Calls operator()(const plan::LatchEnsemble& action) const {
    return {status_call(scene_, action.ensemble_id, scene_.ensemble.bootstrap_voters)};
  }
  Calls operator()(const plan::ApplyServices& action) const { return build(action); }
  Calls operator()(const plan::ApplyConfiguration& action) const { return build(action); }
  Calls operator()(const plan::ApplyObservers& action) const { return build(action); }
  Calls operator()(const plan::ApplyClaim& action) const { return build(action); }
  Calls operator()(const plan::ApplyBudget& action) const {
    const objects::Objects built = objects::build(scene_.site, action);
    if (!built.empty()) return apply_all(built, action.expected);
    if (!action.expected) return {};
    return {remove(Kind::Budget,
                   objects::voters_budget_name(scene_.site.ensemble),
                   {.uid = action.expected->uid})};
  }
  Calls operator()(const plan::ApplyCertificates& action) const {
    const auto built =
        authority::build(scene_.site, action, find_in(scene_.cache, scene_.ensemble.key.ns));
    if (!built)
      return {{.kind = Call::Kind::Impossible, .request = {}, .uid = built.error().message}};
    return apply_all(*built, action.expected);
  }
  Calls operator()(const plan::ApplyWorkload& action) const {
    const std::string name = objects::workload_name(scene_.site.ensemble, action.member);
    const json::value* const current = scene_.cache.find(Kind::StatefulSet, key_in(scene_, name));
    return apply_all(objects::build(scene_.site, action, current), action.expected);
  }
  Calls operator()(const plan::LabelVoter& action) const {
    return {{.kind = Call::Kind::Write,
             .request = kube::merge_patch(scene_.cache.resource(Kind::Pod),
                                          pod(action.member),
                                          objects::voter_label_patch(action))}};
  }
  Calls operator()(const plan::GrantInitialize& action) const {
    return {
        ask_member(action.member, "/admin/initialize", {{"disk_id", action.disk_id}}, kAskLimit)};
  }
  Calls operator()(const plan::AskReload& action) const {
    return {ask_member(action.member, "/admin/reload", {}, kChangeLimit)};
  }
  Calls operator()(const plan::ChangeWorkload& action) const {
    Calls calls;
    if (action.pod) {
      calls.push_back(
          {.kind = Call::Kind::MustBe,
           .request = kube::get(scene_.cache.resource(Kind::Pod), pod(action.to.member)),
           .uid = action.pod->uid});
    }
    for (Call& call : (*this)(action.to)) calls.push_back(std::move(call));
    return calls;
  }
  Calls operator()(const plan::EvictPod& action) const {
    const std::string& api = scene_.site.cluster.budget_api;
    return {{.kind = Call::Kind::Evict,
             .request = kube::evict(pod(action.member),
                                    {.uid = action.pod.uid},
                                    std::string_view(api).substr(api.rfind('/') + 1))}};
  }
  Calls operator()(const plan::TransferLeader& action) const {
    return {
        ask_member(action.from, "/admin/transfer-leader", {{"to", raw(action.to)}}, kChangeLimit)};
  }
  Calls operator()(const plan::Reconfigure& action) const {
    json::object body{{"from_version", fmt::format("{:x}", raw(action.from_version))}};
    if (action.change == plan::Reconfigure::Change::AddVoter) {
      body["joining"] = json::array{objects::member_line(scene_.site, action.member)};
    } else {
      body["leaving"] = json::array{raw(action.member)};
    }
    const std::int32_t leader = scene_.plan.status.leader.value_or(raw(action.member));
    return {ask_member(ServerId{leader}, "/admin/reconfig", body, kChangeLimit)};
  }
  Calls operator()(const plan::DeleteWorkload& action) const {
    return {remove(Kind::StatefulSet,
                   objects::workload_name(scene_.site.ensemble, action.member),
                   preconditions(action.workload))};
  }
  Calls operator()(const plan::DeleteClaim& action) const {
    const std::string& ensemble = scene_.site.ensemble;
    Calls calls{remove(Kind::Claim,
                       objects::data_claim_name(ensemble, action.member, action.generation),
                       preconditions(action.claim))};
    const std::string log = objects::log_claim_name(ensemble, action.member, action.generation);
    if (const json::value* const found = scene_.cache.find(Kind::Claim, key_in(scene_, log))) {
      calls.push_back(remove(Kind::Claim, log, {.uid = std::string(kube::uid_of(*found))}));
    }
    return calls;
  }

 private:
  template <class Apply>
  [[nodiscard]] Calls build(const Apply& action) const {
    return apply_all(objects::build(scene_.site, action), action.expected);
  }
  [[nodiscard]] ObjectKey pod(ServerId id) const {
    return key_in(scene_, objects::pod_name(scene_.site.ensemble, id));
  }
  static kube::Preconditions preconditions(const model::ObjectVersion& object) {
    return {.uid = object.uid, .resource_version = object.resource_version};
  }
  [[nodiscard]] Call remove(Kind kind, std::string name, const kube::Preconditions& only) const {
    return {.kind = Call::Kind::Delete,
            .request =
                kube::remove(scene_.cache.resource(kind), key_in(scene_, std::move(name)), only)};
  }

  const Scene& scene_;
};

std::optional<Kind> cached_kind_of(std::string_view kind) {
  constexpr std::array kKindNames{std::pair{std::string_view("StatefulSet"), Kind::StatefulSet},
                                  std::pair{std::string_view("Service"), Kind::Service},
                                  std::pair{std::string_view("ConfigMap"), Kind::ConfigMap},
                                  std::pair{std::string_view("PodDisruptionBudget"), Kind::Budget},
                                  std::pair{std::string_view("Secret"), Kind::Secret}};
  for (const auto& [name, cached] : kKindNames) {
    if (name == kind) return cached;
  }
  return std::nullopt;
}

std::string name_in_memory(std::string_view kind, const ObjectKey& key) {
  return fmt::format("{} {}", kind, kube::to_text(key));
}

/// What is there was built from the same.
bool is_applied(const json::value& object, const Scene& scene, const Memory& memory) {
  const std::string_view kind = kube::text_at(object, {"kind"});
  const std::string_view hash = objects::applied_hash_of(object);
  const ObjectKey key = kube::key_of(object);
  if (const auto cached = cached_kind_of(kind)) {
    const json::value* const is = scene.cache.find(*cached, key);
    return is != nullptr && objects::applied_hash_of(*is) == hash;
  }
  const auto found = memory.find(name_in_memory(kind, key));
  return found != memory.end() && found->second == hash;
}

Verdict again(std::string text) {
  return {Outcome::Again, std::move(text)};
}

Verdict judge_error(const Call& call, const kube::ApiError& error) {
  using kube::Failure;
  if (call.kind == Call::Kind::MustBeAbsent && error.is(Failure::NotFound)) return {};
  if (call.kind == Call::Kind::Delete && error.is(Failure::NotFound)) return {};
  const bool is_old = error.is(Failure::Conflict) || error.is(Failure::AlreadyExists) ||
                      error.is(Failure::NotFound) || error.is_result_unknown();
  return {is_old ? Outcome::Again : Outcome::Failed, error.text()};
}

}  // namespace

std::string to_text(const Action& action) {
  return std::visit([](const auto& one) { return plan::to_text(one); }, action);
}

Verdict judge(const Call& call, const kube::Reply& reply) {
  if (call.kind == Call::Kind::Evict) {
    switch (kube::evicted(reply)) {
      case kube::Evicted::Yes:
        return {};
      case kube::Evicted::Gone:
      case kube::Evicted::Another:
        return again("the pod is another one by now");
      case kube::Evicted::Blocked:
        return {Outcome::Blocked, "a disruption budget does not allow it now"};
      case kube::Evicted::Misconfigured:
      case kube::Evicted::Failed:
        return {Outcome::Failed, reply ? "the eviction failed" : reply.error().text()};
    }
  }
  if (!reply) return judge_error(call, reply.error());
  if (call.kind == Call::Kind::MustBeAbsent) return again("it is there already");
  if (call.kind == Call::Kind::MustBe && kube::uid_of(reply->body) != call.uid) {
    return again("it is another one by now");
  }
  return {};
}

kube::Resource resource_of(const json::value& object) {
  const std::string_view version = kube::text_at(object, {"apiVersion"});
  const std::string_view kind = kube::text_at(object, {"kind"});
  const std::size_t slash = version.find('/');
  kube::Resource resource;
  if (slash != std::string_view::npos) resource.group = version.substr(0, slash);
  resource.version = version.substr(slash == std::string_view::npos ? 0 : slash + 1);
  resource.kind = kind;
  for (const char c : kind) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    resource.plural += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (resource.plural.ends_with('y')) {
    resource.plural.replace(resource.plural.size() - 1, 1, "ies");
  } else {
    resource.plural += 's';
  }
  return resource;
}

Call apply_call(const json::value& object) {
  return {.kind = Call::Kind::Write,
          .request = kube::apply(resource_of(object),
                                 kube::key_of(object),
                                 object,
                                 {.field_manager = std::string(objects::kFieldManager)})};
}

std::vector<Call> calls_of(const Action& action, const Scene& scene) {
  const Maker maker(scene);
  return std::visit([&](const auto& kind) { return std::visit(maker, kind); }, action);
}

bool has_authorities(const api::EnsembleSpec& spec) {
  const bool uses_tls =
      spec.tls.client != api::TlsMode::Disabled || spec.tls.quorum != api::TlsMode::Disabled;
  return uses_tls && spec.tls.provider.self_signed.has_value();
}

authority::Find find_in(const Cache& cache, const std::string& ns) {
  return [&cache, ns](std::string_view kind, std::string_view name) {
    return cache.find(kind == "Secret" ? Kind::Secret : Kind::ConfigMap,
                      {.ns = ns, .name = std::string(name)});
  };
}

std::vector<Call> certificate_calls(const Scene& scene, const std::set<ServerId>& members) {
  if (!has_authorities(scene.site.spec)) return {};
  objects::Site site = scene.site;
  site.voters.insert(members.begin(), members.end());
  const auto due = authority::due_certificates(site, find_in(scene.cache, site.ns));
  if (!due) return {{.kind = Call::Kind::Impossible, .request = {}, .uid = due.error().message}};
  Calls calls;
  for (const json::value& object : *due) calls.push_back(apply_call(object));
  return calls;
}

std::vector<Call> standing_calls(const Scene& scene, Memory& memory) {
  const observe::ServicesView services = [&] {
    const std::string name = objects::client_service_name(scene.site.ensemble);
    const json::value* const is = scene.cache.find(Kind::Service, key_in(scene, name));
    return is == nullptr ? observe::ServicesView{} : objects::read_services(*is);
  }();
  Calls calls;
  for (const json::value& object : objects::build_standing(scene.site, services.serve_clients)) {
    if (is_applied(object, scene, memory)) continue;
    memory[name_in_memory(kube::text_at(object, {"kind"}), kube::key_of(object))] =
        objects::applied_hash_of(object);
    calls.push_back(apply_call(object));
  }
  for (const objects::Unwanted& one : objects::unwanted(scene.site)) {
    const auto cached = cached_kind_of(one.resource.kind);
    const std::string name = name_in_memory(one.resource.kind, one.key);
    const bool is_gone = cached ? scene.cache.find(*cached, one.key) == nullptr
                                : memory.contains(name) && memory.at(name).empty();
    if (is_gone) continue;
    memory[name].clear();
    calls.push_back(
        {.kind = Call::Kind::Delete, .request = kube::remove(one.resource, one.key, {})});
  }
  return calls;
}

}  // namespace paddock::control
