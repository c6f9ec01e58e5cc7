// SPDX-License-Identifier: Apache-2.0
//
// Whether a transaction can be applied to a tree. A server never asks, since it has ordered what it
// applies; what comes from a file may be of another history.
#pragma once

#include <string>

#include "tree/data_tree.h"
#include "txn/txn.pb.h"

namespace paddock::data {

/// Why not; empty: it fits.
[[nodiscard]] std::string misfit(const tree::DataTree& tree, const txn::pb::Txn& txn);

}  // namespace paddock::data
