// SPDX-License-Identifier: Apache-2.0
//
// The files that a TLS context is made of, as bytes: read as often as somebody wants to know
// whether they have changed, and understood only when they have.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "config/secret.h"
#include "config/tls_config.h"

namespace paddock::tls {

struct StoreFile {
  std::string name{};   // for messages; empty: there is none
  std::string bytes{};  // hold a key: never shown
  /// A PEM file without a private key has it in a file of its own: `tls.key` beside `tls.crt`.
  std::string key_name{};
  std::string key_bytes{};
  config::StoreType type = config::StoreType::ByExtension;
  config::Secret password{};

  friend bool operator==(const StoreFile&, const StoreFile&) = default;
};

struct Files {
  StoreFile key_store;
  StoreFile trust_store;

  friend bool operator==(const Files&, const Files&) = default;
};

[[nodiscard]] bool is_pem(View bytes);
/// Whether a PEM file has one, encrypted or not.
[[nodiscard]] bool holds_private_key(View pem);

/// Reads what `config` names, password files included. *Errors*: which file, and why.
[[nodiscard]] Result<Files> read_files(const config::TlsConfig& config);

}  // namespace paddock::tls
