// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "world.h"

namespace paddock::request {
namespace {

using enum jute::Opcode;

class PrepareQuota : public testing::Test {
 protected:
  void limit(View path, View limits) {
    std::string quota = "/zookeeper/quota";
    for (std::size_t at = 1; at <= path.size(); ++at) {
      if (at < path.size() && path[at] != '/') continue;
      const std::string node = quota + std::string(path.substr(0, at));
      if (!world_.has(node)) {
        ASSERT_EQ(world_.act(Create, create(node)), ErrorCode::Ok);
      }
    }
    quota.append(path);
    ASSERT_EQ(world_.act(Create, create(quota + "/zookeeper_limits", limits)), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create(quota + "/zookeeper_stats", "count=0,bytes=0")),
              ErrorCode::Ok);
  }

  World world_{{.enforce_quota = true, .acl_schemes = {}}};
};

TEST_F(PrepareQuota, HardLimitOfNodesRefusesCreates) {
  ASSERT_EQ(world_.act(Create, create("/a")), ErrorCode::Ok);
  limit("/a", "count=-1,bytes=-1=;countHardLimit=3");
  EXPECT_EQ(world_.act(Create, create("/a/1")), ErrorCode::Ok);
  EXPECT_EQ(world_.act(Create, create("/a/1/2")), ErrorCode::Ok);
  EXPECT_EQ(world_.act(Create, create("/a/3")), ErrorCode::QuotaExceeded);
  EXPECT_EQ(world_.act(Create, create("/ab")), ErrorCode::Ok);
  EXPECT_EQ(world_.act(Create, create("/a/1")), ErrorCode::NodeExists);
  EXPECT_EQ(world_.act(SetData, set_data("/a", "any size")), ErrorCode::Ok);
}

TEST_F(PrepareQuota, HardLimitOfBytesRefusesGrowthBeforeTheVersionIsLookedAt) {
  ASSERT_EQ(world_.act(Create, create("/a", "12345")), ErrorCode::Ok);
  limit("/a", "byteHardLimit=8");
  EXPECT_EQ(world_.act(SetData, set_data("/a", "12345678")), ErrorCode::Ok);
  EXPECT_EQ(world_.act(SetData, set_data("/a", "123456789", 77)), ErrorCode::QuotaExceeded);
  EXPECT_EQ(world_.act(Create, create("/a/b", "1")), ErrorCode::QuotaExceeded);
  EXPECT_EQ(world_.act(Create, create("/a/b", "")), ErrorCode::Ok);
  EXPECT_EQ(world_.act(SetData, set_data("/a", "1", 77)), ErrorCode::BadVersion);
}

TEST_F(PrepareQuota, SoftLimitsRefuseNothing) {
  ASSERT_EQ(world_.act(Create, create("/a")), ErrorCode::Ok);
  limit("/a", "count=1,bytes=1");
  EXPECT_EQ(world_.act(Create, create("/a/b", "long data")), ErrorCode::Ok);
}

TEST_F(PrepareQuota, NothingIsRefusedUnlessEnforced) {
  ASSERT_EQ(world_.act(Create, create("/a")), ErrorCode::Ok);
  limit("/a", "countHardLimit=1");
  EXPECT_EQ(world_.act(Create, create("/a/b")), ErrorCode::QuotaExceeded);
  world_.preparer.set_options({});
  EXPECT_EQ(world_.act(Create, create("/a/b")), ErrorCode::Ok);
}

}  // namespace
}  // namespace paddock::request
