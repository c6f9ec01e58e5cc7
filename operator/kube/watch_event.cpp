// SPDX-License-Identifier: Apache-2.0
#include "kube/watch_event.h"

#include <optional>

namespace paddock::kube {

namespace {

using Kind = WatchEvent::Kind;

std::optional<Kind> kind_of(std::string_view type) {
  if (type == "ADDED") return Kind::Added;
  if (type == "MODIFIED") return Kind::Modified;
  if (type == "DELETED") return Kind::Deleted;
  if (type == "BOOKMARK") return Kind::Bookmark;
  if (type == "ERROR") return Kind::Error;
  return std::nullopt;
}

Result<> check(const WatchEvent& event) {
  if (event.kind == Kind::Error) return {};
  if (resource_version_of(event.object).empty()) return fail("an event without a resourceVersion");
  if (event.kind != Kind::Bookmark && key_of(event.object).name.empty()) {
    return fail("an event of an object without a name");
  }
  return {};
}

}  // namespace

Result<WatchEvent> parse_watch_event(View line) {
  auto parsed = parse_json(line);
  PADDOCK_TRY(parsed);
  const auto kind = kind_of(text_at(*parsed, {"type"}));
  if (!kind) return fail("an event of no known type");
  json::value* const object = parsed->get_object().if_contains("object");
  if (object == nullptr) return fail("an event without an object");
  WatchEvent event{.kind = *kind, .object = std::move(*object)};
  PADDOCK_TRY(check(event));
  return event;
}

}  // namespace paddock::kube
