// SPDX-License-Identifier: Apache-2.0
//
// The state out of what was stored: to be restored, or only to see that it can be.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "backup/catalog.h"
#include "backup/repository.h"
#include "base/error.h"
#include "data/state.h"

namespace paddock::backup {

/// The state of a target. *Errors*: nothing leads there, or something is damaged.
[[nodiscard]] Result<std::unique_ptr<data::State>> load_backup(Repository& repository,
                                                               const Target& target);

/// Loads every base and replays all of the log between them: each base must be the state that the
/// log leads to from the one before. Says of each what it is; returns the last state.
[[nodiscard]] Result<std::unique_ptr<data::State>> verify_backup(
    Repository& repository, const std::function<void(const std::string&)>& say);

struct Fork {
  std::string ensemble_id;
  /// The members are what the settings of the new servers say.
  bool forgets_members = false;
};

/// Begins another history: with an id that the old ensemble does not have, in a later epoch.
[[nodiscard]] Result<> fork(data::State& state, const Fork& how);

}  // namespace paddock::backup
