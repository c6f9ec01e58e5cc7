// SPDX-License-Identifier: Apache-2.0
//
// A directory's files, and what rot and mistakes may do to them: bytes flipped, zeroed, cut off,
// copied elsewhere, files lost. Checksums keep a fuzzer's own bytes out; damage to good files gets
// further.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "base/assert.h"
#include "fake_disk/fake_disk.h"
#include "input.h"

namespace paddock::fuzz {

/// Paths and contents.
using Files = std::map<std::string, std::string>;

/// Reads all files of one directory.
inline Files files_in(fake_disk::FakeDisk& disk, const std::string& directory) {
  Files files;
  const auto names = disk.list(directory);
  PADDOCK_ASSERT(names.has_value());
  for (const std::string& name : *names) {
    const std::string path = directory + "/" + name;
    if (disk.kind(path) == storage::PathKind::File) files.emplace(path, disk.contents(path));
  }
  return files;
}

/// Moves bytes of one file, in steps of eight, to another place of the same or another file.
inline void copy_part(const std::string& from, std::string& to, std::size_t at, Input& input) {
  const std::size_t start = input.word() / 8U * 8U;
  const std::size_t count = std::size_t{input.byte()} * 8;
  if (start < from.size()) to.replace(at / 8 * 8, count, from.substr(start, count));
}

inline std::string& pick(Files& files, Input& input) {
  return std::next(files.begin(), input.byte() % static_cast<std::ptrdiff_t>(files.size()))->second;
}

/// One change that the input describes; `files` is not empty.
inline void damage_once(Files& files, Input& input) {
  const std::uint8_t kind = input.byte();
  std::string& file = pick(files, input);
  const std::size_t at = input.word();
  const std::uint8_t value = input.byte();
  if (at >= file.size()) return;
  const auto place = file.begin() + static_cast<std::ptrdiff_t>(at);
  switch (kind % 6) {
    case 0:
      *place = static_cast<char>(*place ^ value);
      break;
    case 1:
      std::fill_n(place, std::min<std::size_t>(value, file.size() - at), '\0');
      break;
    case 2:
      file.resize(at);
      break;
    case 3:
      file.append(value, '\0');
      break;
    case 4:
      copy_part(std::string(pick(files, input)), file, at, input);
      break;
    default:
      file.clear();
      break;
  }
}

inline void put(fake_disk::FakeDisk& disk, const std::string& directory, const Files& files) {
  disk.create_directories(directory);
  for (const auto& [path, content] : files) disk.set_contents(path, content);
}

}  // namespace paddock::fuzz
