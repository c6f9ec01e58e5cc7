// SPDX-License-Identifier: Apache-2.0
//
// Appends jute's primitives and records to a ByteBuffer. A null View is written as length -1.
// Source: ZooKeeper BinaryOutputArchive.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <tuple>
#include <type_traits>

#include "base/assert.h"
#include "base/byte_buffer.h"
#include "jute/reader.h"

namespace paddock::jute {

class Writer {
 public:
  explicit Writer(ByteBuffer& out) : out_(out) {}

  void put(std::int32_t value) { store_be(out_.extend(sizeof value), value); }
  void put(std::int64_t value) { store_be(out_.extend(sizeof value), value); }
  void put(bool value) { *out_.extend(1) = value ? 1 : 0; }

  void put(View value) {
    if (is_null(value)) {
      put(std::int32_t{-1});
      return;
    }
    PADDOCK_ASSERT(value.size() <=
                   static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
    char* at = out_.extend(sizeof(std::int32_t) + value.size());
    store_be(at, static_cast<std::int32_t>(value.size()));
    if (!value.empty()) std::memcpy(at + sizeof(std::int32_t), value.data(), value.size());
  }

  template <Record T>
  void put(const T& record) {
    std::apply([&](auto... field) { (put(record.*field), ...); }, T::kFields);
  }

  template <class E>
    requires std::is_enum_v<E>
  void put(E value) {
    put(static_cast<std::underlying_type_t<E>>(value));
  }

  template <class T>
  void put(const List<T>& list) {
    put(list.count());
    out_.append(list.bytes());
  }

  [[nodiscard]] ByteBuffer& out() { return out_; }

 private:
  ByteBuffer& out_;
};

/// A length-prefixed packet: reserves the 4 bytes of the length, and fills them in when closed.
class FrameWriter {
 public:
  explicit FrameWriter(ByteBuffer& out) : out_(out), start_(out.size()) {
    static_cast<void>(out.extend(sizeof(std::int32_t)));
  }

  /// Writes the length of all that was appended since construction.
  void close() {
    const std::size_t length = out_.size() - start_ - sizeof(std::int32_t);
    PADDOCK_ASSERT(length <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
    store_be(out_.data() + start_, static_cast<std::int32_t>(length));
  }

  /// Takes the unfinished packet back.
  void abandon() { out_.truncate(start_); }

 private:
  ByteBuffer& out_;
  std::size_t start_;
};

/// A vector<T> being built: owns its encoded elements; view() is what a record's List field takes.
template <class T>
class ListBuilder {
 public:
  void add(const T& element) {
    Writer(bytes_).put(element);
    ++count_;
  }
  void clear() {
    bytes_.clear();
    count_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(count_); }
  [[nodiscard]] List<T> view() const { return {count_, bytes_.view()}; }

 private:
  ByteBuffer bytes_;
  std::int32_t count_ = 0;
};

}  // namespace paddock::jute
