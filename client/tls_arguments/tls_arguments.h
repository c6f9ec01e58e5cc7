// SPDX-License-Identifier: Apache-2.0
//
// How a command line asks for TLS: the same options and environment variables for every command
// that dials.
#pragma once

#include <memory>
#include <string>

#include "arguments/arguments.h"
#include "client_tls/tls_source.h"

namespace paddock::client {

class TlsArguments {
 public:
  /// Must outlive the parsing.
  void define(arguments::App& app);

  /// Null: TLS was not asked for. A file that is given asks for it, so that nobody who means to be
  /// safe speaks plainly. *Errors*: as TlsSource::open.
  [[nodiscard]] Result<std::shared_ptr<TlsSource>> open() const;

 private:
  bool is_wanted_ = false;
  bool skips_host_check_ = false;
  std::string version_min_ = "1.2";
  TlsOptions options_;
};

}  // namespace paddock::client
