// SPDX-License-Identifier: Apache-2.0
#include "storage/log_format.h"

#include <array>

#include "base/assert.h"
#include "base/hash.h"

namespace paddock::storage {
namespace {

constexpr std::uint64_t kSegmentMagic = 0x31474f4c4b444450U;  // "PDDKLOG1"
constexpr std::uint16_t kRestartFlag = 1;

// Headers and records alike begin with a checksum of what follows it.
constexpr std::size_t kChecksummedAt = 8;

// Offsets within a segment header.
constexpr std::size_t kHeaderMagicAt = 8;
constexpr std::size_t kHeaderVersionAt = 16;
constexpr std::size_t kHeaderFlagsAt = 18;
constexpr std::size_t kHeaderBlocksAt = 20;
constexpr std::size_t kHeaderLogIdAt = 24;
constexpr std::size_t kHeaderSequenceAt = 32;
constexpr std::size_t kHeaderBaseAt = 40;
constexpr std::size_t kHeaderPreviousAt = 48;
constexpr std::size_t kHeaderSealedAt = 56;
static_assert(kHeaderSealedAt + 8 == kSegmentHeaderBytes);

// Offsets within a record.
constexpr std::size_t kCheckAt = 8;
constexpr std::size_t kLengthAt = 12;
constexpr std::size_t kZxidAt = 16;
constexpr std::size_t kSyncedAt = 24;
constexpr std::size_t kPreviousAt = 32;
static_assert(kPreviousAt + 8 == kRecordHeaderBytes);
static_assert(kSegmentHeaderBytes % kRecordAlignment == 0);

std::uint64_t checksum_of(const char* frame, std::size_t size, std::uint64_t seed) {
  return hash64(View{frame + kChecksummedAt, size - kChecksummedAt}, seed);
}

std::uint32_t header_check(const char* frame, std::uint64_t seed) {
  const View fields{frame + kLengthAt, kRecordHeaderBytes - kLengthAt};
  return static_cast<std::uint32_t>(hash64(fields, seed));
}

}  // namespace

void encode(const SegmentHeader& header, char* to) {
  std::memset(to, 0, kSegmentHeaderBytes);
  store_le(to + kHeaderMagicAt, kSegmentMagic);
  store_le(to + kHeaderVersionAt, kSegmentVersion);
  store_le(to + kHeaderFlagsAt, static_cast<std::uint16_t>(header.restart ? kRestartFlag : 0));
  store_le(to + kHeaderBlocksAt, static_cast<std::uint32_t>(header.file_bytes / kBlockBytes));
  store_le(to + kHeaderLogIdAt, header.id.log_id);
  store_le(to + kHeaderSequenceAt, header.id.sequence);
  store_le(to + kHeaderBaseAt, header.base.value);
  store_le(to + kHeaderPreviousAt, header.previous);
  store_le(to + kHeaderSealedAt, header.sealed_end);
  store_le(to, checksum_of(to, kSegmentHeaderBytes, 0));
}

DecodedHeader decode_segment_header(View bytes) {
  PADDOCK_ASSERT(bytes.size() >= kSegmentHeaderBytes);
  const char* from = bytes.data();
  DecodedHeader decoded;
  if (load_le<std::uint64_t>(from + kHeaderMagicAt) != kSegmentMagic) return decoded;
  if (load_le<std::uint64_t>(from) != checksum_of(from, kSegmentHeaderBytes, 0)) return decoded;
  SegmentHeader& header = decoded.header;
  header.file_bytes = load_le<std::uint32_t>(from + kHeaderBlocksAt) * std::uint64_t{kBlockBytes};
  header.id.log_id = load_le<std::uint64_t>(from + kHeaderLogIdAt);
  header.id.sequence = load_le<std::uint64_t>(from + kHeaderSequenceAt);
  header.base = Zxid{load_le<std::int64_t>(from + kHeaderBaseAt)};
  header.previous = load_le<std::uint64_t>(from + kHeaderPreviousAt);
  header.sealed_end = load_le<std::uint64_t>(from + kHeaderSealedAt);
  const auto flags = load_le<std::uint16_t>(from + kHeaderFlagsAt);
  header.restart = (flags & kRestartFlag) != 0;
  const auto version = load_le<std::uint16_t>(from + kHeaderVersionAt);
  const bool known = version <= kSegmentVersion && (flags & ~kRestartFlag) == 0;
  decoded.state = known ? HeaderState::Valid : HeaderState::NewerFormat;
  return decoded;
}

std::uint64_t segment_seed(SegmentId id) {
  std::array<char, 16> bytes{};
  store_le(bytes.data(), id.log_id);
  store_le(bytes.data() + 8, id.sequence);
  return hash64(View{bytes.data(), bytes.size()});
}

void begin_record(char* frame, Zxid zxid, std::uint32_t length) {
  PADDOCK_ASSERT(length <= kPayloadBytesMax);
  store_le(frame + kLengthAt, length);
  store_le(frame + kZxidAt, zxid.value);
}

Zxid begun_zxid(const char* frame) {
  return Zxid{load_le<std::int64_t>(frame + kZxidAt)};
}

std::size_t begun_frame_bytes(const char* frame) {
  return frame_bytes(load_le<std::uint32_t>(frame + kLengthAt));
}

std::uint64_t finish_record(char* frame,
                            Zxid synced,
                            std::uint64_t previous,
                            std::uint64_t seed_at_offset) {
  store_le(frame + kSyncedAt, synced.value);
  store_le(frame + kPreviousAt, previous);
  store_le(frame + kCheckAt, header_check(frame, seed_at_offset));
  const std::uint64_t checksum = checksum_of(frame, begun_frame_bytes(frame), seed_at_offset);
  store_le(frame, checksum);
  return checksum;
}

std::optional<RecordHeader> decode_record_header(View bytes, std::uint64_t seed_at_offset) {
  if (bytes.size() < kRecordHeaderBytes) return std::nullopt;
  const char* frame = bytes.data();
  const auto check = load_le<std::uint32_t>(frame + kCheckAt);
  if (check != header_check(frame, seed_at_offset)) return std::nullopt;
  RecordHeader record;
  record.length = load_le<std::uint32_t>(frame + kLengthAt);
  record.zxid = Zxid{load_le<std::int64_t>(frame + kZxidAt)};
  record.synced = Zxid{load_le<std::int64_t>(frame + kSyncedAt)};
  record.previous = load_le<std::uint64_t>(frame + kPreviousAt);
  if (record.length > kPayloadBytesMax) return std::nullopt;
  return record;
}

bool verify_record(View frame, std::uint64_t seed_at_offset) {
  PADDOCK_ASSERT(frame.size() >= kRecordHeaderBytes);
  return record_checksum(frame.data()) == checksum_of(frame.data(), frame.size(), seed_at_offset);
}

std::uint64_t record_checksum(const char* frame) {
  return load_le<std::uint64_t>(frame);
}

}  // namespace paddock::storage
