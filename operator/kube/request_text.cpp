// SPDX-License-Identifier: Apache-2.0
#include "kube/request_text.h"

#include "kube/requests.h"

namespace paddock::kube {

namespace {

void add_header(std::string& text, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string request_text(const Request& request,
                         const ClusterAccess& access,
                         const Credentials& credentials,
                         const std::string& user_agent) {
  std::string text(name_of(request.verb));
  text.append(" ").append(access.url.base_path).append(request.target).append(" HTTP/1.1\r\n");
  add_header(text, "Host", host_and_port(access.url));
  add_header(text, "User-Agent", user_agent);
  add_header(text, "Accept", "application/json");
  add_header(text, "Authorization", credentials.authorization);
  add_header(text, "Impersonate-User", access.user.as);
  for (const std::string& group : access.user.as_groups) {
    add_header(text, "Impersonate-Group", group);
  }
  add_header(text, "Content-Type", request.content_type);
  if (request.verb != Verb::Get) {
    add_header(text, "Content-Length", std::to_string(request.body.size()));
  }
  return text.append("\r\n").append(request.body);
}

}  // namespace paddock::kube
