// SPDX-License-Identifier: Apache-2.0
//
// A list and a watch from the bytes of a connection to the store. Cut in two ways, the bytes give
// the same lines; whatever they say, the reflector keeps its word.
#include <string>
#include <vector>

#include "base/assert.h"
#include "input.h"
#include "kube/line_splitter.h"
#include "kube/reflector.h"
#include "kube/response_reader.h"

namespace paddock::fuzz {
namespace {

using kube::ResponseReader;

constexpr std::size_t kLineMax = 4096;

struct Answer {
  std::vector<std::string> lines;
  bool has_overflown = false;
  ResponseReader::State state{};
};

Answer read(View bytes, std::size_t step) {
  Answer answer;
  ResponseReader reader;
  kube::LineSplitter splitter(kLineMax);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    reader.put(bytes.substr(0, step));
    splitter.put(reader.take_body());
    while (const auto line = splitter.next()) answer.lines.emplace_back(*line);
  }
  reader.end();
  answer.has_overflown = splitter.has_overflown();
  answer.state = reader.state();
  if (reader.state() == ResponseReader::State::Done) static_cast<void>(reader.keeps_alive());
  return answer;
}

std::expected<kube::ListPage, kube::ApiError> page_of(View json) {
  auto parsed = kube::parse_json(json);
  if (!parsed) return std::unexpected(kube::failed(kube::Failure::Garbled, parsed.error().message));
  auto page = kube::parse_list(*std::move(parsed));
  if (!page) return std::unexpected(kube::failed(kube::Failure::Garbled, page.error().message));
  return *std::move(page);
}

/// Carries on for as long as there are lines; failed waits end at once.
class Following {
 public:
  explicit Following(View list) : list_(list), reflector_({}, 1) {
    kube::Reflector::Effects effects;
    reflector_.start(effects);
    settle(effects);
  }

  void take(View line) {
    if (!is_watching_) return;
    now_ = now_ + milliseconds(10);
    kube::Reflector::Effects effects;
    reflector_.on_event(kube::parse_watch_event(line), now_, effects);
    settle(effects);
  }

 private:
  /// Until it watches, or has listed often enough.
  void settle(const kube::Reflector::Effects& effects) {
    if (effects.ends_watch) is_watching_ = false;
    bool lists = effects.list.has_value();
    for (int round = 0; round < 8 && (lists || reflector_.wake_at()); ++round) {
      kube::Reflector::Effects next;
      if (lists) {
        reflector_.on_list(page_of(list_), now_, next);
      } else {
        now_ = *reflector_.wake_at();
        reflector_.on_time(now_, next);
      }
      lists = next.list.has_value();
      if (next.watch) is_watching_ = true;
    }
    if (effects.watch) is_watching_ = true;
  }

  View list_;
  kube::Reflector reflector_;
  MonotonicTime now_{seconds(1)};
  bool is_watching_ = false;
};

void check(Input input) {
  const std::size_t step = 1U + input.byte();
  const View list = input.part();
  const View bytes = input.rest();
  const Answer whole = read(bytes, bytes.size() + 1);
  const Answer cut = read(bytes, step);
  PADDOCK_ASSERT(whole.lines == cut.lines);
  PADDOCK_ASSERT(whole.state == cut.state);
  Following following(list);
  for (const std::string& line : whole.lines) following.take(line);
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
