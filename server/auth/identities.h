// SPDX-License-Identifier: Apache-2.0
//
// Who a connection is: a set of (scheme, id) pairs, kept as jute Ids on the wire so that they
// travel with each request by one copy. Source: ZooKeeper ServerCnxn.authInfo.
#pragma once

#include <string>
#include <vector>

#include "base/byte_buffer.h"
#include "base/time.h"
#include "jute/records.h"
#include "jute/writer.h"

namespace paddock::auth {

/// Borrowed identities, as requests carry them.
using Identities = jute::List<jute::Id>;

/// Whom an identity is shown as: of a digest, what is in front of the hash.
[[nodiscard]] inline View user_of(const jute::Id& id) {
  return id.scheme == "digest" ? id.id.substr(0, id.id.find(':')) : id.id;
}

/// The identities that one connection owns.
class IdentitySet {
 public:
  /// Adds an identity unless it is there. One that is there with an end has none any more.
  void add(View scheme, View id);
  /// Adds an identity that is gone when it has come to its end; one that is there gets the new end.
  void add_until(View scheme, View id, WallTime end);
  /// Drops those that have come to their end.
  void expire(WallTime now) {
    if (!ends_.empty()) drop_expired(now);
  }
  [[nodiscard]] Identities view() const { return ids_.view(); }

 private:
  struct End {
    std::string scheme;
    std::string id;
    WallTime at;
  };
  [[nodiscard]] bool contains(View scheme, View id) const;
  void forget_end(View scheme, View id);
  void drop_expired(WallTime now);

  jute::ListBuilder<jute::Id> ids_;
  std::vector<End> ends_;
};

}  // namespace paddock::auth
