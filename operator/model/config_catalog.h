// SPDX-License-Identifier: Apache-2.0
//
// What a change of a zoo.cfg key takes: nothing but the file, a reconfiguration, or a restart of
// each member; and which keys are the operator's own. Constant data; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace paddock::model {

enum class ChangeClass : std::uint8_t {
  Reload,    // a running server takes it
  Reconfig,  // part of the ensemble's configuration, not of a file
  Restart,   // read when a server starts; also all keys that are not known
  Owned,     // what the operator sets, by other fields of the resource
};

[[nodiscard]] ChangeClass change_class_of(std::string_view key);

/// For an Owned key: what to write in the resource instead, as the end of a sentence.
[[nodiscard]] std::string_view instead_of(std::string_view key);

/// All of those, and those of a Reconfig; ".N" at the end stands for any suffix.
[[nodiscard]] std::vector<std::string_view> owned_keys();

using Properties = std::map<std::string, std::string>;

/// Of the keys of that class, the same for the same lines in any version of the operator.
[[nodiscard]] std::string hash_of(const Properties& properties, ChangeClass change_class);

/// 16 hex digits over the parts; a part cannot run into the next one.
class Fingerprint {
 public:
  Fingerprint& add(std::string_view part);
  [[nodiscard]] std::string text() const;

 private:
  std::string bytes_;
};

}  // namespace paddock::model
