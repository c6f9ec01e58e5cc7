// SPDX-License-Identifier: Apache-2.0
//
// Reads jute's primitives from borrowed bytes: big-endian integers, length-prefixed strings and
// buffers (-1 = null), vectors (-1 = null), records by their field list. Nothing is copied; views
// point into the frame. Every read says whether it succeeded; after a failure the reader stays
// failed. Source: ZooKeeper BinaryInputArchive.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <tuple>

#include "base/bytes.h"

namespace paddock::jute {

class Reader;

/// A record names its fields in wire order: `static constexpr auto kFields = std::tuple{&R::a, …}`.
template <class T>
concept Record = requires { T::kFields; };

/// A vector<T> of the wire as a view: checked once when read, decoded again while iterating, never
/// copied.
template <class T>
class List {
 public:
  List() = default;
  List(std::int32_t count, View bytes) : count_(count), bytes_(bytes) {}

  [[nodiscard]] bool is_null() const { return count_ < 0; }
  [[nodiscard]] bool empty() const { return count_ <= 0; }
  [[nodiscard]] std::size_t size() const {
    return count_ < 0 ? 0 : static_cast<std::size_t>(count_);
  }
  /// The elements as they are on the wire, without the count.
  [[nodiscard]] View bytes() const { return bytes_; }
  [[nodiscard]] std::int32_t count() const { return count_; }

  class Iterator;
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  std::int32_t count_ = -1;
  View bytes_;
};

class Reader {
 public:
  explicit Reader(View bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] View rest() const { return {at_, remaining()}; }

  bool get(std::int32_t& value) { return integer(value); }
  bool get(std::int64_t& value) { return integer(value); }
  bool get(bool& value) {
    std::int8_t byte = 0;
    if (!integer(byte)) return false;
    value = byte != 0;
    return true;
  }

  /// A ustring or buffer. Null gives a null view, empty one that is not null.
  bool get(View& value) {
    std::int32_t length = 0;
    if (!integer(length)) return false;
    if (length == -1) {
      value = View{};
      return true;
    }
    if (length < 0 || static_cast<std::size_t>(length) > remaining()) return fail();
    value = View{at_, static_cast<std::size_t>(length)};
    at_ += length;
    return true;
  }

  template <Record T>
  bool get(T& record) {
    return std::apply([&](auto... field) { return (get(record.*field) && ...); }, T::kFields);
  }

  template <class E>
    requires std::is_enum_v<E>
  bool get(E& value) {
    std::underlying_type_t<E> number{};
    if (!get(number)) return false;
    value = static_cast<E>(number);
    return true;
  }

  /// Checks every element; a count that the remaining bytes cannot hold fails before any loop.
  template <class T>
  bool get(List<T>& list) {
    std::int32_t count = 0;
    if (!integer(count)) return false;
    if (count == -1) {
      list = List<T>{};
      return true;
    }
    // As in Java, where only -1 is null and a loop over any other negative count ends at once.
    count = std::max(count, 0);
    if (static_cast<std::size_t>(count) > remaining() / kElementBytesMin) return fail();
    const char* start = at_;
    T element{};
    for (std::int32_t i = 0; i < count; ++i) {
      if (!get(element)) return false;
    }
    list = List<T>{count, View{start, static_cast<std::size_t>(at_ - start)}};
    return true;
  }

 private:
  /// No element of any vector in the protocol is shorter than an int.
  static constexpr std::size_t kElementBytesMin = 4;

  template <std::integral T>
  bool integer(T& value) {
    if (failed_ || remaining() < sizeof(T)) return fail();
    value = load_be<T>(at_);
    at_ += sizeof(T);
    return true;
  }

  bool fail() {
    failed_ = true;
    return false;
  }

  const char* at_;
  const char* end_;
  bool failed_ = false;
};

template <class T>
class List<T>::Iterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;

  Iterator() : reader_(kEmpty) {}
  Iterator(View bytes, std::int32_t left) : reader_(bytes), left_(left) { load(); }

  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }
  Iterator& operator++() {
    --left_;
    load();
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.left_ == b.left_; }

 private:
  void load() {
    if (left_ > 0) static_cast<void>(reader_.get(value_));
  }

  Reader reader_;
  std::int32_t left_ = 0;
  T value_{};
};

template <class T>
typename List<T>::Iterator List<T>::begin() const {
  return count_ > 0 ? Iterator{bytes_, count_} : Iterator{};
}

template <class T>
typename List<T>::Iterator List<T>::end() const {
  return Iterator{};
}

/// Decodes one whole record; trailing bytes are ignored, as jute readers do. False if malformed.
template <Record T>
[[nodiscard]] bool decode(View bytes, T& into) {
  Reader reader(bytes);
  return reader.get(into);
}

}  // namespace paddock::jute
