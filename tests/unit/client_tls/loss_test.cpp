// SPDX-License-Identifier: Apache-2.0
#include "client_tls/loss.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace paddock::client {
namespace {

std::string why(const Ending& ending) {
  return why_lost("h:1", ending);
}

std::string complained(const char* complaint) {
  return why({.is_tls = true, .complaint = complaint});
}

TEST(WhyLost, SaysWhoRefusedWhom) {
  EXPECT_EQ(complained("certificate verify failed: certificate has expired"),
            "no TLS with h:1: its certificate is refused here: certificate has expired");
  EXPECT_EQ(complained("tlsv13 alert certificate required"),
            "no TLS with h:1: it wants a certificate of this client");
  EXPECT_EQ(complained("tlsv1 alert unknown ca"),
            "no TLS with h:1: it refuses this client's certificate: tlsv1 alert unknown ca");
  EXPECT_EQ(
      complained("sslv3 alert certificate expired"),
      "no TLS with h:1: it refuses this client's certificate: sslv3 alert certificate expired");
  EXPECT_EQ(complained("sslv3 alert handshake failure"),
            "no TLS with h:1: it refuses, perhaps for want of a certificate: sslv3 alert handshake "
            "failure");
  EXPECT_EQ(complained("internal error"), "no TLS with h:1: internal error");
}

TEST(WhyLost, SaysThatAPortIsNotForTls) {
  EXPECT_EQ(complained("wrong version number"),
            "no TLS with h:1: it does not speak TLS on this port");
  EXPECT_EQ(why({.is_tls = true}),
            "no TLS with h:1: it closed the connection before it said anything; is this its port "
            "for TLS?");
  EXPECT_EQ(why({.is_tls = true, .error = ECONNRESET}),
            "no TLS with h:1: Connection reset by peer before it said anything; is this its port "
            "for TLS?");
}

TEST(WhyLost, OfConnectionsThatStood) {
  EXPECT_EQ(why({}), "lost the connection to h:1: it closed the connection");
  EXPECT_EQ(why({.is_tls = true, .has_heard = true}),
            "lost the connection to h:1: it closed the connection");
  EXPECT_EQ(why({.error = ECONNRESET}), "lost the connection to h:1: Connection reset by peer");
}

TEST(IsTlsAnswer, TellsAlertsAndHandshakesFromFrames) {
  EXPECT_TRUE(is_tls_answer(View("\x15\x03\x03\x00\x02\x02\x0a", 7)));
  EXPECT_TRUE(is_tls_answer(View("\x16\x03\x01\x00", 4)));
  EXPECT_FALSE(is_tls_answer(View("\x00\x00\x00\x29", 4)));
  EXPECT_FALSE(is_tls_answer("imok"));
  EXPECT_FALSE(is_tls_answer(""));
}

}  // namespace
}  // namespace paddock::client
