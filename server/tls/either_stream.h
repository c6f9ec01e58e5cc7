// SPDX-License-Identifier: Apache-2.0
//
// An accepted connection of one server to another that speaks TLS or does not: its first bytes
// tell. For the time in which an ensemble goes over to TLS. Owner and thread: as any net::Stream.
#pragma once

#include <memory>
#include <string>

#include "net/stream.h"
#include "tls/context.h"

namespace paddock::tls {

class EitherStream final : public net::Stream {
 public:
  EitherStream(std::shared_ptr<const Context> context, net::Fd socket)
      : undecided_(std::move(context)),
        stream_(std::make_unique<net::TcpStream>(std::move(socket))) {}

  [[nodiscard]] net::IoResult receive(char* into, std::size_t room) override;
  [[nodiscard]] net::IoResult send(std::span<const iovec> parts) override {
    return stream_->send(parts);
  }
  void finish() override { stream_->finish(); }
  [[nodiscard]] const net::Fd& socket() const override { return stream_->socket(); }
  [[nodiscard]] std::uint32_t interest(bool has_output) const override {
    return stream_->interest(has_output);
  }
  [[nodiscard]] bool holds_input() const override { return stream_->holds_input(); }
  [[nodiscard]] net::Proof proof_of(const std::string& host) const override {
    return stream_->proof_of(host);
  }
  [[nodiscard]] std::string failure() const override { return stream_->failure(); }

 private:
  [[nodiscard]] net::IoState decide();

  std::shared_ptr<const Context> undecided_;
  std::unique_ptr<net::Stream> stream_;
};

}  // namespace paddock::tls
