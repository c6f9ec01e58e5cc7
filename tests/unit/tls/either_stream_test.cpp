// SPDX-License-Identifier: Apache-2.0
#include "tls/either_stream.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "ends.h"

namespace paddock::tls {
namespace {

class EitherStreams : public ::testing::Test {
 protected:
  EitherStreams() {
    auto made = Context::create({.client_auth = config::ClientAuth::None},
                                {.key_store = key_store_of(ca_), .trust_store = {}});
    EXPECT_TRUE(made) << made.error().message;
    context_ = *made;
  }

  const Issued ca_ = issue({.name = "ca", .is_ca = true});
  std::shared_ptr<const Context> context_;
};

TEST_F(EitherStreams, SpeakAsTheyAreSpokenTo) {
  // Frames that are 22, 790 and 66,326 bytes long begin like TLS, or almost.
  for (const std::string& plain :
       {std::string("hello"), std::string("\x16\0\0\0", 4), std::string("\x16\x03\0\0", 4)}) {
    auto [near, far] = make_sockets();
    EitherStream stream(context_, std::move(near));
    ASSERT_EQ(net::send(far, plain).count, plain.size());
    std::array<char, 100> into{};
    const net::IoResult got = stream.receive(into.data(), into.size());
    EXPECT_EQ(got.state, net::IoState::Ok);
    EXPECT_EQ(std::string(into.data(), got.count), plain);
    EXPECT_EQ(stream.proof_of("ca"), net::Proof::Nothing);
    std::string answer = "answer";
    const iovec part{answer.data(), answer.size()};
    EXPECT_EQ(stream.send({&part, 1}).count, answer.size());
    EXPECT_EQ(net::receive(far, into.data(), into.size()).count, answer.size());
  }
}

TEST_F(EitherStreams, ShakeHandsWithThoseWhoSpeakTls) {
  auto [near, far] = make_sockets();
  EitherStream stream(context_, std::move(near));
  RawClient client(std::move(far), {});
  client.to_send = "question";
  std::array<char, 100> into{};
  net::IoResult got{net::IoState::WouldBlock, 0};
  for (int turn = 0; turn < 10 && got.state == net::IoState::WouldBlock; ++turn) {
    client.step();
    got = stream.receive(into.data(), into.size());
  }
  EXPECT_EQ(got.state, net::IoState::Ok);
  EXPECT_EQ(std::string(into.data(), got.count), "question");
}

TEST_F(EitherStreams, WaitAndEndWithTheirSocket) {
  auto [near, far] = make_sockets();
  EitherStream stream(context_, std::move(near));
  char byte = 0;
  EXPECT_EQ(stream.receive(&byte, 1).state, net::IoState::WouldBlock);
  far.reset();
  EXPECT_EQ(stream.receive(&byte, 1).state, net::IoState::Closed);
}

}  // namespace
}  // namespace paddock::tls
