// SPDX-License-Identifier: Apache-2.0
#include "apache/inflate.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

namespace paddock::apache {
namespace {

constexpr View kGzipMagic{"\x1f\x8b", 2};

std::unexpected<Error> damaged(std::string_view what, std::size_t offset) {
  return fail(fmt::format("the compressed bytes are damaged at offset {}: {}", offset, what));
}

}  // namespace

bool is_gzip(View bytes) {
  return bytes.starts_with(kGzipMagic);
}

Result<std::string> gunzip(View bytes, std::size_t bytes_max) {
  constexpr int kGzipWindow = 16 + MAX_WBITS;
  z_stream stream{};
  if (::inflateInit2(&stream, kGzipWindow) != Z_OK) return fail("zlib cannot be used");
  std::string out;
  std::array<char, 65536> piece{};
  std::size_t given = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    if (stream.avail_in == 0) {
      const std::size_t count =
          std::min<std::size_t>(bytes.size() - given, std::numeric_limits<uInt>::max() / 2);
      stream.next_in = reinterpret_cast<const Bytef*>(bytes.data() + given);
      stream.avail_in = static_cast<uInt>(count);
      given += count;
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = ::inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
    if (out.size() > bytes_max) code = Z_MEM_ERROR;
  }
  const std::size_t at = given - stream.avail_in;
  ::inflateEnd(&stream);
  if (code == Z_STREAM_END) return out;
  return damaged(code == Z_MEM_ERROR   ? "they unpack to too much"
                 : code == Z_BUF_ERROR ? "they end too early"
                                       : "they are no gzip",
                 at);
}

// --- Snappy. Source: snappy-java's SnappyOutputStream, and Snappy's format description.

namespace {

constexpr View kSnappyMagic{"\x82SNAPPY\0", 8};
/// Magic, version, lowest version that can read it.
constexpr std::size_t kSnappyHeaderBytes = 16;

/// One block: the length of what it unpacks to, then literals and copies of what came before.
class Block {
 public:
  Block(View bytes, std::string& out) : bytes_(bytes), out_(out), begin_(out.size()) {}

  bool unpack(std::size_t bytes_max) {
    std::size_t length = 0;
    if (!varint(length) || out_.size() + length > bytes_max) return false;
    while (at_ < bytes_.size() && out_.size() - begin_ < length) {
      const auto tag = static_cast<unsigned char>(bytes_[at_++]);
      if (!((tag & 3U) == 0 ? literal(tag) : copy(tag))) return false;
    }
    return at_ == bytes_.size() && out_.size() - begin_ == length;
  }

 private:
  bool little(std::size_t count, std::size_t& value) {
    if (bytes_.size() - at_ < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value |= std::size_t{static_cast<unsigned char>(bytes_[at_ + i])} << (8 * i);
    }
    at_ += count;
    return true;
  }

  bool varint(std::size_t& value) {
    constexpr unsigned kBitsMax = 35;
    value = 0;
    for (unsigned shift = 0; shift < kBitsMax && at_ < bytes_.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= std::size_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) return true;
    }
    return false;
  }

  bool literal(unsigned tag) {
    constexpr unsigned kShortMax = 59;
    std::size_t length = tag >> 2U;
    if (length > kShortMax && !little(length - kShortMax, length)) return false;
    ++length;
    if (bytes_.size() - at_ < length) return false;
    out_.append(bytes_.substr(at_, length));
    at_ += length;
    return true;
  }

  bool copy(unsigned tag) {
    std::size_t offset = 0;
    std::size_t length = (tag >> 2U) + 1;
    switch (tag & 3U) {
      case 1:
        if (!little(1, offset)) return false;
        length = (tag >> 2U & 7U) + 4;
        offset |= std::size_t{tag >> 5U} << 8U;
        break;
      case 2:
        if (!little(2, offset)) return false;
        break;
      default:
        if (!little(4, offset)) return false;
        break;
    }
    if (offset == 0 || offset > out_.size() - begin_) return false;
    // What is copied may reach into what is being written.
    for (std::size_t i = 0; i < length; ++i) out_.push_back(out_[out_.size() - offset]);
    return true;
  }

  View bytes_;
  std::string& out_;
  std::size_t begin_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_snappy(View bytes) {
  return bytes.starts_with(kSnappyMagic);
}

Result<std::string> unsnappy(View bytes, std::size_t bytes_max) {
  if (bytes.size() < kSnappyHeaderBytes) return damaged("they end too early", bytes.size());
  std::string out;
  std::size_t at = kSnappyHeaderBytes;
  while (at < bytes.size()) {
    if (bytes.size() - at < sizeof(std::uint32_t)) return damaged("they end too early", at);
    const auto length = load_be<std::uint32_t>(bytes.data() + at);
    at += sizeof(std::uint32_t);
    if (length > bytes.size() - at) return damaged("they end too early", at);
    if (!Block(bytes.substr(at, length), out).unpack(bytes_max)) {
      return damaged("a block of Snappy is wrong", at);
    }
    at += length;
  }
  return out;
}

}  // namespace paddock::apache
