// SPDX-License-Identifier: Apache-2.0
#include "data/overlay_disk.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace paddock::data {
namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20U;

std::unexpected<storage::DiskError> not_found(const std::string& path) {
  return std::unexpected(
      storage::DiskError{{path + ": it does not exist"}, storage::DiskFault::NotFound});
}

}  // namespace

struct OverlayDisk::Content {
  std::unique_ptr<storage::File> below{};  // none: it was made here
  std::optional<std::string> memory{};     // in place of what is below

  storage::DiskResult<> take() {
    if (memory) return {};
    const auto size = below->size();
    PADDOCK_TRY(size);
    std::string bytes(*size, '\0');
    for (std::uint64_t end = *size; end > 0;) {
      const std::uint64_t begin = end - std::min(end, kPieceBytes);
      const auto got = below->read(begin, {bytes.data() + begin, end - begin});
      PADDOCK_TRY(got);
      end = begin;
    }
    memory = std::move(bytes);
    return {};
  }
};

class OverlayDisk::OverlayFile final : public storage::File {
 public:
  explicit OverlayFile(std::shared_ptr<Content> content) : content_(std::move(content)) {}

  storage::DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    if (!content_->memory) return content_->below->read(offset, into);
    const std::string& bytes = *content_->memory;
    if (offset >= bytes.size()) return 0;
    const std::size_t count = std::min<std::uint64_t>(into.size(), bytes.size() - offset);
    std::memcpy(into.data(), bytes.data() + offset, count);
    return count;
  }

  storage::DiskResult<> write(std::uint64_t offset, std::span<const View> parts) override {
    PADDOCK_TRY(content_->take());
    std::string& bytes = *content_->memory;
    for (const View part : parts) {
      if (offset + part.size() > bytes.size()) bytes.resize(offset + part.size());
      std::ranges::copy(part, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
      offset += part.size();
    }
    return {};
  }

  storage::DiskResult<> sync() override { return {}; }
  storage::DiskResult<> allocate(std::uint64_t size) override {
    PADDOCK_TRY(content_->take());
    content_->memory->resize(std::max<std::uint64_t>(size, content_->memory->size()));
    return {};
  }
  storage::DiskResult<> truncate(std::uint64_t size) override {
    PADDOCK_TRY(content_->take());
    content_->memory->resize(size);
    return {};
  }
  storage::DiskResult<std::uint64_t> size() override {
    if (content_->memory) return content_->memory->size();
    return content_->below->size();
  }

 private:
  std::shared_ptr<Content> content_;
};

storage::DiskResult<std::shared_ptr<OverlayDisk::Content>> OverlayDisk::content_of(
    const std::string& path) {
  if (const auto found = files_.find(path); found != files_.end()) return found->second;
  if (removed_.contains(path)) return not_found(path);
  auto file = below_.open(path, storage::OpenMode::Read);
  PADDOCK_TRY(file);
  auto content = std::make_shared<Content>(Content{.below = std::move(*file)});
  files_.emplace(path, content);
  return content;
}

storage::DiskResult<> OverlayDisk::freeze(const std::string& path) {
  const auto content = content_of(path);
  PADDOCK_TRY(content);
  return (*content)->take();
}

storage::DiskResult<std::unique_ptr<storage::File>> OverlayDisk::open(const std::string& path,
                                                                      storage::OpenMode mode) {
  if (mode == storage::OpenMode::Create) {
    auto content = std::make_shared<Content>(Content{.memory = std::string{}});
    files_[path] = content;
    removed_.erase(path);
    return std::make_unique<OverlayFile>(std::move(content));
  }
  const auto content = content_of(path);
  PADDOCK_TRY(content);
  return std::make_unique<OverlayFile>(*content);
}

storage::DiskResult<storage::PathKind> OverlayDisk::kind(const std::string& path) {
  if (directories_.contains(path)) return storage::PathKind::Directory;
  if (files_.contains(path)) return storage::PathKind::File;
  if (removed_.contains(path)) return storage::PathKind::Missing;
  return below_.kind(path);
}

storage::DiskResult<std::vector<std::string>> OverlayDisk::list(const std::string& directory) {
  std::set<std::string> names;
  if (!directories_.contains(directory)) {
    const auto below = below_.list(directory);
    PADDOCK_TRY(below);
    for (const std::string& name : *below) {
      if (!removed_.contains(directory + "/" + name)) names.insert(name);
    }
  }
  const auto add = [&](const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (path.substr(0, slash) == directory) names.insert(path.substr(slash + 1));
  };
  for (const auto& [path, content] : files_) add(path);
  for (const std::string& path : directories_) add(path);
  return std::vector<std::string>(names.begin(), names.end());
}

storage::DiskResult<> OverlayDisk::make_directory(const std::string& path) {
  const auto found = kind(path);
  PADDOCK_TRY(found);
  if (*found == storage::PathKind::Missing) directories_.insert(path);
  return {};
}

storage::DiskResult<> OverlayDisk::rename(const std::string& from, const std::string& to) {
  const auto content = content_of(from);
  PADDOCK_TRY(content);
  files_[to] = *content;
  removed_.erase(to);
  files_.erase(from);
  removed_.insert(from);
  return {};
}

storage::DiskResult<> OverlayDisk::remove(const std::string& path) {
  files_.erase(path);
  removed_.insert(path);
  return {};
}

storage::DiskResult<> OverlayDisk::sync_directory(const std::string& /*path*/) {
  return {};
}

storage::DiskResult<std::uint64_t> OverlayDisk::free_bytes(const std::string& path) {
  return below_.free_bytes(path);
}

storage::DiskResult<std::unique_ptr<storage::DirectoryLock>> OverlayDisk::lock_directory(
    const std::string& /*directory*/) {
  return std::make_unique<storage::DirectoryLock>();
}

}  // namespace paddock::data
