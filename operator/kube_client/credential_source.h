// SPDX-License-Identifier: Apache-2.0
//
// Where credentials come from: the files that an access names, and the plugin that it runs. Reading
// blocks, so it belongs to a thread where nothing else waits; each call stands for itself.
#pragma once

#include "base/error.h"
#include "kube/credentials.h"
#include "kube/kubeconfig.h"

namespace paddock::kube {

[[nodiscard]] inline CredentialCache::Source source_of(const ClusterAccess& access) {
  return access.user.exec ? CredentialCache::Source::Plugin : CredentialCache::Source::Files;
}

/// *Errors*: which file or plugin failed, and why; never what is in it.
[[nodiscard]] Result<Credentials> read_credentials(const ClusterAccess& access);

}  // namespace paddock::kube
