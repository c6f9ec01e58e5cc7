// SPDX-License-Identifier: Apache-2.0
//
// The commands of the admin HTTP server, /commands/<name>, as JSON documents. Pure: called by the
// HTTP listener with a report that the runtime gathered. Source: ZooKeeper server.admin.Commands,
// JsonOutputter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/authority.h"
#include "admin/server_report.h"
#include "base/bytes.h"

namespace paddock::admin {

enum class CommandKind : std::uint8_t {
  Configuration,
  Connections,
  ConnectionStatReset,
  Dirs,
  Dump,
  Environment,
  GetTraceMask,
  SetTraceMask,
  Hash,
  InitialConfiguration,
  IsReadOnly,
  LastSnapshot,
  Leader,
  Monitor,
  ObserverConnectionStatReset,
  Observers,
  Ruok,
  ServerStats,
  Stats,
  StatReset,
  SystemProperties,
  VotingView,
  Watches,
  WatchesByPath,
  WatchSummary,
  ZabState,
};

/// The command that a name or an alias names.
[[nodiscard]] std::optional<CommandKind> find_command(View name);

/// The primary names, sorted: what GET /commands lists.
[[nodiscard]] std::vector<View> command_names();

/// The page that GET `base` answers with: "/commands".
[[nodiscard]] std::string command_links(View base);

[[nodiscard]] Parts parts_of_command(CommandKind command);

/// Who may run it.
[[nodiscard]] Access access_of_command(CommandKind command);
/// Its primary name.
[[nodiscard]] View name_of_command(CommandKind command);

/// Whether the command is refused while the server does not serve.
[[nodiscard]] bool needs_serving(CommandKind command);

/// The document of a command. The reset commands and set_trace_mask only say that the caller has
/// done it.
[[nodiscard]] std::string answer_command(CommandKind command, const ServerReport& report);

/// The document for a name that no command has.
[[nodiscard]] std::string answer_unknown(View name);

/// The document that says why there is none.
[[nodiscard]] std::string answer_error(CommandKind command, View error);

}  // namespace paddock::admin
