// SPDX-License-Identifier: Apache-2.0
//
// Messages of the admin API as JSON, and JSON or a query as such messages. Numbers are numbers,
// also those of 64 bits; a field that is not known is null. Pure.
#pragma once

#include <map>
#include <string>

#include <google/protobuf/message.h>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::admin {

[[nodiscard]] std::string to_json(const google::protobuf::Message& message);

/// Fills `into` from a JSON object. *Errors*: which field is wrong, or is none.
[[nodiscard]] Result<> from_json(View text, google::protobuf::Message& into);

/// The same from `name=value` pairs; of a list, the value holds its elements separated by commas.
[[nodiscard]] Result<> from_query(const std::map<std::string, std::string>& query,
                                  google::protobuf::Message& into);

}  // namespace paddock::admin
