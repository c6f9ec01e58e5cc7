// SPDX-License-Identifier: Apache-2.0
//
// What a member of an ensemble says beyond, or otherwise than, a standalone server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/commands.h"
#include "admin/four_letter_words.h"
#include "report_fixture.h"

namespace paddock::admin {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Member, ConfEndsWithTheEnsemble) {
  EXPECT_THAT(answer_word("conf", leader_report()),
              EndsWith("serverId=1\n"
                       "initLimit=10\n"
                       "syncLimit=5\n"
                       "electionAlg=3\n"
                       "electionPort=3888\n"
                       "quorumPort=2888\n"
                       "peerType=0\n"
                       "membership: \n"
                       "server.1=10.0.0.1:2888:3888:participant\n"
                       "version=0"));
}

TEST(Member, ConfOfAnObserverWithoutAQuorumHasNoMembers) {
  ServerReport report = leader_report();
  report.ensemble->config.is_observer = true;
  report.read_only = true;
  EXPECT_THAT(answer_word("conf", report), EndsWith("quorumPort=2888\npeerType=1\n"));
}

TEST(Member, ALeaderTellsTheSizesOfItsProposals) {
  EXPECT_THAT(answer_word("srvr", leader_report()),
              EndsWith("Mode: leader\nNode count: 8\nProposal sizes last/min/max: 57/48/127\n"));
  EXPECT_THAT(answer_word("stat", leader_report()),
              EndsWith("\nProposal sizes last/min/max: 57/48/127\n"));
  EXPECT_THAT(answer_word("srvr", follower_report()), EndsWith("Mode: follower\nNode count: 8\n"));
  const std::string sizes = R"(
  "proposal_stats" : {
    "last_buffer_size" : 57,
    "min_buffer_size" : 48,
    "max_buffer_size" : 127
  },
  "node_count" : 8,)";
  EXPECT_THAT(answer_command(CommandKind::ServerStats, leader_report()), HasSubstr(sizes));
  EXPECT_THAT(answer_command(CommandKind::Stats, leader_report()), HasSubstr(sizes));
  EXPECT_THAT(answer_command(CommandKind::Stats, follower_report()),
              Not(HasSubstr("proposal_stats")));
}

TEST(Member, MntrOfAnObserverSaysWhoFeedsIt) {
  ServerReport report = follower_report();
  EXPECT_THAT(answer_word("mntr", report), Not(HasSubstr("observer_master_id")));
  report.mode = "observer";
  report.ensemble->feeder = ServerId{3};
  EXPECT_THAT(answer_word("mntr", report), HasSubstr("zk_observer_master_id\t3\n"));
  report.ensemble->feeder.reset();
  EXPECT_THAT(answer_word("mntr", report), HasSubstr("zk_observer_master_id\t1\n"));
}

TEST(Member, DumpOfAFollowerHasTimeoutsInPlaceOfExpiries) {
  EXPECT_THAT(answer_word("dump", follower_report()),
              StartsWith("SessionTracker dump:\n"
                         "Global Sessions(2):\n"
                         "0x100004da7a30000\t30000ms\n"
                         "0x200004da7a30000\t4000ms\n"
                         "ephemeral nodes dump:\n"));
}

TEST(Member, DumpOfAFollowerWithLocalSessions) {
  ServerReport report = follower_report();
  report.local_expiry_buckets = {{.expires_ms = 1795309444000, .sessions = {SessionId{7}}}};
  EXPECT_THAT(answer_word("dump", report),
              StartsWith("SessionTracker dump:\n"
                         "Local Session Sets (1)/(1):\n"
                         "1 expire at Sun Nov 22 01:04:04 UTC 2026:\n"
                         "\t0x7\n"
                         "Global Sessions(2):\n"));
}

TEST(Member, VotingViewHasVotersOnlyAndTheOwnClientPort) {
  const std::string text = answer_command(CommandKind::VotingView, leader_report());
  EXPECT_THAT(text, HasSubstr("\"10.0.0.3:2888\""));
  EXPECT_THAT(text, Not(HasSubstr("\"4\"")));
  EXPECT_THAT(text, HasSubstr("\"client_address\" : \"0.0.0.0:2181\""));
  EXPECT_THAT(text, HasSubstr("\"client_address\" : \"10.0.0.2:2181\""));
  EXPECT_THAT(text, HasSubstr("\"client_address\" : \"\""));
}

TEST(Member, ZabState) {
  EXPECT_EQ(answer_command(CommandKind::ZabState, leader_report()),
            R"({
  "myid" : 1,
  "is_leader" : true,
  "quorum_address" : "10.0.0.1:2888",
  "election_address" : "10.0.0.1:3888",
  "client_address" : "0.0.0.0:2181",
  "voting" : true,
  "last_zxid" : "0x100000005",
  "zab_epoch" : 1,
  "zab_counter" : 5,
  "zabstate" : "broadcast",
  "command" : "zabstate",
  "error" : null
})");
}

TEST(Member, ObserversByTheirIds) {
  EXPECT_THAT(answer_command(CommandKind::Observers, leader_report()),
              HasSubstr(R"("synced_observers" : 1,
  "observers" : [ {
    "sid" : 4,
    "feeder" : 2
  } ])"));
}

}  // namespace
}  // namespace paddock::admin
