// SPDX-License-Identifier: Apache-2.0
//
// Bytes, whole and in pieces, from a few clients to a real shard and core; durability, mail, time
// and lost connections come when the input says so. Afterwards nobody is left, and no watch of
// theirs.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "auth/authenticator.h"
#include "base/assert.h"
#include "gate/shared_tree.h"
#include "input.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "replica/replica.h"
#include "session/password.h"
#include "shard/shard.h"

namespace paddock::fuzz {
namespace {

constexpr std::size_t kClientsMax = 5;
constexpr std::int32_t kTimeoutMs = 6000;

shard::ShardOptions small_limits() {
  shard::ShardOptions options;
  options.frame_bytes_max = 2048;
  options.outstanding_max = 4;
  options.turn_bytes = std::size_t{8} << 10U;
  options.output_bytes_max = 4096;
  options.four_letter_whitelist = {"*"};
  return options;
}

shard::LimitRule few_of_all() {
  return {.name = "all",
          .scheme = "any",
          .pattern = "",
          .requests_per_second = 1000,
          .bytes_per_second = 1'000'000,
          .connections = 4,
          .watches = 3,
          .sessions = 4,
          .ephemerals = 3};
}

template <class... Values>
std::string packet(const Values&... values) {
  ByteBuffer bytes;
  jute::FrameWriter frame(bytes);
  jute::Writer writer(bytes);
  (writer.put(values), ...);
  frame.close();
  return std::string(bytes.view());
}

class Server {
 public:
  Server() {
    shard_.set_limits(limits_, now_, effects_);
    zab::Recovered alone;
    alone.quorums.committed.voters.insert(ServerId{0});
    core_.start(std::move(alone), now_, core_effects_);
    end_turn();
  }

  void step(Input& input) {
    switch (input.byte() % 12) {
      case 0:
        accept();
        break;
      case 1:
        send(client(input), input.part());
        break;
      case 2:
        send(client(input), handshake(input));
        break;
      case 3:
        run_core();
        break;
      case 4:
        make_durable();
        break;
      case 5:
        deliver_mail();
        break;
      case 6:
        take_output(client(input), input.byte());
        break;
      case 7:
        close(client(input));
        break;
      case 8:
        tick(milliseconds(input.word()));
        break;
      default:
        send(client(input), request(input));
        break;
    }
    carry_out();
    shard_.check_invariants();
    core_.check_invariants();
  }

  void finish() {
    for (int i = 0; i < 3; ++i) {
      run_core();
      make_durable();
      deliver_mail();
      carry_out();
    }
    while (!clients_.empty()) close(clients_.front());
    run_core();
    PADDOCK_ASSERT(shard_.connection_count() == 0);
    PADDOCK_ASSERT(shard_.watch_count() == 0);
    tree_.writers_view().check_invariants();
    check_limits();
  }

 private:
  /// What they count is what there is.
  void check_limits() const {
    const shard::ClientLimits::Report report = limits_->report().front();
    PADDOCK_ASSERT(report.connections == 0 && report.watches == 0);
    if (!core_.is_quiet()) return;
    PADDOCK_ASSERT(*report.sessions == static_cast<std::int64_t>(core_.sessions().size()));
    const std::size_t ephemerals = tree_.writers_view().counts().ephemerals;
    PADDOCK_ASSERT(*report.ephemerals == static_cast<std::int64_t>(ephemerals));
  }

  void accept() {
    if (clients_.size() < kClientsMax)
      clients_.push_back(shard_.on_accept("127.0.0.1", 4000, now_));
  }

  ConnectionId client(Input& input) {
    if (clients_.empty()) accept();
    return clients_[input.byte() % clients_.size()];
  }

  std::string handshake(Input& input) {
    const SessionId session{input.byte() % 2 == 0 ? 0 : last_session_};
    const session::Password password = session::password_of(session);
    return packet(jute::ConnectRequest{.timeout_ms = kTimeoutMs,
                                       .session_id = raw(session),
                                       .password = View(password.data(), password.size())},
                  false);
  }

  static std::string request(Input& input) {
    const std::int32_t xid = static_cast<std::int8_t>(input.byte());
    const auto opcode = static_cast<jute::Opcode>(static_cast<std::int8_t>(input.byte()));
    std::string bytes = packet(jute::RequestHeader{xid, opcode});
    const View record = input.part();
    bytes.append(record);
    store_be(bytes.data(), static_cast<std::int32_t>(bytes.size() - 4));
    return bytes;
  }

  void send(ConnectionId id, View bytes) {
    while (!bytes.empty() && shard_.wants_input(id)) {
      std::size_t room = 0;
      char* const space = shard_.input_space(id, 1, room);
      PADDOCK_ASSERT(room > 0);
      const std::size_t count = std::min(room, bytes.size());
      std::memcpy(space, bytes.data(), count);
      shard_.on_bytes(id, count, now_, effects_);
      bytes.remove_prefix(count);
      if (is_ending(id)) return;
    }
  }

  [[nodiscard]] bool is_ending(ConnectionId id) const {
    return std::ranges::find(effects_.close, id) != effects_.close.end() ||
           std::ranges::find(effects_.drop, id) != effects_.drop.end();
  }

  void run_core() {
    shard_.go_round(now_, effects_);
    core_.on_batch(effects_.core, now_);
    effects_.core.clear();
    end_turn();
    core_.sessions().for_each([&](const session::Session& each) { last_session_ = raw(each.id); });
  }

  void make_durable() {
    for (const zab::DiskTask& task : std::exchange(disk_, {})) {
      if (const auto* append = std::get_if<zab::LogAppend>(&task)) {
        core_.on_log_durable(append->batch->last(), now_);
      } else {
        core_.on_epochs_durable(std::get<zab::Epochs>(task), now_);
      }
    }
    end_turn();
  }

  /// A server that is alone sends nothing, and reads nothing for others.
  void end_turn() {
    core_.end_turn(now_, core_effects_);
    std::ranges::move(core_effects_.disk, std::back_inserter(disk_));
    PADDOCK_ASSERT(core_effects_.sends.empty() && core_effects_.log_reads.empty());
    core_effects_.clear();
  }

  void deliver_mail() { shard_.on_mail(now_, effects_); }

  void take_output(ConnectionId id, std::size_t most) {
    ByteBuffer& output = shard_.output(id);
    output.consume(std::min(most * 16, output.size()));
    shard_.on_sent(id, now_, effects_);
  }

  void close(ConnectionId id) {
    std::erase(clients_, id);
    shard_.on_closed(id, effects_);
  }

  void tick(milliseconds by) {
    now_.monotonic = now_.monotonic + by;
    now_.wall.ms += by.count();
    shard_.on_tick(now_, effects_);
    core_.on_tick(now_);
    core_.on_time(now_);
    end_turn();
  }

  /// What the shell does with the effects.
  void carry_out() {
    for (const shard::Command& command : std::exchange(effects_.commands, {})) {
      if (is_live(command.connection))
        shard_.answer_command(command.connection, "text\n", effects_);
    }
    for (const ConnectionId id : std::exchange(effects_.drop, {})) {
      if (is_live(id)) close(id);
    }
    for (const ConnectionId id : std::exchange(effects_.close, {})) {
      if (!is_live(id)) continue;
      shard_.output(id).consume(shard_.output(id).size());
      close(id);
    }
    effects_.flush.clear();
    effects_.resume.clear();
    effects_.slow.clear();
  }

  [[nodiscard]] bool is_live(ConnectionId id) const {
    return std::ranges::find(clients_, id) != clients_.end();
  }

  Now now_{{std::chrono::seconds(1000)}, {1'700'000'000'000}};
  auth::Authenticator authenticator_{auth::AuthOptions{}};
  gate::SharedTree tree_{1};
  shard::Shard shard_{0, tree_, authenticator_, small_limits()};
  replica::Replica core_{tree_, 1, replica::ReplicaOptions{}, now_};
  shard::Effects effects_;
  replica::Effects core_effects_;
  std::vector<zab::DiskTask> disk_;  // not durable yet
  std::vector<ConnectionId> clients_;
  std::shared_ptr<shard::ClientLimits> limits_ =
      std::make_shared<shard::ClientLimits>(std::vector{few_of_all()});
  std::int64_t last_session_ = 0;
};

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::Input input(bytes, size);
  paddock::fuzz::Server server;
  for (int steps = 0; steps < 200 && !input.empty(); ++steps) server.step(input);
  server.finish();
  return 0;
}
