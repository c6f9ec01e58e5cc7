// SPDX-License-Identifier: Apache-2.0
#include "tls/files.h"

#include <filesystem>

#include "net/read_file.h"

namespace paddock::tls {

namespace {

/// Without the line's end that editors leave.
std::string trimmed(std::string text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

Result<StoreFile> read_store(const config::Store& store) {
  StoreFile file{.name = store.location, .type = store.type, .password = store.password};
  if (store.location.empty()) return file;
  auto bytes = net::read_file(store.location);
  PADDOCK_TRY(bytes);
  file.bytes = std::move(*bytes);
  if (store.password_file.empty()) return file;
  auto password = net::read_file(store.password_file);
  PADDOCK_TRY(password);
  file.password = config::Secret(trimmed(std::move(*password)));
  return file;
}

/// As cert-manager and `kubectl create secret tls` name the two files.
Result<> read_key_beside(StoreFile& file) {
  if (!is_pem(file.bytes) || holds_private_key(file.bytes)) return {};
  std::filesystem::path name(file.name);
  name.replace_extension(".key");
  file.key_name = name.string();
  auto bytes = net::read_file(file.key_name);
  if (!bytes) {
    return fail(file.name +
                " holds no private key, nor does a file beside it: " + bytes.error().message);
  }
  file.key_bytes = std::move(*bytes);
  return {};
}

}  // namespace

bool is_pem(View bytes) {
  return bytes.find("-----BEGIN ") != View::npos;
}

bool holds_private_key(View pem) {
  return pem.find("PRIVATE KEY-----") != View::npos;
}

Result<Files> read_files(const config::TlsConfig& config) {
  auto key_store = read_store(config.key_store);
  PADDOCK_TRY(key_store);
  PADDOCK_TRY(read_key_beside(*key_store));
  auto trust_store = read_store(config.trust_store);
  PADDOCK_TRY(trust_store);
  return Files{std::move(*key_store), std::move(*trust_store)};
}

}  // namespace paddock::tls
