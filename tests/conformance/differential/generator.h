// SPDX-License-Identifier: Apache-2.0
//
// Draws steps from a seed. It remembers which nodes the replies said exist, so that most requests
// meet something, and leaves out what is known to differ for reasons listed in
// docs/compatibility.md.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/prng.h"
#include "reply.h"
#include "step.h"

namespace paddock::conformance {

struct GeneratorOptions {
  std::uint64_t seed = 1;
  std::size_t sessions = 6;
};

class Generator {
 public:
  explicit Generator(GeneratorOptions options);

  /// The steps that come first: the top nodes of each region.
  [[nodiscard]] std::vector<Step> preparation() const;

  Step next();

  /// Learns from the measure's reply which nodes there are. `root` is the run's, cut from paths.
  void learn(const Request& request, const Reply& reply, std::string_view root);

 private:
  /// Parts of the tree with a use of their own.
  enum class Region {
    Plain,
    Restricted,
    Limited
  };
  struct Known {
    std::vector<std::string> paths;
    std::unordered_map<std::string, std::size_t> places;  // Into `paths`.
  };

  Step batch();
  Step quota_step();
  Step authentication_step(std::size_t slot);
  Step refused_step(std::size_t slot);
  Request request(std::size_t slot, Region region);
  Request write(Region region);
  Request create(Region region);
  Request read(std::size_t slot, Region region);
  Request other(std::size_t slot, Region region);
  Request special();
  Request multi(Region region);
  Request multi_read(Region region);
  Request watch_request(std::size_t slot, Region region);
  Request set_watches(std::size_t slot);

  Region region();
  std::string existing(Region region);
  std::string absent(Region region);
  std::string any_path(Region region);
  bool make_odd(Request& request);
  std::int32_t version(const std::string& path);
  std::optional<std::string> data();
  std::vector<AclEntry> acl(Region region);
  std::string random_name();
  void settle_mode(Request& request);

  void add(const std::string& path);
  void remove(const std::string& path);
  void learn_one(const Request& request, const std::string& created, std::string_view root);
  Known& known(const std::string& path);

  GeneratorOptions options_;
  Prng random_;
  Known known_[3];
  std::unordered_map<std::string, std::int32_t> versions_;
  std::vector<Step> pending_;  // Drawn already, played before the next draw.
};

}  // namespace paddock::conformance
