// SPDX-License-Identifier: Apache-2.0
//
// One look at one ensemble, and what is done about it: members are asked, all at once and not for
// long; a plan is made; its actions are carried out one after the other until one is refused. It
// waits for nothing else: what is to come is looked at next time. Lives on the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/calls.h"
#include "control/identity.h"
#include "control/member_api.h"
#include "control/sight.h"
#include "kube/loop.h"
#include "model/product_version.h"

namespace paddock::control {

/// What is told about a look, for logs and events.
struct Decision {
  kube::ObjectKey key{};
  std::string uid{};
  plan::Next next{};
  bool is_warning = false;
};
struct Deed {
  kube::ObjectKey key{};
  std::string text{};
  Verdict verdict{};
};

struct Surroundings {
  kube::Api& api;
  MemberApi& members;
  kube::Loop& loop;
  const Cache& cache;
  objects::ClusterFacts cluster{};
  model::ReleaseCatalog releases{};
  /// Asked before each write: whether the Lease is ours for long enough.
  std::function<bool()> may_act;
  /// Of chance, for Secrets.
  std::function<std::string()> make_password;
  std::function<void(const Decision&)> on_decision;
  std::function<void(const Deed&)> on_deed;
};

struct LookResult {
  enum class Kind : std::uint8_t {
    Gone,    // there is no such ensemble any more
    Later,   // look again after `after`
    Failed,  // look again, later each time
  } kind{};
  Duration after{};
};

class Reconcile {
 public:
  /// `around` and `memory` outlive it. `on_end` is called once, at once or later, and must not
  /// destroy it.
  Reconcile(const Surroundings& around,
            kube::ObjectKey key,
            Memory& memory,
            std::function<void(LookResult)> on_end);
  void start();
  [[nodiscard]] const kube::ObjectKey& key() const { return key_; }

 private:
  struct Work {
    std::string text;  // for logs; empty: not worth a line
    Call call;
  };

  void read();
  void ask_members();
  void on_page(ServerId id, const kube::Reply& reply);
  void decide();
  void check_version();
  void make_site();
  [[nodiscard]] bool prepare();
  void queue_actions();
  void queue_action(const Action& action);
  void next();
  void send(Work work);
  void on_reply(const kube::Reply& reply);
  void tell();
  void end(LookResult result);
  [[nodiscard]] Scene scene() const;
  [[nodiscard]] MemberAddress address_of(ServerId id) const;

  const Surroundings& around_;
  const kube::ObjectKey key_;
  Memory& memory_;
  std::function<void(LookResult)> on_end_;

  json::value object_;
  resource::Ensemble ensemble_;
  objects::Site site_;
  Identity identity_;
  plan::Desired desired_;
  observe::Observed observed_;
  plan::Plan plan_;
  std::vector<std::unique_ptr<kube::Pending>> asked_;
  std::size_t unanswered_ = 0;
  std::vector<Work> work_;  // the last one is next
  bool writes_latch_ = false;
  std::optional<Work> current_;
  std::unique_ptr<kube::Pending> pending_;
};

}  // namespace paddock::control
