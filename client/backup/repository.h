// SPDX-License-Identifier: Apache-2.0
//
// Where the objects of a backup are: a directory, or a bucket of an S3-compatible server. What is
// put is there as a whole or not at all.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backup/http_client.h"
#include "base/error.h"

namespace paddock::backup {

class Repository {
 public:
  Repository() = default;
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;
  virtual ~Repository() = default;

  [[nodiscard]] virtual Result<std::vector<std::string>> list() = 0;
  /// Stores a local file under a name, in place of what had it.
  [[nodiscard]] virtual Result<> put(const std::string& file, const std::string& name) = 0;
  /// What is stored under that name goes.
  [[nodiscard]] virtual Result<> remove(const std::string& name) = 0;
  /// Makes a local file of what is stored.
  [[nodiscard]] virtual Result<> get(const std::string& name, const std::string& file) = 0;
};

struct S3Options {
  /// "http://127.0.0.1:9000"; empty: AWS.
  std::string endpoint{};
  std::string region{};
};

/// `where` is "s3://bucket/prefix", or a directory, which is made if it is missing.
[[nodiscard]] Result<std::unique_ptr<Repository>> open_repository(const std::string& where,
                                                                  const S3Options& s3,
                                                                  const TlsFiles& tls);

[[nodiscard]] bool is_bucket(const std::string& where);

/// One in a directory that is there.
[[nodiscard]] std::unique_ptr<Repository> directory_repository(std::string directory);
[[nodiscard]] Result<std::unique_ptr<Repository>> s3_repository(const std::string& where,
                                                                const S3Options& options,
                                                                const TlsFiles& tls);

/// Writes a file durably under its name, in one step as crashes see it, out of another one.
[[nodiscard]] Result<> copy_file(const std::string& from, const std::string& to);

}  // namespace paddock::backup
