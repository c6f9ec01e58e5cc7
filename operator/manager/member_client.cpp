// SPDX-License-Identifier: Apache-2.0
#include "manager/member_client.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "kube/request_text.h"
#include "kube_client/clock_loop.h"
#include "kube_client/exchange.h"
#include "kube_client/tls_setup.h"

namespace paddock::manager {
namespace {

namespace asio = boost::asio;

using kube::Failure;
using kube::Reply;

constexpr std::size_t kBytesMax = std::size_t{1} << 20U;

struct Flight {
  bool is_dropped = false;
  kube::ClusterAccess access;
  kube::Credentials credentials;
  kube::Request request;
  kube::OnReply on_reply;
};

class FlightPending final : public kube::Pending {
 public:
  explicit FlightPending(std::shared_ptr<Flight> flight) : flight_(std::move(flight)) {}
  ~FlightPending() override { flight_->is_dropped = true; }
  FlightPending(const FlightPending&) = delete;
  FlightPending& operator=(const FlightPending&) = delete;

 private:
  std::shared_ptr<Flight> flight_;
};

Reply unreachable(std::string why) {
  return std::unexpected(kube::failed(Failure::Unreachable, std::move(why)));
}

/// As the server says it: a Refusal has `error`, where Kubernetes has `message`.
Reply reply_of(const kube::ResponseReader& reader, const std::string& body) {
  const unsigned code = reader.code();
  auto value = body.empty() ? Result<kube::json::value>() : kube::parse_json(body);
  if (code < 200 || code > 299) {
    kube::ApiError error = kube::error_of(code, body);
    if (value) {
      if (const auto sentence = kube::text_at(*value, {"error"}); !sentence.empty()) {
        error.message = sentence;
        error.reason = kube::text_at(*value, {"code"});
      }
    }
    return std::unexpected(std::move(error));
  }
  if (!value) return std::unexpected(kube::failed(Failure::Garbled, value.error().message));
  return kube::Answer{.code = code, .body = *std::move(value)};
}

asio::awaitable<Reply> carry_out(asio::io_context& io, const Flight& flight) {
  const MonotonicTime deadline = kube::machine_now().monotonic + flight.request.time_limit;
  const auto setup = kube::make_tls_setup(flight.access, flight.credentials);
  if (!setup) co_return unreachable(setup.error().message);
  kube::ByteStream stream(io, *setup);
  const kube::IoOutcome connected = co_await stream.connect(flight.access, deadline);
  if (!connected.is_good()) {
    co_return unreachable(connected.is_too_late ? "no connection in time" : connected.problem);
  }
  kube::Exchange exchange(stream);
  const std::string text =
      kube::request_text(flight.request, flight.access, flight.credentials, "paddock-operator");
  const auto begun = co_await exchange.begin(text, deadline);
  if (!begun) co_return std::unexpected(begun.error());
  const auto body = co_await exchange.read_body(kBytesMax, deadline);
  if (!body) co_return std::unexpected(body.error());
  co_return reply_of(exchange.reader(), *body);
}

asio::awaitable<void> run(asio::io_context& io, std::shared_ptr<Flight> flight) {
  Reply reply = co_await carry_out(io, *flight);
  if (!flight->is_dropped) flight->on_reply(std::move(reply));
}

}  // namespace

std::unique_ptr<kube::Pending> MemberClient::call(const control::MemberAddress& address,
                                                  const kube::Credentials& credentials,
                                                  kube::Request request,
                                                  kube::OnReply on_reply) {
  auto flight = std::make_shared<Flight>();
  flight->access.url = {.is_secure = address.is_secure, .host = address.host, .port = address.port};
  flight->credentials = credentials;
  flight->request = std::move(request);
  flight->on_reply = std::move(on_reply);
  asio::co_spawn(io_, run(io_, flight), asio::detached);
  return std::make_unique<FlightPending>(std::move(flight));
}

}  // namespace paddock::manager
