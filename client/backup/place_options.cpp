// SPDX-License-Identifier: Apache-2.0
#include "backup/place_options.h"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <vector>

namespace paddock::backup {

void define_place(arguments::App& app, const std::string& name, PlaceOptions& options) {
  app.option(name,
             options.where,
             "a file, a directory (with / behind it, if it is to be made), or "
             "s3://bucket/prefix")
      .required();
  app.option("--s3-endpoint", options.s3.endpoint, "http://host:port of an S3-compatible server")
      .or_environment("AWS_ENDPOINT_URL");
  app.option("--s3-region", options.s3.region, "us-east-1 if not given")
      .or_environment("AWS_REGION");
  app.option("--tls-trust", options.tls.trust, "whose certificates of servers are good, PEM");
  app.flag("--json", options.as_json, "print JSON");
}

bool is_one_file(const PlaceOptions& options) {
  if (is_bucket(options.where) || options.where.ends_with('/')) return false;
  std::error_code ignored;
  return !std::filesystem::is_directory(options.where, ignored);
}

int run_command(arguments::App& app,
                const PlaceOptions& options,
                int argc,
                const char* const* argv,
                const std::function<Result<>(cli::Output&)>& run) {
  const auto parsed = app.parse(std::vector<std::string>(argv + 1, argv + argc));
  if (!parsed) return arguments::report(parsed.error());
  cli::Output out(std::cout, std::cerr, options.as_json ? cli::Format::Json : cli::Format::Text);
  const Result<> outcome = run(out);
  if (outcome) return 0;
  out.failure({.exit_code = cli::ExitCode::Refused, .message = outcome.error().message});
  return 1;
}

WallTime wall_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<milliseconds>(since_epoch).count()};
}

}  // namespace paddock::backup
