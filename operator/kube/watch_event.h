// SPDX-License-Identifier: Apache-2.0
//
// One line of a watch. Pure. Source: meta/v1 WatchEvent.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "kube/object.h"

namespace paddock::kube {

struct WatchEvent {
  enum class Kind : std::uint8_t {
    Added,
    Modified,
    Deleted,   // `object` as it was last
    Bookmark,  // `object` has a resourceVersion and nothing else that counts
    Error,     // `object` is a Status
  };

  Kind kind{};
  json::value object{};
};

/// *Errors*: it is no event, or one of an object without name or version.
[[nodiscard]] Result<WatchEvent> parse_watch_event(View line);

}  // namespace paddock::kube
