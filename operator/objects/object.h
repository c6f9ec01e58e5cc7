// SPDX-License-Identifier: Apache-2.0
//
// What the builders share: metadata that every object has, and the mark of what was built. Of this
// module alone. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/words.h"
#include "objects/build.h"
#include "objects/names.h"

namespace paddock::objects {

/// The labels of everything that belongs to the ensemble.
[[nodiscard]] json::object common_labels(const Site& site);
/// By what selectors tell the ensemble's pods: never changed.
[[nodiscard]] json::object pod_selector(const Site& site);

enum class Owned : std::uint8_t {
  Yes,
  No,  // outlives the Ensemble
};

/// apiVersion, kind and metadata.
[[nodiscard]] json::object new_object(const Site& site,
                                      std::string_view api_version,
                                      std::string_view kind,
                                      std::string_view name,
                                      Owned owned = Owned::Yes);
[[nodiscard]] json::object& metadata_of(json::object& object);
void annotate(json::object& object, std::string_view name, std::string_view value);
void label(json::object& object, std::string_view name, std::string_view value);
/// Only if it is still that one.
void expect(json::object& object, const plan::Expected& expected);
/// Last of all: the hash of what is in it.
void seal(json::object& object);

}  // namespace paddock::objects
