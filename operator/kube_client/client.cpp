// SPDX-License-Identifier: Apache-2.0
#include "kube_client/client.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "kube/line_splitter.h"
#include "kube/request_text.h"
#include "kube/retries.h"
#include "kube/token_bucket.h"
#include "kube_client/clock_loop.h"
#include "kube_client/exchange.h"
#include "kube_client/session.h"

namespace paddock::kube {

namespace {

using Done = std::expected<void, ApiError>;

// A server that takes longer is as good as none: another attempt may reach another one.
constexpr Duration kConnectLimit = seconds(10);
// The header of a watch comes at once.
constexpr Duration kWatchOpensIn = seconds(60);
constexpr std::size_t kErrorBytesMax = std::size_t{1} << 20U;

/// A call that is on its way, or a watch.
struct Flight {
  bool is_dropped = false;
  ByteStream* stream = nullptr;  // while one is used
  OnReply on_reply{};
  WatchHandlers handlers{};
};

/// The owner's end of a Flight.
class FlightPending final : public Pending {
 public:
  explicit FlightPending(std::shared_ptr<Flight> flight) : flight_(std::move(flight)) {}
  ~FlightPending() override {
    flight_->is_dropped = true;
    // A call is carried through, for its connection can serve the next one.
    const bool is_watch = !flight_->on_reply;
    if (is_watch && flight_->stream != nullptr) flight_->stream->close();
  }
  FlightPending(const FlightPending&) = delete;
  FlightPending& operator=(const FlightPending&) = delete;

 private:
  std::shared_ptr<Flight> flight_;
};

/// While it exists, closing the flight closes the stream.
class Boarding {
 public:
  Boarding(Flight& flight, ByteStream& stream) : flight_(flight) { flight_.stream = &stream; }
  ~Boarding() { flight_.stream = nullptr; }
  Boarding(const Boarding&) = delete;
  Boarding& operator=(const Boarding&) = delete;

 private:
  Flight& flight_;
};

class Seat {
 public:
  explicit Seat(Session& session) : session_(session) {}
  ~Seat() { session_.leave(); }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  Session& session_;
};

asio::awaitable<void> wait_for(asio::io_context& io, Duration delay) {
  asio::steady_timer timer(io, std::chrono::ceil<std::chrono::steady_clock::duration>(delay));
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

MonotonicTime now() {
  return machine_now().monotonic;
}

}  // namespace

class Client::Core : public std::enable_shared_from_this<Client::Core> {
 public:
  Core(asio::io_context& io, ClusterAccess access, ClientOptions options)
      : io_(io),
        options_(std::move(options)),
        session_(io, std::move(access), options_.on_warning),
        bucket_(options_.per_second, options_.burst),
        random_(options_.seed) {}

  std::unique_ptr<Pending> start_call(Request request, OnReply on_reply) {
    auto flight = std::make_shared<Flight>();
    flight->on_reply = std::move(on_reply);
    asio::co_spawn(io_, run_call(shared_from_this(), flight, std::move(request)), asio::detached);
    return std::make_unique<FlightPending>(std::move(flight));
  }

  std::unique_ptr<Pending> start_watch(Request request, WatchHandlers handlers) {
    auto flight = std::make_shared<Flight>();
    flight->handlers = std::move(handlers);
    asio::co_spawn(io_, run_watch(shared_from_this(), flight, std::move(request)), asio::detached);
    return std::make_unique<FlightPending>(std::move(flight));
  }

  void stop() {
    has_stopped_ = true;
    session_.stop();
  }

 private:
  static asio::awaitable<void> run_call(std::shared_ptr<Core> self,
                                        std::shared_ptr<Flight> flight,
                                        Request request) {
    Reply reply = co_await self->carry_out(request);
    if (flight->is_dropped || self->has_stopped_) co_return;
    flight->on_reply(std::move(reply));
  }

  static asio::awaitable<void> run_watch(std::shared_ptr<Core> self,
                                         std::shared_ptr<Flight> flight,
                                         Request request) {
    const Done done = co_await self->follow(*flight, request);
    if (flight->is_dropped || self->has_stopped_) co_return;
    flight->handlers.on_end(done ? std::nullopt : std::optional(done.error()));
  }

  asio::awaitable<Reply> carry_out(const Request& request);
  asio::awaitable<Reply> attempt(const Request& request, MonotonicTime deadline);
  asio::awaitable<Reply> attempt_on(ByteStream& stream,
                                    const Request& request,
                                    MonotonicTime deadline,
                                    bool& is_reusable);
  asio::awaitable<Done> connect(ByteStream& stream, MonotonicTime deadline);
  asio::awaitable<Done> follow(Flight& flight, const Request& request);
  asio::awaitable<Done> follow_on(ByteStream& stream, Flight& flight, const Request& request);
  asio::awaitable<Done> read_lines(Exchange& exchange, Flight& flight, const Request& request);
  Reply reply_of(ResponseReader& reader, const std::string& body, std::uint64_t version);
  void report(Verb verb, unsigned code, MonotonicTime since);

  asio::io_context& io_;
  ClientOptions options_;
  Session session_;
  TokenBucket bucket_;
  Prng random_;
  bool has_stopped_ = false;
};

asio::awaitable<Reply> Client::Core::carry_out(const Request& request) {
  const MonotonicTime deadline = now() + request.time_limit;
  if (!request.is_urgent) {
    const Duration delay = bucket_.take(now());
    if (delay > Duration::zero()) co_await wait_for(io_, delay);
  }
  Retries retries;
  for (;;) {
    const MonotonicTime begun = now();
    Reply reply = co_await attempt(request, deadline);
    report(request.verb, reply ? reply->code : reply.error().code, begun);
    if (reply || has_stopped_) co_return reply;
    const auto delay = retries.after(request, reply.error(), now(), random_);
    if (!delay || now() + *delay >= deadline) co_return reply;
    co_await wait_for(io_, *delay);
  }
}

asio::awaitable<Reply> Client::Core::attempt(const Request& request, MonotonicTime deadline) {
  const auto ready = co_await session_.refresh();
  if (!ready) co_return std::unexpected(failed(Failure::Unreachable, ready.error().message));
  std::optional<Seat> seat;
  if (!request.is_urgent) {
    co_await session_.enter();
    seat.emplace(session_);
  }
  std::unique_ptr<ByteStream> stream = session_.take_idle();
  if (stream == nullptr) {
    stream = session_.make_stream();
    const Done connected = co_await connect(*stream, deadline);
    if (!connected) co_return std::unexpected(connected.error());
  }
  bool is_reusable = false;
  Reply reply = co_await attempt_on(*stream, request, deadline, is_reusable);
  if (is_reusable && !has_stopped_) session_.keep(std::move(stream));
  co_return reply;
}

asio::awaitable<Reply> Client::Core::attempt_on(ByteStream& stream,
                                                const Request& request,
                                                MonotonicTime deadline,
                                                bool& is_reusable) {
  const std::uint64_t version = session_.version();
  const std::string text =
      request_text(request, session_.access(), session_.credentials(), options_.user_agent);
  Exchange exchange(stream);
  const Done begun = co_await exchange.begin(text, deadline);
  if (!begun) co_return std::unexpected(begun.error());
  const auto body = co_await exchange.read_body(options_.answer_bytes_max, deadline);
  if (!body) co_return std::unexpected(body.error());
  is_reusable = exchange.reader().keeps_alive();
  co_return reply_of(exchange.reader(), *body, version);
}

asio::awaitable<Done> Client::Core::connect(ByteStream& stream, MonotonicTime deadline) {
  const ClusterAccess& access = session_.access();
  const IoOutcome outcome =
      co_await stream.connect(access, std::min(deadline, now() + kConnectLimit));
  if (outcome.is_good()) co_return Done();
  const std::string why = outcome.is_too_late ? "no connection in time" : outcome.problem;
  co_return std::unexpected(failed(Failure::Unreachable, host_and_port(access.url) + ": " + why));
}

Reply Client::Core::reply_of(ResponseReader& reader,
                             const std::string& body,
                             std::uint64_t version) {
  Answer answer{.code = reader.code(), .warnings = reader.headers("Warning")};
  for (const std::string& warning : answer.warnings) options_.on_warning(warning);
  if (answer.code == 401) session_.reject(version);
  if (answer.code < 200 || answer.code > 299) {
    return std::unexpected(
        error_of(answer.code, body, parse_retry_after(reader.header("Retry-After"))));
  }
  if (body.empty()) return answer;
  auto value = parse_json(body);
  if (!value) return std::unexpected(failed(Failure::Garbled, value.error().message));
  answer.body = *std::move(value);
  return answer;
}

asio::awaitable<Done> Client::Core::follow(Flight& flight, const Request& request) {
  const auto ready = co_await session_.refresh();
  if (!ready) co_return std::unexpected(failed(Failure::Unreachable, ready.error().message));
  // Each watch has its own connection: nothing else can be said on it.
  const auto stream = session_.make_stream();
  const Boarding boarding(flight, *stream);
  if (flight.is_dropped || has_stopped_) co_return Done();
  const MonotonicTime begun = now();
  const Done connected = co_await connect(*stream, begun + kWatchOpensIn);
  if (!connected) report(request.verb, 0, begun);
  if (!connected || flight.is_dropped) co_return connected;
  co_return co_await follow_on(*stream, flight, request);
}

asio::awaitable<Done> Client::Core::follow_on(ByteStream& stream,
                                              Flight& flight,
                                              const Request& request) {
  const MonotonicTime begun = now();
  const std::uint64_t version = session_.version();
  const std::string text =
      request_text(request, session_.access(), session_.credentials(), options_.user_agent);
  Exchange exchange(stream);
  const MonotonicTime deadline = begun + std::min(request.time_limit, kWatchOpensIn);
  const Done opened = co_await exchange.begin(text, deadline);
  const unsigned code = opened ? exchange.reader().code() : 0;
  report(request.verb, code, begun);
  if (!opened || flight.is_dropped) co_return opened;
  if (code != 200) {
    const auto body = co_await exchange.read_body(kErrorBytesMax, deadline);
    const Reply reply = reply_of(exchange.reader(), body.value_or(""), version);
    if (!reply) co_return std::unexpected(reply.error());
    co_return std::unexpected(
        failed(Failure::Garbled, "a watch that is answered with " + std::to_string(code)));
  }
  flight.handlers.on_open();
  co_return co_await read_lines(exchange, flight, request);
}

asio::awaitable<Done> Client::Core::read_lines(Exchange& exchange,
                                               Flight& flight,
                                               const Request& request) {
  LineSplitter lines(options_.line_bytes_max);
  for (;;) {
    lines.put(exchange.reader().take_body());
    while (!flight.is_dropped) {
      const auto line = lines.next();
      if (!line) break;
      flight.handlers.on_line(*line);
    }
    if (flight.is_dropped || has_stopped_) co_return Done();
    if (lines.has_overflown()) {
      co_return std::unexpected(failed(Failure::Garbled, "a line that is longer than allowed"));
    }
    if (exchange.is_done()) break;
    const Done more = co_await exchange.read_more(now() + request.time_limit);
    if (!more) co_return more;
  }
  if (!lines.is_within_line()) co_return Done();
  co_return std::unexpected(failed(Failure::Lost, "the watch ended within an event"));
}

void Client::Core::report(Verb verb, unsigned code, MonotonicTime since) {
  if (has_stopped_) return;
  options_.on_attempt({.verb = verb, .code = code, .took = now() - since});
}

Client::Client(asio::io_context& io, ClusterAccess access, ClientOptions options)
    : core_(std::make_shared<Core>(io, std::move(access), std::move(options))) {}

Client::~Client() {
  core_->stop();
}

std::unique_ptr<Pending> Client::call(Request request, OnReply on_reply) {
  return core_->start_call(std::move(request), std::move(on_reply));
}

std::unique_ptr<Pending> Client::watch(Request request, WatchHandlers handlers) {
  return core_->start_watch(std::move(request), std::move(handlers));
}

}  // namespace paddock::kube
