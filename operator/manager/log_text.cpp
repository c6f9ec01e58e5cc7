// SPDX-License-Identifier: Apache-2.0
#include "manager/log_text.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "kube/time_text.h"

namespace paddock::manager {

namespace json = boost::json;

std::string json_line(WallTime at,
                      std::string_view level,
                      std::string_view message,
                      Fields fields) {
  json::object line{{"ts", kube::micro_time(at)}, {"level", level}, {"msg", message}};
  for (const auto& [name, value] : fields) {
    if (!value.empty()) line[name] = value;
  }
  return json::serialize(line);
}

std::string text_line(WallTime at,
                      std::string_view level,
                      std::string_view message,
                      Fields fields) {
  std::string line = kube::micro_time(at);
  line.append(" ").append(level).append(" ").append(message);
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    const bool is_word = value.find_first_of(" \"=\n") == std::string_view::npos;
    const std::string quoted = json::serialize(json::value(value));
    line.append(" ").append(name).append("=").append(is_word ? value : std::string_view(quoted));
  }
  return line;
}

}  // namespace paddock::manager
