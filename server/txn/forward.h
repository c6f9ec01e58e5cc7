// SPDX-License-Identifier: Apache-2.0
//
// The names of the messages of txn.proto, for headers that only pass them on: the generated header
// takes longer to compile than most of what includes them.
#pragma once

namespace paddock::txn::pb {

class Acl;
class Charter;
class Create;
class Delete;
class Op;
class SetAcl;
class SetData;
class Txn;

}  // namespace paddock::txn::pb
