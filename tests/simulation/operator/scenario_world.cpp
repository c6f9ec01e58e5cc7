// SPDX-License-Identifier: Apache-2.0
#include "simulation/operator/scenario_world.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace paddock::operator_simulation {
namespace {

using scenarios::Outcome;

constexpr int kStepsMax = 1500;

std::int32_t number_of(const std::string& word) {
  return static_cast<std::int32_t>(std::strtol(word.c_str(), nullptr, 10));
}

std::string ids_of(const std::set<ServerId>& ids) {
  std::vector<std::int32_t> numbers;
  for (const ServerId id : ids) numbers.push_back(raw(id));
  return fmt::format("{}", fmt::join(numbers, " "));
}

bool is_rest(plan::Reason reason) {
  return reason == plan::Reason::Steady || reason == plan::Reason::Hibernated ||
         reason == plan::Reason::DataLoss;
}

}  // namespace

ScenarioWorld::ScenarioWorld() {
  desired_.spec.version = "1.0.1";
  desired_.authority = 1;
}

Outcome ScenarioWorld::carry_out(const std::vector<std::string>& words) {
  Outcome outcome;
  outcome.wrong = dispatch(words);
  if (outcome.wrong.empty()) outcome.wrong = oracle_.violation;
  outcome.trace = std::move(trace_);
  trace_.clear();
  last_plan_.clear();
  return outcome;
}

void ScenarioWorld::tell(const std::string& line) {
  trace_.push_back("  " + line);
}

void ScenarioWorld::step() {
  cluster_.objects.now.ms += 2000;
  cluster_.step(prng_, ensemble_);
  const auto& services = cluster_.objects.services;
  ensemble_.step(prng_, services && services->serve_clients);
  oracle_.forgive_hibernation(desired_.spec.desired_state == api::DesiredState::Hibernated);
  oracle_.look();
}

observe::Observed ScenarioWorld::look() const {
  observe::Observed seen = cluster_.objects;
  for (auto& [id, member] : seen.members) {
    const bool answers = ensemble_.servers.contains(id) && !silent_.contains(id);
    if (answers) member.report = observe::Known(ensemble_.report(id));
  }
  return seen;
}

plan::Reason ScenarioWorld::reconcile() {
  const plan::Plan plan = plan::plan(desired_, look());
  std::string text = fmt::format("{}: {}", name_of(plan.next.reason), plan.next.text());
  if (text != last_plan_) tell(text);
  last_plan_ = std::move(text);
  for (const plan::Harmless& action : plan.harmless) {
    static_cast<void>(executor_.carry_out(action));
  }
  if (!plan.disruptive) return plan.next.reason;
  const auto answer = executor_.carry_out(*plan.disruptive);
  if (answer == WriteAnswer::Forbidden) tell("  the budget forbids it");
  return plan.next.reason;
}

std::string ScenarioWorld::settle() {
  int rests = 0;
  for (int i = 0; i < kStepsMax; ++i) {
    step();
    rests = is_rest(reconcile()) ? rests + 1 : 0;
    if (rests > 5 && plan::plan(desired_, look()).harmless.empty()) return "";
  }
  return "it does not come to rest";
}

std::string ScenarioWorld::wish(const std::vector<std::string>& words) {
  api::EnsembleSpec& spec = desired_.spec;
  const std::string& what = words.at(1);
  const std::string value = words.size() > 2 ? words[2] : std::string();
  if (what == "voters") {
    spec.voters.replicas = number_of(value);
  } else if (what == "observers") {
    spec.observers.replicas = number_of(value);
  } else if (what == "version") {
    spec.version = value;
  } else if (what == "size") {
    spec.storage.data.size = value;
  } else if (what == "authority") {
    desired_.authority = number_of(value);
  } else if (what == "asleep") {
    spec.desired_state = api::DesiredState::Hibernated;
  } else if (what == "awake") {
    spec.desired_state = api::DesiredState::Running;
  } else if (what == "delete-disks") {
    spec.storage.when_scaled = api::RetentionPolicy::Delete;
  } else if (what == "replace") {
    desired_.wishes.replace_member = number_of(value);
    desired_.wishes.replace_generation = number_of(words.at(3));
  } else {
    return "no such wish";
  }
  return "";
}

std::string ScenarioWorld::break_something(const std::string& what, ServerId id) {
  auto& member = cluster_.objects.members[id];
  const auto claim = std::ranges::find_if(member.claims, [&](const observe::ClaimView& one) {
    return member.pod && one.generation == member.pod->claim;
  });
  if (what == "kill" && member.pod) {
    ensemble_.stop(id);
    member.pod->is_terminating = true;
    cluster_.touch(member.pod->object);
  } else if (what == "lose-disk" && claim != member.claims.end()) {
    ensemble_.stop(id);
    cluster_.disks.at(claim->object.uid)->wipe();
  } else if (what == "lose-claim" && claim != member.claims.end()) {
    ensemble_.stop(id);
    cluster_.disks.at(claim->object.uid)->wipe();
    cluster_.lose_claim(id, claim->generation);
  } else if (what == "node-off" && member.pod) {
    cluster_.nodes.at(cluster_.node_of_pod.at(member.pod->object.uid)).is_up = false;
  } else if (what == "delete-workload") {
    member.workload.reset();
  } else if (what == "silence") {
    silent_.insert(id);
  } else if (what == "hear") {
    silent_.erase(id);
  } else {
    return "no such command, or nothing to do it to";
  }
  return "";
}

std::string ScenarioWorld::dispatch(const std::vector<std::string>& words) {
  const std::string& verb = words.front();
  if (verb == "wish") return wish(words);
  if (verb == "expect") return expect(words);
  if (verb == "settle") return settle();
  if (verb == "bad-image") {
    cluster_.bad_images.insert("paddock-server:" + words.at(1));
    return "";
  }
  if (verb == "reconcile") {
    const std::int32_t times = words.size() > 1 ? number_of(words[1]) : 1;
    for (std::int32_t i = 0; i < times; ++i) {
      step();
      static_cast<void>(reconcile());
    }
    return "";
  }
  if (verb == "nodes-on") {
    for (auto& [number, node] : cluster_.nodes) node = {};
    return "";
  }
  if (verb == "forget-status" || verb == "recreate") {
    if (verb == "recreate") cluster_.collect_garbage();
    cluster_.objects.ensemble = {};
    cluster_.objects.ensemble.object = cluster_.new_object();
    for (int i = 0; verb == "recreate" && i < 10; ++i) step();
    return "";
  }
  if (words.size() < 2) return "no such command";
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string wrong = break_something(verb, ServerId{number_of(words[i])});
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string ScenarioWorld::expect_members(const std::vector<std::string>& words,
                                          const std::string& list) {
  std::set<ServerId> found;
  for (const auto& [id, member] : cluster_.objects.members) {
    const bool counts = (list == "workloads" && member.workload) ||
                        (list == "serving" && ensemble_.is_serving(id)) ||
                        (list == "claims" && !member.claims.empty());
    if (counts) found.insert(id);
  }
  if (list == "voters" && ensemble_.leader() != nullptr) {
    found = ensemble_.leader()->disk->configuration().voters;
  }
  std::set<ServerId> wanted;
  for (std::size_t i = 2; i < words.size(); ++i) wanted.insert(ServerId{number_of(words[i])});
  return found == wanted ? "" : fmt::format("{} are {}", list, ids_of(found));
}

std::string ScenarioWorld::expect(const std::vector<std::string>& words) {
  const std::string& what = words.at(1);
  if (what == "reason") {
    const auto reason = name_of(plan::plan(desired_, look()).next.reason);
    return reason == words.at(2) ? "" : fmt::format("it is {}", reason);
  }
  if (what == "begun") {
    return ensemble_.ensembles_begun == number_of(words.at(2)) ? "" : "another number";
  }
  for (const std::string_view list : {"voters", "workloads", "serving", "claims"}) {
    if (what == list) return expect_members(words, what);
  }
  return "no such expectation";
}

}  // namespace paddock::operator_simulation
