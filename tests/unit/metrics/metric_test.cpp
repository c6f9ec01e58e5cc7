// SPDX-License-Identifier: Apache-2.0
#include "metrics/metric.h"

#include <gtest/gtest.h>

namespace paddock::metrics {
namespace {

const std::vector<Metric> kMetrics = {
    gauge("znode_count", 5, "znodes"),
    counter("commit_count", 7, "commits"),
    summary("fsynctime",
            {.count = 2, .sum = 3, .min = 1, .max = 2},
            "milliseconds of a sync of the log"),
};

TEST(Metrics, PrometheusTextHasTypesAndZooKeepersNames) {
  const std::string text = to_prometheus(kMetrics);

  EXPECT_NE(text.find("# TYPE znode_count gauge\nznode_count 5"), std::string::npos) << text;
  EXPECT_NE(text.find("# TYPE commit_count counter\ncommit_count 7"), std::string::npos) << text;
  EXPECT_NE(text.find("fsynctime_count 2"), std::string::npos) << text;
  EXPECT_NE(text.find("fsynctime_sum 3"), std::string::npos) << text;
}

TEST(Metrics, MntrSplitsSummaries) {
  const std::vector<std::pair<std::string, std::string>> expected = {{"znode_count", "5"},
                                                                     {"commit_count", "7"},
                                                                     {"avg_fsynctime", "1.5000"},
                                                                     {"min_fsynctime", "1"},
                                                                     {"max_fsynctime", "2"},
                                                                     {"cnt_fsynctime", "2"},
                                                                     {"sum_fsynctime", "3"}};

  EXPECT_EQ(to_mntr(kMetrics), expected);
}

TEST(Metrics, ASummaryWithoutObservationsHasNoAverage) {
  const auto lines = to_mntr({summary("fsynctime", {}, "")});
  EXPECT_EQ(lines.front().second, "0");
}

}  // namespace
}  // namespace paddock::metrics
