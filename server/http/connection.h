// SPDX-License-Identifier: Apache-2.0
//
// One HTTP connection: shows whether it speaks TLS, sends a request, is answered, and so on until
// the peer or a time limit ends it. Lives on the server's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/message.h"
#include "http/request_reader.h"
#include "http/server.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "tls/tls_stream.h"

namespace paddock::http {

class Connection final : public net::EventHandler {
 public:
  /// `options` and `port` outlive it.
  Connection(net::EventLoop& loop,
             net::Accepted accepted,
             const ServerOptions& options,
             const Port& port);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Result<> open();
  void on_events(std::uint32_t events) override;
  /// Whether it has ended, by itself or because its time is up.
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] MonotonicTime deadline() const { return deadline_; }

 private:
  enum class Phase : std::uint8_t {
    Deciding,  // whether it speaks TLS
    Greeting,  // the TLS handshake
    Reading,
    Waiting,  // for an answer that was promised
    Writing,
    Ending,  // what still comes is read away, so that the peer gets to read the answer
    Ended,
  };

  void enter(Phase phase);
  [[nodiscard]] bool decide();
  void speak_tls();
  [[nodiscard]] bool receive();
  void note_handshake();
  void take(std::string_view bytes);
  void handle(RequestReader::State state);
  void answer(Response response, bool keep_alive, bool has_body);
  void wait_for(const Response& promise);
  void go_on();
  [[nodiscard]] bool load_piece();
  [[nodiscard]] bool flush();
  void watch();

  net::EventLoop& loop_;
  const ServerOptions& options_;
  const Port& port_;
  Peer peer_;
  std::unique_ptr<net::Stream> stream_;
  tls::TlsStream* tls_ = nullptr;  // the same, if it speaks TLS
  std::uint32_t interest_;
  Phase phase_{};
  MonotonicTime deadline_;
  RequestReader reader_;
  Pieces pieces_;  // that are still to go
  std::string reply_;
  std::size_t sent_ = 0;
  bool ends_after_ = false;  // the reply
  /// Who has promised an answer may outlive this.
  std::shared_ptr<Connection*> self_ = std::make_shared<Connection*>(this);
};

}  // namespace paddock::http
