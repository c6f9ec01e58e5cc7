// SPDX-License-Identifier: Apache-2.0
#include "kube_client/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "kube_client/clock_loop.h"
#include "kube_client/credential_source.h"

namespace paddock::kube {

namespace {

// For bursts; those that nobody needs any more the server drops after a while.
constexpr std::size_t kConnectionsMax = 16;

asio::awaitable<Result<Credentials>> read_here(const ClusterAccess& access) {
  co_return read_credentials(access);
}

}  // namespace

Session::Session(asio::io_context& io,
                 ClusterAccess access,
                 std::function<void(const std::string&)> on_warning)
    : io_(io),
      access_(std::move(access)),
      on_warning_(std::move(on_warning)),
      cache_(source_of(access_)),
      has_read_(io),
      has_left_(io) {}

asio::awaitable<Result<>> Session::refresh() {
  while (cache_.is_due(machine_now())) {
    if (is_reading_) {
      co_await has_read_.wait();
      continue;
    }
    co_await read_anew();
  }
  if (cache_.current() == nullptr) co_return fail(cache_.problem());
  co_return Result<>();
}

asio::awaitable<void> Session::read_anew() {
  is_reading_ = true;
  auto read = co_await asio::co_spawn(reader_, read_here(access_), asio::use_awaitable);
  is_reading_ = false;
  take(std::move(read));
  has_read_.notify_all();
}

void Session::take(Result<Credentials> read) {
  const bool has_same =
      read && cache_.current() != nullptr && cache_.current()->has_same_tls(*read);
  if (read && !has_same) {
    auto setup = make_tls_setup(access_, *read);
    if (setup) {
      setup_ = *std::move(setup);
      idle_.clear();
    } else {
      read = std::unexpected(std::move(setup.error()));
    }
  }
  cache_.on_read(std::move(read), machine_now());
  if (!cache_.problem().empty()) on_warning_("credentials: " + cache_.problem());
}

std::unique_ptr<ByteStream> Session::take_idle() {
  while (!idle_.empty()) {
    auto stream = std::move(idle_.back());
    idle_.pop_back();
    // The server may have closed it while nobody looked.
    if (stream->is_quiet()) return stream;
  }
  return nullptr;
}

std::unique_ptr<ByteStream> Session::make_stream() const {
  return std::make_unique<ByteStream>(io_, setup_);
}

void Session::keep(std::unique_ptr<ByteStream> stream) {
  const bool is_current = stream->setup() == setup_;
  if (is_current && idle_.size() < kConnectionsMax) idle_.push_back(std::move(stream));
}

asio::awaitable<void> Session::enter() {
  while (in_use_ >= kConnectionsMax) co_await has_left_.wait();
  ++in_use_;
}

void Session::leave() {
  --in_use_;
  has_left_.notify_all();
}

void Session::stop() {
  idle_.clear();
  reader_.join();
}

}  // namespace paddock::kube
