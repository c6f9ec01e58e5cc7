// SPDX-License-Identifier: Apache-2.0
#include "resource/secret.h"

#include <vector>

#include <yaml-cpp/binary.h>

namespace paddock::resource {

std::string secret_entry(const std::string& bytes) {
  const std::vector<unsigned char> copy(bytes.begin(), bytes.end());
  return YAML::EncodeBase64(copy.data(), copy.size());
}

std::string secret_entry_of(const json::value& secret, std::string_view name) {
  const std::string text(kube::text_at(secret, {"data", name}));
  const std::vector<unsigned char> bytes = YAML::DecodeBase64(text);
  return {bytes.begin(), bytes.end()};
}

}  // namespace paddock::resource
