// SPDX-License-Identifier: Apache-2.0
#include "shard/four_letter.h"

#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

TEST(FourLetterWords, AreKnownByTheirFourBytes) {
  EXPECT_TRUE(is_four_letter_word("ruok"));
  EXPECT_TRUE(is_four_letter_word("wchp"));
  EXPECT_FALSE(is_four_letter_word("RUOK"));
  EXPECT_FALSE(is_four_letter_word("nope"));
  EXPECT_FALSE(is_four_letter_word(View("\0\0\0\x2d", 4)));
}

TEST(FourLetterWords, SrvrIsAlwaysEnabled) {
  EXPECT_TRUE(is_enabled("srvr", {}));
  EXPECT_FALSE(is_enabled("ruok", {}));
  EXPECT_TRUE(is_enabled("ruok", {"mntr", "ruok"}));
  EXPECT_TRUE(is_enabled("ruok", {"*"}));
}

TEST(ShardFourLetterWords, AnEnabledWordGoesToTheShellAndItsAnswerClosesTheConnection) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.send(id, "srvr\n");
  ASSERT_EQ(harness.effects.commands.size(), 1U);
  EXPECT_EQ(harness.effects.commands[0].connection, id);
  EXPECT_EQ(harness.effects.commands[0].word, "srvr");
  EXPECT_FALSE(harness.shard.wants_input(id));
  EXPECT_FALSE(harness.closes(id));

  harness.shard.answer_command(id, "text\n", harness.effects);

  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.take_bytes(id), "text\n");
  harness.shard.answer_command(id, "late", harness.effects);
  EXPECT_TRUE(harness.take_bytes(id).empty());
}

TEST(ShardFourLetterWords, AWordMayArriveByteByByte) {
  Harness harness;
  const ConnectionId id = harness.accept();
  for (const char byte : std::string("srvr")) harness.send(id, View(&byte, 1));

  EXPECT_EQ(harness.effects.commands.size(), 1U);
}

TEST(ShardFourLetterWords, AWordThatIsNotEnabledIsRefusedInWords) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.send(id, "stmk");

  EXPECT_EQ(harness.take_bytes(id), "stmk is not executed because it is not in the whitelist.\n");
  EXPECT_TRUE(harness.closes(id));
  EXPECT_TRUE(harness.effects.commands.empty());
}

TEST(ShardFourLetterWords, StmkTakesEightMoreBytes) {
  Harness harness({.four_letter_whitelist = {"*"}});
  const ConnectionId id = harness.accept();
  harness.send(id, View("stmk\0\0\0\0\0\0\1", 11));
  EXPECT_TRUE(harness.effects.commands.empty());
  harness.send(id, View("\2", 1));

  ASSERT_EQ(harness.effects.commands.size(), 1U);
  EXPECT_EQ(harness.effects.commands[0].argument, 0x102);
}

TEST(ShardFourLetterWords, AfterTheHandshakeAWordIsALengthThatIsTooLarge) {
  Harness harness({.four_letter_whitelist = {"*"}});
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, "ruok");

  EXPECT_TRUE(harness.effects.commands.empty());
  EXPECT_TRUE(harness.closes(id));
  EXPECT_TRUE(harness.take_bytes(id).empty());
}

TEST(ShardFourLetterWords, AnUnknownWordIsALengthThatIsTooLarge) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.send(id, "GET ");

  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.shard.counters().handshakes_failed, 1);
}

}  // namespace
}  // namespace paddock::shard
