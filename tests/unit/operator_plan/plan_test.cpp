// SPDX-License-Identifier: Apache-2.0
//
// Each row of the planner, and each guard's negation: what is done, and what is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sight.h"

namespace paddock::plan {
namespace {

using testing::HasSubstr;

constexpr std::string_view kEvict1 = "ImageChanged\n! evict 1";

TEST(Plan, IsSteadyWhenEverythingIsAsWanted) {
  for (const std::int32_t voters : {1, 3, 5}) EXPECT_EQ(text_of(Sight(voters).plan()), "Steady");
}

TEST(Plan, ChangesNothingWhenTheEnsembleIsDeletedOrSuspended) {
  Sight sight(3);
  sight.desired.spec.voters.replicas = 5;
  sight.member(1).workload.reset();
  sight.observed.ensemble.is_being_deleted = true;
  EXPECT_EQ(text_of(sight.plan()), "BeingDeleted");
  sight.observed.ensemble.is_being_deleted = false;
  sight.desired.spec.suspend = true;
  EXPECT_EQ(text_of(sight.plan()), "Suspended");
}

TEST(Plan, KeepsAliveWhatStandsWhenTheSpecDoesNotCount) {
  Sight sight(3);
  sight.desired.problems = "spec.voters.replicas: 2 voters are not possible";
  sight.desired.spec.voters.replicas = 2;
  sight.desired.spec.version = "nonsense";
  EXPECT_EQ(text_of(sight.plan()), "Steady");
  sight.member(1).workload.reset();
  sight.member(1).pod.reset();
  sight.silence(1);
  EXPECT_EQ(text_of(sight.plan()),
            "MemberMissing\ncreate workload 1 of paddock-server:1.0.1 with claim 1");
}

TEST(Bootstrap, LatchesHowManyVotersBeforeAnythingIsMade) {
  Sight sight(3);
  sight.observed.members.clear();
  sight.observed.ensemble.ensemble_id.clear();
  sight.observed.ensemble.bootstrap_voters = 0;
  sight.observed.services.reset();
  EXPECT_EQ(text_of(sight.plan()), "Bootstrap\napply services\nlatch bootstrap with 3 voters");
}

// P#240, P#577, bitnami#32542: a new ensemble is no function of an ordinal, of DNS or of who is
// there.
TEST(Bootstrap, LetsDisksBeginOnlyWhenAllAreSeenToBeEmpty) {
  Sight sight(3);
  sight.observed.ensemble.ensemble_id.clear();
  for (const std::int32_t number : {1, 2, 3}) {
    sight.member(number).claims[0].ensemble_id.clear();
    sight.member(number).claims[0].bootstrap_voters = 3;
    sight.member(number).report = observe::Known(
        observe::MemberReport{.id = ServerId{number}, .role = observe::Role::Joining});
  }
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("grant 3 to begin with 3 voters"));
  sight.silence(2);
  EXPECT_EQ(text_of(sight.plan()), "Bootstrap");
}

// P#71, P#216: an Ensemble that is made again over its old disks.
TEST(Bootstrap, TakesDisksOfAnEnsembleOverInsteadOfBeginning) {
  Sight sight(3);
  sight.observed.ensemble.ensemble_id.clear();
  sight.observed.ensemble.bootstrap_voters = 0;
  for (const std::int32_t number : {1, 2, 3}) {
    sight.member(number).workload.reset();
    sight.member(number).pod.reset();
    sight.silence(number);
  }
  EXPECT_EQ(text_of(sight.plan()), "Adopting\nlatch ensemble e1");
  sight.member(2).claims[0].ensemble_id = "e2";
  EXPECT_EQ(text_of(sight.plan()), "ForeignData");
}

TEST(DataLoss, WritesNothingWhenAMajorityOfDisksIsEmpty) {
  Sight sight(3);
  for (const std::int32_t number : {1, 2}) {
    sight.member(number).report = observe::Known(
        observe::MemberReport{.id = ServerId{number}, .role = observe::Role::Joining});
  }
  sight.change_report(3, [](auto& report) {
    report.role = observe::Role::Looking;
    report.leader.reset();
    report.serving = false;
  });
  sight.observed.budget.reset();
  EXPECT_EQ(text_of(sight.plan()), "DataLoss");
  EXPECT_EQ(find(sight.plan().status, api::ConditionType::DataLoss)->status,
            api::ConditionStatus::True);
}

// P#398: scaling while there is no quorum.
TEST(QuorumLoss, OnlyStartsWhatIsMissing) {
  Sight sight(3);
  sight.desired.spec.voters.replicas = 5;
  sight.desired.spec.version = "1.0.2";
  for (const std::int32_t number : {1, 2}) {
    sight.member(number).pod.reset();
    sight.member(number).workload.reset();
    sight.silence(number);
  }
  sight.change_report(3, [](auto& report) {
    report.role = observe::Role::Looking;
    report.leader.reset();
    report.serving = false;
  });
  EXPECT_EQ(text_of(sight.plan()),
            "QuorumLost\ncreate workload 1 of paddock-server:1.0.2 with claim 1\n"
            "create workload 2 of paddock-server:1.0.2 with claim 1");
}

// I13
TEST(QuorumLoss, IsNotConcludedFromSilence) {
  Sight sight(3);
  for (const std::int32_t number : {1, 2, 3}) sight.silence(number);
  EXPECT_EQ(text_of(sight.plan()), "QuorumUnknown");
}

/// A second, newer disk of the member.
void add_claim(Sight& sight, std::int32_t number) {
  observe::ClaimView claim = sight.member(number).claims[0];
  claim.object = {"claim-new", "1"};
  claim.generation = model::Generation{2};
  sight.member(number).claims.push_back(claim);
}

// What was written since is missing on the old disk, and it would vote.
TEST(Repair, NeverGoesBackToADiskThatWasGivenUp) {
  Sight sight(3);
  add_claim(sight, 1);
  sight.member(1).pod->claim = model::Generation{2};
  const Plan plan = sight.plan();
  EXPECT_EQ(text_of(plan), "DiskNeeded\n! change workload 1 of paddock-server:1.0.1 with claim 2");
  const auto& change = std::get<ChangeWorkload>(plan.disruptive.value());
  EXPECT_EQ(change.pod, sight.member(1).pod->object) << "another pod may have another disk";
  sight.member(1).claims[1].is_lost = true;
  sight.fell(1);
  EXPECT_EQ(text_of(sight.plan()), "DiskLost\ncreate claim 3 of 1, 20Gi, ensemble e1");
}

TEST(Repair, DoesNotStartAMemberOnADiskThatWasGivenUp) {
  Sight sight(3);
  add_claim(sight, 1);
  sight.member(1).claims[1].is_lost = true;
  sight.fell(1);
  sight.member(1).pod.reset();
  sight.member(1).workload.reset();
  EXPECT_EQ(text_of(sight.plan()), "DiskLost\ncreate claim 3 of 1, 20Gi, ensemble e1");
}

TEST(Repair, GivesAVoterWithoutADiskANewOneInItsPlace) {
  Sight sight(3);
  sight.fell(1);
  sight.member(1).claims[0].is_lost = true;
  EXPECT_EQ(text_of(sight.plan()), "DiskLost\ncreate claim 2 of 1, 20Gi, ensemble e1");
  observe::ClaimView second = sight.member(1).claims[0];
  second.generation = model::Generation{2};
  second.is_lost = false;
  sight.member(1).claims.push_back(second);
  EXPECT_THAT(text_of(sight.plan()),
              HasSubstr("! change workload 1 of paddock-server:1.0.1 with claim 2"));
  sight.member(1).workload->claim = model::Generation{2};
  EXPECT_EQ(text_of(sight.plan()), "DiskGivenUp\n! evict 1");
}

TEST(Repair, GivesUpADiskThatHasDataOnlyWhileAllOthersAreWell) {
  Sight sight(3);
  sight.desired.wishes.replace_member = 1;
  sight.desired.wishes.replace_generation = 1;
  EXPECT_EQ(text_of(sight.plan()), "DiskGivenUp\ncreate claim 2 of 1, 20Gi, ensemble e1");
  sight.fell(2);
  EXPECT_EQ(text_of(sight.plan()), "Recovering");
}

TEST(Repair, DoesNotGiveUpADiskWithoutWhichTheOthersAreNoMajority) {
  for (const std::int32_t voters : {1, 2}) {
    Sight sight(voters);
    sight.desired.wishes.replace_member = 1;
    sight.desired.wishes.replace_generation = 1;
    EXPECT_EQ(text_of(sight.plan()), "Steady") << voters;
  }
}

// Seed 1778: given up among three, and alone before the restart.
TEST(Repair, TakesADiskBackThatIsNeededAfterAll) {
  Sight sight(1);
  observe::ClaimView second = sight.member(1).claims[0];
  second.generation = model::Generation{2};
  sight.member(1).claims.push_back(second);
  sight.member(1).workload->claim = model::Generation{2};
  EXPECT_EQ(text_of(sight.plan()),
            "DiskNeeded\n! change workload 1 of paddock-server:1.0.1 with claim 1");
}

// P#493, strimzi#1001: the gate never stands before the sick one.
TEST(Repair, MendsTheBrokenMemberThoughItIsTheBrokenOne) {
  Sight sight(3);
  sight.fell(1);
  sight.member(1).pod->is_failing = true;
  sight.member(1).pod->made_from.image = "paddock-server:bad";
  sight.member(1).workload->makes.image = "paddock-server:bad";
  EXPECT_THAT(text_of(sight.plan()),
              HasSubstr("MemberBroken\n! change workload 1 of paddock-server:1.0.1"));
  sight.member(1).workload->makes.image = "paddock-server:1.0.1";
  EXPECT_EQ(text_of(sight.plan()), "MemberBroken\n! evict 1");
}

TEST(Repair, DoesNotGiveASecondMemberATemplateThatHasNotComeUp) {
  Sight sight(3);
  sight.desired.spec.version = "bad";
  for (const std::int32_t number : {1, 2}) {
    sight.fell(number);
    sight.member(number).pod->ready_changed = {};
    sight.member(number).pod->is_failing = number == 1;
  }
  sight.member(1).workload->makes.image = "paddock-server:bad";
  sight.member(1).pod->made_from.image = "paddock-server:bad";
  EXPECT_EQ(text_of(sight.plan()), "QuorumUnknown");
}

TEST(Repair, LeavesAnElectionAlone) {
  Sight sight(3);
  sight.desired.spec.version = "1.0.2";
  for (const std::int32_t number : {1, 2, 3}) {
    sight.fell(number);
  }
  EXPECT_EQ(text_of(sight.plan()), "QuorumUnknown");
}

// P#575, P#94: the workload goes after the configuration is in force, and never before.
TEST(ScaleDown, TakesTheMemberOutOfTheConfigurationFirst) {
  Sight sight(5);
  sight.desired.spec.voters.replicas = 3;
  EXPECT_EQ(text_of(sight.plan()), "ScaleDown\n! reconfigure: remove 4, from version 0")
      << "the leader, 5, goes last";
  for (const std::int32_t number : {1, 2, 3, 4, 5}) {
    sight.change_report(number, [](auto& report) {
      report.activated.voters.erase(ServerId{4});
      report.activated.version = model::ConfigVersion{7};
      report.committed = model::ConfigVersion{8};
    });
  }
  EXPECT_EQ(text_of(sight.plan()), "ConfigurationPending");
  for (const std::int32_t number : {1, 2, 3, 4, 5}) {
    sight.change_report(number, [](auto& report) { report.committed = model::ConfigVersion{7}; });
  }
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("MemberRemoved"));
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("change claim 1 of 4, 20Gi, ensemble e1, retired"));
  sight.member(4).claims[0].is_retired = true;
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("! delete workload 4"));
}

TEST(ScaleDown, BelievesAMajorityAndNotOneServer) {
  Sight sight(5);
  sight.desired.spec.voters.replicas = 3;
  for (const std::int32_t number : {4, 5}) {
    sight.change_report(number, [](auto& report) {
      report.activated.voters.erase(ServerId{4});
      report.activated.version = report.committed = model::ConfigVersion{7};
    });
  }
  EXPECT_EQ(text_of(sight.plan()), "ConfigurationPending");
}

// Altinity#1639, P#517: new voters learn first, on ids and disks that nobody remembers.
TEST(ScaleUp, MakesDisksOfNewIdsAndNoVoters) {
  Sight sight(3);
  sight.desired.spec.voters.replicas = 5;
  observe::ClaimView retired = sight.member(1).claims[0];
  retired.is_retired = true;
  sight.observed.members[ServerId{4}].claims = {retired};
  EXPECT_EQ(
      text_of(sight.plan()),
      "ScaleUp\ncreate claim 1 of 5, 20Gi, ensemble e1\ncreate claim 1 of 6, 20Gi, ensemble e1");
}

TEST(ScaleUp, GivesTheVoteToWhoIsInStepOnceTheBudgetCountsIt) {
  Sight sight(3);
  sight.desired.spec.voters.replicas = 5;
  const observe::MemberReport follower = sight.member(1).report.value();
  sight.add(ServerId{4});
  sight.member(4).pod->has_voter_label = sight.member(4).workload->labels_voter = false;
  observe::MemberReport learner = follower;
  learner.id = ServerId{4};
  learner.role = observe::Role::Joining;
  learner.votes = false;
  learner.last_zxid = Zxid{};
  sight.member(4).report = observe::Known(learner);
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("ScaleUp")) << "it is not in step yet";
  learner.last_zxid = follower.last_zxid;
  sight.member(4).report = observe::Known(learner);
  EXPECT_EQ(text_of(sight.plan()), "MemberJoins\napply budget of 3 available");
  sight.observed.budget->available_min = 3;
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("label 4 voter"));
  sight.member(4).pod->has_voter_label = sight.member(4).workload->labels_voter = true;
  EXPECT_EQ(text_of(sight.plan()), "MemberJoins\n! reconfigure: add 4, from version 0");
}

// Altinity#1598, #1796, strimzi#7685: one at a time, and only while all others are in step.
TEST(Rollout, RestartsWhoIsFurthestBackFirstAndOneByOne) {
  Sight sight(3);
  sight.desired.spec.version = "1.0.2";
  sight.change_report(2, [](auto& report) { report.last_zxid = Zxid::of(1, 4); });
  EXPECT_EQ(text_of(sight.plan()),
            "ImageChanged\n! change workload 2 of paddock-server:1.0.2 with claim 1");
  sight.member(2).workload->makes.image = "paddock-server:1.0.2";
  EXPECT_EQ(text_of(sight.plan()), "ImageChanged\n! evict 2");
  sight.fell(2);
  sight.member(2).pod->made_from.image = "paddock-server:1.0.2";
  EXPECT_EQ(text_of(sight.plan()), "ImageChanged");
  EXPECT_THAT(sight.plan().next.blocked_by, HasSubstr("member 2"));
}

TEST(Rollout, HandsLeadershipToWhoIsDoneBeforeTheLeader) {
  Sight sight(3);
  sight.desired.spec.version = "1.0.2";
  for (const std::int32_t number : {1, 2, 3}) {
    sight.member(number).workload->makes.image = "paddock-server:1.0.2";
    if (number != 3) sight.member(number).pod->made_from.image = "paddock-server:1.0.2";
  }
  EXPECT_EQ(text_of(sight.plan()), "ImageChanged\n! transfer leadership from 3 to 1");
  sight.desired.spec.rollout.leader = api::LeaderHandling::RestartLast;
  EXPECT_EQ(text_of(sight.plan()), "ImageChanged\n! evict 3");
}

TEST(Rollout, WaitsWhereAPersonWantsToLook) {
  Sight sight(3);
  sight.desired.spec.version = "1.0.2";
  sight.desired.spec.rollout.paused_at = api::PausePoint::AfterFirstVoter;
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("! change workload 1"));
  sight.member(1).workload->makes.image = sight.member(1).pod->made_from.image =
      "paddock-server:1.0.2";
  EXPECT_EQ(text_of(sight.plan()), "ImageChanged");
  EXPECT_EQ(sight.plan().next.blocked_by, "spec.rollout.pausedAt");
}

TEST(Rollout, StopsNobodyWhileAnotherIsNotWell) {
  Sight sight(3);
  sight.desired.spec.version = "1.0.2";
  sight.member(1).workload->makes.image = "paddock-server:1.0.2";
  EXPECT_EQ(text_of(sight.plan()), kEvict1);
  {
    Sight other = sight;
    other.silence(2);
    EXPECT_EQ(text_of(other.plan()), "ImageChanged") << "unknown is unsafe";
  }
  {
    Sight other = sight;
    other.member(2).pod->ready_changed = WallTime{995'000};
    EXPECT_EQ(text_of(other.plan()), "ImageChanged") << "ready, but not for long enough";
  }
  {
    Sight other = sight;
    other.change_report(2, [](auto& report) { report.votes = false; });
    EXPECT_EQ(text_of(other.plan()), "ImageChanged") << "its disk has not everything yet";
  }
  {
    Sight other = sight;
    other.change_report(3, [](auto& report) { report.last_zxid = Zxid::of(1, 5000); });
    EXPECT_EQ(text_of(other.plan()), "ImageChanged") << "it lags";
  }
}

// P#454: what is reloaded restarts nobody, unless it is not taken.
TEST(Reload, IsWaitedForAndThenBecomesARestart) {
  Sight sight(3);
  sight.observed.configuration->applied = WallTime{950'000};
  for (const std::int32_t number : {1, 2, 3}) {
    sight.change_report(number, [&](auto& report) {
      report.reload_hash = number == 1 ? "old" : sight.observed.configuration->reload_hash;
    });
  }
  EXPECT_EQ(text_of(sight.plan()), "Reload\nask 1 to read its configuration again");
  EXPECT_EQ(sight.plan().look_again, seconds(5)) << "the kubelet takes its time";
  sight.observed.now = WallTime{1'100'000};
  EXPECT_EQ(text_of(sight.plan()), "NotReloaded\n! evict 1");
}

TEST(Volumes, Grow) {
  Sight sight(1);
  sight.desired.spec.storage.data.size = "40Gi";
  EXPECT_EQ(text_of(sight.plan()), "VolumeExpansion\nchange claim 1 of 1, 40Gi, ensemble e1");
  sight.member(1).claims[0].size = {40LL << 30};
  sight.member(1).claims[0].waits_for_restart = true;
  EXPECT_EQ(text_of(sight.plan()), "VolumeGrown\n! evict 1");
}

TEST(Retire, DeletesADiskOnlyIfThatIsWantedAndAllAreWell) {
  Sight sight(3);
  sight.observed.members[ServerId{4}].claims = sight.member(1).claims;
  sight.observed.members[ServerId{4}].claims[0].object = {"claim-4", "9"};
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("RetireData\nchange claim 1 of 4"));
  sight.observed.members[ServerId{4}].claims[0].is_retired = true;
  EXPECT_EQ(text_of(sight.plan()), "Steady");
  sight.desired.spec.storage.when_scaled = api::RetentionPolicy::Delete;
  EXPECT_EQ(text_of(sight.plan()), "RetireData\n! delete claim 1 of 4");
  sight.fell(1);
  EXPECT_EQ(text_of(sight.plan()), "Recovering");
}

TEST(Certificates, ChangeInThreePhasesThatEachMemberConfirms) {
  Sight sight(3);
  sight.desired.authority = 2;
  sight.observed.certificates = observe::CertificatesView{{"tls", "1"}, {1}, 1};
  const auto all_say = [&](std::set<std::int32_t> trusted, std::int32_t signer) {
    for (const std::int32_t number : {1, 2, 3}) {
      sight.change_report(number, [&](auto& report) {
        report.trusted_authorities = trusted;
        report.certificate_authority = signer;
      });
    }
  };
  all_say({1}, 1);
  EXPECT_EQ(text_of(sight.plan()), "Steady\napply certificates of authority 1, trusting 1 and 2");
  sight.observed.certificates->trusted = {1, 2};
  EXPECT_EQ(text_of(sight.plan()), "Steady");
  all_say({1, 2}, 1);
  EXPECT_EQ(text_of(sight.plan()), "Steady\napply certificates of authority 2, trusting 1 and 2");
  sight.observed.certificates->signer = 2;
  EXPECT_EQ(text_of(sight.plan()), "Steady");
  all_say({1, 2}, 2);
  EXPECT_EQ(text_of(sight.plan()), "Steady\napply certificates of authority 2, trusting 2");
  sight.silence(2);
  EXPECT_EQ(text_of(sight.plan()), "Recovering");
}

TEST(Hibernation, StopsTheLeaderLastAndWakesAllAtOnce) {
  Sight sight(3);
  sight.desired.spec.desired_state = api::DesiredState::Hibernated;
  EXPECT_THAT(text_of(sight.plan()),
              HasSubstr("! change workload 1 of paddock-server:1.0.1 with claim 1, stopped"));
  for (const std::int32_t number : {1, 2}) {
    sight.member(number).workload->runs = false;
    sight.member(number).pod.reset();
    sight.silence(number);
  }
  EXPECT_THAT(text_of(sight.plan()), HasSubstr("! change workload 3"));
  sight.desired.spec.desired_state = api::DesiredState::Running;
  EXPECT_EQ(text_of(sight.plan()),
            "Waking\nchange workload 1 of paddock-server:1.0.1 with claim 1\n"
            "change workload 2 of paddock-server:1.0.1 with claim 1");
}

TEST(Status, SaysWhatIsNextAndWhatBlocksIt) {
  Sight sight(3);
  sight.desired.spec.version = "1.0.2";
  sight.member(2).workload->makes.image = sight.member(2).pod->made_from.image =
      "paddock-server:1.0.2";
  sight.fell(2);
  const api::EnsembleStatus status = sight.plan().status;
  EXPECT_EQ(find(status, api::ConditionType::Ready)->status, api::ConditionStatus::True);
  EXPECT_EQ(find(status, api::ConditionType::Progressing)->message,
            "the image has changed; blocked by: member 2 is not in step, or not for long enough");
  EXPECT_EQ(find(status, api::ConditionType::Degraded)->message, "member 2 not healthy");
  EXPECT_FALSE(status.members[0].is_safe_to_stop);
  EXPECT_TRUE(status.members[1].is_safe_to_stop);
}

}  // namespace
}  // namespace paddock::plan
