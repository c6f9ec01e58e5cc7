// SPDX-License-Identifier: Apache-2.0
//
// One connection to another server: bytes to messages and messages to bytes, pings, and the ends of
// connections that say nothing. Knows no policy; owned by PeerLinks, on its loop's thread.
// Invariant: once broken it has no socket, and nothing comes from it any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/event_loop.h"
#include "net/stream.h"
#include "runtime/outgoing_queue.h"
#include "wire/decoder.h"
#include "wire/encoder.h"
#include "wire/link_message.h"

namespace paddock::runtime {

struct LinkTimes {
  /// Something is said at least so often.
  Duration heartbeat = milliseconds(100);
  /// A link that nothing came on for so long is closed.
  Duration silence_max = seconds(2);
  Duration connect_max = seconds(1);
  /// From the connection to the other's Hello.
  Duration greeting_max = seconds(2);
};

/// What a server's links did, over all of them.
struct LinkTraffic {
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;

  LinkTraffic& operator+=(const LinkTraffic& more) {
    bytes_in += more.bytes_in;
    bytes_out += more.bytes_out;
    frames_in += more.frames_in;
    frames_out += more.frames_out;
    return *this;
  }
};

class PeerLink final : public net::EventHandler {
 public:
  enum class Stage : std::uint8_t {
    Connecting,
    Greeting,  // connected, and the other has not said who it is
    Up,
    Leaving,  // a refusal is on its way; what comes is passed over
    Broken,
  };

  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_connected(PeerLink& link) = 0;
    /// Not for pings. The link may be broken or asked to leave within.
    virtual void on_frame(PeerLink& link, wire::LinkMessage message) = 0;
    /// The link has become broken by itself; see why_broken(). Called from whatever noticed it.
    virtual void on_broken(PeerLink& link) = 0;
  };

  /// A connection that is about to stand (`side` is Dialed) or stands.
  struct Connection {
    std::unique_ptr<net::Stream> stream;
    net::Side side{};
    /// The other side, for the log.
    std::string name;
    /// The server that was dialed.
    std::optional<ServerId> dialed;
  };

  PeerLink(net::EventLoop& loop, Owner& owner, const LinkTimes& times, Connection connection);
  ~PeerLink() override;
  PeerLink(const PeerLink&) = delete;
  PeerLink& operator=(const PeerLink&) = delete;

  /// Watches the socket; a failure breaks the link.
  void open();
  void on_events(std::uint32_t events) override;
  void on_time(MonotonicTime now);
  [[nodiscard]] MonotonicTime next_time() const;

  /// Queues a frame; flush() sends.
  void queue(wire::OutgoingFrame& frame);
  void flush();
  /// The other has said who it is and is welcome: from now on frames may be long.
  void become_up(wire::Hello hello, wire::Encoder& encoder);
  /// Closes once what is queued, a refusal at the end, has been sent and seen.
  void leave();
  /// Closes at once. Not reported.
  void close();
  /// Closes at once and reports it.
  void break_off(std::string why);

  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] net::Side side() const { return side_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& why_broken() const { return why_broken_; }
  /// It has said something, if only that it is not fit for a link.
  [[nodiscard]] bool was_heard() const { return was_heard_; }
  /// Of its own end; once it is up or greets.
  [[nodiscard]] const net::Stream& stream() const { return *stream_; }
  /// It was asked to leave: nobody minds that it is gone.
  [[nodiscard]] bool is_refused() const { return is_refused_; }
  /// What the other said; once it is up.
  [[nodiscard]] const wire::Hello& hello() const { return hello_; }
  [[nodiscard]] MonotonicTime up_since() const { return up_since_; }
  [[nodiscard]] std::size_t queued_bytes() const { return queue_.bytes(); }
  [[nodiscard]] const LinkTraffic& traffic() const { return traffic_; }
  [[nodiscard]] std::optional<ServerId> dialed() const { return dialed_; }

 private:
  void on_connect_event();
  void on_writable();
  void break_off_closed();
  void receive();
  void deliver();
  void set_interest();
  [[nodiscard]] MonotonicTime now() const { return loop_.now().monotonic; }

  net::EventLoop& loop_;
  Owner& owner_;
  LinkTimes times_;
  std::unique_ptr<net::Stream> stream_;  // null once broken
  net::Side side_;
  std::string name_;
  std::optional<ServerId> dialed_;
  Stage stage_;
  bool is_watched_ = false;
  bool is_refused_ = false;
  bool was_heard_ = false;
  bool is_blocked_ = false;  // the socket took less than there was
  std::uint32_t interest_ = 0;
  wire::Decoder decoder_;
  OutgoingQueue queue_;
  wire::OutgoingFrame ping_;
  wire::Hello hello_;
  MonotonicTime up_since_;
  MonotonicTime heard_at_;
  MonotonicTime said_at_;
  MonotonicTime give_up_at_;  // while not up
  LinkTraffic traffic_;
  std::string why_broken_;
};

}  // namespace paddock::runtime
