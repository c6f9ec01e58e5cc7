// SPDX-License-Identifier: Apache-2.0
#include "kube/elector.h"

#include "kube/requests.h"

namespace paddock::kube {

Elector::Elector(Api& api,
                 Loop& loop,
                 ObjectKey lease,
                 const ElectionOptions& options,
                 std::uint64_t seed,
                 ElectorHandlers handlers)
    : api_(api),
      loop_(loop),
      key_(std::move(lease)),
      time_limit_(options.renew_deadline / 2),
      handlers_(std::move(handlers)),
      election_(options, seed),
      timer_(loop.make_timer([this] { on_time(); })) {}

void Elector::start() {
  LeaseElection::Effects effects;
  election_.start(loop_.now(), effects);
  carry_out(std::move(effects));
}

void Elector::release(std::function<void()> on_released) {
  on_released_ = std::move(on_released);
  LeaseElection::Effects effects;
  election_.release(loop_.now(), effects);
  carry_out(std::move(effects));
}

void Elector::carry_out(LeaseElection::Effects effects) {
  if (effects.reads) send_read();
  if (effects.writes) send_write(*effects.writes);
  timer_->set(election_.wake_at());
  if (effects.has_lost) handlers_.on_lost(*effects.has_lost);
  if (effects.has_won) handlers_.on_won();
  if (effects.has_released && on_released_) on_released_();
}

void Elector::send_read() {
  Request request = get(lease_resource(), key_);
  request.is_urgent = true;
  request.time_limit = time_limit_;
  pending_ = api_.call(std::move(request), [this](Reply reply) { on_read(std::move(reply)); });
}

void Elector::send_write(const Lease& lease) {
  const bool is_new = lease.resource_version.empty();
  const json::value object = lease_object(lease, key_, is_new ? json::value() : known_);
  Request request =
      is_new ? create(lease_resource(), key_.ns, object) : update(lease_resource(), key_, object);
  request.is_urgent = true;
  request.time_limit = time_limit_;
  pending_ = api_.call(std::move(request), [this](Reply reply) { on_written(std::move(reply)); });
}

void Elector::on_read(Reply reply) {
  LeaseElection::Effects effects;
  const bool is_missing = !reply && reply.error().is(Failure::NotFound);
  const auto seen = is_missing ? LeaseElection::Observation() : observe(std::move(reply));
  election_.on_read(seen, loop_.now(), effects);
  carry_out(std::move(effects));
}

void Elector::on_written(Reply reply) {
  LeaseElection::Effects effects;
  election_.on_written(observe(std::move(reply)), loop_.now(), effects);
  carry_out(std::move(effects));
}

void Elector::on_time() {
  LeaseElection::Effects effects;
  election_.on_time(loop_.now(), effects);
  carry_out(std::move(effects));
}

LeaseElection::Observation Elector::observe(Reply reply) {
  if (!reply) {
    // That another was faster is no trouble.
    const ApiError& error = reply.error();
    const bool is_race = error.is(Failure::Conflict) || error.is(Failure::AlreadyExists);
    if (!is_race) handlers_.on_trouble(error);
    return std::unexpected(error);
  }
  auto lease = parse_lease(reply->body);
  if (!lease) return std::unexpected(failed(Failure::Garbled, lease.error().message));
  known_ = std::move(reply->body);
  return *std::move(lease);
}

}  // namespace paddock::kube
