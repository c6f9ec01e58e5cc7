// SPDX-License-Identifier: Apache-2.0
//
// What the three commands share on their command lines.
#pragma once

#include <string>

#include "arguments/arguments.h"
#include "backup/repository.h"
#include "base/error.h"
#include "client_cli/output.h"

namespace paddock::backup {

/// Where a backup is: a file, or a repository.
struct PlaceOptions {
  std::string where;
  S3Options s3;
  TlsFiles tls;
  bool as_json = false;
};

void define_place(arguments::App& app, const std::string& name, PlaceOptions& options);

/// Whether it is one snapshot: neither a bucket nor a directory.
[[nodiscard]] bool is_one_file(const PlaceOptions& options);

/// Parses, runs and reports; `run` says how it ended.
[[nodiscard]] int run_command(arguments::App& app,
                              const PlaceOptions& options,
                              int argc,
                              const char* const* argv,
                              const std::function<Result<>(cli::Output&)>& run);

[[nodiscard]] WallTime wall_now();

}  // namespace paddock::backup
