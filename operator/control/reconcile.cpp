// SPDX-License-Identifier: Apache-2.0
#include "control/reconcile.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "control/member_page.h"
#include "objects/certificates.h"
#include "objects/names.h"
#include "observe/facts.h"

namespace paddock::control {
namespace {

constexpr seconds kPageLimit{2};

bool is_warning(plan::Reason reason) {
  using plan::Reason;
  return reason == Reason::DataLoss || reason == Reason::ForeignData ||
         reason == Reason::QuorumLost || reason == Reason::NoIdLeft;
}

/// Nothing at all is written then.
bool is_hands_off(plan::Reason reason) {
  using plan::Reason;
  return reason == Reason::BeingDeleted || reason == Reason::Suspended ||
         reason == Reason::DataLoss || reason == Reason::ForeignData;
}

bool is_latch(const plan::Harmless& action) {
  return std::holds_alternative<plan::LatchBootstrap>(action) ||
         std::holds_alternative<plan::LatchEnsemble>(action);
}

}  // namespace

Reconcile::Reconcile(const Surroundings& around,
                     kube::ObjectKey key,
                     Memory& memory,
                     std::function<void(LookResult)> on_end)
    : around_(around), key_(std::move(key)), memory_(memory), on_end_(std::move(on_end)) {}

void Reconcile::start() {
  const json::value* const object = around_.cache.find(Kind::Ensemble, key_);
  if (object == nullptr) return end({.kind = LookResult::Kind::Gone});
  object_ = *object;
  read();
  ask_members();
}

void Reconcile::read() {
  ensemble_ = resource::read_ensemble(object_);
  const WallTime now = around_.loop.now().wall;
  site_ = {.ns = key_.ns,
           .ensemble = key_.name,
           .uid = ensemble_.uid,
           .spec = ensemble_.spec,
           .wishes = ensemble_.wishes,
           .cluster = around_.cluster,
           .now = now};
  identity_ = identity_of(around_.cache, site_);
  site_.operator_digest = identity_.digest;
  desired_ = {.spec = ensemble_.spec,
              .wishes = ensemble_.wishes,
              .problems = api::to_text(ensemble_.problems)};
  if (has_authorities(ensemble_.spec)) {
    desired_.authority = authority::wanted_authority(site_, find_in(around_.cache, key_.ns));
  }
  observed_ = see(around_.cache, ensemble_, now);
}

MemberAddress Reconcile::address_of(ServerId id) const {
  return {.host = objects::host_of(site_, id),
          .port = static_cast<std::uint16_t>(objects::kAdminPort),
          .is_secure = objects::admin_scheme(site_.spec) == "https"};
}

/// Only those that have a pod: nobody else can answer.
void Reconcile::ask_members() {
  std::vector<ServerId> ids;
  for (const auto& [id, member] : observed_.members) {
    if (member.pod && !ensemble_.is_being_deleted) ids.push_back(id);
  }
  unanswered_ = ids.size();
  if (ids.empty()) return decide();
  for (const ServerId id : ids) {
    asked_.push_back(around_.members.call(
        address_of(id),
        identity_.credentials,
        {.verb = kube::Verb::Get, .target = "/admin/member", .time_limit = kPageLimit},
        [this, id](const kube::Reply& reply) { on_page(id, reply); }));
  }
}

void Reconcile::on_page(ServerId id, const kube::Reply& reply) {
  if (reply) {
    // Whoever says to be another member has the address of this one by mistake.
    const json::value* const authorities = around_.cache.find(
        Kind::Secret,
        {.ns = key_.ns, .name = objects::authority_secret(site_, objects::Authority::Servers)});
    const auto report =
        parse_member_page(reply->body, [&](std::string_view key_id) -> std::optional<std::int32_t> {
          if (authorities == nullptr) return std::nullopt;
          return authority::authority_number(*authorities, key_id);
        });
    if (report && report->id == id) observed_.members.at(id).report = observe::Known(*report);
  }
  if (--unanswered_ == 0) decide();
}

/// A version that is not known to this operator is the server's to refuse.
void Reconcile::check_version() {
  const auto version = model::parse_product_version(ensemble_.spec.version);
  if (!version || !around_.releases.contains(*version)) return;
  std::uint32_t level = 0;
  for (const auto& [id, member] : observed_.members) {
    if (member.report.is_known()) level = std::max(level, member.report.value().feature_level);
  }
  for (api::Problem& problem : api::validate_version(ensemble_.spec, around_.releases, level)) {
    ensemble_.problems.push_back(std::move(problem));
  }
  desired_.problems = api::to_text(ensemble_.problems);
}

void Reconcile::decide() {
  check_version();
  plan_ = plan::plan(desired_, observed_);
  make_site();
  around_.on_decision({.key = key_,
                       .uid = ensemble_.uid,
                       .next = plan_.next,
                       .is_warning = is_warning(plan_.next.reason)});
  if (!ensemble_.is_being_deleted && !prepare()) queue_actions();
  next();
}

/// Without TLS the operator is known by a password, which is in zoo.cfg, too; so it comes first,
/// and then everything is looked at again.
bool Reconcile::prepare() {
  const bool needs_password = !objects::operator_certificate_secret(site_) && !identity_.is_there &&
                              !is_hands_off(plan_.next.reason) && desired_.problems.empty();
  if (!needs_password) return false;
  const json::value secret = credentials_secret(site_, around_.make_password());
  work_.push_back(
      {.text = "make the operator's password",
       .call = {.kind = Call::Kind::Write,
                .request = kube::create(around_.cache.resource(Kind::Secret), key_.ns, secret)}});
  plan_.look_again = seconds(1);
  return true;
}

/// Whom a new server asks.
void Reconcile::make_site() {
  const observe::Facts facts =
      observe::conclude(observed_,
                        {.ensemble_id = ensemble_.ensemble_id,
                         .lag_max = ensemble_.spec.rollout.max_sync_lag_transactions,
                         .stable_after = ensemble_.spec.rollout.min_ready});
  site_.voters = facts.voters;
  if (!ensemble_.ensemble_id.empty()) return;
  const std::int32_t latched = ensemble_.bootstrap_voters;
  const std::int32_t first = latched > 0 ? latched : ensemble_.spec.voters.replicas;
  for (std::int32_t number = 1; number <= first; ++number) site_.voters.insert(ServerId{number});
}

Scene Reconcile::scene() const {
  return {.ensemble = ensemble_,
          .object = object_,
          .site = site_,
          .cache = around_.cache,
          .plan = plan_};
}

/// In their order; the list is worked on from its end.
void Reconcile::queue_actions() {
  if (!is_hands_off(plan_.next.reason) && desired_.problems.empty()) {
    for (Call& call : standing_calls(scene(), memory_)) {
      work_.push_back({.text = {}, .call = std::move(call)});
    }
    std::set<ServerId> members;
    for (const auto& [id, member] : observed_.members) members.insert(id);
    for (Call& call : certificate_calls(scene(), members)) {
      work_.push_back({.text = "make a certificate", .call = std::move(call)});
    }
  }
  for (const plan::Harmless& action : plan_.harmless) {
    writes_latch_ |= is_latch(action);
    queue_action(action);
  }
  if (plan_.disruptive) queue_action(*plan_.disruptive);
  std::ranges::reverse(work_);
  // First of all people are told what is about to be done; a latch is part of that.
  if (!writes_latch_ && !is_status_told(scene())) {
    work_.push_back(
        {.text = {},
         .call = status_call(scene(), ensemble_.ensemble_id, ensemble_.bootstrap_voters)});
  }
}

void Reconcile::queue_action(const Action& action) {
  std::string text = to_text(action);
  for (Call& call : calls_of(action, scene())) {
    const bool is_look = call.kind == Call::Kind::MustBeAbsent || call.kind == Call::Kind::MustBe;
    work_.push_back({.text = is_look ? std::string() : text, .call = std::move(call)});
  }
}

void Reconcile::next() {
  if (work_.empty()) {
    return end(
        {.kind = ensemble_.is_being_deleted ? LookResult::Kind::Gone : LookResult::Kind::Later,
         .after = plan_.look_again});
  }
  // Somebody else may be at work: then nothing is written, and soon the process ends.
  if (!around_.may_act()) return end({.kind = LookResult::Kind::Later, .after = seconds(5)});
  Work work = std::move(work_.back());
  work_.pop_back();
  send(std::move(work));
}

void Reconcile::send(Work work) {
  const Call& call = current_.emplace(std::move(work)).call;
  const auto on_answer = [this](const kube::Reply& reply) {
    on_reply(reply);
  };
  if (call.kind == Call::Kind::Impossible) {
    return on_reply(std::unexpected(kube::failed(kube::Failure::Refused, call.uid)));
  }
  if (call.kind == Call::Kind::AskMember) {
    pending_ = around_.members.call(
        address_of(*call.member), identity_.credentials, call.request, on_answer);
  } else {
    pending_ = around_.api.call(call.request, on_answer);
  }
}

void Reconcile::on_reply(const kube::Reply& reply) {
  const Work done = *std::exchange(current_, std::nullopt);
  const Verdict verdict = judge(done.call, reply);
  const bool is_worth_telling = !done.text.empty() || verdict.outcome == Outcome::Failed;
  if (is_worth_telling) {
    const std::string text = done.text.empty() ? done.call.request.target : done.text;
    around_.on_deed({.key = key_, .text = text, .verdict = verdict});
  }
  switch (verdict.outcome) {
    case Outcome::Done:
      return next();
    case Outcome::Again:
    case Outcome::Blocked:
      return end({.kind = LookResult::Kind::Later,
                  .after = verdict.outcome == Outcome::Again ? seconds(1) : seconds(5)});
    case Outcome::Failed:
      return end({.kind = LookResult::Kind::Failed});
  }
}

void Reconcile::end(LookResult result) {
  work_.clear();
  on_end_(result);
}

}  // namespace paddock::control
