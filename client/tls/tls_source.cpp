// SPDX-License-Identifier: Apache-2.0
#include "client_tls/tls_source.h"

#include <utility>

#include "net/read_file.h"

namespace paddock::client {

namespace {

config::TlsConfig config_of(const TlsOptions& options) {
  config::TlsConfig config{.key_store = {.location = options.certificate_file},
                           .trust_store = {.location = options.ca_file},
                           .hostname_verification = options.host_check == HostCheck::On};
  if (options.version_min == TlsVersion::Tls13) config.enabled_protocols = {"TLSv1.3"};
  return config;
}

/// A key that has a file of its own lies where it was said to be, and not beside its certificate.
Result<tls::Files> read_files(config::TlsConfig config, const std::string& key_file) {
  if (key_file.empty()) return tls::read_files(config);
  const std::string name = std::exchange(config.key_store.location, {});
  auto files = tls::read_files(config);
  PADDOCK_TRY(files);
  auto certificate = net::read_file(name);
  PADDOCK_TRY(certificate);
  auto key = net::read_file(key_file);
  PADDOCK_TRY(key);
  files->key_store = {.name = name,
                      .bytes = std::move(*certificate),
                      .key_name = key_file,
                      .key_bytes = std::move(*key)};
  return files;
}

}  // namespace

Result<std::shared_ptr<TlsSource>> TlsSource::open(const TlsOptions& options) {
  if (options.certificate_file.empty() && !options.key_file.empty()) {
    return fail("the key " + options.key_file + " is of no use without its certificate");
  }
  const std::shared_ptr<TlsSource> source(new TlsSource(options));
  PADDOCK_TRY(source->look());
  return source;
}

TlsSource::TlsSource(const TlsOptions& options)
    : config_(config_of(options)), key_file_(options.key_file) {}

std::shared_ptr<const tls::Context> TlsSource::context() {
  const std::lock_guard lock(mutex_);
  // Files are replaced one after the other: what does not fit together now may do so later.
  static_cast<void>(look());
  return in_force_;
}

Result<> TlsSource::look() {
  auto found = read_files(config_, key_file_);
  PADDOCK_TRY(found);
  if (in_force_ != nullptr && *found == files_) return {};
  auto made = tls::Context::create_for_client(config_, *found);
  PADDOCK_TRY(made);
  files_ = std::move(*found);
  in_force_ = std::move(*made);
  return {};
}

}  // namespace paddock::client
