// SPDX-License-Identifier: Apache-2.0
#include "metrics/metric.h"

#include <gtest/gtest.h>

#include "metrics/windows.h"

namespace paddock::metrics {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

const std::vector<Metric> kMetrics = {
    gauge("znode_count", 5, "znodes"),
    counter("commit_count", 7, "commits"),
    summary("fsynctime",
            {.count = 2, .sum = 3, .min = 1, .max = 2},
            "milliseconds of a sync of the log"),
};

Buckets seen(std::initializer_list<std::int64_t> values) {
  Buckets found;
  for (const std::int64_t value : values) found.add(value);
  return found;
}

Metric of_peers() {
  Metric found = family("paddock_peer_up", Kind::Gauge, "links");
  add(found, "peer", "2", 1);
  add(found, "peer", "3", 0);
  return found;
}

TEST(Metrics, PrometheusTextHasTypesAndZooKeepersNames) {
  const std::string text = to_prometheus(kMetrics);

  EXPECT_NE(text.find("# TYPE znode_count gauge\nznode_count 5"), std::string::npos) << text;
  EXPECT_NE(text.find("# TYPE commit_count counter\ncommit_count 7"), std::string::npos) << text;
  EXPECT_NE(text.find("fsynctime_count 2"), std::string::npos) << text;
  EXPECT_NE(text.find("fsynctime_sum 3"), std::string::npos) << text;
}

TEST(Metrics, AFamilyHasItsNameOnceAndItsLabels) {
  EXPECT_EQ(to_prometheus({of_peers()}),
            "# HELP paddock_peer_up links\n# TYPE paddock_peer_up gauge\n"
            "paddock_peer_up{peer=\"2\"} 1\npaddock_peer_up{peer=\"3\"} 0\n");
}

TEST(Metrics, AFamilyWithoutSamplesIsLeftOut) {
  EXPECT_EQ(to_prometheus({family("paddock_peer_up", Kind::Gauge, "links")}), "");
}

TEST(Metrics, CountersHaveASecondNameIfThatIsAskedFor) {
  const std::vector<Metric> metrics = {counter("commit_count", 7, "commits"),
                                       counter("paddock_reads_total", 3, "reads")};

  EXPECT_EQ(to_prometheus(metrics).find("commit_count_total"), std::string::npos);
  const std::string text = to_prometheus(metrics, TotalNames::Both);
  EXPECT_NE(text.find("\ncommit_count 7\n"), std::string::npos) << text;
  EXPECT_NE(text.find("# TYPE commit_count_total counter\ncommit_count_total 7\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("paddock_reads_total_total"), std::string::npos) << text;
}

TEST(Metrics, AHistogramCountsUpToItsBounds) {
  const Metric sizes = histogram("sizes", Unit::Number, seen({1, 2, 3, 4}), "sizes");

  const std::string text = to_prometheus({sizes});

  EXPECT_NE(text.find("sizes_bucket{le=\"1\"} 1\nsizes_bucket{le=\"2\"} 2\n"
                      "sizes_bucket{le=\"4\"} 4\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("sizes_bucket{le=\"+Inf\"} 4\n"), std::string::npos) << text;
  EXPECT_NE(text.find("sizes_sum 10\n"), std::string::npos) << text;
}

TEST(Metrics, AHistogramOfTimesIsInSeconds) {
  Buckets times;
  times.add(Duration(milliseconds(2)));
  times.add(Duration(seconds(60)));

  const std::string text = to_prometheus({histogram("times", Unit::Seconds, times, "times")});

  EXPECT_NE(text.find("times_sum 60.002\n"), std::string::npos) << text;
  EXPECT_NE(text.find("{le=\"0.001024\"} 0\ntimes_bucket{le=\"0.002048\"} 1\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("{le=\"+Inf\"} 2\n"), std::string::npos) << text;
}

TEST(Metrics, MntrSplitsSummaries) {
  const Lines expected = {{"znode_count", "5"},
                          {"commit_count", "7"},
                          {"avg_fsynctime", "1.5000"},
                          {"min_fsynctime", "1"},
                          {"max_fsynctime", "2"},
                          {"cnt_fsynctime", "2"},
                          {"sum_fsynctime", "3"}};

  EXPECT_EQ(to_mntr(kMetrics), expected);
}

TEST(Metrics, MntrHasLabelsBeforeTheName) {
  const Lines expected = {{"2_paddock_peer_up", "1"}, {"3_paddock_peer_up", "0"}};
  EXPECT_EQ(to_mntr({of_peers()}), expected);
}

TEST(Metrics, MntrHasZooKeepersPercentiles) {
  Metric latency = family("ack_latency", Kind::Summary, "");
  Sample& sample = add(latency, "key", "2");
  sample.observed = {.count = 1, .sum = 3, .min = 3, .max = 3};
  for (const double share : kShares) sample.quantiles.push_back({share, 3});

  const Lines expected = {{"2_avg_ack_latency", "3"},
                          {"2_min_ack_latency", "3"},
                          {"2_max_ack_latency", "3"},
                          {"2_cnt_ack_latency", "1"},
                          {"2_sum_ack_latency", "3"},
                          {"2_p50_ack_latency", "3"},
                          {"2_p95_ack_latency", "3"},
                          {"2_p99_ack_latency", "3"},
                          {"2_p999_ack_latency", "3"}};
  EXPECT_EQ(to_mntr({latency}), expected);
}

TEST(Metrics, ASummaryWithoutObservationsHasNoAverage) {
  const auto lines = to_mntr({summary("fsynctime", {}, "")});
  EXPECT_EQ(lines.front().second, "0");
}

TEST(Windows, QuantilesAreOfWhatCameLately) {
  Windows windows(seconds(60));
  const MonotonicTime start{seconds(100)};
  Buckets all = seen({1000, 1000});
  EXPECT_DOUBLE_EQ(windows.quantiles("a", all, 1, start).back().value, 1023.488);
  EXPECT_FALSE(windows.quantiles("a", all, 1, start + seconds(60)).empty());

  // Two windows later nothing of that counts.
  EXPECT_TRUE(windows.quantiles("a", all, 1, start + seconds(120)).empty());
  all.add(std::int64_t{1});
  EXPECT_LE(windows.quantiles("a", all, 1, start + seconds(121)).back().value, 1);
}

TEST(Windows, CountersThatWereResetBeginAnew) {
  Windows windows(seconds(1));
  const MonotonicTime start{seconds(100)};
  EXPECT_FALSE(windows.quantiles("a", seen({5, 5, 5}), 1, start).empty());
  EXPECT_FALSE(windows.quantiles("a", seen({5, 5, 5}), 1, start + seconds(1)).empty());

  EXPECT_FALSE(windows.quantiles("a", seen({5}), 1, start + seconds(2)).empty());
}

}  // namespace
}  // namespace paddock::metrics
