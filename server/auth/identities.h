// SPDX-License-Identifier: Apache-2.0
//
// Who a connection is: a set of (scheme, id) pairs, kept as jute Ids on the wire so that they
// travel with each request by one copy. Source: ZooKeeper ServerCnxn.authInfo.
#pragma once

#include "base/byte_buffer.h"
#include "jute/records.h"
#include "jute/writer.h"

namespace paddock::auth {

/// Borrowed identities, as requests carry them.
using Identities = jute::List<jute::Id>;

/// The identities that one connection owns.
class IdentitySet {
 public:
  /// Adds an identity unless it is there.
  void add(View scheme, View id);
  [[nodiscard]] Identities view() const { return ids_.view(); }

 private:
  jute::ListBuilder<jute::Id> ids_;
};

}  // namespace paddock::auth
