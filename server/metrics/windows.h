// SPDX-License-Identifier: Apache-2.0
//
// Quantiles of what came lately, from buckets that only grow: what was read a window ago is taken
// off. Nothing of this is on the path of requests; whoever shows metrics owns it, one thread.
// Source: ZooKeeper PrometheusMetricsProvider, whose summaries look back a minute.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "base/time.h"
#include "metrics/metric.h"

namespace paddock::metrics {

class Windows {
 public:
  explicit Windows(Duration length) : length_(length) {}

  /// Of what `name` has seen in the last window, or in up to two; without anything there, none.
  /// `scale`: of the values.
  [[nodiscard]] std::vector<Quantile> quantiles(const std::string& name,
                                                const Buckets& seen,
                                                double scale,
                                                MonotonicTime now) {
    const auto [at, is_new] = windows_.try_emplace(name, Window{.newer_at = now});
    Window& window = at->second;
    // Counters that were reset begin anew.
    if (is_new || seen.count() < window.newer.count()) window = {.newer_at = now};
    if (now - window.newer_at >= length_) {
      window.older = window.newer;
      window.newer = seen;
      window.newer_at = now;
    }
    const Buckets lately = seen.since(window.older);
    std::vector<Quantile> found;
    if (lately.count() == 0) return found;
    for (const double share : kShares) found.push_back({share, lately.quantile(share) * scale});
    return found;
  }

 private:
  struct Window {
    Buckets older{};
    Buckets newer{};
    MonotonicTime newer_at;
  };

  Duration length_;
  std::map<std::string, Window> windows_;
};

}  // namespace paddock::metrics
