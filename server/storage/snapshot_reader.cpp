// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_reader.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "storage/metadata.pb.h"
#include "storage/snapshot_blocks.h"

namespace paddock::storage {

namespace {

std::unexpected<SnapshotError> refuse(SnapshotFault fault, std::string message) {
  return std::unexpected(SnapshotError{{std::move(message)}, fault});
}

/// A sector that cannot be read is damage like any other; what an operator can allow or mount is
/// not.
std::unexpected<SnapshotError> unreadable(DiskError error) {
  const bool damaged = error.fault == DiskFault::Io;
  return refuse(damaged ? SnapshotFault::Damaged : SnapshotFault::Io, std::move(error.message));
}

}  // namespace

class SnapshotReader::Impl {
 public:
  Impl(std::unique_ptr<File> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  SnapshotResult<> begin() {
    auto size = file_->size();
    if (!size) return unreadable(std::move(size).error());
    size_ = *size;
    std::array<char, kSnapshotPreambleBytes> preamble{};
    PADDOCK_TRY(read(preamble));
    switch (decode_preamble(View{preamble.data(), preamble.size()})) {
      case PreambleState::Valid:
        break;
      case PreambleState::Invalid:
        return damaged("it does not begin as a snapshot does");
      case PreambleState::NewerFormat:
        return refuse(SnapshotFault::NewerFormat, path_ + " was written by a newer version");
    }
    StoredChunk block;
    PADDOCK_TRY(read_block(block));
    SnapshotHeader header;
    const View bytes = block.bytes.view();
    if (block.kind != kHeaderKind ||
        !header.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return damaged("it has no header");
    }
    info_.zxid = Zxid{header.zxid()};
    info_.ensemble_id = header.ensemble_id();
    info_.created = WallTime{header.created_ms()};
    info_.items = header.items();
    info_.feature_level = header.feature_level();
    return {};
  }

  SnapshotResult<bool> next(StoredChunk& chunk) {
    if (complete_) return false;
    if (auto block = read_block(chunk); !block) return std::unexpected(std::move(block).error());
    if (chunk.kind < kOwnKinds) {
      ++chunks_;
      raw_bytes_ += chunk.raw_size;
      return true;
    }
    SnapshotFooter footer;
    const View bytes = chunk.bytes.view();
    const bool right = chunk.kind == kFooterKind &&
                       footer.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
                       footer.chunks() == chunks_ && footer.raw_bytes() == raw_bytes_ &&
                       offset_ == size_;
    if (!right) return damaged("its end is not that of a complete snapshot");
    complete_ = true;
    return false;
  }

  [[nodiscard]] const SnapshotInfo& info() const { return info_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  SnapshotResult<> read(std::span<char> into) {
    auto got = file_->read(offset_, into);
    if (!got) return unreadable(std::move(got).error());
    if (*got != into.size()) return damaged("it ends too early");
    offset_ += into.size();
    return {};
  }

  SnapshotResult<> read_block(StoredChunk& block) {
    std::array<char, kBlockFrameBytes> bytes{};
    PADDOCK_TRY(read(bytes));
    const View frame_view{bytes.data(), bytes.size()};
    const auto frame = decode_frame(frame_view, chain_);
    if (!frame || frame->raw_size > kChunkBytesMax) return damaged("a block's frame is wrong");
    if (frame->stored_size > size_ - offset_) return damaged("it ends too early");
    if (!frame->compressed && frame->raw_size != frame->stored_size) {
      return damaged("a block's sizes are wrong");
    }
    block.kind = frame->kind;
    block.compressed = frame->compressed;
    block.raw_size = frame->raw_size;
    block.bytes.clear();
    PADDOCK_TRY(read({block.bytes.extend(frame->stored_size), frame->stored_size}));
    const std::uint64_t checksum = block_checksum(frame_view, block.bytes.view(), chain_);
    if (checksum != stored_checksum(frame_view)) return damaged("a block's checksum is wrong");
    chain_ = checksum;
    return {};
  }

  [[nodiscard]] std::unexpected<SnapshotError> damaged(std::string_view what) const {
    return refuse(SnapshotFault::Damaged,
                  fmt::format("{} is damaged before offset {}: {}", path_, offset_, what));
  }

  std::unique_ptr<File> file_;
  std::string path_;
  SnapshotInfo info_;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t chain_ = preamble_seed();
  std::uint64_t chunks_ = 0;
  std::uint64_t raw_bytes_ = 0;
  bool complete_ = false;
};

SnapshotReader::SnapshotReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SnapshotReader::~SnapshotReader() = default;

SnapshotResult<std::unique_ptr<SnapshotReader>> SnapshotReader::open(Disk& disk,
                                                                     const std::string& path) {
  auto file = disk.open(path, OpenMode::Read);
  if (!file) return unreadable(std::move(file).error());
  auto impl = std::make_unique<Impl>(std::move(*file), path);
  PADDOCK_TRY(impl->begin());
  return std::unique_ptr<SnapshotReader>(new SnapshotReader(std::move(impl)));
}

const SnapshotInfo& SnapshotReader::info() const {
  return impl_->info();
}
SnapshotResult<bool> SnapshotReader::next(StoredChunk& chunk) {
  return impl_->next(chunk);
}

Result<> SnapshotReader::for_each(
    const std::function<Result<>(std::uint32_t kind, View bytes)>& each) {
  ChunkDecoder decoder;
  StoredChunk chunk;
  while (true) {
    const auto more = next(chunk);
    PADDOCK_TRY(more);
    if (!*more) return {};
    auto bytes = decoder.decode(chunk);
    if (!bytes) return std::unexpected(std::move(bytes).error().within(impl_->path()));
    PADDOCK_TRY(each(chunk.kind, *bytes));
  }
}

SnapshotResult<SnapshotInfo> verify_snapshot(Disk& disk, const std::string& path) {
  auto reader = SnapshotReader::open(disk, path);
  if (!reader) return std::unexpected(std::move(reader).error());
  StoredChunk chunk;
  while (true) {
    auto more = (*reader)->next(chunk);
    if (!more) return std::unexpected(std::move(more).error());
    if (!*more) return (*reader)->info();
  }
}

}  // namespace paddock::storage
