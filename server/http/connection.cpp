// SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/epoll.h>

namespace paddock::http {

namespace {

constexpr milliseconds kFarewell{2000};
/// What one connection may do in a turn, before it is others' turn.
constexpr int kStepsMax = 64;

}  // namespace

Connection::Connection(net::EventLoop& loop,
                       net::Accepted accepted,
                       const ServerOptions& options,
                       const Port& port)
    : loop_(loop),
      options_(options),
      port_(port),
      peer_{.ip = std::move(accepted.ip)},
      stream_(std::make_unique<net::TcpStream>(std::move(accepted.fd))),
      interest_(EPOLLIN),
      reader_(options.body_bytes_max) {
  peer_.is_local = is_loopback(peer_.ip);
  enter(port.speech == Speech::Plain ? Phase::Reading : Phase::Deciding);
}

Connection::~Connection() {
  loop_.forget(*this);
}

Result<> Connection::open() {
  return loop_.add(stream_->socket().get(), interest_, *this);
}

bool Connection::has_ended() const {
  return phase_ == Phase::Ended || loop_.now().monotonic >= deadline_;
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  Duration limit = options_.idle_timeout;
  if (phase == Phase::Deciding || phase == Phase::Greeting) limit = options_.handshake_timeout;
  if (phase == Phase::Waiting) limit = options_.answer_timeout;
  if (phase == Phase::Ending) limit = kFarewell;
  deadline_ = loop_.now().monotonic + limit;
}

void Connection::on_events(std::uint32_t events) {
  if (phase_ == Phase::Ended) return;
  if (phase_ == Phase::Waiting) {
    // Nothing is wanted of the socket, and these are told all the same, again and again.
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) enter(Phase::Ended);
    return;
  }
  go_on();
}

void Connection::go_on() {
  bool goes_on = phase_ != Phase::Deciding || decide();
  for (int step = 0; goes_on && phase_ != Phase::Waiting && step < kStepsMax; ++step) {
    goes_on = phase_ == Phase::Writing ? flush() : receive();
  }
  if (phase_ != Phase::Ended) watch();
}

bool Connection::decide() {
  char first = 0;
  const net::IoResult got = net::peek(stream_->socket(), &first, 1);
  if (got.state == net::IoState::WouldBlock) return false;
  if (got.state == net::IoState::Closed) {
    enter(Phase::Ended);
  } else if (first == tls::kHandshakeByte) {
    speak_tls();
  } else if (port_.speech == Speech::Either) {
    enter(Phase::Reading);
  } else {
    answer({.status = 400, .body = "this port speaks HTTPS only\n"}, false, true);
  }
  return phase_ != Phase::Ended;
}

void Connection::speak_tls() {
  net::Fd socket = static_cast<net::TcpStream&>(*stream_).release();
  const auto context = port_.context();
  auto secure =
      std::make_unique<tls::TlsStream>(*context, std::move(socket), net::Side::Accepted, "");
  tls_ = secure.get();
  stream_ = std::move(secure);
  peer_.is_secure = true;
  enter(Phase::Greeting);
}

/// Whether there may be more.
bool Connection::receive() {
  std::array<char, 16384> space;
  const net::IoResult got = stream_->receive(space.data(), space.size());
  if (phase_ == Phase::Greeting) note_handshake();
  if (got.state == net::IoState::WouldBlock) return false;
  if (got.state == net::IoState::Closed) {
    enter(Phase::Ended);
    return false;
  }
  if (phase_ == Phase::Reading) take({space.data(), got.count});
  return phase_ != Phase::Ended;
}

void Connection::note_handshake() {
  if (tls_->is_ready()) {
    peer_.subject = tls_->peer_subject();
    peer_.names = tls_->peer_names();
    return enter(Phase::Reading);
  }
  if (!tls_->failure().empty() && options_.on_refused) {
    options_.on_refused(peer_.ip, tls_->failure());
  }
}

void Connection::take(std::string_view bytes) {
  handle(reader_.put(bytes));
}

void Connection::handle(RequestReader::State state) {
  if (state == RequestReader::State::Incomplete) return;
  if (state == RequestReader::State::Bad) return answer(reader_.complaint(), false, true);
  Request request = reader_.request();
  request.peer = peer_;
  Response response = port_.handler(request);
  if (response.later) return wait_for(response);
  answer(std::move(response), reader_.keeps_alive(), !reader_.is_head());
}

void Connection::wait_for(const Response& promise) {
  enter(Phase::Waiting);
  promise.later([&loop = loop_, self = std::weak_ptr(self_)](Response response) {
    loop.post([self, response = std::move(response)]() mutable {
      const auto found = self.lock();
      if (found == nullptr || (*found)->phase_ != Phase::Waiting) return;
      Connection& connection = **found;
      connection.answer(
          std::move(response), connection.reader_.keeps_alive(), !connection.reader_.is_head());
      connection.go_on();
    });
  });
}

void Connection::answer(Response response, bool keep_alive, bool has_body) {
  reply_ = reply_text(response, keep_alive, has_body);
  if (has_body) pieces_ = std::move(response.pieces);
  sent_ = 0;
  ends_after_ = !keep_alive;
  enter(Phase::Writing);
}

/// Whether there was one.
bool Connection::load_piece() {
  if (!pieces_.next) return false;
  auto piece = pieces_.next();
  if (!piece) {
    enter(Phase::Ended);
    return false;
  }
  sent_ = 0;
  if (piece->empty()) {
    reply_ = last_chunk_text(pieces_.trailers ? pieces_.trailers() : std::vector<std::string>{});
    pieces_ = {};
  } else {
    reply_ = chunk_text(*piece);
  }
  enter(Phase::Writing);
  return true;
}

/// Whether all of it went.
bool Connection::flush() {
  while (sent_ < reply_.size()) {
    const iovec part{reply_.data() + sent_, reply_.size() - sent_};
    const net::IoResult sent = stream_->send({&part, 1});
    if (sent.state == net::IoState::Closed) enter(Phase::Ended);
    if (sent.state != net::IoState::Ok) return false;
    sent_ += sent.count;
  }
  if (load_piece()) return true;
  if (phase_ == Phase::Ended) return false;
  if (ends_after_) {
    stream_->finish();
    enter(Phase::Ending);
    return true;
  }
  enter(Phase::Reading);
  handle(reader_.next());
  return true;
}

void Connection::watch() {
  std::uint32_t wanted = stream_->interest(phase_ == Phase::Writing);
  // What comes while an answer goes out waits.
  if (phase_ == Phase::Writing || phase_ == Phase::Waiting) wanted &= ~std::uint32_t{EPOLLIN};
  // The socket does not tell of what the stream has, but that it can be written to, at once.
  if (stream_->holds_input() && phase_ != Phase::Waiting) wanted |= std::uint32_t{EPOLLOUT};
  if (wanted == interest_) return;
  interest_ = wanted;
  loop_.modify(stream_->socket().get(), wanted, *this);
}

}  // namespace paddock::http
