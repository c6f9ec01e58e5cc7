// SPDX-License-Identifier: Apache-2.0
//
// What the steps of `load` share: settings that were chosen, the draft that they fill, and
// messages. The steps run once, in the order in which they stand here; only load.cpp calls them.
#pragma once

#include <string>
#include <string_view>

#include "config/key.h"
#include "config/key_table.h"
#include "config/load.h"

namespace paddock::config {

struct Loading {
  const Sources& sources;
  Draft draft;
  Loaded result;
  /// The id that an image would have written to `myid`.
  std::optional<std::string> environment_id;

  [[nodiscard]] bool is_set(std::string_view name) const {
    return result.origins.find(name) != result.origins.end();
  }
  /// "zoo.cfg:3: name", or the name alone when the key has its default.
  [[nodiscard]] std::string at(std::string_view name) const {
    const auto found = result.origins.find(name);
    return found == result.origins.end() ? std::string(name)
                                         : found->second + ": " + std::string(name);
  }
  void error(std::string text) { result.errors.push_back(std::move(text)); }
  void warn(std::string text) { result.warnings.push_back(std::move(text)); }
  void note(std::string text) { result.notes.push_back(std::move(text)); }
};

/// A setting and the key that it is for.
struct Assignment {
  Setting setting;
  FoundKey found;

  [[nodiscard]] bool is_membership() const;
};

/// Puts one setting into the draft, or says what is wrong with it.
void apply(Loading& loading, const Assignment& assignment);

/// Reads the dynamic file and `myid`; members, groups and roles are consistent afterwards.
void load_ensemble(Loading& loading);

/// Fills what depends on other settings, once all are in the draft.
void resolve(Loading& loading);

/// What concerns the admin and metrics ports, a part of validate().
void check_http(Loading& loading);

/// Checks what involves several settings.
void validate(Loading& loading);

}  // namespace paddock::config
