// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::bench {
namespace {

Report two_rows() {
  Report report;
  report.title = "a run";
  report.elapsed = seconds{2};
  report.measured_from = MonotonicTime{milliseconds{1500}};
  report.rows.resize(2);
  report.rows[0].name = "get";
  for (int i = 0; i < 10; ++i) report.rows[0].latency.record(microseconds{100});
  report.rows[1].name = "set";
  report.rows[1].latency.record(milliseconds{3});
  report.rows[1].errors[ErrorCode::BadVersion] = 1;
  report.figures.push_back({"longest silence", 1.5, "ms"});
  report.server_cpu = microseconds{110};
  return report;
}

TEST(Report, JsonHoldsEveryRowTheTotalAndTheErrors) {
  const auto json = boost::json::parse(to_json(two_rows()));

  EXPECT_EQ(json.at_pointer("/rows/get/count").as_int64(), 10);
  EXPECT_EQ(json.at_pointer("/rows/get/per_second").as_double(), 5.0);
  EXPECT_NEAR(json.at_pointer("/rows/set/latency_us/p99").as_double(), 3000, 60);
  EXPECT_EQ(json.at_pointer("/rows/set/errors/BadVersion").as_int64(), 1);
  EXPECT_EQ(json.at_pointer("/total/count").as_int64(), 11);
  EXPECT_EQ(json.at_pointer("/errors").as_int64(), 1);
  EXPECT_EQ(json.at_pointer("/elapsed_s").as_double(), 2.0);
  EXPECT_EQ(json.at_pointer("/measured_from_s").as_double(), 1.5);
  EXPECT_EQ(json.at_pointer("/figures/longest silence").as_double(), 1.5);
  EXPECT_NEAR(json.at_pointer("/server_cpu_us_per_answer").as_double(), 10, 0.001);
}

TEST(Report, TheTableNamesErrorsByCodeAndSaysWhenThereAreNone) {
  EXPECT_THAT(to_table(two_rows()), testing::HasSubstr("errors: set BadVersion (-103) 1\n"));
  EXPECT_THAT(to_table(Report{}), testing::HasSubstr("errors: none\n"));
}

}  // namespace
}  // namespace paddock::bench
