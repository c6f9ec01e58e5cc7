// SPDX-License-Identifier: Apache-2.0
#include "client_text/server_status.h"

#include <array>
#include <utility>

namespace paddock::client {

ServerStatus parse_status(View srvr_answer) {
  ServerStatus status;
  const auto fields = std::to_array<std::pair<std::string_view, std::string*>>({
      {"Zookeeper version: ", &status.version},
      {"Mode: ", &status.mode},
      {"Zxid: ", &status.zxid},
      {"Latency min/avg/max: ", &status.latency},
      {"Connections: ", &status.connections},
      {"Outstanding: ", &status.outstanding},
      {"Node count: ", &status.nodes},
  });
  View rest = srvr_answer;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const View line = rest.substr(0, end);
    rest = end == View::npos ? View{} : rest.substr(end + 1);
    for (const auto& [label, field] : fields) {
      if (line.starts_with(label)) *field = line.substr(label.size());
    }
  }
  status.version = status.version.substr(0, status.version.find(','));
  status.is_serving = !status.mode.empty();
  if (!status.is_serving) status.refusal = srvr_answer.substr(0, srvr_answer.find('\n'));
  return status;
}

}  // namespace paddock::client
