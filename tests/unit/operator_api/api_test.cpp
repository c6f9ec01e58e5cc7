// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/member_template.h"
#include "api/rules.h"
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
  EXPECT_THAT(
      text,
      HasSubstr("spec.voters.replicas: this number of voters is not possible: write 1, 3, 5 or 7"));
  EXPECT_THAT(text, HasSubstr("spec.version: '1.4' is not possible: write it as 1.4.0"));
  EXPECT_THAT(text, HasSubstr("spec.storage.data.size: 'much' is not possible: write it as 20Gi"));
  EXPECT_THAT(text, HasSubstr("spec.config.dataDir: the operator sets this key: set storage"));
  EXPECT_THAT(text, HasSubstr("spec.tls.quorum.mode"));
}

TEST(Validate, LetsDisksGrowAndNeverShrinkOrMove) {
  EnsembleSpec before = spec_of("1.4.0");
  EnsembleSpec after = before;
  after.storage.data.size = "40Gi";
  EXPECT_THAT(validate_change(before, after), IsEmpty());
  EXPECT_THAT(to_text(validate_change(after, before)),
              HasSubstr("spec.storage.data.size: a volume cannot shrink"));
  after.storage.data.class_name = "fast";
  after.storage.txn_log = VolumeSpec{};
  EXPECT_THAT(to_text(validate_change(before, after)), HasSubstr("className"));
  EXPECT_THAT(to_text(validate_change(before, after)), HasSubstr("spec.storage.txnLog"));
}

// Each rule, as the manifest has it in CEL, is broken by something, and by no default.
TEST(Rules, AreEachBrokenBySomething) {
  std::vector<EnsembleSpec> broken(5, spec_of("1.4.0"));
  broken[0].voters.replicas = 4;
  broken[1].tls.quorum = TlsMode::Optional;
  broken[2].tls.provider.cert_manager = CertManagerSpec{.issuer_name = "ca"};
  broken[3].tls.provider = {.self_signed = std::nullopt, .given = GivenSecretsSpec{.client = "c"}};
  broken[4].tls.provider.self_signed->renew_before_days = 90;
  ASSERT_EQ(rules().size(), broken.size());
  for (std::size_t i = 0; i < broken.size(); ++i) {
    for (std::size_t j = 0; j < broken.size(); ++j) {
      EXPECT_EQ(rules()[j].holds(broken[i]), i != j) << rules()[j].cel;
    }
  }
}

TEST(Rules, OfChangesAreEachBrokenBySomething) {
  EnsembleSpec before = spec_of("1.4.0");
  before.storage.txn_log = VolumeSpec{};
  std::vector<EnsembleSpec> after(5, before);
  after[0].storage.data.class_name = "fast";
  after[1].storage.data.size = "1Gi";
  after[2].storage.txn_log.reset();
  after[3].storage.txn_log->class_name = "fast";
  after[4].storage.txn_log->size = "1Gi";
  ASSERT_EQ(change_rules().size(), after.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    for (std::size_t j = 0; j < after.size(); ++j) {
      EXPECT_EQ(change_rules()[j].holds(before, after[i]), i != j) << change_rules()[j].cel;
    }
  }
}

TEST(Bounds, HoldForEachField) {
  EnsembleSpec spec = spec_of("1.4.0");
  spec.observers.replicas = 129;
  spec.rollout.max_sync_lag_transactions = -1;
  spec.image.digest = "sha256:1";
  spec.voters.resources.cpu_request = "much";
  spec.image.pull_secrets = {""};
  const std::string text = to_text(validate(spec));
  EXPECT_THAT(text, HasSubstr("spec.observers.replicas: 129 is too large: write 128 or less"));
  EXPECT_THAT(text, HasSubstr("spec.rollout.maxSyncLagTransactions: -1 is too small"));
  EXPECT_THAT(text, HasSubstr("spec.image.digest: 'sha256:1' is not possible"));
  EXPECT_THAT(text, HasSubstr("spec.voters.resources.requests.cpu: 'much'"));
  EXPECT_THAT(text, HasSubstr("spec.image.pullSecrets[0]: it must not be empty"));
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
