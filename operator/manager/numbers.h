// SPDX-License-Identifier: Apache-2.0
//
// The operator's numbers under the names of controller-runtime and client-go, so that dashboards
// and alerts for operators work. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "control/controller.h"
#include "kube_client/client.h"
#include "metrics/metric.h"

namespace paddock::manager {

/// Requests of the API server by method and status; "<error>" if there was none.
class RequestNumbers {
 public:
  void count(const kube::AttemptReport& report);
  [[nodiscard]] metrics::Metric total() const;

 private:
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts_;
};

struct Standing {
  bool leads = false;
  std::string lease;
  std::size_t looks_max = 0;
  Duration longest_look{};
};

[[nodiscard]] std::vector<metrics::Metric> numbers_of(const control::Controller& controller,
                                                      const RequestNumbers& requests,
                                                      const Standing& standing);

}  // namespace paddock::manager
