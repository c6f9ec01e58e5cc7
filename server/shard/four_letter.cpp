// SPDX-License-Identifier: Apache-2.0
#include "shard/four_letter.h"

#include <algorithm>
#include <array>

namespace paddock::shard {

namespace {

constexpr auto kWords = std::to_array<View>({"conf",
                                             "cons",
                                             "crst",
                                             "dirs",
                                             "dump",
                                             "envi",
                                             "gtmk",
                                             "hash",
                                             "isro",
                                             "mntr",
                                             "ruok",
                                             "srst",
                                             "srvr",
                                             "stat",
                                             "stmk",
                                             "wchc",
                                             "wchp",
                                             "wchs"});

}  // namespace

bool is_four_letter_word(View bytes) {
  return std::ranges::find(kWords, bytes) != kWords.end();
}

bool is_enabled(View word, const std::vector<std::string>& whitelist) {
  return word == "srvr" || std::ranges::any_of(whitelist, [&](const std::string& enabled) {
           return enabled == "*" || enabled == word;
         });
}

}  // namespace paddock::shard
