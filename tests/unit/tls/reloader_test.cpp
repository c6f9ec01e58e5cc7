// SPDX-License-Identifier: Apache-2.0
#include "tls/reloader.h"

#include <gtest/gtest.h>

#include "certificates/certificates.h"

namespace paddock::tls {
namespace {

class Reloading : public ::testing::Test {
 protected:
  const Issued ca_ = issue({.name = "ca", .is_ca = true});
  const Files first_ = files_of(issue({.name = "server", .serial = 1}, &ca_));
  const Files second_ = files_of(issue({.name = "server", .serial = 2}, &ca_));
  Reloader reloader_{{}, first_};

  [[nodiscard]] Files files_of(const Issued& one) const {
    return {key_store_of(one), trust_store_of(ca_)};
  }
  /// As a file is whose key has been replaced and whose certificate has not.
  [[nodiscard]] Files half() const {
    Files files = second_;
    files.key_store.bytes =
        files.key_store.bytes.substr(0, files.key_store.bytes.find("-----BEGIN CERT")) +
        first_.key_store.bytes.substr(first_.key_store.bytes.find("-----BEGIN CERT"));
    return files;
  }
};

TEST_F(Reloading, TakesGoodFiles) {
  EXPECT_EQ(reloader_.look(first_).context, nullptr);
  const auto news = reloader_.look(second_);
  ASSERT_NE(news.context, nullptr);
  EXPECT_EQ(news.context->serial(), "02");
  EXPECT_EQ(reloader_.look(second_).context, nullptr);
  EXPECT_NE(reloader_.look(first_).context, nullptr);
}

TEST_F(Reloading, WaitsForFilesThatAreReplacedOneAfterTheOther) {
  EXPECT_EQ(reloader_.look(half()).complaint, "");
  const auto news = reloader_.look(second_);
  EXPECT_EQ(news.complaint, "");
  EXPECT_NE(news.context, nullptr);
}

TEST_F(Reloading, ComplainsOnceOfBadFiles) {
  static_cast<void>(reloader_.look(half()));
  const auto news = reloader_.look(half());
  EXPECT_EQ(news.complaint, "server.pem: no certificate in it belongs to the private key");
  EXPECT_EQ(news.context, nullptr);
  EXPECT_EQ(reloader_.look(half()).complaint, "");
  EXPECT_EQ(reloader_.look(first_).complaint, "");
  static_cast<void>(reloader_.look(half()));
  EXPECT_NE(reloader_.look(half()).complaint, "");
}

TEST_F(Reloading, ComplainsOfFilesThatAreGone) {
  const auto gone = [] {
    return Result<Files>(fail("cannot read tls.crt: gone"));
  };
  EXPECT_EQ(reloader_.look(gone()).complaint, "");
  EXPECT_EQ(reloader_.look(gone()).complaint, "cannot read tls.crt: gone");
  EXPECT_EQ(reloader_.look(gone()).complaint, "");
  EXPECT_EQ(reloader_.look(first_).context, nullptr);
}

}  // namespace
}  // namespace paddock::tls
