// SPDX-License-Identifier: Apache-2.0
//
// A cluster in memory: an API server as far as the operator uses one (lists, watches, server-side
// apply, preconditions, evictions), the controller of StatefulSets, a kubelet, and the servers,
// which are those of the simulation. Time passes when the test says so.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/prng.h"
#include "control/member_api.h"
#include "simulation/operator/model_ensemble.h"
#include "unit/kube/fakes.h"

namespace paddock::control {

namespace json = boost::json;

class FakeCluster final : public kube::Api, public MemberApi {
 public:
  explicit FakeCluster(kube::FakeLoop& loop) : loop_(loop) {}

  [[nodiscard]] std::unique_ptr<kube::Pending> call(kube::Request request,
                                                    kube::OnReply on_reply) override;
  [[nodiscard]] std::unique_ptr<kube::Pending> watch(kube::Request request,
                                                     kube::WatchHandlers handlers) override;
  [[nodiscard]] std::unique_ptr<kube::Pending> call(const MemberAddress& address,
                                                    const kube::Credentials& credentials,
                                                    kube::Request request,
                                                    kube::OnReply on_reply) override;

  /// As a user does it: `object` is created, or changed by merging.
  void put(const std::string& plural, const json::value& object);
  void set_deleted(const std::string& plural, const std::string& name);
  /// Null if there is none; of the namespace "ns".
  [[nodiscard]] const json::value* find(const std::string& plural, const std::string& name) const;
  [[nodiscard]] std::size_t count(const std::string& plural) const;
  /// Controllers, kubelets and servers go on.
  void step();
  [[nodiscard]] std::size_t pods_ready() const;

  /// Carried-out writes of objects and calls of members that change something, in words.
  std::vector<std::string> writes;
  /// What the next requests are answered with, instead of being carried out.
  std::deque<kube::ApiError> refusals;
  operator_simulation::ModelEnsemble ensemble;

 private:
  struct Target;
  struct Watcher {
    std::string plural;
    std::weak_ptr<void> life;
    kube::WatchHandlers handlers;
  };
  using Objects = std::map<std::string, json::value>;  // by name

  static Target parse(const std::string& target);
  kube::Reply carry_out(const kube::Request& request);
  kube::Reply list(const Target& target) const;
  kube::Reply apply(const Target& target, json::value body);
  kube::Reply merge(const Target& target, const json::value& patch);
  kube::Reply create(const Target& target, json::value body);
  kube::Reply evict(const Target& target, const json::value& body);
  kube::Reply remove(const Target& target, const json::value& options);
  kube::Reply ask(const std::string& host, const kube::Request& request);
  void store(const std::string& plural, json::value object, bool is_new);
  void erase(const std::string& plural, const std::string& name);
  void tell(const std::string& plural, std::string_view type, const json::value& object);
  std::unique_ptr<kube::Pending> later(std::function<kube::Reply()> make, kube::OnReply on_reply);
  void control(const std::string& name, const json::value& stateful_set);
  void run_pod(const std::string& name, json::value pod);
  [[nodiscard]] json::value page_of(ServerId id) const;

  kube::FakeLoop& loop_;
  std::map<std::string, Objects> objects_;  // by plural
  std::vector<Watcher> watchers_;
  std::map<std::string, std::unique_ptr<operator_simulation::Disk>> disks_;  // by claim's name
  std::vector<std::unique_ptr<kube::Timer>> timers_;
  Prng random_{1};
  std::int64_t version_ = 0;
};

}  // namespace paddock::control
