// SPDX-License-Identifier: Apache-2.0
//
// Fills fields of transactions from views and lists.
#pragma once

#include <string>

#include "base/bytes.h"
#include "request/overlay.h"
#include "txn/txn.pb.h"

namespace paddock::request {

inline void set_bytes(std::string& field, View bytes) {
  field.assign(bytes);
}

/// An empty list stands for world:anyone with all permissions and is written out as that.
void set_acl_entries(google::protobuf::RepeatedPtrField<txn::pb::Acl>& field,
                     const AclEntries& acl);

}  // namespace paddock::request
