// SPDX-License-Identifier: Apache-2.0
//
// JAAS files and what their sections say; rules of auth_to_local, and names that go through them.
#include "base/assert.h"
#include "input.h"
#include "sasl/login.h"
#include "sasl/name_rules.h"

namespace paddock::fuzz {
namespace {

void check_file(View text) {
  const auto file = sasl::parse_jaas("jaas.conf", text);
  if (!file) return PADDOCK_ASSERT(file.error().message.starts_with("jaas.conf:"));
  for (const sasl::JaasSection& section : file->sections) {
    PADDOCK_ASSERT(file->find(section.name) == &section);
    const auto login = sasl::login_of(*file, section);
    if (!login) continue;
    if (const auto* digest = std::get_if<sasl::DigestLogin>(&*login)) {
      PADDOCK_ASSERT(!digest->users.empty());
      for (const auto& [user, password] : digest->users) {
        PADDOCK_ASSERT(!user.empty() && !password.empty());
      }
    } else {
      PADDOCK_ASSERT(!std::get<sasl::KerberosLogin>(*login).principal.empty());
    }
  }
}

void check_rules(View text, View name) {
  const auto rules = sasl::NameRules::parse(text);
  if (!rules) return PADDOCK_ASSERT(!rules.error().message.empty());
  const std::string id = sasl::id_of(name, *rules, {}, "REALM");
  PADDOCK_ASSERT(id.empty() || auth::KerberosName::parse(id));
  const auto parts = auth::KerberosName::parse(name);
  if (!parts) return PADDOCK_ASSERT(id.empty());
  if (const auto found = rules->short_name(*parts, "REALM"); found && parts->realm) {
    PADDOCK_ASSERT(found->find_first_of("/@") == std::string::npos);
  }
}

void check(Input input) {
  const View rules = input.part();
  check_rules(rules, input.part());
  check_file(input.rest());
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
