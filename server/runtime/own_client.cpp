// SPDX-License-Identifier: Apache-2.0
#include "runtime/own_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

#include "jute/records.h"
#include "jute/writer.h"
#include "net/event_loop.h"

namespace paddock::runtime {

namespace {

constexpr std::int32_t kSessionTimeoutMs = 30000;
/// How often it is looked whether to stop.
constexpr std::int64_t kLookAroundMs = 200;
constexpr std::string_view kLate =
    "this server did not answer in time: it may have no quorum (GET /admin/member says how it "
    "stands); what was asked for may still happen";

ByteBuffer frame_of(const auto&... records) {
  ByteBuffer bytes;
  jute::FrameWriter frame(bytes);
  jute::Writer writer(bytes);
  (writer.put(records), ...);
  frame.close();
  return bytes;
}

}  // namespace

OwnClient::OwnClient(net::Fd socket, milliseconds timeout, const std::atomic<bool>& stop)
    : socket_(std::move(socket)), deadline_(net::read_monotonic() + timeout), stop_(stop) {}

OwnClient::~OwnClient() {
  if (!has_session_) return;
  const ByteBuffer bye =
      frame_of(jute::RequestHeader{.xid = ++xid_, .type = jute::Opcode::CloseSession});
  static_cast<void>(net::send(socket_, bye.view()));
}

Result<std::unique_ptr<OwnClient>> OwnClient::open(const AdoptOwn& adopt,
                                                   const OwnCaller& caller,
                                                   milliseconds timeout,
                                                   const std::atomic<bool>& stop) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail("this server cannot open a connection to itself: " + errno_text(errno));
  }
  net::Fd own(ends[0]);
  if (auto adopted = adopt({.fd = net::Fd(ends[1]), .ip = caller.ip}, caller); !adopted) {
    return std::unexpected(std::move(adopted).error());
  }
  std::unique_ptr<OwnClient> client(new OwnClient(std::move(own), timeout, stop));
  PADDOCK_TRY(client->connect());
  return client;
}

Result<> OwnClient::connect() {
  const std::array<char, 16> no_password{};
  const ByteBuffer hello = frame_of(jute::ConnectRequest{
      .timeout_ms = kSessionTimeoutMs, .password = {no_password.data(), no_password.size()}});
  PADDOCK_TRY(send(hello.view()));
  const auto frame = receive();
  PADDOCK_TRY(frame);
  jute::ConnectResponse response;
  if (!jute::decode(*frame, response) || response.session_id == 0) {
    return fail(
        "this server takes no sessions at the moment: GET /admin/member says how it stands");
  }
  has_session_ = true;
  return {};
}

Result<OwnClient::Answer> OwnClient::call(jute::Opcode opcode, View record) {
  ByteBuffer request;
  jute::FrameWriter frame(request);
  jute::Writer(request).put(jute::RequestHeader{.xid = ++xid_, .type = opcode});
  request.append(record);
  frame.close();
  PADDOCK_TRY(send(request.view()));
  while (true) {
    auto reply = receive();
    PADDOCK_TRY(reply);
    jute::ReplyHeader header;
    jute::Reader reader(*reply);
    if (!reader.get(header)) return fail("this server has answered itself with a broken frame");
    if (header.xid != xid_) continue;
    return Answer{.err = header.err, .zxid = {header.zxid}, .record = std::string(reader.rest())};
  }
}

Result<> OwnClient::send(View bytes) {
  while (!bytes.empty()) {
    const net::IoResult sent = net::send(socket_, bytes);
    if (sent.state == net::IoState::Closed) return fail("this server has closed the connection");
    bytes.remove_prefix(sent.count);
    if (sent.state == net::IoState::WouldBlock) PADDOCK_TRY(wait_for(POLLOUT));
  }
  return {};
}

Result<std::string> OwnClient::receive() {
  while (true) {
    if (input_.size() >= sizeof(std::int32_t)) {
      const auto length = static_cast<std::size_t>(load_be<std::int32_t>(input_.data()));
      if (input_.size() >= sizeof(std::int32_t) + length) {
        std::string frame = input_.substr(sizeof(std::int32_t), length);
        input_.erase(0, sizeof(std::int32_t) + length);
        return frame;
      }
    }
    std::array<char, 16384> space;
    const net::IoResult got = net::receive(socket_, space.data(), space.size());
    if (got.state == net::IoState::Closed) {
      return fail("this server has ended the session: a limit of clients, or it is ending");
    }
    input_.append(space.data(), got.count);
    if (got.state == net::IoState::WouldBlock) PADDOCK_TRY(wait_for(POLLIN));
  }
}

Result<> OwnClient::wait_for(short events) const {
  pollfd one{.fd = socket_.get(), .events = events, .revents = 0};
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - net::read_monotonic()).count();
    if (left <= 0) return fail(std::string(kLate));
    if (stop_) return fail("this server is ending");
    const auto piece = std::min<std::int64_t>(left, kLookAroundMs);
    if (::poll(&one, 1, static_cast<int>(piece)) != 0) return {};
  }
}

}  // namespace paddock::runtime
