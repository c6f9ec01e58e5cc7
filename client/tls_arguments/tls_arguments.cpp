// SPDX-License-Identifier: Apache-2.0
#include "tls_arguments/tls_arguments.h"

namespace paddock::client {

namespace {

std::string check_version(const std::string& text) {
  return text == "1.2" || text == "1.3" ? std::string{} : "TLS has the versions 1.2 and 1.3 here";
}

}  // namespace

void TlsArguments::define(arguments::App& app) {
  app.flag("--tls", is_wanted_, "speak TLS").or_environment("PADDOCK_TLS");
  app.option("--ca-file",
             options_.ca_file,
             "PEM: whose certificates of servers are good; whom the system trusts if not given")
      .or_environment("PADDOCK_CA_FILE");
  app.option("--cert", options_.certificate_file, "PEM: this client's certificate")
      .or_environment("PADDOCK_CERT");
  app.option("--key",
             options_.key_file,
             "PEM: its key; in the certificate's file, or beside it in .key, if not given")
      .or_environment("PADDOCK_KEY");
  app.flag("--no-verify-host",
           skips_host_check_,
           "take a server's certificate that names another host; never the default");
  app.option("--tls-version-min", version_min_, "1.2 or 1.3")
      .or_environment("PADDOCK_TLS_VERSION_MIN")
      .check(check_version);
}

Result<std::shared_ptr<TlsSource>> TlsArguments::open() const {
  const bool names_files =
      !options_.ca_file.empty() || !options_.certificate_file.empty() || !options_.key_file.empty();
  if (!is_wanted_ && !names_files) return nullptr;
  TlsOptions options = options_;
  if (skips_host_check_) options.host_check = HostCheck::Off;
  if (version_min_ == "1.3") options.version_min = TlsVersion::Tls13;
  return TlsSource::open(options);
}

}  // namespace paddock::client
