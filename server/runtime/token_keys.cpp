// SPDX-License-Identifier: Apache-2.0
#include "runtime/token_keys.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "net/event_loop.h"
#include "net/read_file.h"

namespace paddock::runtime {

Result<std::unique_ptr<TokenKeys>> TokenKeys::open(const config::JwtConfig& config) {
  std::unique_ptr<TokenKeys> made(new TokenKeys(config.keys_file));
  auto text = net::read_file(config.keys_file);
  if (!text) return std::unexpected(std::move(text).error().within("paddock.jwt.keys"));
  auto keys = jwt::KeySet::parse(*text);
  if (!keys) return std::unexpected(std::move(keys).error().within(config.keys_file));
  made->text_ = std::move(*text);
  made->verifier_ = std::make_unique<jwt::Verifier>(
      jwt::Rules{.issuer = config.issuer, .audience = config.audience},
      std::make_shared<const jwt::KeySet>(std::move(*keys)),
      [of = made.get()](const std::string& why) { of->log_refusal(why); });
  return made;
}

/// The threads of all connections.
void TokenKeys::log_refusal(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (refusals_.allow(net::read_monotonic())) spdlog::warn("a token was refused: {}", why);
}

/// A file that is being replaced may not be there for a moment.
void TokenKeys::look() {
  auto text = net::read_file(path_);
  if (!text || *text == text_) return;
  text_ = std::move(*text);
  auto keys = jwt::KeySet::parse(text_);
  if (!keys) {
    return spdlog::error("the changed {} cannot be used, and the keys in force stay: {}",
                         path_,
                         keys.error().message);
  }
  spdlog::info("the changed {} is in force: {} keys for tokens", path_, keys->size());
  verifier_->set_keys(std::make_shared<const jwt::KeySet>(std::move(*keys)));
}

}  // namespace paddock::runtime
