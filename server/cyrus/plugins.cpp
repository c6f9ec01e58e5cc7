// SPDX-License-Identifier: Apache-2.0
#include "cyrus/plugins.h"

#include <string_view>

#include <fmt/format.h>

namespace paddock::cyrus {

int verify_file(void* /*context*/, const char* file, sasl_verify_type_t type) {
  const std::string_view name(file);
  const bool is_wanted = name.find("/libdigestmd5.") != std::string_view::npos ||
                         name.find("/libgssapiv2.") != std::string_view::npos;
  return type == SASL_VRFY_PLUGIN && is_wanted ? SASL_OK : SASL_CONTINUE;
}

int log_nothing(void* /*context*/, int /*level*/, const char* /*message*/) {
  return SASL_OK;
}

Result<> check_mechanism(const std::string& mechanism) {
  for (const char** known = sasl_global_listmech(); known != nullptr && *known != nullptr;
       ++known) {
    if (mechanism == *known) return {};
  }
  return fail(
      fmt::format("the plugin of Cyrus SASL for {} is not there; Debian has it in {}",
                  mechanism,
                  mechanism == kGssapi ? "libsasl2-modules-gssapi-mit" : "libsasl2-modules"));
}

Result<> started(int code) {
  if (code == SASL_OK) return {};
  return fail(fmt::format("Cyrus SASL cannot be used: {}", sasl_errstring(code, nullptr, nullptr)));
}

}  // namespace paddock::cyrus
