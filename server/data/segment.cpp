// SPDX-License-Identifier: Apache-2.0
#include "data/segment.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/file_names.h"
#include "storage/segment_cursor.h"

namespace paddock::data {
namespace {

constexpr std::string_view kPrefix = "segment.";

/// The number that the file's name gives it; none: it has another name.
std::optional<std::uint64_t> sequence_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return storage::number_of(View{path}.substr(slash == std::string::npos ? 0 : slash + 1), kPrefix);
}

Result<storage::DecodedHeader> read_header(storage::File& file) {
  std::array<char, storage::kSegmentHeaderBytes> bytes{};
  const auto got = file.read(0, bytes);
  PADDOCK_TRY(got);
  if (*got < bytes.size()) return storage::DecodedHeader{};
  return storage::decode_segment_header(View{bytes.data(), bytes.size()});
}

/// Behind the end nothing may be that was durable.
Result<> check_rest(storage::File& file, const SegmentSummary& found, const std::string& path) {
  std::uint64_t end = found.header.sealed_end;
  Zxid proof = found.durable;
  if (end == 0) {
    const auto remains = storage::search_remains(file, found.header.id, found.end);
    PADDOCK_TRY(remains);
    proof = std::max(proof, remains->proof);
  }
  if ((end == 0 || end == found.end) && proof <= found.last) return {};
  return fail(
      fmt::format("{} is damaged: no record can be read at offset {}, behind 0x{:x}, though "
                  "transactions up to at least 0x{:x} were durable there; put back a copy, or let "
                  "the server learn everything from the others with an empty directory",
                  path,
                  found.end,
                  found.last.value,
                  std::max(proof, found.last.next()).value));
}

}  // namespace

Result<SegmentSummary> walk_segment(storage::Disk& disk,
                                    const std::string& path,
                                    const std::function<Result<>(const SegmentRecord&)>& each) {
  auto file = disk.open(path, storage::OpenMode::Read);
  PADDOCK_TRY(file);
  const auto header = read_header(**file);
  PADDOCK_TRY(header);
  if (header->state == storage::HeaderState::NewerFormat) {
    return fail(path + " was written by a newer version; use that version or a later one");
  }
  SegmentSummary found;
  const auto sequence = sequence_of(path);
  if (header->state == storage::HeaderState::Invalid ||
      (sequence && *sequence != header->header.id.sequence)) {
    return found;
  }
  found.is_begun = true;
  found.header = header->header;
  found.last = found.durable = found.header.base;
  storage::SegmentCursor cursor(std::move(*file), found.header);
  const std::uint64_t limit = found.header.sealed_end != 0
                                  ? found.header.sealed_end
                                  : std::numeric_limits<std::uint64_t>::max();
  for (;;) {
    const auto record = cursor.peek(limit);
    PADDOCK_TRY(record);
    if (!*record) break;
    const Zxid zxid = (*record)->header.zxid;
    if (each) PADDOCK_TRY(each({cursor.offset(), zxid, (*record)->payload}));
    if (found.records++ == 0) found.first = zxid;
    found.durable = std::max(found.durable, (*record)->header.synced);
    cursor.advance();
  }
  found.last = cursor.last();
  found.end = cursor.offset();
  PADDOCK_TRY(check_rest(cursor.file(), found, path));
  return found;
}

}  // namespace paddock::data
