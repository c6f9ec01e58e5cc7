// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace paddock::bench {

namespace {

namespace json = boost::json;

struct Percentile {
  std::string_view name;
  std::uint64_t per_mille;
};

constexpr std::array kPercentiles = {Percentile{"p50", 500},
                                     Percentile{"p90", 900},
                                     Percentile{"p99", 990},
                                     Percentile{"p99.9", 999}};

double as_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double as_microseconds(Duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

double per_second(std::uint64_t count, Duration elapsed) {
  return elapsed > Duration::zero() ? static_cast<double>(count) / as_seconds(elapsed) : 0;
}

double per_answer_us(Duration cpu, std::uint64_t answers) {
  return answers == 0 ? 0 : as_microseconds(cpu) / static_cast<double>(answers);
}

/// Four significant digits with a unit: "812ns", "98.31us", "4.310ms", "1.200s".
std::string human(Duration duration) {
  const double us = as_microseconds(duration);
  if (us < 1) return fmt::format("{}ns", duration.count());
  if (us < 1000) return fmt::format("{:.1f}us", us);
  if (us < 1e6) return fmt::format("{:.2f}ms", us / 1e3);
  return fmt::format("{:.2f}s", us / 1e6);
}

std::string table_row(const Row& row, Duration elapsed) {
  const Histogram& latency = row.latency;
  std::string line = fmt::format(
      "{:<12}{:>11}{:>12.0f}", row.name, latency.count(), per_second(latency.count(), elapsed));
  line += fmt::format("{:>10}{:>10}", human(latency.min()), human(latency.mean()));
  for (const Percentile& percentile : kPercentiles) {
    line += fmt::format("{:>10}", human(latency.percentile(percentile.per_mille)));
  }
  return line + fmt::format("{:>10}\n", human(latency.max()));
}

std::string table_header() {
  std::string line =
      fmt::format("{:<12}{:>11}{:>12}{:>10}{:>10}", "", "answers", "per second", "min", "avg");
  for (const Percentile& percentile : kPercentiles) line += fmt::format("{:>10}", percentile.name);
  return line + fmt::format("{:>10}\n", "max");
}

std::string error_lines(const Report& report) {
  std::string text;
  for (const Row& row : report.rows) {
    for (const auto& [code, count] : row.errors) {
      text += fmt::format(
          "errors: {} {} ({}) {}\n", row.name, name(code), static_cast<std::int32_t>(code), count);
    }
  }
  return text;
}

Row total_of(const Report& report) {
  Row total{.name = "total", .latency = {}, .errors = {}, .longest_at = {}};
  for (const Row& row : report.rows) total.latency.merge(row.latency);
  return total;
}

json::object latency_json(const Histogram& latency) {
  json::object object{{"min", as_microseconds(latency.min())},
                      {"avg", as_microseconds(latency.mean())}};
  for (const Percentile& percentile : kPercentiles) {
    object[percentile.name] = as_microseconds(latency.percentile(percentile.per_mille));
  }
  object["max"] = as_microseconds(latency.max());
  return object;
}

json::object row_json(const Row& row, Duration elapsed) {
  json::object errors;
  for (const auto& [code, count] : row.errors) errors[name(code)] = count;
  return {{"count", row.latency.count()},
          {"per_second", per_second(row.latency.count(), elapsed)},
          {"latency_us", latency_json(row.latency)},
          {"longest_at_s", as_seconds(row.longest_at)},
          {"errors", std::move(errors)}};
}

}  // namespace

std::uint64_t Report::answers() const {
  std::uint64_t sum = 0;
  for (const Row& row : rows) sum += row.latency.count();
  return sum;
}

std::uint64_t Report::errors() const {
  std::uint64_t sum = 0;
  for (const Row& row : rows) {
    for (const auto& [code, count] : row.errors) sum += count;
  }
  return sum;
}

std::string to_table(const Report& report) {
  std::string text =
      fmt::format("{}: {:.2f} s\n{}", report.title, as_seconds(report.elapsed), table_header());
  for (const Row& row : report.rows) text += table_row(row, report.elapsed);
  if (report.has_total && report.rows.size() > 1)
    text += table_row(total_of(report), report.elapsed);
  for (const Figure& figure : report.figures) {
    text += fmt::format("{}: {:.3f} {}\n", figure.name, figure.value, figure.unit);
  }
  const std::uint64_t answers = report.answers();
  if (report.server_cpu) {
    text += fmt::format("server processor time: {:.3f} us per answer, {:.2f} processors\n",
                        per_answer_us(*report.server_cpu, answers),
                        as_seconds(*report.server_cpu) / as_seconds(report.elapsed));
  }
  text += fmt::format("generator processor time: {:.3f} us per answer\n",
                      per_answer_us(report.generator_cpu, answers));
  const std::string errors = error_lines(report);
  text += errors.empty() ? "errors: none\n" : errors;
  if (report.is_interrupted) text += "interrupted: this is what was measured until then\n";
  return text;
}

std::string to_json(const Report& report) {
  json::object rows;
  for (const Row& row : report.rows) rows[row.name] = row_json(row, report.elapsed);
  json::object figures;
  for (const Figure& figure : report.figures) figures[figure.name] = figure.value;
  const std::uint64_t answers = report.answers();
  json::object object{
      {"title", report.title},
      {"elapsed_s", as_seconds(report.elapsed)},
      {"rows", std::move(rows)},
      {"figures", std::move(figures)},
      {"errors", report.errors()},
      {"generator_cpu_us_per_answer", per_answer_us(report.generator_cpu, answers)}};
  if (report.measured_from) {
    object["measured_from_s"] = as_seconds(report.measured_from->since_origin);
  }
  if (report.has_total) object["total"] = row_json(total_of(report), report.elapsed);
  if (report.server_cpu) {
    object["server_cpu_us_per_answer"] = per_answer_us(*report.server_cpu, answers);
    object["server_cpu_s"] = as_seconds(*report.server_cpu);
  }
  if (report.is_interrupted) object["interrupted"] = true;
  if (!report.failure.empty()) object["failure"] = report.failure;
  return json::serialize(object);
}

}  // namespace paddock::bench
