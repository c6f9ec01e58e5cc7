// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/member_template.h"
#include "api/validate.h"

namespace paddock::api {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

EnsembleSpec spec_of(std::string version) {
  EnsembleSpec spec;
  spec.version = std::move(version);
  return spec;
}

TEST(Validate, TakesTheDefaults) {
  EXPECT_THAT(validate(spec_of("1.4.0")), IsEmpty());
}

TEST(Validate, SaysWhichFieldIsWrongAndWhatToWrite) {
  EnsembleSpec spec = spec_of("1.4");
  spec.voters.replicas = 2;
  spec.storage.data.size = "much";
  spec.config["dataDir"] = "/data";
  spec.tls.quorum = TlsMode::Optional;
  const std::string text = to_text(validate(spec));
  EXPECT_THAT(text,
              HasSubstr("spec.voters.replicas: 2 voters are not possible: write 1, 3, 5 or 7"));
  EXPECT_THAT(text, HasSubstr("spec.version: '1.4' is not a version"));
  EXPECT_THAT(text, HasSubstr("spec.storage.data.size: 'much' is not a size"));
  EXPECT_THAT(text, HasSubstr("spec.config.dataDir: the operator sets this key: set storage"));
  EXPECT_THAT(text, HasSubstr("spec.tls.quorum.mode"));
}

TEST(Validate, LetsDisksGrowAndNeverShrinkOrMove) {
  EnsembleSpec before = spec_of("1.4.0");
  EnsembleSpec after = before;
  after.storage.data.size = "40Gi";
  EXPECT_THAT(validate_change(before, after), IsEmpty());
  EXPECT_THAT(to_text(validate_change(after, before)),
              HasSubstr("cannot shrink: write 40Gi or more"));
  after.storage.data.class_name = "fast";
  after.storage.txn_log = VolumeSpec{};
  EXPECT_THAT(to_text(validate_change(before, after)), HasSubstr("className"));
  EXPECT_THAT(to_text(validate_change(before, after)), HasSubstr("spec.storage.txnLog"));
}

// I12
TEST(Validate, RefusesVersionsThatCannotReadTheData) {
  const model::ReleaseCatalog releases{{{1, 3, 0}, 1}, {{1, 4, 0}, 2}};
  EXPECT_THAT(validate_version(spec_of("1.4.0"), releases, 2), IsEmpty());
  EXPECT_THAT(validate_version(spec_of("1.3.0"), releases, 1), IsEmpty());
  EXPECT_THAT(to_text(validate_version(spec_of("1.3.0"), releases, 2)),
              HasSubstr("reached feature level 2, which version 1.3.0 cannot read"));
  EXPECT_THAT(to_text(validate_version(spec_of("2.0.0"), releases, 1)),
              HasSubstr("does not know version 2.0.0"));
}

// I16: these change only when each pod of each user is to be restarted. Never to make a test pass.
TEST(MemberTemplate, IsTheSameInEveryVersionOfTheOperator) {
  EnsembleSpec spec = spec_of("1.4.0");
  EXPECT_EQ(voter_template(spec, {}).image, "paddock-server:1.4.0");
  EXPECT_EQ(voter_template(spec, {}).hash(), "46bc5604c855e389");
  spec.config["tickTime"] = "3000";
  spec.image.digest = "sha256:0123";
  spec.storage.txn_log = VolumeSpec{};
  Wishes again;
  again.restart = "again";
  EXPECT_EQ(voter_template(spec, again).hash(), "c8f52c5237a03717");
}

TEST(MemberTemplate, DoesNotDependOnWhatIsReloaded) {
  EnsembleSpec spec = spec_of("1.4.0");
  const MemberTemplate before = voter_template(spec, {});
  const std::string reload_before = reload_hash_of(spec);
  spec.config["paddock.limit.a.match"] = "any";
  spec.voters.replicas = 5;
  spec.storage.data.size = "40Gi";
  EXPECT_EQ(voter_template(spec, {}), before);
  EXPECT_NE(reload_hash_of(spec), reload_before);
}

}  // namespace
}  // namespace paddock::api
