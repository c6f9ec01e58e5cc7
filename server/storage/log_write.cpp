// SPDX-License-Identifier: Apache-2.0
//
// The log thread's way from a batch to durable records.
#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "storage/log_impl.h"

namespace paddock::storage {
namespace {

constexpr std::array<char, kBlockBytes> kZeros{};

constexpr std::uint64_t block_floor(std::uint64_t offset) {
  return offset / kBlockBytes * kBlockBytes;
}

}  // namespace

Result<Zxid> Log::Impl::commit(LogBatch& batch) {
  if (broken_) return fail("the log has failed before; restart the server");
  if (batch.empty()) return last_;
  PADDOCK_ASSERT(batch.first_zxid() > last_);
  if (auto written = commit_parts(batch); !written) {
    broken_ = true;
    return std::unexpected(std::move(written).error());
  }
  PADDOCK_ASSERT(last_ == batch.last_zxid());
  batch.clear();
  return last_;
}

/// One part is the rule. A batch that is larger than what is left of the segment goes to the next,
/// and one that is larger than a segment goes there in several parts, each durable before the next.
Result<> Log::Impl::commit_parts(LogBatch& batch) {
  std::span<ByteBuffer> buffers = batch.buffers();
  std::size_t left = batch.bytes();
  while (!buffers.empty()) {
    if (must_roll(left)) PADDOCK_TRY(roll());
    std::size_t count = 1;
    std::size_t bytes = buffers.front().size();
    while (count < buffers.size() &&
           end_ + bytes + buffers[count].size() <= options_.segment_bytes) {
      bytes += buffers[count++].size();
    }
    PADDOCK_TRY(write_part(buffers.first(count), bytes));
    buffers = buffers.subspan(count);
    left -= bytes;
  }
  PADDOCK_ASSERT(left == 0);
  return {};
}

bool Log::Impl::must_roll(std::size_t bytes_left) const {
  if (header_.sealed_end != 0) return true;
  return end_ > kSegmentHeaderBytes && end_ + bytes_left > options_.segment_bytes;
}

Result<> Log::Impl::write_part(std::span<ByteBuffer> buffers, std::size_t bytes) {
  parts_.clear();
  parts_.emplace_back(tail_.data(), tail_size_);
  std::uint64_t at = end_;
  for (ByteBuffer& buffer : buffers) {
    complete_frames(buffer, at);
    parts_.push_back(buffer.view());
    at += buffer.size();
  }
  PADDOCK_ASSERT(at == end_ + bytes);
  const std::uint64_t padding = (kBlockBytes - at % kBlockBytes) % kBlockBytes;
  parts_.emplace_back(kZeros.data(), padding);

  PADDOCK_TRY(file_->write(block_floor(end_), parts_));
  if (options_.sync == SyncPolicy::Always) {
    PADDOCK_TRY(file_->sync());
    synced_ = last_;
  }
  keep_tail(buffers, at);
  end_ = at;
  publish();
  return {};
}

void Log::Impl::complete_frames(ByteBuffer& buffer, std::uint64_t offset) {
  std::size_t at = 0;
  while (at < buffer.size()) {
    char* frame = buffer.data() + at;
    const Zxid zxid = begun_zxid(frame);
    PADDOCK_ASSERT(zxid > last_);
    chain_ = finish_record(frame, synced_, chain_, seed_at(seed_, offset + at));
    last_ = zxid;
    at += begun_frame_bytes(frame);
  }
  PADDOCK_ASSERT(at == buffer.size());
}

/// Remembers the beginning of the block that the next part has to write again.
void Log::Impl::keep_tail(std::span<const ByteBuffer> buffers, std::uint64_t end) {
  const auto size = static_cast<std::size_t>(end - block_floor(end));
  const std::size_t kept = block_floor(end) == block_floor(end_) ? tail_size_ : 0;
  std::size_t at = size;
  for (std::size_t i = buffers.size(); at > kept; --i) {
    PADDOCK_ASSERT(i > 0);
    const View bytes = buffers[i - 1].view();
    const std::size_t count = std::min(at - kept, bytes.size());
    at -= count;
    std::memcpy(tail_.data() + at, bytes.data() + bytes.size() - count, count);
  }
  tail_size_ = size;
}

Result<> Log::Impl::roll() {
  if (options_.sync == SyncPolicy::Never && header_.sealed_end == 0) {
    // The next segment's header will be proof that this one is durable.
    PADDOCK_TRY(file_->sync());
    synced_ = last_;
  }
  auto file = take_spare();
  if (!file) return std::unexpected(std::move(file).error());
  return start_segment(
      std::move(*file),
      {.id = {options_.log_id, current_sequence() + 1}, .base = last_, .previous = chain_});
}

Result<std::unique_ptr<File>> Log::Impl::take_spare() {
  {
    const std::lock_guard lock(mutex_);
    rolling_ = true;
    if (spare_ != nullptr) return std::move(spare_);
  }
  const std::lock_guard files_lock(files_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (spare_ != nullptr) return std::move(spare_);
  }
  return files_.make(current_sequence() + 1);
}

/// The header reaches the disk with the first part.
Result<> Log::Impl::start_segment(std::unique_ptr<File> file, const SegmentHeader& header) {
  PADDOCK_ASSERT(header.base == last_ || header.restart);
  // A file that was prepared before the configuration changed has another size.
  auto size = file->size();
  if (!size) return std::unexpected(std::move(size).error());
  file_ = std::move(file);
  header_ = header;
  header_.file_bytes = block_floor(*size);
  seed_ = segment_seed(header.id);
  end_ = kSegmentHeaderBytes;
  encode(header_, tail_.data());
  tail_size_ = kSegmentHeaderBytes;
  const std::lock_guard lock(mutex_);
  if (header.restart) {
    segments_.clear();
    ++generation_;
  }
  segments_.push_back(header_);
  rolling_ = false;
  return {};
}

void Log::Impl::publish() {
  const std::lock_guard lock(mutex_);
  durable_sequence_ = current_sequence();
  durable_end_ = end_;
  durable_ = last_;
}

}  // namespace paddock::storage
