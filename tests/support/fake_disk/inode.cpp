// SPDX-License-Identifier: Apache-2.0
#include "fake_disk/inode.h"

#include <algorithm>
#include <utility>

#include "storage/disk.h"

namespace paddock::fake_disk {
namespace {

using storage::kSectorBytes;

// More states of one sector than this are not told apart.
constexpr std::size_t kStatesMax = 4;

std::string sector_of(const std::string& bytes, std::uint64_t sector) {
  const std::uint64_t begin = sector * kSectorBytes;
  return begin >= bytes.size() ? std::string{} : bytes.substr(begin, kSectorBytes);
}

void put_sector(std::string& bytes, std::uint64_t sector, const std::string& state) {
  const std::uint64_t begin = sector * kSectorBytes;
  if (begin >= bytes.size()) return;
  const std::size_t count = std::min<std::size_t>(state.size(), bytes.size() - begin);
  std::copy_n(state.begin(), count, bytes.begin() + static_cast<std::ptrdiff_t>(begin));
}

std::uint64_t surviving_size(std::uint64_t durable, std::uint64_t current, Prng& prng) {
  const std::uint64_t choice = prng.below(3);
  if (choice == 0 || durable == current) return durable;
  if (choice == 1 || current < durable) return current;
  return durable + prng.below(current - durable + 1);
}

}  // namespace

void NameChange::apply(Entries& entries) const {
  if (!remove.empty()) entries.erase(remove);
  if (inode != nullptr) entries[name] = inode;
}

void Inode::resize(std::uint64_t size) {
  const std::uint64_t before = current.size();
  current.resize(size, '\0');
  note_sectors(std::min(before, size), std::max(before, size));
}

void Inode::write(std::uint64_t offset, View bytes) {
  if (offset + bytes.size() > current.size()) resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), current.begin() + static_cast<std::ptrdiff_t>(offset));
  note_sectors(offset, offset + bytes.size());
}

void Inode::note_sectors(std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return;
  for (std::uint64_t sector = begin / kSectorBytes; sector * kSectorBytes < end; ++sector) {
    auto& states = pending[sector];
    if (states.size() == kStatesMax) states.erase(states.begin() + 1);
    states.push_back(sector_of(current, sector));
  }
}

void Inode::sync() {
  durable.resize(current.size(), '\0');
  for (const auto& [sector, states] : pending) {
    const std::uint64_t begin = sector * kSectorBytes;
    if (begin < current.size()) current.copy(durable.data() + begin, kSectorBytes, begin);
  }
  pending.clear();
}

void Inode::lose_writes() {
  pending.clear();
}

void Inode::change(NameChange what) {
  what.apply(entries);
  changes.push_back(std::move(what));
}

void Inode::sync_names() {
  durable_entries = entries;
  changes.clear();
}

void Inode::crash(Prng& prng, CrashStyle style) {
  locked = false;
  if (directory) {
    crash_directory(prng, style);
  } else {
    crash_file(prng, style);
  }
}

void Inode::crash_file(Prng& prng, CrashStyle style) {
  switch (style) {
    case CrashStyle::LoseAll:
      break;
    case CrashStyle::KeepAll:
      sync();
      break;
    case CrashStyle::EachOnItsOwn:
      durable.resize(surviving_size(durable.size(), current.size(), prng), '\0');
      for (const auto& [sector, states] : pending) {
        const std::uint64_t choice = prng.below(states.size() + 1);
        if (choice < states.size()) put_sector(durable, sector, states[choice]);
      }
      break;
  }
  current = durable;
  pending.clear();
}

void Inode::crash_directory(Prng& prng, CrashStyle style) {
  for (const NameChange& what : changes) {
    const bool survives =
        style == CrashStyle::KeepAll || (style == CrashStyle::EachOnItsOwn && prng.chance(1, 2));
    if (survives) what.apply(durable_entries);
  }
  entries = durable_entries;
  changes.clear();
}

}  // namespace paddock::fake_disk
