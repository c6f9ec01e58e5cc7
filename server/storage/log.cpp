// SPDX-License-Identifier: Apache-2.0
#include "storage/log.h"

#include <utility>

#include "storage/log_impl.h"

namespace paddock::storage {

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::create(Disk& disk, LogOptions options, Zxid base) {
  auto impl = std::make_unique<Impl>(disk, std::move(options));
  PADDOCK_TRY(impl->create(base));
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

LogResult<std::unique_ptr<Log>> Log::open(Disk& disk, LogOptions options, LogStart start) {
  auto impl = std::make_unique<Impl>(disk, std::move(options));
  PADDOCK_TRY(impl->open(start));
  return std::unique_ptr<Log>(new Log(std::move(impl)));
}

Result<Zxid> Log::commit(LogBatch& batch) {
  return impl_->commit(batch);
}
Result<> Log::flush() {
  return impl_->flush();
}
Result<> Log::truncate(Zxid zxid) {
  return impl_->truncate(zxid);
}
Result<> Log::restart(Zxid base) {
  return impl_->restart(base);
}
Zxid Log::base() const {
  return impl_->base();
}
Zxid Log::last() const {
  return impl_->last();
}
bool Log::wants_spare() const {
  return impl_->wants_spare();
}
Result<> Log::prepare_spare() {
  return impl_->prepare_spare();
}
Result<> Log::release_up_to(Zxid zxid) {
  return impl_->release_up_to(zxid);
}

Result<> Log::replay(Zxid from, const std::function<Result<>(Zxid, View)>& visit) {
  auto reader = read(from);
  if (!reader) return std::unexpected(std::move(reader).error());
  while (true) {
    auto record = (*reader)->next();
    if (!record) return std::unexpected(std::move(record).error());
    if (!*record) return {};
    PADDOCK_TRY(visit((*record)->zxid, (*record)->payload));
  }
}

}  // namespace paddock::storage
