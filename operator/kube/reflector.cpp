// SPDX-License-Identifier: Apache-2.0
#include "kube/reflector.h"

#include <algorithm>

#include "base/assert.h"
#include "kube/resource_version.h"

namespace paddock::kube {

namespace {

// A watch that ends sooner and has told nothing was not ended by its time.
constexpr Duration kShortWatch = seconds(1);
// The store of a cluster that was restored from a backup is older for good; a server that lags is
// not, and cannot give a consistent answer anyway.
constexpr unsigned kOlderListsMax = 3;
// A version that no server takes any more is not always told as such.
constexpr unsigned kFailedWatchesMax = 5;

bool needs_a_person(const ApiError& error) {
  return error.is(Failure::Forbidden) || error.is(Failure::NotFound) || error.is(Failure::Invalid);
}

/// Whether a watch may go on from where it was.
bool may_pass(const ApiError& error) {
  return error.is(Failure::TooManyRequests) || error.is(Failure::ServerError) ||
         error.is(Failure::Unreachable) || error.is(Failure::Lost) || error.is(Failure::TimedOut) ||
         error.is(Failure::Unauthorized) || error.is(Failure::Forbidden);
}

}  // namespace

Reflector::Reflector(const ReflectorOptions& options, std::uint64_t seed)
    : options_(options), random_(seed), backoff_(options.backoff), limit_(options.page_limit) {
  PADDOCK_ASSERT(options_.watch_min > seconds(0));
  PADDOCK_ASSERT(options_.watch_min < options_.watch_max);
}

void Reflector::start(Effects& effects) {
  PADDOCK_ASSERT(state_ == State::Idle);
  begin_list(effects);
}

void Reflector::on_list(std::expected<ListPage, ApiError> page,
                        MonotonicTime now,
                        Effects& effects) {
  PADDOCK_ASSERT(state_ == State::Listing);
  if (!page) return on_list_failed(page.error(), now, effects);
  heard_at_ = now;
  std::ranges::move(page->items, std::back_inserter(listed_));
  if (!page->continue_token.empty()) return next_page(std::move(page->continue_token), effects);
  finish_list(std::move(page->resource_version), now, effects);
}

void Reflector::on_watch_open(MonotonicTime now) {
  PADDOCK_ASSERT(state_ == State::Watching);
  opened_at_ = heard_at_ = now;
}

void Reflector::on_event(Result<WatchEvent> event, MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(state_ == State::Watching);
  heard_at_ = now;
  if (!event) {
    effects.ends_watch = true;
    return wait(
        State::WaitingToList, failed(Failure::Garbled, event.error().message), now, effects);
  }
  if (event->kind == WatchEvent::Kind::Error) {
    effects.ends_watch = true;
    return on_error_event(error_of(event->object), now, effects);
  }
  has_told_ = true;
  failed_watches_ = 0;
  take(std::move(*event), effects);
}

void Reflector::on_watch_end(const std::optional<ApiError>& error,
                             MonotonicTime now,
                             Effects& effects) {
  PADDOCK_ASSERT(state_ == State::Watching);
  if (error) return on_error_event(*error, now, effects);
  const bool was_short = !opened_at_ || now - *opened_at_ < kShortWatch;
  if (!was_short || has_told_) return begin_watch(effects);
  wait(State::WaitingToWatch, failed(Failure::Lost, "the watch ended at once"), now, effects);
}

void Reflector::on_time(MonotonicTime now, Effects& effects) {
  if (!wake_at() || now < wake_at_) return;
  if (state_ == State::WaitingToList) return begin_list(effects);
  begin_watch(effects);
}

std::optional<MonotonicTime> Reflector::wake_at() const {
  const bool waits = state_ == State::WaitingToList || state_ == State::WaitingToWatch;
  return waits ? std::optional(wake_at_) : std::nullopt;
}

void Reflector::begin_list(Effects& effects) {
  state_ = State::Listing;
  listed_.clear();
  effects.list = ListCall{.limit = limit_};
}

void Reflector::begin_watch(Effects& effects) {
  PADDOCK_ASSERT(!version_.empty());
  state_ = State::Watching;
  opened_at_.reset();
  has_told_ = false;
  const auto spread = static_cast<std::uint64_t>((options_.watch_max - options_.watch_min).count());
  const auto limit = options_.watch_min + seconds(random_.below(spread));
  effects.watch = WatchCall{.resource_version = version_, .time_limit = limit};
}

void Reflector::next_page(std::string token, Effects& effects) {
  effects.list = ListCall{.continue_token = std::move(token), .limit = limit_};
}

void Reflector::finish_list(std::string version, MonotonicTime now, Effects& effects) {
  if (is_older(version) && ++older_lists_ < kOlderListsMax) {
    return wait(State::WaitingToList,
                failed(Failure::Garbled, "a list that is older than what was seen"),
                now,
                effects);
  }
  older_lists_ = 0;
  failed_watches_ = 0;
  limit_ = options_.page_limit;
  version_ = std::move(version);
  store_.replace(std::move(listed_), effects.changes);
  listed_.clear();
  has_synced_ = true;
  effects.has_listed = true;
  begin_watch(effects);
}

void Reflector::on_list_failed(const ApiError& error, MonotonicTime now, Effects& effects) {
  // The token of a next page has expired: the history is too short for so many pages.
  if (error.is(Failure::Expired) && limit_ != 0) {
    limit_ = 0;
    return begin_list(effects);
  }
  wait(State::WaitingToList, error, now, effects);
}

void Reflector::on_error_event(const ApiError& error, MonotonicTime now, Effects& effects) {
  const bool goes_on = may_pass(error) && ++failed_watches_ < kFailedWatchesMax;
  wait(goes_on ? State::WaitingToWatch : State::WaitingToList, error, now, effects);
}

void Reflector::wait(State next, const ApiError& error, MonotonicTime now, Effects& effects) {
  state_ = next;
  listed_.clear();
  Duration delay = backoff_.next(now, random_);
  if (needs_a_person(error)) delay = std::max(delay, options_.patience);
  if (error.retry_after) delay = std::max<Duration>(delay, *error.retry_after);
  wake_at_ = now + delay;
  effects.trouble = error;
}

void Reflector::take(WatchEvent event, Effects& effects) {
  std::string version(resource_version_of(event.object));
  if (is_older(version)) return;
  version_ = std::move(version);
  switch (event.kind) {
    case WatchEvent::Kind::Added:
    case WatchEvent::Kind::Modified:
      return store_.put(std::move(event.object), effects.changes);
    case WatchEvent::Kind::Deleted:
      return store_.erase(std::move(event.object), effects.changes);
    case WatchEvent::Kind::Bookmark:
      return;
    case WatchEvent::Kind::Error:
      PADDOCK_UNREACHABLE();
  }
}

bool Reflector::is_older(View version) const {
  return compare_resource_versions(version, version_) == std::partial_ordering::less;
}

void Reflector::check_invariants() const {
  if (state_ == State::Watching || state_ == State::WaitingToWatch) {
    PADDOCK_ASSERT(!version_.empty());
    PADDOCK_ASSERT(has_synced_);
  }
  if (state_ != State::Listing) PADDOCK_ASSERT(listed_.empty());
  for (const auto& [key, object] : store_.objects()) {
    PADDOCK_ASSERT(key == key_of(object));
    // Only what was listed may be newer than the list's own version: not even that.
    PADDOCK_ASSERT(compare_resource_versions(version_, resource_version_of(object)) !=
                   std::partial_ordering::less);
  }
}

}  // namespace paddock::kube
