// SPDX-License-Identifier: Apache-2.0
#include "audit/backlog.h"

#include <utility>

namespace paddock::audit {

namespace {

std::size_t bytes_of(const Event& event) {
  std::size_t bytes = sizeof event + event.ip.size() + event.znode.size() + event.acl.size() +
                      event.scheme.size() + event.command.size();
  for (const User& user : event.users) bytes += sizeof user + user.scheme.size() + user.name.size();
  return bytes;
}

}  // namespace

void Backlog::put(Events& events) {
  for (Event& event : events) {
    const std::size_t bytes = bytes_of(event);
    if (events_.size() >= limits_.events_max || bytes_ + bytes > limits_.bytes_max) {
      ++lost_;
      ++untold_;
      last_lost_ = event.at;
      continue;
    }
    bytes_ += bytes;
    events_.push_back(std::move(event));
  }
  events.clear();
}

void Backlog::take(Events& into) {
  into.swap(events_);
  bytes_ = 0;
  if (untold_ == 0) return;
  into.push_back({.at = last_lost_,
                  .operation = Operation::EventsLost,
                  .count = std::exchange(untold_, 0),
                  .outcome = Outcome::Failure});
}

}  // namespace paddock::audit
