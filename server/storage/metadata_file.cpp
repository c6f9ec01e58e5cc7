// SPDX-License-Identifier: Apache-2.0
#include "storage/metadata_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/hash.h"

namespace paddock::storage {
namespace {

// A slot: checksum of what follows, magic, version, length, sequence, protobuf.
constexpr std::uint64_t kSlotBytes = std::uint64_t{64} << 10U;
constexpr std::size_t kSlots = 2;
constexpr std::size_t kSlotHeaderBytes = 32;
constexpr std::uint64_t kMagic = 0x314154454d444450U;  // "PDDMETA1"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kMagicAt = 8;
constexpr std::size_t kVersionAt = 16;
constexpr std::size_t kLengthAt = 20;
constexpr std::size_t kSequenceAt = 24;

struct Slot {
  std::uint32_t version = 0;
  std::uint64_t sequence = 0;
  Metadata record;
};

std::string encode_slot(const Metadata& record, std::uint64_t sequence) {
  std::string bytes(kSlotHeaderBytes, '\0');
  record.AppendToString(&bytes);
  store_le(bytes.data() + kMagicAt, kMagic);
  store_le(bytes.data() + kVersionAt, kVersion);
  store_le(bytes.data() + kLengthAt, static_cast<std::uint32_t>(bytes.size() - kSlotHeaderBytes));
  store_le(bytes.data() + kSequenceAt, sequence);
  store_le(bytes.data(), hash64(View{bytes}.substr(kMagicAt)));
  return bytes;
}

std::optional<Slot> decode_slot(View bytes) {
  if (bytes.size() < kSlotHeaderBytes) return std::nullopt;
  const char* from = bytes.data();
  if (load_le<std::uint64_t>(from + kMagicAt) != kMagic) return std::nullopt;
  const auto length = load_le<std::uint32_t>(from + kLengthAt);
  if (length > bytes.size() - kSlotHeaderBytes) return std::nullopt;
  const View whole = bytes.substr(0, kSlotHeaderBytes + length);
  if (load_le<std::uint64_t>(from) != hash64(whole.substr(kMagicAt))) return std::nullopt;
  Slot slot;
  slot.version = load_le<std::uint32_t>(from + kVersionAt);
  slot.sequence = load_le<std::uint64_t>(from + kSequenceAt);
  // Another version's fields are not looked at: the caller refuses it.
  if (slot.version == kVersion &&
      !slot.record.ParseFromArray(from + kSlotHeaderBytes, static_cast<int>(length))) {
    return std::nullopt;
  }
  return slot;
}

std::unexpected<MetadataError> refuse(MetadataFault fault, std::string message) {
  return std::unexpected(MetadataError{{std::move(message)}, fault});
}

DiskResult<std::optional<Slot>> read_slot(File& file, std::uint64_t offset) {
  std::string bytes(kSlotHeaderBytes, '\0');
  auto got = file.read(offset, bytes);
  if (!got) return std::unexpected(std::move(got).error());
  if (*got < bytes.size()) return std::nullopt;
  const auto length = load_le<std::uint32_t>(bytes.data() + kLengthAt);
  bytes.resize(std::min<std::uint64_t>(kSlotBytes, kSlotHeaderBytes + std::uint64_t{length}));
  got = file.read(offset, bytes);
  if (!got) return std::unexpected(std::move(got).error());
  return decode_slot(View{bytes}.substr(0, *got));
}

DiskResult<std::array<std::optional<Slot>, kSlots>> read_slots(File& file) {
  std::array<std::optional<Slot>, kSlots> slots;
  for (std::size_t i = 0; i < kSlots; ++i) {
    auto slot = read_slot(file, i * kSlotBytes);
    if (!slot) return std::unexpected(std::move(slot).error());
    slots[i] = std::move(*slot);
  }
  return slots;
}

}  // namespace

Result<MetadataFile> MetadataFile::create(Disk& disk,
                                          const std::string& path,
                                          const Metadata& first) {
  const std::string temporary = path + ".tmp";
  auto file = disk.open(temporary, OpenMode::Create);
  if (!file) return std::unexpected(std::move(file).error());
  MetadataFile metadata(std::move(*file));
  PADDOCK_TRY(metadata.write(first));
  PADDOCK_TRY(disk.rename(temporary, path));
  PADDOCK_TRY(disk.sync_directory(path.substr(0, path.rfind('/'))));
  return metadata;
}

std::expected<MetadataFile, MetadataError> MetadataFile::open(Disk& disk, const std::string& path) {
  auto file = disk.open(path, OpenMode::ReadWrite);
  if (!file) {
    const bool missing = file.error().fault == DiskFault::NotFound;
    return refuse(missing ? MetadataFault::Missing : MetadataFault::Io,
                  std::move(file).error().message);
  }
  auto slots = read_slots(**file);
  if (!slots) return refuse(MetadataFault::Io, std::move(slots).error().message);
  std::size_t newest = 0;
  if (!(*slots)[0] || ((*slots)[1] && (*slots)[1]->sequence > (*slots)[0]->sequence)) newest = 1;
  const std::optional<Slot>& found = (*slots)[newest];
  if (!found) {
    return refuse(MetadataFault::Damaged, fmt::format("both records in {} are unreadable", path));
  }
  if (found->version != kVersion) {
    return refuse(MetadataFault::NewerFormat,
                  fmt::format("{} was written by a newer version", path));
  }
  MetadataFile metadata(std::move(*file));
  metadata.current_ = found->record;
  metadata.sequence_ = found->sequence;
  const std::optional<Slot>& other = (*slots)[1 - newest];
  if (!other || other->sequence != found->sequence) {
    // The other slot first: until that is durable, the newest one may be all there is.
    if (auto repaired = metadata.write_slots(1 - newest); !repaired) {
      return refuse(MetadataFault::Io, std::move(repaired).error().message);
    }
  }
  return metadata;
}

Result<> MetadataFile::write(const Metadata& next) {
  current_ = next;
  ++sequence_;
  return write_slots(sequence_ % kSlots);
}

Result<> MetadataFile::write_slots(std::size_t first) {
  const std::string bytes = encode_slot(current_, sequence_);
  if (bytes.size() > kSlotBytes) {
    return fail(fmt::format("the metadata record is too large: {} bytes", bytes.size()));
  }
  for (const std::size_t slot : {first, 1 - first}) {
    PADDOCK_ASSERT(slot < kSlots);
    PADDOCK_TRY(file_->write(slot * kSlotBytes, bytes));
    PADDOCK_TRY(file_->sync());
  }
  return {};
}

}  // namespace paddock::storage
