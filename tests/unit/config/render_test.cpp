// SPDX-License-Identifier: Apache-2.0
#include "config/render.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/key_table.h"
#include "load_helper.h"

namespace paddock::config {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(Render, ShowsEffectiveValuesWithTheirOrigin) {
  World world = with_lines("tickTime=2000\nadmin.enableServer=no\n");
  world.overrides = {{"maxCnxns", "7"}};
  world.environment = {{"ZOO_SNAPCOUNT", "5000"}};

  EXPECT_THAT(render(world.load()),
              AllOf(HasSubstr("clientPort=2181  # zoo.cfg:2\n"),
                    HasSubstr("tickTime=2000  # zoo.cfg:3\n"),
                    HasSubstr("maxSessionTimeout=40000  # default\n"),
                    HasSubstr("admin.enableServer=false  # zoo.cfg:4\n"),
                    HasSubstr("maxCnxns=7  # command line\n"),
                    HasSubstr("snapCount=5000  # ZOO_SNAPCOUNT\n"),
                    HasSubstr("dataLogDir=/data  # default\n"),
                    Not(HasSubstr("secureClientPort")),
                    Not(HasSubstr("initLimit")),
                    EndsWith("The configuration is valid (standalone).\n")));
}

TEST(Render, ShowsMembersOfAnEnsemble) {
  World world = with_lines(
      "initLimit=5\nsyncLimit=2\nserver.1=a:1:2\nserver.2=b:1:2\nserver.3=[::1]:1:2:observer\n"
      "group.1=1:2\nweight.1=3\n");
  world.files["/data/myid"] = "1";

  EXPECT_THAT(render(world.load()),
              AllOf(HasSubstr("server.1=a:1:2:participant  # zoo.cfg:5\n"),
                    HasSubstr("server.3=[::1]:1:2:observer  # zoo.cfg:7\n"),
                    HasSubstr("group.1=1:2  # zoo.cfg:8\n"),
                    HasSubstr("weight.1=3  # zoo.cfg:9\n"),
                    HasSubstr("initLimit=5  # zoo.cfg:3\n"),
                    EndsWith("The configuration is valid (ensemble).\n")));
}

TEST(Render, EndsWithWhatIsWrong) {
  EXPECT_THAT(
      render(load_lines("tickTime=x\nnio.numWorkerThreads=5\nmine=6\n")),
      EndsWith("# zookeeper.mine=6\n"
               "note: zoo.cfg:5: mine is not a known key and has no effect\n"
               "warning: zoo.cfg:4: nio.numWorkerThreads has no effect\n"
               "error: zoo.cfg:3: tickTime=x: expected a whole number of milliseconds, 1 or "
               "more\n"
               "The configuration is not valid.\n"));
}

TEST(Render, EffectiveConfigurationIsItselfAConfiguration) {
  World world = with_lines("tickTime=2000\nautopurge.purgeInterval=90m\nforceSync=no\n");
  std::string text = render(world.load());
  std::string lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    const std::string line = text.substr(start, end - start);
    start = end + 1;
    if (line.find("  # ") != std::string::npos) lines += line.substr(0, line.find("  # ")) + '\n';
  }
  World again;
  again.text = lines;

  const Loaded loaded = again.load();

  EXPECT_THAT(loaded.errors, testing::IsEmpty());
  EXPECT_EQ(loaded.config.storage.purge_interval, std::chrono::minutes(90));
  EXPECT_FALSE(loaded.config.storage.force_sync);
}

TEST(RenderReference, HasARowForEveryKey) {
  const std::string reference = render_reference();

  for (const KeySection& section : key_sections()) {
    EXPECT_THAT(reference, HasSubstr("## " + std::string(section.title) + "\n"));
    for (const Key& key : section.keys) {
      EXPECT_THAT(reference, HasSubstr("\n| `" + std::string(key.name) + "` | "));
    }
  }
  EXPECT_THAT(reference, HasSubstr("| `tickTime` | E | yes | `3000` | "));
}

}  // namespace
}  // namespace paddock::config
