// SPDX-License-Identifier: Apache-2.0
#include "apache/log.h"

#include <algorithm>

#include <fmt/format.h>
#include <zlib.h>

namespace paddock::apache {
namespace {

constexpr std::int32_t kMagic = 0x5a4b4c47;  // "ZKLG"
constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kEntryHeaderBytes = 12;
constexpr char kEndOfEntry = 'B';

std::unexpected<Error> damaged(std::size_t offset, std::string_view what) {
  return fail(fmt::format("it is damaged at offset {}: {}", offset, what));
}

bool is_right(View payload, std::int64_t checksum) {
  const uLong sum = ::adler32_z(
      ::adler32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(payload.data()), payload.size());
  return static_cast<std::uint64_t>(checksum) == sum;
}

}  // namespace

Result<LogEnd> walk_log(View bytes, const std::function<Result<>(const Txn&)>& each) {
  LogEnd end{.offset = std::min(bytes.size(), kHeaderBytes)};
  // A file of which nothing was written yet, or all zeros that were allocated.
  if (bytes.size() < kHeaderBytes) return end;
  if (load_be<std::int32_t>(bytes.data()) != kMagic) {
    return damaged(0, "it does not begin as a transaction log does");
  }
  while (bytes.size() - end.offset >= kEntryHeaderBytes) {
    Input entry(bytes.substr(end.offset));
    const std::int64_t checksum = entry.int64();
    const std::int32_t length = entry.int32();
    if (length == 0) return end;
    if (length < 0) return damaged(end.offset, fmt::format("an entry of {} bytes", length));
    const View rest = bytes.substr(end.offset + kEntryHeaderBytes);
    const auto size = static_cast<std::size_t>(length);
    end.is_torn = rest.size() <= size || rest[size] != kEndOfEntry;
    if (end.is_torn) return end;
    const View payload = rest.substr(0, size);
    if (!is_right(payload, checksum)) return damaged(end.offset, "the checksum is wrong");
    const auto txn = parse_txn(payload);
    if (!txn) return damaged(end.offset, txn.error().message);
    PADDOCK_TRY(each(*txn));
    ++end.transactions;
    end.offset += kEntryHeaderBytes + size + 1;
  }
  return end;
}

}  // namespace paddock::apache
