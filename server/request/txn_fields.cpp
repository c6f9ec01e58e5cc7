// SPDX-License-Identifier: Apache-2.0
#include "request/txn_fields.h"

#include "jute/opcode.h"

namespace paddock::request {

namespace {

void add_entry(google::protobuf::RepeatedPtrField<txn::pb::Acl>& field,
               std::int32_t perms,
               View scheme,
               View id) {
  txn::pb::Acl& entry = *field.Add();
  entry.set_perms(perms);
  set_bytes(*entry.mutable_scheme(), scheme);
  set_bytes(*entry.mutable_id(), id);
}

}  // namespace

void set_acl_entries(google::protobuf::RepeatedPtrField<txn::pb::Acl>& field,
                     const AclEntries& acl) {
  if (acl.empty()) add_entry(field, jute::kPermAll, "world", "anyone");
  for (const tree::AclEntry& entry : acl) add_entry(field, entry.perms, entry.scheme, entry.id);
}

}  // namespace paddock::request
