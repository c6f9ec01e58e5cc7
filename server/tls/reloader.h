// SPDX-License-Identifier: Apache-2.0
//
// What becomes of the context in force when its files change: a new context if they are good, one
// complaint if they are not, and the old one stays. It reads no file: it is told them. One thread.
#pragma once

#include <memory>
#include <string>

#include "tls/context.h"

namespace paddock::tls {

class Reloader {
 public:
  /// `files`: those in force.
  Reloader(config::TlsConfig config, Files files)
      : config_(std::move(config)), in_force_(std::move(files)) {}

  /// One of them at most is there.
  struct News {
    std::shared_ptr<const Context> context;
    std::string complaint{};
  };
  /// The files as they are now. Files are replaced one after the other, so that they are complained
  /// of only when they are still the same at the next look.
  [[nodiscard]] News look(Result<Files> found);

 private:
  [[nodiscard]] News complain(std::string why);

  config::TlsConfig config_;
  Files in_force_;
  std::string doubt_;      // what was wrong at the last look
  std::string complaint_;  // what has been said
};

}  // namespace paddock::tls
