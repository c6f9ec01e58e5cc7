// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_writer.h"

#include <array>
#include <new>
#include <utility>

#include <zstd.h>

#include "base/assert.h"
#include "base/byte_buffer.h"
#include "storage/metadata.pb.h"
#include "storage/snapshot_blocks.h"
#include "storage/snapshot_reader.h"
#include "storage/snapshots.h"

namespace paddock::storage {

class SnapshotWriter::Impl {
 public:
  Impl(Disk& disk, std::string directory, const SnapshotInfo& info, SnapshotOptions options)
      : disk_(disk),
        directory_(std::move(directory)),
        path_(snapshot_path(directory_, info.zxid)),
        info_(info),
        options_(options),
        context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    ZSTD_freeCCtx(context_);
    // A file that stays in spite of this is removed at the next start.
    if (file_ != nullptr) static_cast<void>(disk_.remove(temporary_path(path_)));
  }

  Result<> begin() {
    auto file = disk_.open(temporary_path(path_), OpenMode::Create);
    if (!file) return std::unexpected(std::move(file).error());
    file_ = std::move(*file);
    std::array<char, kSnapshotPreambleBytes> preamble;
    encode_preamble(preamble.data());
    PADDOCK_TRY(file_->write(0, View{preamble.data(), preamble.size()}));
    end_ = preamble.size();
    SnapshotHeader header;
    header.set_zxid(info_.zxid.value);
    header.set_ensemble_id(info_.ensemble_id);
    header.set_created_ms(info_.created.ms);
    header.set_items(info_.items);
    header.set_feature_level(info_.feature_level);
    return write_plain(kHeaderKind, header.SerializeAsString());
  }

  Result<> add(std::uint32_t kind, View bytes) {
    PADDOCK_ASSERT(kind < kOwnKinds);
    PADDOCK_ASSERT(bytes.size() <= kChunkBytesMax);
    ++chunks_;
    raw_bytes_ += bytes.size();
    compressed_.clear();
    const std::size_t bound = ZSTD_compressBound(bytes.size());
    char* room = compressed_.reserve_tail(bound);
    const std::size_t size = ZSTD_compressCCtx(
        context_, room, bound, bytes.data(), bytes.size(), options_.compression_level);
    if (ZSTD_isError(size) != 0 || size >= bytes.size()) return write_plain(kind, bytes);
    compressed_.commit(size);
    return write_block({.kind = kind,
                        .raw_size = static_cast<std::uint32_t>(bytes.size()),
                        .stored_size = static_cast<std::uint32_t>(size),
                        .compressed = true},
                       compressed_.view());
  }

  Result<> finish() {
    PADDOCK_ASSERT(file_ != nullptr);
    SnapshotFooter footer;
    footer.set_chunks(chunks_);
    footer.set_raw_bytes(raw_bytes_);
    PADDOCK_TRY(write_plain(kFooterKind, footer.SerializeAsString()));
    PADDOCK_TRY(file_->sync());
    const auto verified = verify_snapshot(disk_, temporary_path(path_));
    if (!verified) return std::unexpected(verified.error());
    PADDOCK_ASSERT(verified->zxid == info_.zxid);
    PADDOCK_TRY(disk_.rename(temporary_path(path_), path_));
    file_.reset();
    PADDOCK_TRY(disk_.sync_directory(directory_));
    return {};
  }

  [[nodiscard]] const SnapshotInfo& info() const { return info_; }
  [[nodiscard]] std::uint64_t bytes() const { return end_; }

 private:
  Result<> write_plain(std::uint32_t kind, View bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    return write_block({.kind = kind, .raw_size = size, .stored_size = size}, bytes);
  }

  Result<> write_block(const BlockFrame& frame, View stored) {
    std::array<char, kBlockFrameBytes> bytes;
    chain_ = encode_frame(frame, stored, chain_, bytes.data());
    const std::array<View, 2> parts{View{bytes.data(), bytes.size()}, stored};
    PADDOCK_TRY(file_->write(end_, parts));
    end_ += bytes.size() + stored.size();
    if (end_ - synced_ < options_.sync_every_bytes) return {};
    synced_ = end_;
    PADDOCK_TRY(file_->sync());
    return {};
  }

  Disk& disk_;
  std::string directory_;
  std::string path_;
  SnapshotInfo info_;
  SnapshotOptions options_;
  ZSTD_CCtx* context_;
  std::unique_ptr<File> file_;  // as long as the file has its temporary name
  ByteBuffer compressed_;
  std::uint64_t end_ = 0;
  std::uint64_t synced_ = 0;
  std::uint64_t chain_ = preamble_seed();
  std::uint64_t chunks_ = 0;
  std::uint64_t raw_bytes_ = 0;
};

SnapshotWriter::SnapshotWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SnapshotWriter::~SnapshotWriter() = default;

Result<std::unique_ptr<SnapshotWriter>> SnapshotWriter::create(Disk& disk,
                                                               const std::string& directory,
                                                               const SnapshotInfo& info,
                                                               SnapshotOptions options) {
  auto impl = std::make_unique<Impl>(disk, directory, info, options);
  PADDOCK_TRY(impl->begin());
  return std::unique_ptr<SnapshotWriter>(new SnapshotWriter(std::move(impl)));
}

Result<> SnapshotWriter::add(std::uint32_t kind, View bytes) {
  return impl_->add(kind, bytes);
}
Result<> SnapshotWriter::finish() {
  return impl_->finish();
}
const SnapshotInfo& SnapshotWriter::info() const {
  return impl_->info();
}
std::uint64_t SnapshotWriter::bytes() const {
  return impl_->bytes();
}

}  // namespace paddock::storage
