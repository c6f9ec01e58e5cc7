// SPDX-License-Identifier: Apache-2.0
#include "runtime/logging.h"

#include <memory>
#include <string>
#include <string_view>

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/escape.h"

namespace paddock::runtime {

namespace {

constexpr std::size_t kQueueLines = 8192;

/// The message as `Rewrite` makes it fit for the line.
template <std::string (*Rewrite)(std::string_view)>
class Message final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& line,
              const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    const std::string text = Rewrite({line.payload.data(), line.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<Message>();
  }
};

spdlog::level::level_enum level_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::Trace:
      return spdlog::level::trace;
    case config::LogLevel::Debug:
      return spdlog::level::debug;
    case config::LogLevel::Info:
      return spdlog::level::info;
    case config::LogLevel::Warn:
      return spdlog::level::warn;
    case config::LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::unique_ptr<spdlog::pattern_formatter> formatter_of(config::LogFormat format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  if (format == config::LogFormat::Json) {
    formatter->add_flag<Message<json_escaped>>('*');
    formatter->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%*"})");
  } else {
    formatter->add_flag<Message<printable>>('*');
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %-7l %*");
  }
  return formatter;
}

}  // namespace

void start_logging(const config::ProcessConfig& config) {
  spdlog::init_thread_pool(kQueueLines, 1);
  // A full queue loses the oldest line rather than holding a loop up.
  auto logger =
      std::make_shared<spdlog::async_logger>("paddock",
                                             std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                             spdlog::thread_pool(),
                                             spdlog::async_overflow_policy::overrun_oldest);
  logger->set_formatter(formatter_of(config.log_format));
  logger->set_level(level_of(config.log_level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void stop_logging() {
  spdlog::shutdown();
}

void last_words(std::string_view text) {
  const auto logger = spdlog::default_logger();
  // The pool writes what is queued before it goes; who logs later is not heard any more.
  spdlog::details::registry::instance().set_tp(nullptr);
  const spdlog::details::log_msg line(logger->name(), spdlog::level::critical, text);
  for (const auto& sink : logger->sinks()) {
    sink->log(line);
    sink->flush();
  }
}

}  // namespace paddock::runtime
