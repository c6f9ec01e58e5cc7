// SPDX-License-Identifier: Apache-2.0
//
// Takes backups of a running server: a snapshot in one file, or a base and what was committed since
// in a repository. A process that is ended in the middle leaves nothing that looks whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/repository.h"
#include "backup/source.h"
#include "base/error.h"
#include "base/time.h"

namespace paddock::backup {

struct Taken {
  std::string name;
  Zxid last;
  /// Of a snapshot.
  std::string sha256{};
};

[[nodiscard]] Result<Taken> take_file(Source& source, const std::string& file);

struct RoundOptions {
  /// Take a base, whatever there is.
  bool is_full = false;
  /// A base that is older gets a successor.
  milliseconds full_every{std::chrono::hours(24)};
  /// States of the last so long can be restored; what only older ones need is removed. None: all
  /// stay.
  std::optional<milliseconds> keep{};
};

struct Round {
  std::vector<Taken> taken{};
  /// Names.
  std::vector<std::string> removed{};
};

/// Brings a repository up to date, then removes what is not to be kept. *Errors*: the rest is
/// missing; what was stored before stays.
[[nodiscard]] Result<Round> take_round(Source& source,
                                       Repository& repository,
                                       const RoundOptions& options,
                                       WallTime now);

}  // namespace paddock::backup
