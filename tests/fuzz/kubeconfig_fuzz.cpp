// SPDX-License-Identifier: Apache-2.0
//
// Kubeconfig files, merged as KUBECONFIG names them; what exec plugins print. A way that is found
// has a server, and no file of it is relative.
#include <string>

#include "base/assert.h"
#include "input.h"
#include "kube/credentials.h"
#include "kube/kubeconfig.h"

namespace paddock::fuzz {
namespace {

bool is_absolute(const std::string& file) {
  return file.empty() || file.front() == '/';
}

void check_access(const kube::ClusterAccess& access) {
  PADDOCK_ASSERT(!access.url.host.empty());
  PADDOCK_ASSERT(!access.skips_verification || access.authority.is_empty());
  PADDOCK_ASSERT(is_absolute(access.authority.file) && is_absolute(access.user.token_file));
  PADDOCK_ASSERT(access.user.certificate.is_empty() == access.user.key.is_empty());
  if (access.user.exec) static_cast<void>(kube::exec_info(*access.user.exec, access, "PEM"));
}

void check(Input input) {
  const kube::ExecPlugin plugin{.api_version = "client.authentication.k8s.io/v1", .command = "x"};
  if (const auto printed = kube::parse_exec_credential(input.part(), plugin)) {
    PADDOCK_ASSERT(printed->authorization.find('\n') == std::string::npos);
    PADDOCK_ASSERT(printed->certificate_pem.empty() == printed->key_pem.empty());
  }
  auto first = kube::parse_kubeconfig(input.part(), "/first");
  auto second = kube::parse_kubeconfig(input.rest(), "/second");
  if (!second) return;
  kube::Kubeconfig config = first ? *std::move(first) : kube::Kubeconfig();
  kube::merge(config, *std::move(second));
  for (const auto& [name, context] : config.contexts) {
    if (const auto access = kube::access_of(config, name)) check_access(*access);
  }
  if (const auto access = kube::access_of(config, "")) check_access(*access);
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
