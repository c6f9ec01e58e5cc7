// SPDX-License-Identifier: Apache-2.0
//
// Events as lines: ZooKeeper's, which is `key=value` between tabs, or JSON. Whatever clients have
// put into a name or a path stays inside its field of its line. Pure. Source: ZooKeeper
// audit.AuditEvent.toString, conf/logback.xml.
#pragma once

#include <cstdint>
#include <string>

#include "audit/event.h"

namespace paddock::audit {

enum class Format : std::uint8_t {
  Text,
  Json,
};

/// Appends the event's line: with its time, in UTC, and its end.
void append_line(const Event& event, Format format, std::string& out);

/// The event alone, as ZooKeeper's AuditEvent is a text.
[[nodiscard]] std::string to_text(const Event& event);

}  // namespace paddock::audit
