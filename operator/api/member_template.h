// SPDX-License-Identifier: Apache-2.0
//
// What a pod is made from, as far as a change of it needs a restart: the same spec gives the same
// template in every version of the operator (tests keep its hash), so that upgrading the operator
// restarts nothing.
#pragma once

#include <string>

#include "api/ensemble_spec.h"

namespace paddock::api {

/// Part by part, so that the first one that differs can be named. Values are annotations of the pod
/// template and of its pods.
struct MemberTemplate {
  std::string image;
  std::string configuration;  // hashes, from here on
  std::string resources;
  std::string tls;
  std::string volumes;
  std::string restart;  // the annotation's text
  std::string pod;      // podTemplate, placement and the like; empty: nothing but defaults

  friend bool operator==(const MemberTemplate&, const MemberTemplate&) = default;
  [[nodiscard]] std::string hash() const;
};

[[nodiscard]] MemberTemplate voter_template(const EnsembleSpec& spec, const Wishes& wishes);
[[nodiscard]] MemberTemplate observer_template(const EnsembleSpec& spec, const Wishes& wishes);

/// repository@digest, or repository:version.
[[nodiscard]] std::string image_of(const EnsembleSpec& spec);

/// Of what a running server reads again by itself.
[[nodiscard]] std::string reload_hash_of(const EnsembleSpec& spec);

}  // namespace paddock::api
