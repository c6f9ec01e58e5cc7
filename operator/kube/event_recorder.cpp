// SPDX-License-Identifier: Apache-2.0
#include "kube/event_recorder.h"

#include <algorithm>

#include <fmt/format.h>

#include "kube/requests.h"
#include "kube/time_text.h"

namespace paddock::kube {

namespace {

constexpr std::size_t kNoteMax = 1024;
constexpr std::size_t kNameMax = 200;  // and a suffix makes less than the 253 of a name
constexpr Duration kTellEvery = seconds(60);
constexpr Duration kSeriesEnds = seconds(600);  // after as long without news
constexpr Duration kShareEvery = seconds(300);
constexpr Duration kShareKept = seconds(7200);

Resource event_resource() {
  return {.group = "events.k8s.io", .version = "v1", .plural = "events", .kind = "Event"};
}

/// Events about what lives in no namespace are in this one.
std::string namespace_of(const Regarding& regarding) {
  return regarding.key.ns.empty() ? "default" : regarding.key.ns;
}

/// At most `bytes_max`, and no character cut in two.
std::string shortened(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

}  // namespace

void EventRecorder::record(News news, Now now, std::vector<Request>& requests) {
  news.note = shortened(std::move(news.note), kNoteMax);
  const auto known = series_.find(news);
  const bool goes_on =
      known != series_.end() && now.monotonic - known->second.last.monotonic < kSeriesEnds;
  if (!goes_on) return begin(news, now, requests);
  Series& series = known->second;
  ++series.count;
  series.last = now;
  const bool is_due = series.told == 1 || now.monotonic - series.told_at >= kTellEvery;
  if (is_due) tell(news, series, now, requests);
}

void EventRecorder::on_time(Now now, std::vector<Request>& requests) {
  for (auto& [news, series] : series_) {
    const bool is_due = now.monotonic - series.told_at >= kTellEvery;
    if (series.count > series.told && is_due) tell(news, series, now, requests);
  }
}

std::optional<MonotonicTime> EventRecorder::wake_at() const {
  std::optional<MonotonicTime> at;
  for (const auto& [news, series] : series_) {
    if (series.count == series.told) continue;
    at = std::min(at.value_or(series.told_at + kTellEvery), series.told_at + kTellEvery);
  }
  return at;
}

void EventRecorder::begin(const News& news, Now now, std::vector<Request>& requests) {
  series_.erase(news);
  forget_old(now.monotonic);
  if (!is_allowed(news.regarding, now.monotonic)) return;
  const std::string name =
      fmt::format("{}.{:x}",
                  shortened(news.regarding.key.name, kNameMax),
                  now.wall.ms * 1'000'000 + static_cast<std::int64_t>(++created_ % 1'000'000));
  series_.emplace(news, Series{.name = name, .told_at = now.monotonic, .last = now});
  requests.push_back(
      create(event_resource(), namespace_of(news.regarding), object_of(news, name, now.wall)));
}

void EventRecorder::tell(const News& news,
                         Series& series,
                         Now now,
                         std::vector<Request>& requests) {
  series.told = series.count;
  series.told_at = now.monotonic;
  const json::value patch{
      {"series", {{"count", series.count}, {"lastObservedTime", micro_time(series.last.wall)}}}};
  requests.push_back(
      merge_patch(event_resource(), {namespace_of(news.regarding), series.name}, patch));
}

bool EventRecorder::is_allowed(const Regarding& regarding, MonotonicTime now) {
  const auto [at, is_new] =
      shares_.try_emplace(regarding, Share{TokenBucket(kShareEvery, options_.burst), now});
  at->second.used_at = now;
  return at->second.bucket.try_take(now);
}

void EventRecorder::forget_old(MonotonicTime now) {
  std::erase_if(
      series_, [&](const auto& entry) { return now - entry.second.last.monotonic >= kSeriesEnds; });
  std::erase_if(shares_,
                [&](const auto& entry) { return now - entry.second.used_at >= kShareKept; });
  if (series_.size() >= options_.series_max) {
    series_.erase(std::ranges::min_element(
        series_, {}, [](const auto& entry) { return entry.second.last.monotonic; }));
  }
  if (shares_.size() >= options_.series_max) {
    shares_.erase(std::ranges::min_element(
        shares_, {}, [](const auto& entry) { return entry.second.used_at; }));
  }
}

json::value EventRecorder::object_of(const News& news, const std::string& name, WallTime at) const {
  const Regarding& about = news.regarding;
  json::object regarding{{"apiVersion", about.api_version},
                         {"kind", about.kind},
                         {"name", about.key.name},
                         {"uid", about.uid}};
  if (!about.key.ns.empty()) regarding["namespace"] = about.key.ns;
  return {{"apiVersion", "events.k8s.io/v1"},
          {"kind", "Event"},
          {"metadata", {{"name", name}, {"namespace", namespace_of(about)}}},
          {"eventTime", micro_time(at)},
          {"reportingController", options_.controller},
          {"reportingInstance", shortened(options_.instance, 128)},
          {"type", news.type == News::Type::Normal ? "Normal" : "Warning"},
          {"reason", news.reason},
          {"action", news.action},
          {"note", news.note},
          {"regarding", std::move(regarding)}};
}

}  // namespace paddock::kube
