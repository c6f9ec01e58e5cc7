// SPDX-License-Identifier: Apache-2.0
//
// Auth packets, lists of access control entries, and addresses as clients may send them.
#include "auth/access.h"
#include "auth/authenticator.h"
#include "auth/ip_address.h"
#include "base/assert.h"
#include "input.h"
#include "jute/records.h"

namespace paddock::fuzz {
namespace {

void check_addresses(View address, View range) {
  if (auth::is_ip_in_range(address, range)) {
    PADDOCK_ASSERT(auth::is_ip_range(address));
    PADDOCK_ASSERT(auth::is_ip_range(range));
  }
  const bool is_one_address = auth::is_ip_range(address) && address.find('/') == View::npos;
  PADDOCK_ASSERT(auth::is_ip_in_range(address, address) == is_one_address);
}

void check_list(const jute::List<jute::Acl>& list, auth::Identities identities) {
  const auto fixed = auth::fixup_acl(list, identities);
  if (!fixed) return;
  PADDOCK_ASSERT(!fixed->empty());
  static_cast<void>(auth::permits(*fixed, jute::kPermRead, identities));
  if (auth::is_open_acl(list)) PADDOCK_ASSERT(auth::permits(*fixed, jute::kPermAll, {}));
  for (const auto disclosure : {auth::AclDisclosure::Full, auth::AclDisclosure::Masked}) {
    ByteBuffer bytes;
    jute::Writer writer(bytes);
    auth::write_acl(*fixed, disclosure, writer);
    jute::Reader reader(bytes.view());
    jute::List<jute::Acl> shown;
    PADDOCK_ASSERT(reader.get(shown) && reader.remaining() == 0);
    PADDOCK_ASSERT(shown.size() == fixed->size());
  }
}

void check(Input input) {
  static const auth::Authenticator authenticator(
      {.super_digest = "super:xQJmxLMiHGwaqBvst5y6rkB6HQs="});
  auth::IdentitySet identities;
  identities.add("ip", "127.0.0.1");
  jute::AuthPacket packet;
  if (jute::decode(input.part(), packet)) {
    static_cast<void>(
        authenticator.authenticate(packet.scheme, packet.auth, WallTime{}, identities));
  }
  const View address = input.part();
  check_addresses(address, input.part());
  jute::Reader reader(input.rest());
  jute::List<jute::Acl> list;
  if (reader.get(list)) check_list(list, identities.view());
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
