// SPDX-License-Identifier: Apache-2.0
//
// The objects of one kind as a list and a watch have told them, and what changed by each step.
// Pure. What the API server notes of field managers is left out: it is half of an object and of no
// use.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "kube/object.h"

namespace paddock::kube {

/// The object as it is now is in the store.
struct Change {
  enum class Kind : std::uint8_t {
    Added,
    Modified,
    Deleted,
  };

  Kind kind{};
  ObjectKey key{};
  std::optional<json::value> before{};  // of what was modified or deleted
  /// Nobody saw its end: a list did not have it any more, and `before` may not be its last state.
  bool is_tombstone = false;
};

class Store {
 public:
  using Objects = std::map<ObjectKey, json::value>;

  /// All that there is. What is as it was is no change.
  void replace(std::vector<json::value> items, std::vector<Change>& changes);
  void put(json::value object, std::vector<Change>& changes);
  /// With its last state.
  void erase(json::value last, std::vector<Change>& changes);

  /// Null if there is none. Until the next change.
  [[nodiscard]] const json::value* find(const ObjectKey& key) const;
  [[nodiscard]] const Objects& objects() const { return objects_; }

 private:
  Objects objects_;
};

}  // namespace paddock::kube
