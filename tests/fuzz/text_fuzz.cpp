// SPDX-License-Identifier: Apache-2.0
//
// Small texts with a grammar of their own: quotas, ACLs, addresses and configurations as people and
// servers write them. What is understood means the same when it is written and read again.
#include <string>

#include "base/assert.h"
#include "client_session/host_list.h"
#include "client_text/acl_text.h"
#include "client_text/ensemble_text.h"
#include "client_text/quota_text.h"
#include "client_text/server_status.h"
#include "input.h"
#include "jute/permissions.h"
#include "tree/quota.h"

namespace paddock::fuzz {
namespace {

/// The server and the command read the same text.
void check_quota(View text) {
  const auto quota = client::parse_quota(text);
  if (quota) PADDOCK_ASSERT(client::parse_quota(client::to_string(*quota)) == *quota);
  const std::string once = tree::QuotaText(text).text();
  PADDOCK_ASSERT(tree::QuotaText(once).text() == once);
}

void check_acl(View text) {
  const auto acl = client::parse_acl(text);
  if (!acl) return;
  PADDOCK_ASSERT(!acl->empty());
  for (const client::Acl& entry : *acl) {
    PADDOCK_ASSERT(!entry.scheme.empty());
    static_cast<void>(jute::permission_letters(entry.perms));
  }
}

void check_connect_string(View text) {
  const auto parsed = client::parse_connect_string(text);
  if (!parsed) {
    PADDOCK_ASSERT(!parsed.error().message.empty());
    return;
  }
  PADDOCK_ASSERT(!parsed->hosts.empty());
  std::string again;
  for (const client::Host& host : parsed->hosts) {
    if (!again.empty()) again += ',';
    again += client::to_string(host);
  }
  const auto second = client::parse_connect_string(again + parsed->chroot);
  PADDOCK_ASSERT(second && second->hosts == parsed->hosts && second->chroot == parsed->chroot);
}

void check_server_text(View text) {
  static_cast<void>(client::parse_status(text));
  static_cast<void>(client::client_addresses(text));
  static_cast<void>(client::members_of(text));
}

using Check = void (*)(View);
constexpr Check kChecks[] = {check_quota, check_acl, check_connect_string, check_server_text};

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::Input input(bytes, size);
  const auto check = input.one_of(paddock::fuzz::kChecks);
  check(input.rest());
  return 0;
}
