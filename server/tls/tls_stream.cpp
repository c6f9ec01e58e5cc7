// SPDX-License-Identifier: Apache-2.0
#include "tls/tls_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>

#include "base/assert.h"
#include "tls/alternative_names.h"
#include "tls/subject.h"

namespace paddock::tls {

namespace {

/// What one record holds at most.
constexpr std::size_t kRecordBytes = 16384;

// --- OpenSSL's view of the socket: its own would let the system end the process by a signal when
// the other side is gone.

const net::Fd& socket_of(BIO* bio) {
  return *static_cast<const net::Fd*>(BIO_get_data(bio));
}

int result_of(BIO* bio, const net::IoResult& result, void (*set_retry)(BIO*)) {
  BIO_clear_retry_flags(bio);
  switch (result.state) {
    case net::IoState::Ok:
      return static_cast<int>(result.count);
    case net::IoState::WouldBlock:
      set_retry(bio);
      return -1;
    case net::IoState::Closed:
      break;
  }
  return 0;
}

int read_socket(BIO* bio, char* into, int room) {
  return result_of(bio,
                   net::receive(socket_of(bio), into, static_cast<std::size_t>(room)),
                   [](BIO* of) { BIO_set_retry_read(of); });
}

int write_socket(BIO* bio, const char* from, int count) {
  return result_of(bio,
                   net::send(socket_of(bio), View(from, static_cast<std::size_t>(count))),
                   [](BIO* of) { BIO_set_retry_write(of); });
}

long control_socket(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

using MethodPtr = std::unique_ptr<BIO_METHOD, FreeWith<&BIO_meth_free>>;

MethodPtr make_method() {
  MethodPtr method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "paddock socket"));
  PADDOCK_ASSERT(method != nullptr);
  BIO_meth_set_read(method.get(), &read_socket);
  BIO_meth_set_write(method.get(), &write_socket);
  BIO_meth_set_ctrl(method.get(), &control_socket);
  return method;
}

BIO* bio_of(net::Fd& socket) {
  static const MethodPtr method = make_method();
  BIO* const bio = BIO_new(method.get());
  PADDOCK_ASSERT(bio != nullptr);
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  return bio;
}

// --- Parts to send

/// Walks over bytes that lie in several places.
class Walk {
 public:
  explicit Walk(std::span<const iovec> parts) : parts_(parts) {}

  /// The bytes from here on that one record takes, or more if they lie in one place. Small parts
  /// are put together; a call that repeats what did not go has at least what it had then.
  [[nodiscard]] View next() {
    while (!parts_.empty() && parts_.front().iov_len == done_) step();
    if (parts_.empty()) return {};
    const View first = rest_of(parts_.front()).substr(done_);
    return first.size() >= kRecordBytes || parts_.size() == 1 ? first : put_together();
  }

  void consume(std::size_t count) {
    while (count > 0) {
      const std::size_t here = std::min(count, parts_.front().iov_len - done_);
      done_ += here;
      count -= here;
      if (count > 0) step();
    }
  }

 private:
  static View rest_of(const iovec& part) {
    return {static_cast<const char*>(part.iov_base), part.iov_len};
  }

  void step() {
    parts_ = parts_.subspan(1);
    done_ = 0;
  }

  [[nodiscard]] View put_together() const {
    static thread_local std::array<char, kRecordBytes> record;
    std::size_t size = 0;
    std::size_t skipped = done_;
    for (const iovec& part : parts_) {
      const View bytes = rest_of(part).substr(skipped, kRecordBytes - size);
      skipped = 0;
      bytes.copy(record.data() + size, bytes.size());
      size += bytes.size();
      if (size == kRecordBytes) break;
    }
    return {record.data(), size};
  }

  std::span<const iovec> parts_;
  std::size_t done_ = 0;  // of the first part
};

}  // namespace

TlsStream::TlsStream(const Context& context,
                     net::Fd socket,
                     net::Side side,
                     const std::string& host)
    : socket_(std::move(socket)),
      session_(context.new_session(side, host)),
      waits_to_write_(side == net::Side::Dialed) {
  BIO* const bio = bio_of(socket_);
  SSL_set_bio(session_.get(), bio, bio);
}

TlsStream::~TlsStream() {
  say_goodbye();
}

net::IoResult TlsStream::receive(char* into, std::size_t room) {
  holds_input_ = false;
  if (is_broken_) return {net::IoState::Closed, 0};
  std::size_t filled = 0;
  while (filled < room) {
    const bool was_ready = is_ready();
    std::size_t count = 0;
    ERR_clear_error();
    const int outcome = SSL_read_ex(session_.get(), into + filled, room - filled, &count);
    if (outcome != 1) {
      const net::IoState state = state_after(outcome);
      if (state == net::IoState::Closed) note_failure(was_ready);
      if (filled == 0) return {state, 0};
      // The socket may not tell again that this was the end.
      holds_input_ = state == net::IoState::Closed;
      return {net::IoState::Ok, filled};
    }
    waits_to_write_ = false;
    filled += count;
    if (SSL_has_pending(session_.get()) == 0) return {net::IoState::Ok, filled};
  }
  holds_input_ = true;
  return {net::IoState::Ok, filled};
}

net::IoResult TlsStream::send(std::span<const iovec> parts) {
  if (is_broken_) return {net::IoState::Closed, 0};
  ERR_clear_error();
  if (!is_ready()) {
    const int outcome = SSL_do_handshake(session_.get());
    if (outcome != 1) {
      const net::IoState state = state_after(outcome);
      if (state == net::IoState::Closed) note_failure(false);
      return {state, 0};
    }
    // What came right behind the other side's last flight has been read with it.
    holds_input_ = SSL_has_pending(session_.get()) == 1;
  }
  waits_to_write_ = false;
  Walk walk(parts);
  std::size_t sent = 0;
  for (View piece = walk.next(); !piece.empty(); piece = walk.next()) {
    std::size_t count = 0;
    const int outcome = SSL_write_ex(session_.get(), piece.data(), piece.size(), &count);
    if (outcome != 1) {
      const net::IoState state = state_after(outcome);
      return sent > 0 ? net::IoResult{net::IoState::Ok, sent} : net::IoResult{state, 0};
    }
    sent += count;
    walk.consume(count);
  }
  return {net::IoState::Ok, sent};
}

net::IoState TlsStream::state_after(int outcome) {
  waits_to_write_ = false;
  switch (SSL_get_error(session_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return net::IoState::WouldBlock;
    case SSL_ERROR_WANT_WRITE:
      waits_to_write_ = true;
      return net::IoState::WouldBlock;
    case SSL_ERROR_ZERO_RETURN:
      return net::IoState::Closed;
    default:
      is_broken_ = true;
      return net::IoState::Closed;
  }
}

void TlsStream::note_failure(bool was_ready) {
  const long verdict = SSL_get_verify_result(session_.get());
  // In TLS 1.3 whoever has dialed may hear of its refusal when it is ready.
  const bool is_alert = ERR_GET_REASON(ERR_peek_error()) >= SSL_AD_REASON_OFFSET;
  const std::string reason = take_reason();
  if ((was_ready && !is_alert) || !failure_.empty()) return;
  failure_ = reason;
  if (verdict == X509_V_OK || reason.empty()) return;
  failure_.append(": ").append(X509_verify_cert_error_string(verdict));
}

void TlsStream::finish() {
  say_goodbye();
  net::shut_down_sending(socket_);
}

void TlsStream::say_goodbye() {
  if (is_broken_ || said_goodbye_ || !is_ready()) return;
  said_goodbye_ = true;
  ERR_clear_error();
  static_cast<void>(SSL_shutdown(session_.get()));
  ERR_clear_error();
}

/// While the handshake waits for the other side, output waits too, and the socket could take it.
std::uint32_t TlsStream::interest(bool has_output) const {
  const bool writes = waits_to_write_ || (has_output && is_ready());
  return writes ? EPOLLIN | EPOLLOUT : EPOLLIN;
}

net::Proof TlsStream::proof_of(const std::string& host) const {
  X509* const certificate = is_ready() ? SSL_get0_peer_certificate(session_.get()) : nullptr;
  if (certificate == nullptr) return net::Proof::Nothing;
  const bool is_it =
      X509_check_ip_asc(certificate, host.c_str(), 0) == 1 ||
      X509_check_host(certificate, host.data(), host.size(), kHostFlags, nullptr) == 1;
  return is_it ? net::Proof::Host : net::Proof::AnotherHost;
}

const X509* TlsStream::peer_certificate() const {
  return is_ready() ? SSL_get0_peer_certificate(session_.get()) : nullptr;
}

std::string TlsStream::peer_subject() const {
  const X509* const certificate = peer_certificate();
  return certificate != nullptr ? subject_text(certificate) : std::string();
}

std::vector<std::string> TlsStream::peer_names() const {
  const X509* const certificate = peer_certificate();
  return certificate != nullptr ? alternative_names(certificate) : std::vector<std::string>();
}

}  // namespace paddock::tls
