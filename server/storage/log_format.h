// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a log segment: a header, then records one after the other, little-endian, each
// padded to 8 bytes. A record carries the checksum of the record before it, and its own checksum is
// seeded by the segment and the offset, so that neither a stale record of a recycled file nor a
// misplaced one passes for a live one, and yet each can be verified by itself.
//
// Segment header: checksum, magic, version, flags, blocks of the file, log id, sequence, base zxid,
// previous, sealed end.
//
// Record: checksum, magic, payload length, zxid, synced zxid, previous checksum, payload, padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"

namespace paddock::storage {

/// Writes start and end on blocks of this size, so that none needs to be read first.
inline constexpr std::size_t kBlockBytes = 4096;
inline constexpr std::size_t kSegmentHeaderBytes = 64;
inline constexpr std::size_t kRecordHeaderBytes = 40;
inline constexpr std::size_t kRecordAlignment = 8;
/// A longer payload is a mistake of ours, a longer length on disk is damage.
inline constexpr std::size_t kPayloadBytesMax = std::size_t{1} << 30U;
inline constexpr std::uint16_t kSegmentVersion = 1;

[[nodiscard]] constexpr std::size_t frame_bytes(std::size_t payload_bytes) {
  return (kRecordHeaderBytes + payload_bytes + kRecordAlignment - 1) / kRecordAlignment *
         kRecordAlignment;
}

/// Which segment of which log.
struct SegmentId {
  std::uint64_t log_id = 0;
  std::uint64_t sequence = 0;
};

struct SegmentHeader {
  SegmentId id;
  /// The zxid of the record before the segment's first, wherever that is.
  Zxid base;
  /// The checksum of that record.
  std::uint64_t previous = 0;
  /// Not 0: the segment ends at this offset, whatever follows was truncated.
  std::uint64_t sealed_end = 0;
  /// What the file was made with, in whole blocks: a shorter one was cut off.
  std::uint64_t file_bytes = 0;
  /// The log begins here: nothing before this segment counts.
  bool restart = false;
};

enum class HeaderState : std::uint8_t {
  Valid,
  Invalid,
  NewerFormat
};

struct DecodedHeader {
  HeaderState state = HeaderState::Invalid;
  SegmentHeader header;
};

/// `to` has kSegmentHeaderBytes.
void encode(const SegmentHeader& header, char* to);
/// `bytes` has at least kSegmentHeaderBytes.
[[nodiscard]] DecodedHeader decode_segment_header(View bytes);

/// A record's fields, apart from its own checksum and the payload's bytes.
struct RecordHeader {
  std::uint32_t length = 0;
  Zxid zxid;
  /// Everything up to here was durable when the record was written.
  Zxid synced;
  std::uint64_t previous = 0;

  [[nodiscard]] std::size_t frame() const { return frame_bytes(length); }
};

/// What the checksums of a segment's records are seeded with.
[[nodiscard]] std::uint64_t segment_seed(SegmentId id);

/// Starts a frame in place: everything that is known before the record's place is. The rest of the
/// frame from the payload on is the caller's, its padding included.
void begin_record(char* frame, Zxid zxid, std::uint32_t length);
/// The zxid and the size of a frame that begin_record() began.
[[nodiscard]] Zxid begun_zxid(const char* frame);
[[nodiscard]] std::size_t begun_frame_bytes(const char* frame);

/// Completes a begun frame for its place and returns its checksum.
std::uint64_t finish_record(char* frame,
                            Zxid synced,
                            std::uint64_t previous,
                            std::uint64_t seed_at_offset);

/// The record whose header `bytes` begins with, if its check is right; the payload is not looked
/// at.
[[nodiscard]] std::optional<RecordHeader> decode_record_header(View bytes,
                                                               std::uint64_t seed_at_offset);
/// Whether a record is right as a whole; `frame` is all of it.
[[nodiscard]] bool verify_record(View frame, std::uint64_t seed_at_offset);
[[nodiscard]] std::uint64_t record_checksum(const char* frame);

[[nodiscard]] inline std::uint64_t seed_at(std::uint64_t segment_seed, std::uint64_t offset) {
  return segment_seed + offset;
}

}  // namespace paddock::storage
