// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "backup/repository.h"
#include "storage/posix_disk.h"

namespace paddock::backup {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
constexpr std::string_view kGrowing = ".tmp";
constexpr std::string_view kBucket = "s3://";

class DirectoryRepository final : public Repository {
 public:
  explicit DirectoryRepository(std::string directory) : directory_(std::move(directory)) {}

  Result<std::vector<std::string>> list() override {
    auto names = disk_.list(directory_);
    PADDOCK_TRY(names);
    std::erase_if(*names, [](const std::string& name) { return name.ends_with(kGrowing); });
    return std::move(*names);
  }
  Result<> put(const std::string& file, const std::string& name) override {
    return copy_file(file, directory_ + "/" + name);
  }
  Result<> remove(const std::string& name) override {
    PADDOCK_TRY(disk_.remove(directory_ + "/" + name));
    PADDOCK_TRY(disk_.sync_directory(directory_));
    return {};
  }
  Result<> get(const std::string& name, const std::string& file) override {
    return copy_file(directory_ + "/" + name, file);
  }

 private:
  storage::PosixDisk disk_;
  std::string directory_;
};

}  // namespace

Result<> copy_file(const std::string& from, const std::string& to) {
  storage::PosixDisk disk;
  auto source = disk.open(from, storage::OpenMode::Read);
  PADDOCK_TRY(source);
  const std::string growing = to + std::string(kGrowing);
  auto target = disk.open(growing, storage::OpenMode::Create);
  PADDOCK_TRY(target);
  std::string piece(kPieceBytes, '\0');
  for (std::uint64_t at = 0;;) {
    const auto got = (*source)->read(at, piece);
    PADDOCK_TRY(got);
    if (*got == 0) break;
    PADDOCK_TRY((*target)->write(at, View{piece}.substr(0, *got)));
    at += *got;
  }
  PADDOCK_TRY((*target)->sync());
  PADDOCK_TRY(disk.rename(growing, to));
  const std::size_t slash = to.rfind('/');
  PADDOCK_TRY(disk.sync_directory(slash == std::string::npos ? "." : to.substr(0, slash + 1)));
  return {};
}

bool is_bucket(const std::string& where) {
  return where.starts_with(kBucket);
}

std::unique_ptr<Repository> directory_repository(std::string directory) {
  return std::make_unique<DirectoryRepository>(std::move(directory));
}

Result<std::unique_ptr<Repository>> open_repository(const std::string& where,
                                                    const S3Options& s3,
                                                    const TlsFiles& tls) {
  if (is_bucket(where)) return s3_repository(where, s3, tls);
  storage::PosixDisk disk;
  PADDOCK_TRY(disk.make_directory(where));
  return directory_repository(where);
}

}  // namespace paddock::backup
