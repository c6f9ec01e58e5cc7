// SPDX-License-Identifier: Apache-2.0
//
// paddock-operator: keeps ensembles that are declared in a Kubernetes cluster as they are wanted.
// Exit codes: 0 ended when asked to, 1 it could not start or lost its Lease, 2 the flags are wrong.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.h"
#include "kube_client/access.h"
#include "manager/manager.h"

namespace {

void print(std::FILE* to, std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), to));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const auto options = paddock::manager::parse_options(words);
  if (!options) {
    print(stderr, options.error().message + "\n");
    return 2;
  }
  if (options->shows_help) {
    print(stdout, paddock::manager::kUsage);
    return 0;
  }
  if (options->shows_version) {
    print(stdout, std::string("paddock-operator ").append(paddock::kVersion).append("\n"));
    return 0;
  }
  auto access = paddock::kube::load_access(options->kubeconfig, options->context);
  if (!access) {
    print(stderr, access.error().message + "\n");
    return 1;
  }
  return paddock::manager::run(*options, *std::move(access));
}
