// SPDX-License-Identifier: Apache-2.0
#include "runtime/tls_credentials.h"

#include <utility>

#include <spdlog/spdlog.h>

namespace paddock::runtime {

Result<std::unique_ptr<TlsCredentials>> TlsCredentials::open(const config::TlsConfig& config,
                                                             std::string whose) {
  std::unique_ptr<TlsCredentials> made(new TlsCredentials(config, std::move(whose)));
  auto files = tls::read_files(config);
  auto context = files ? tls::Context::create(config, *files) : std::unexpected(files.error());
  if (!context) {
    return std::unexpected(std::move(context).error().within("TLS for " + made->whose_));
  }
  made->in_force_ = std::move(*context);
  if (config.reload_certificates) made->reloader_.emplace(config, std::move(*files));
  return made;
}

void TlsCredentials::look() {
  if (!reloader_) return;
  auto news = reloader_->look(tls::read_files(config_));
  if (!news.complaint.empty()) {
    spdlog::error("the changed TLS files for {} cannot be used, and what was in force stays: {}",
                  whose_,
                  news.complaint);
  }
  if (news.context == nullptr) return;
  const std::lock_guard lock(mutex_);
  in_force_ = std::move(news.context);
  spdlog::info(
      "the changed TLS files for {} are in force for new connections; serial of the certificate {}",
      whose_,
      in_force_->serial());
}

}  // namespace paddock::runtime
