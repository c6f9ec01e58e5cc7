// SPDX-License-Identifier: Apache-2.0
//
// The client library against a server that says anything: whatever comes, every request ends
// exactly once, and a reply's body decodes or is refused.
#include <deque>
#include <set>
#include <string>

#include "base/assert.h"
#include "client_session/answer.h"
#include "client_session/multi.h"
#include "client_session/session.h"
#include "input.h"
#include "jute/reader.h"
#include "jute/writer.h"

namespace paddock::fuzz {
namespace {

using client::Chroot;
using client::RequestId;
using client::WatcherId;

constexpr std::size_t kFrameBytesMax = 4096;

client::SessionOptions options(bool has_chroot) {
  client::SessionOptions options;
  options.hosts = {{"one", 1}, {"two", 2}};
  options.chroot = Chroot(has_chroot ? "/root" : "");
  options.can_be_read_only = has_chroot;
  options.frame_bytes_max = kFrameBytesMax;
  return options;
}

template <class... Values>
std::string packet(View rest, const Values&... values) {
  ByteBuffer bytes;
  jute::FrameWriter frame(bytes);
  jute::Writer writer(bytes);
  (writer.put(values), ...);
  bytes.append(rest);
  frame.close();
  return std::string(bytes.view());
}

void decode_as_everything(const Chroot& chroot, View body) {
  static_cast<void>(client::decode_created(chroot, body));
  static_cast<void>(client::decode_path(chroot, body));
  static_cast<void>(client::decode_stat(body));
  static_cast<void>(client::decode_data(body));
  static_cast<void>(client::decode_acl(body));
  static_cast<void>(client::decode_children(body));
  static_cast<void>(client::decode_child_names(body));
  static_cast<void>(client::decode_paths(chroot, body));
  static_cast<void>(client::decode_count(body));
  static_cast<void>(client::decode_identities(body));
  static_cast<void>(client::decode_multi(chroot, body));
}

class Client {
 public:
  explicit Client(bool has_chroot) : session_(options(has_chroot), Prng(1)) {
    session_.start(now_, effects_);
    carry_out();
  }

  void step(Input& input) {
    switch (input.byte() % 10) {
      case 0:
        if (is_dialing_) dialed();
        break;
      case 1:
        lose();
        break;
      case 2:
        receive(input.part());
        break;
      case 3:
        receive(handshake(input));
        break;
      case 4:
        receive(event(input));
        break;
      case 5:
        pass(milliseconds(input.word()));
        break;
      case 6:
        if (session_.outstanding() < 16) submit(input);
        break;
      case 7:
        if (input.byte() % 16 == 0) session_.close(now_, effects_);
        break;
      default:
        receive(reply(input));
        break;
    }
    carry_out();
    session_.check_invariants();
  }

  /// A server that never answers again: in the end nothing is left open.
  void finish() {
    for (int i = 0; i < 20 && session_.outstanding() > 0; ++i) {
      lose();
      carry_out();
      pass(seconds(40));
      carry_out();
    }
    PADDOCK_ASSERT(open_.empty());
  }

 private:
  void dialed() {
    is_dialing_ = false;
    is_connected_ = true;
    asked_.clear();
    session_.on_dialed(now_, effects_);
  }

  void lose() {
    if (!is_connected_ && !is_dialing_) return;
    is_connected_ = is_dialing_ = false;
    session_.on_connection_lost("lost", now_, effects_);
  }

  void receive(View bytes) {
    if (is_connected_) session_.on_received(bytes, now_, effects_);
  }

  void pass(Duration by) {
    now_ = now_ + by;
    session_.on_time(now_, effects_);
  }

  static std::string handshake(Input& input) {
    const auto timeout = static_cast<std::int32_t>(input.word());
    const std::int64_t id = input.byte();
    const bool read_only = input.byte() % 4 == 0;
    return packet(kEmpty,
                  jute::ConnectResponse{
                      .timeout_ms = timeout, .session_id = id, .password = "0123456789abcdef"},
                  read_only);
  }

  static std::string event(Input& input) {
    const auto type = static_cast<jute::EventType>(input.byte() % 6);
    const std::int64_t zxid = input.byte();
    const std::string path = "/" + std::string(input.part());
    return packet(kEmpty,
                  jute::ReplyHeader{jute::kXidWatchEvent, zxid, ErrorCode::Ok},
                  jute::WatcherEvent{.type = type, .path = path});
  }

  /// To the request that waits, or with an xid of the input's own.
  std::string reply(Input& input) {
    const std::uint8_t choice = input.byte();
    std::int32_t xid = static_cast<std::int8_t>(choice);
    if (choice % 8 != 0 && !asked_.empty()) {
      xid = asked_.front();
      asked_.pop_front();
    }
    const int err = input.byte() % 4 == 0 ? -static_cast<int>(input.byte()) : 0;
    const std::int64_t zxid = input.byte();
    return packet(input.part(), jute::ReplyHeader{xid, zxid, ErrorCode{err}});
  }

  void submit(Input& input) {
    const std::string path = "/" + std::string(input.part());
    const WatcherId watcher{input.byte() % 3U};
    auto request = encode(input.byte() % 8, path, watcher);
    if (!request) return;
    open_.insert(session_.submit(std::move(*request), now_, effects_));
  }

  client::EncodedRequest encode(int kind, const std::string& path, WatcherId watcher) const {
    const Chroot& chroot = session_.chroot();
    switch (kind) {
      case 0:
        return client::create_request(chroot, path, {.data = "data"});
      case 1:
        return client::exists_request(chroot, path, watcher);
      case 2:
        return client::get_request(chroot, path, watcher);
      case 3:
        return client::children_request(chroot, path, watcher);
      case 4:
        return client::add_watch_request(
            chroot, path, client::AddWatchMode::PersistentRecursive, WatcherId{1});
      case 5:
        return client::remove_watch_request(chroot, path, client::WatcherType::Any, watcher);
      case 6:
        return std::move(client::Transaction(chroot).create(path).check(path)).finish();
      default:
        return client::sync_request(chroot, path);
    }
  }

  /// As the shell does; see effects.h for the order.
  void carry_out() {
    if (effects_.hang_up) is_connected_ = is_dialing_ = false;
    if (effects_.dial) is_dialing_ = true;
    note_output(effects_.output.view());
    for (const client::Notice& notice : effects_.notices) {
      if (const auto* reply = std::get_if<client::Reply>(&notice)) {
        PADDOCK_ASSERT(open_.erase(reply->id) == 1);
        decode_as_everything(session_.chroot(), reply->body);
      }
    }
    effects_.clear();
  }

  /// The xids of what was asked, to answer it.
  void note_output(View bytes) {
    while (!bytes.empty()) {
      const auto length = static_cast<std::size_t>(load_be<std::int32_t>(bytes.data()));
      PADDOCK_ASSERT(bytes.size() >= 4 + length && length >= 8);
      const auto xid = load_be<std::int32_t>(bytes.data() + 4);
      if (xid > 0) asked_.push_back(xid);
      bytes.remove_prefix(4 + length);
    }
  }

  MonotonicTime now_{seconds(1000)};
  client::Session session_;
  client::Effects effects_;
  std::set<RequestId> open_;
  std::deque<std::int32_t> asked_;
  bool is_dialing_ = false;
  bool is_connected_ = false;
};

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::Input input(bytes, size);
  paddock::fuzz::Client client(input.byte() % 2 == 0);
  for (int steps = 0; steps < 300 && !input.empty(); ++steps) client.step(input);
  client.finish();
  return 0;
}
