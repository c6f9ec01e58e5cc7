// SPDX-License-Identifier: Apache-2.0
#include "fake_disk/fake_disk.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "fake_disk/inode.h"

namespace paddock::fake_disk {

using storage::DirectoryLock;
using storage::DiskError;
using storage::DiskFault;
using storage::DiskResult;
using storage::File;
using storage::OpenMode;
using storage::PathKind;

namespace {

std::unexpected<DiskError> refuse(std::string_view what, const std::string& path, DiskFault fault) {
  return std::unexpected(DiskError{{path + ": " + std::string(what)}, fault});
}

std::unexpected<DiskError> dead() {
  return std::unexpected(DiskError{{std::string(FakeDisk::kCrashed)}, DiskFault::Io});
}

std::vector<std::string> parts_of(const std::string& path) {
  PADDOCK_ASSERT(path.starts_with('/'));
  std::vector<std::string> parts;
  std::size_t begin = 1;
  while (begin < path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}
std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

/// One counted operation: carries out `effect` unless the disk crashes, has crashed or was told to
/// fail.
template <class Effect>
DiskResult<> FakeDisk::operate(std::string_view failure, const std::string& path, Effect effect) {
  switch (begin_operation()) {
    case Verdict::Proceed:
      return effect();
    case Verdict::ProceedAndCrash:
      static_cast<void>(effect());
      return dead();
    case Verdict::Fail:
      return refuse(failure, path, DiskFault::Io);
    case Verdict::Refuse:
      return dead();
  }
  PADDOCK_UNREACHABLE();
}

class FakeFile final : public File {
 public:
  FakeFile(FakeDisk& disk, std::shared_ptr<Inode> inode, std::string path, bool writable)
      : disk_(disk),
        inode_(std::move(inode)),
        path_(std::move(path)),
        generation_(disk.generation_),
        writable_(writable) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    const std::lock_guard lock(disk_.mutex_);
    if (is_dead()) return dead();
    const std::string& bytes = inode_->current;
    if (offset >= bytes.size()) return 0;
    const std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  }

  DiskResult<> write(std::uint64_t offset, std::span<const View> parts) override {
    std::string joined;
    for (const View part : parts) joined.append(part);
    return change([&]() -> DiskResult<> {
      if (auto room = make_room(offset + joined.size()); !room) return room;
      inode_->write(offset, joined);
      return {};
    });
  }

  DiskResult<> sync() override {
    const std::lock_guard lock(disk_.mutex_);
    if (is_dead()) return dead();
    ++disk_.syncs_;
    switch (disk_.begin_operation()) {
      case FakeDisk::Verdict::Proceed:
        inode_->sync();
        return {};
      case FakeDisk::Verdict::Fail:
        inode_->lose_writes();
        return refuse("the sync failed", path_, DiskFault::Io);
      case FakeDisk::Verdict::ProceedAndCrash:
      case FakeDisk::Verdict::Refuse:
        return dead();
    }
    PADDOCK_UNREACHABLE();
  }

  DiskResult<> allocate(std::uint64_t size) override {
    return change([&]() -> DiskResult<> {
      if (size <= inode_->current.size()) return {};
      if (auto room = make_room(size); !room) return room;
      inode_->resize(size);
      return {};
    });
  }

  DiskResult<> truncate(std::uint64_t size) override {
    return change([&]() -> DiskResult<> {
      inode_->resize(size);
      return {};
    });
  }

  DiskResult<std::uint64_t> size() override {
    const std::lock_guard lock(disk_.mutex_);
    if (is_dead()) return dead();
    return inode_->current.size();
  }

 private:
  [[nodiscard]] bool is_dead() const { return disk_.crashed_ || generation_ != disk_.generation_; }

  template <class Change>
  DiskResult<> change(Change apply) {
    const std::lock_guard lock(disk_.mutex_);
    if (is_dead()) return dead();
    PADDOCK_ASSERT(writable_);
    return disk_.operate("the write failed", path_, apply);
  }

  DiskResult<> make_room(std::uint64_t size) {
    const std::uint64_t before = inode_->current.size();
    if (size > before && disk_.used_locked() + (size - before) > disk_.capacity_) {
      return refuse("no space left", path_, DiskFault::Full);
    }
    return {};
  }

  FakeDisk& disk_;
  std::shared_ptr<Inode> inode_;
  std::string path_;
  std::uint64_t generation_;
  bool writable_;
};

class FakeLock final : public DirectoryLock {
 public:
  FakeLock(FakeDisk& disk, std::shared_ptr<Inode> inode)
      : disk_(disk), inode_(std::move(inode)), generation_(disk.generation_) {}
  ~FakeLock() override {
    const std::lock_guard lock(disk_.mutex_);
    if (generation_ == disk_.generation_) inode_->locked = false;
  }

 private:
  FakeDisk& disk_;
  std::shared_ptr<Inode> inode_;
  std::uint64_t generation_;
};

FakeDisk::FakeDisk() {
  root_ = make_inode();
  root_->directory = true;
}
FakeDisk::~FakeDisk() = default;

std::shared_ptr<Inode> FakeDisk::make_inode() {
  auto inode = std::make_shared<Inode>();
  std::erase_if(inodes_, [](const std::weak_ptr<Inode>& known) { return known.expired(); });
  inodes_.push_back(inode);
  return inode;
}

FakeDisk::Verdict FakeDisk::begin_operation() {
  if (crashed_) return Verdict::Refuse;
  ++operations_;
  if (operations_ == fail_at_) return Verdict::Fail;
  if (operations_ != crash_at_) return Verdict::Proceed;
  crashed_ = true;
  return Verdict::ProceedAndCrash;
}

std::shared_ptr<Inode> FakeDisk::find(const std::string& path) const {
  std::shared_ptr<Inode> at = root_;
  for (const std::string& part : parts_of(path)) {
    if (!at->directory) return nullptr;
    const auto found = at->entries.find(part);
    if (found == at->entries.end()) return nullptr;
    at = found->second;
  }
  return at;
}

DiskResult<std::shared_ptr<Inode>> FakeDisk::lookup(const std::string& path) const {
  if (crashed_) return dead();
  if (denied_.contains(path)) return refuse("permission denied", path, DiskFault::Denied);
  std::shared_ptr<Inode> inode = find(path);
  if (inode == nullptr) return refuse("no such file or directory", path, DiskFault::NotFound);
  return inode;
}

DiskResult<std::shared_ptr<Inode>> FakeDisk::parent_of(const std::string& path) const {
  auto parent = lookup(directory_of(path));
  if (parent && !(*parent)->directory) {
    return refuse("not a directory", path, DiskFault::NotADirectory);
  }
  return parent;
}

DiskResult<> FakeDisk::create_entry(const std::string& path, std::shared_ptr<Inode> inode) {
  auto parent = parent_of(path);
  if (!parent) return std::unexpected(std::move(parent).error());
  return operate("cannot be created", path, [&]() -> DiskResult<> {
    (*parent)->change({.remove = {}, .name = name_of(path), .inode = std::move(inode)});
    return {};
  });
}

DiskResult<std::unique_ptr<File>> FakeDisk::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  auto found = lookup(path);
  if (!found && (found.error().fault != DiskFault::NotFound || mode != OpenMode::Create)) {
    return std::unexpected(std::move(found).error());
  }
  if (!found) {
    std::shared_ptr<Inode> inode = make_inode();
    if (auto made = create_entry(path, inode); !made) return std::unexpected(made.error());
    return std::make_unique<FakeFile>(*this, std::move(inode), path, true);
  }
  if ((*found)->directory) return refuse("is a directory", path, DiskFault::Io);
  auto file = std::make_unique<FakeFile>(*this, *found, path, mode != OpenMode::Read);
  if (mode != OpenMode::Create) return file;
  auto emptied = operate("cannot be emptied", path, [&]() -> DiskResult<> {
    (*found)->resize(0);
    return {};
  });
  if (!emptied) return std::unexpected(std::move(emptied).error());
  return file;
}

DiskResult<PathKind> FakeDisk::kind(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto found = lookup(path);
  if (found) return (*found)->directory ? PathKind::Directory : PathKind::File;
  if (found.error().fault == DiskFault::NotFound) return PathKind::Missing;
  return std::unexpected(std::move(found).error());
}

DiskResult<std::vector<std::string>> FakeDisk::list(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  auto found = lookup(directory);
  if (!found) return std::unexpected(std::move(found).error());
  if (!(*found)->directory) return refuse("not a directory", directory, DiskFault::NotADirectory);
  std::vector<std::string> names;
  for (const auto& [name, inode] : (*found)->entries) names.push_back(name);
  return names;
}

DiskResult<> FakeDisk::make_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = lookup(path);
  if (found && (*found)->directory) return {};
  if (found) return refuse("exists and is a file", path, DiskFault::AlreadyExists);
  if (found.error().fault != DiskFault::NotFound) return std::unexpected(found.error());
  std::shared_ptr<Inode> inode = make_inode();
  inode->directory = true;
  return create_entry(path, std::move(inode));
}

DiskResult<> FakeDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  PADDOCK_ASSERT(directory_of(from) == directory_of(to));
  auto found = lookup(from);
  if (!found) return std::unexpected(std::move(found).error());
  const auto parent = parent_of(from);
  if (!parent) return std::unexpected(parent.error());
  const NameChange what{.remove = name_of(from), .name = name_of(to), .inode = *found};
  return operate("cannot be renamed", from, [&]() -> DiskResult<> {
    (*parent)->change(what);
    return {};
  });
}

DiskResult<> FakeDisk::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto found = lookup(path);
  if (!found) return std::unexpected(std::move(found).error());
  const auto parent = parent_of(path);
  if (!parent) return std::unexpected(parent.error());
  const NameChange what{.remove = name_of(path), .name = {}, .inode = nullptr};
  return operate("cannot be removed", path, [&]() -> DiskResult<> {
    (*parent)->change(what);
    return {};
  });
}

DiskResult<> FakeDisk::sync_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto found = lookup(path);
  if (!found) return std::unexpected(std::move(found).error());
  ++syncs_;
  switch (begin_operation()) {
    case Verdict::Proceed:
      (*found)->sync_names();
      return {};
    case Verdict::Fail:
      return refuse("the sync failed", path, DiskFault::Io);
    case Verdict::ProceedAndCrash:
    case Verdict::Refuse:
      return dead();
  }
  PADDOCK_UNREACHABLE();
}

DiskResult<std::uint64_t> FakeDisk::free_bytes(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto found = lookup(path);
  if (!found) return std::unexpected(std::move(found).error());
  const std::uint64_t used = used_locked();
  return used < capacity_ ? capacity_ - used : 0;
}

DiskResult<std::unique_ptr<DirectoryLock>> FakeDisk::lock_directory(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  auto found = lookup(directory);
  if (!found) return std::unexpected(std::move(found).error());
  if ((*found)->locked) return refuse("in use by another server", directory, DiskFault::Locked);
  (*found)->locked = true;
  return std::make_unique<FakeLock>(*this, *found);
}

std::uint64_t FakeDisk::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::uint64_t FakeDisk::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

void FakeDisk::crash_at(std::uint64_t operation) {
  const std::lock_guard lock(mutex_);
  crash_at_ = operation;
}

void FakeDisk::crash_now() {
  const std::lock_guard lock(mutex_);
  crashed_ = true;
}

bool FakeDisk::crashed() const {
  const std::lock_guard lock(mutex_);
  return crashed_;
}

void FakeDisk::fail_at(std::uint64_t operation) {
  const std::lock_guard lock(mutex_);
  fail_at_ = operation;
}

void FakeDisk::reboot(Prng& prng) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t choice = prng.below(4);
  const CrashStyle style = choice == 0   ? CrashStyle::LoseAll
                           : choice == 1 ? CrashStyle::KeepAll
                                         : CrashStyle::EachOnItsOwn;
  for (const std::weak_ptr<Inode>& known : inodes_) {
    if (const std::shared_ptr<Inode> inode = known.lock()) inode->crash(prng, style);
  }
  start_again();
}

void FakeDisk::revive() {
  const std::lock_guard lock(mutex_);
  for (const std::weak_ptr<Inode>& known : inodes_) {
    if (const std::shared_ptr<Inode> inode = known.lock()) inode->locked = false;
  }
  start_again();
}

void FakeDisk::start_again() {
  ++generation_;
  crashed_ = false;
  crash_at_ = 0;
  fail_at_ = 0;
}

std::unique_ptr<FakeDisk> FakeDisk::copy() const {
  auto other = std::make_unique<FakeDisk>();
  const std::lock_guard lock(mutex_);
  const auto copy_directory = [&](const auto& self, const Inode& from, Inode& to) -> void {
    for (const auto& [name, inode] : from.entries) {
      std::shared_ptr<Inode> made = other->make_inode();
      made->directory = inode->directory;
      made->current = made->durable = inode->current;
      to.entries[name] = to.durable_entries[name] = made;
      self(self, *inode, *made);
    }
  };
  copy_directory(copy_directory, *root_, *other->root_);
  return other;
}

std::vector<std::string> FakeDisk::files() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> paths;
  const auto visit = [&](const auto& self, const Inode& at, const std::string& path) -> void {
    for (const auto& [name, inode] : at.entries) {
      if (!inode->directory) paths.push_back(path + "/" + name);
      self(self, *inode, path + "/" + name);
    }
  };
  visit(visit, *root_, "");
  return paths;
}

void FakeDisk::create_directories(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Inode> at = root_;
  for (const std::string& part : parts_of(path)) {
    auto& entry = at->entries[part];
    if (entry == nullptr) {
      entry = make_inode();
      entry->directory = true;
      at->durable_entries[part] = entry;
    }
    at = entry;
  }
}

void FakeDisk::deny(const std::string& path) {
  const std::lock_guard lock(mutex_);
  denied_[path] = true;
}

void FakeDisk::allow(const std::string& path) {
  const std::lock_guard lock(mutex_);
  denied_.erase(path);
}

void FakeDisk::rot(const std::string& path, std::uint64_t offset, unsigned char mask) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Inode> inode = find(path);
  PADDOCK_ASSERT(inode != nullptr && offset < inode->current.size());
  const auto flip = [&](std::string& bytes) {
    if (offset < bytes.size()) {
      bytes[offset] = static_cast<char>(static_cast<unsigned char>(bytes[offset]) ^ mask);
    }
  };
  flip(inode->current);
  flip(inode->durable);
}

std::string FakeDisk::contents(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Inode> inode = find(path);
  PADDOCK_ASSERT(inode != nullptr && !inode->directory);
  return inode->current;
}

void FakeDisk::set_contents(const std::string& path, std::string bytes) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Inode> parent = find(directory_of(path));
  PADDOCK_ASSERT(parent != nullptr && parent->directory);
  std::shared_ptr<Inode> inode = make_inode();
  inode->current = std::move(bytes);
  inode->durable = inode->current;
  parent->entries[name_of(path)] = inode;
  parent->durable_entries[name_of(path)] = std::move(inode);
}

void FakeDisk::erase(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Inode> parent = find(directory_of(path));
  PADDOCK_ASSERT(parent != nullptr);
  parent->entries.erase(name_of(path));
  parent->durable_entries.erase(name_of(path));
}

bool FakeDisk::exists(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return find(path) != nullptr;
}

void FakeDisk::set_capacity(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

std::uint64_t FakeDisk::used() const {
  const std::lock_guard lock(mutex_);
  return used_locked();
}

std::uint64_t FakeDisk::used_locked() const {
  std::uint64_t used = 0;
  std::vector<const Inode*> open{root_.get()};
  while (!open.empty()) {
    const Inode* at = open.back();
    open.pop_back();
    used += at->current.size();
    for (const auto& [name, inode] : at->entries) open.push_back(inode.get());
  }
  return used;
}

}  // namespace paddock::fake_disk
