// SPDX-License-Identifier: Apache-2.0
#include "control/controller.h"

#include <algorithm>
#include <utility>

namespace paddock::control {

using kube::ObjectKey;
using kube::WorkQueue;

Controller::Controller(kube::Api& api,
                       MemberApi& members,
                       kube::Loop& loop,
                       ControllerOptions options,
                       ControllerHandlers handlers)
    : loop_(loop),
      options_(std::move(options)),
      handlers_(std::move(handlers)),
      cache_(api,
             loop,
             options_.cache,
             {.on_change = [this](const ObjectKey& key,
                                  WorkQueue::Urgency urgency) { on_change(key, urgency); },
              .on_trouble = handlers_.on_trouble}),
      around_{.api = api,
              .members = members,
              .loop = loop,
              .cache = cache_,
              .cluster = options_.cluster,
              .releases = options_.releases,
              .may_act = handlers_.may_act,
              .make_password = handlers_.make_password,
              .on_decision = [this](const Decision& decision) { on_decision(decision); },
              .on_deed =
                  [this](const Deed& deed) {
                    const bool is_done = deed.verdict.outcome == Outcome::Done;
                    ++(is_done ? numbers_.deeds : numbers_.refused);
                    handlers_.on_deed(deed);
                  }},
      timer_(loop.make_timer([this] { pump(); })) {}

void Controller::start() {
  cache_.start();
}

void Controller::act() {
  is_acting_ = true;
  pump_soon();
}

void Controller::on_change(const ObjectKey& key, WorkQueue::Urgency urgency) {
  queue_.add(key, urgency, loop_.now().monotonic);
  pump_soon();
}

/// Not at once: who calls us is in the middle of something.
void Controller::pump_soon() {
  timer_->set(loop_.now().monotonic);
}

void Controller::pump() {
  ended_.clear();
  if (!is_acting_ || !cache_.has_synced()) {
    // The cache says when there is news; that it is complete is none.
    if (is_acting_) timer_->set(loop_.now().monotonic + milliseconds(200));
    return;
  }
  while (looks_.size() < options_.looks_max) {
    const auto key = queue_.take(loop_.now().monotonic);
    if (!key) break;
    begin(*key);
  }
  if (looks_.size() < options_.looks_max) timer_->set(queue_.wake_at());
}

void Controller::begin(const ObjectKey& key) {
  Look& look = looks_[key];
  look.begun = loop_.now().monotonic;
  look.work = std::make_unique<Reconcile>(
      around_, key, memories_[key], [this, key](LookResult result) { on_end(key, result); });
  look.work->start();
}

void Controller::on_end(const ObjectKey& key, LookResult result) {
  const auto found = looks_.find(key);
  const Duration took = loop_.now().monotonic - found->second.begun;
  numbers_.look_micros.add(took);
  ended_.push_back(std::move(found->second.work));
  looks_.erase(found);
  const MonotonicTime now = loop_.now().monotonic;
  switch (result.kind) {
    case LookResult::Kind::Gone:
      ++numbers_.succeeded;
      queue_.forget(key);
      memories_.erase(key);
      told_.erase(key);
      break;
    case LookResult::Kind::Later:
      ++numbers_.asked_again;
      queue_.forget(key);
      queue_.add_after(key, result.after, now);
      break;
    case LookResult::Kind::Failed:
      ++numbers_.failed;
      memories_.erase(key);
      queue_.add_failed(key, now);
      break;
  }
  queue_.done(key, now);
  pump_soon();
}

void Controller::on_decision(const Decision& decision) {
  std::string& told = told_[decision.key];
  const std::string text = decision.next.text();
  if (told == text) return;
  told = text;
  handlers_.on_decision(decision);
}

ControllerNumbers Controller::numbers() const {
  ControllerNumbers numbers = numbers_;
  numbers.looks_now = looks_.size();
  numbers.ensembles = cache_.ensembles().size();
  return numbers;
}

Duration Controller::longest_look() const {
  Duration longest{};
  for (const auto& [key, look] : looks_) {
    longest = std::max(longest, Duration(loop_.now().monotonic - look.begun));
  }
  return longest;
}

}  // namespace paddock::control
