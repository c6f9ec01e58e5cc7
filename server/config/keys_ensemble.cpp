// SPDX-License-Identifier: Apache-2.0
#include "config/fields.h"
#include "config/key_table.h"

namespace paddock::config {
namespace {

using enum KeyClass;
using enum Support;
using S = ServerConfig;

constexpr ChoiceNames<PeerType, 2> kPeerTypes{{
    {"participant", PeerType::Participant},
    {"observer", PeerType::Observer},
}};

/// 0 is found on single servers; an ensemble refuses it later.
Result<ServerId> parse_server_id(std::string_view text) {
  const auto id = parse_integer(text);
  if (!id || *id < 0 || *id > 255) {
    return fail(fmt::format("'{}' is not a server id (1 to 255)", text));
  }
  return ServerId{static_cast<std::int32_t>(*id)};
}

Result<> parse_server(std::string_view suffix, std::string_view value, Draft& draft) {
  const auto id = parse_server_id(suffix);
  if (!id) return std::unexpected(id.error());
  auto member = parse_member(*id, value);
  if (!member) return std::unexpected(member.error());
  draft.config.ensemble.members[*id] = std::move(*member);
  return {};
}

std::string server_form() {
  return "host:quorumPort:electionPort[:role][;[address:]clientPort]";
}

Result<> parse_group(std::string_view suffix, std::string_view value, Draft& draft) {
  const auto group = parse_integer(suffix);
  if (!group || *group < 0) return fail(fmt::format("'{}' is not a group number", suffix));
  std::vector<ServerId> members;
  for (const std::string_view part : split(value, ':')) {
    const auto id = parse_server_id(part);
    if (!id) return std::unexpected(id.error());
    members.push_back(*id);
  }
  draft.config.ensemble.hierarchy.groups[*group] = std::move(members);
  return {};
}

std::string group_form() {
  return "server ids separated by ':'";
}

Result<> parse_weight(std::string_view suffix, std::string_view value, Draft& draft) {
  const auto id = parse_server_id(suffix);
  if (!id) return std::unexpected(id.error());
  std::int64_t weight = 0;
  if (!Number<0>::parse(value, weight)) return fail("");
  draft.config.ensemble.hierarchy.weights[*id] = weight;
  return {};
}

template <class Kind, auto Member>
consteval Field ensemble() {
  return field<Kind, &S::ensemble, Member>();
}

using E = EnsembleConfig;

constexpr Key kKeys[] = {
    {"server.N",
     Essential,
     InEnsemble,
     {&server_form, &parse_server},
     "none",
     "A member: `host:quorumPort:electionPort[:participant|:observer]`, further addresses "
     "after `\\|`, then `;[address:]clientPort;[address:]secureClientPort`."},
    {"group.N",
     Compatible,
     InEnsemble,
     {&group_form, &parse_group},
     "none",
     "A group of members, for quorums of groups: `group.1=1:2:3`."},
    {"weight.N",
     Compatible,
     InEnsemble,
     {&Number<0>::allowed, &parse_weight},
     "1",
     "A member's weight in its group."},
    {"dynamicConfigFile",
     Essential,
     InEnsemble,
     ensemble<Text, &E::dynamic_file>(),
     "none",
     "File with the `server.N`, `group.N` and `weight.N` lines."},
    {"standaloneEnabled",
     Essential,
     Honoured,
     ensemble<Flag, &E::standalone_enabled>(),
     "",
     "A single `server.N` is a standalone server; `false` makes it an ensemble of one."},
    {"peerType",
     Essential,
     InEnsemble,
     ensemble<Choice<kPeerTypes>, &E::peer_type>(),
     "",
     "This server's role; that of its `server.N` line counts."},
    {"initLimit",
     Essential,
     InEnsemble,
     ensemble<Number<1>, &E::init_limit>(),
     "none",
     "Ticks in which a server must have connected and caught up. Required in an ensemble."},
    {"syncLimit",
     Essential,
     InEnsemble,
     ensemble<Number<1>, &E::sync_limit>(),
     "none",
     "Ticks that a follower may lag. Required in an ensemble."},
    {"connectToLearnerMasterLimit",
     Compatible,
     InEnsemble,
     ensemble<Number<0>, &E::connect_limit>(),
     "initLimit",
     "Ticks in which a server must have connected."},
    {"quorumListenOnAllIPs",
     Essential,
     InEnsemble,
     ensemble<Flag, &E::listen_on_all_addresses>(),
     "",
     "Quorum and election ports are bound to every address."},
    {"syncEnabled",
     Compatible,
     InEnsemble,
     ensemble<Flag, &E::observers_log>(),
     "",
     "Observers keep a log and snapshots."},
    {"leaderServes",
     Compatible,
     InEnsemble,
     ensemble<Flag, &E::leader_serves>(),
     "yes",
     "The leader takes clients."},
    {"electionAlg", Accepted, NoEffect, kNoField, "3", "There is one."},
    {"cnxTimeout",
     Mapped,
     InEnsemble,
     ensemble<Millis<1>, &E::election_connect_timeout>(),
     "",
     "Milliseconds in which a peer must answer during an election."},
    {"quorumCnxnTimeoutMs",
     Mapped,
     InEnsemble,
     ensemble<Millis<-1>, &E::election_read_timeout>(),
     "syncLimit ticks",
     "Milliseconds of silence after which a peer's connection is closed."},
    {"quorum.cnxn.threads.size", Accepted, NoEffect, kNoField, "20", "Threads for connections."},
    {"electionPortBindRetry",
     Compatible,
     InEnsemble,
     ensemble<Number<0>, &E::election_bind_retries>(),
     "",
     "How often binding the election port is tried; 0 is for ever."},
    {"leader.maxTimeToWaitForEpoch",
     Mapped,
     InEnsemble,
     ensemble<Millis<-1>, &E::epoch_wait_max>(),
     "initLimit ticks",
     "Milliseconds that a new leader waits for followers."},
    {"fastleader.minNotificationInterval",
     Mapped,
     InEnsemble,
     ensemble<Millis<1>, &E::notification_interval_min>(),
     "",
     "Milliseconds between notifications of an election, at first."},
    {"fastleader.maxNotificationInterval",
     Mapped,
     InEnsemble,
     ensemble<Millis<1>, &E::notification_interval_max>(),
     "",
     "And at most."},
    {"observer.reconnectDelayMs",
     Compatible,
     InEnsemble,
     ensemble<Millis<0>, &E::observer_reconnect_delay>(),
     "",
     "Milliseconds that an observer waits before it connects again."},
    {"observer.election.DelayMs",
     Compatible,
     InEnsemble,
     ensemble<Millis<0>, &E::observer_election_delay>(),
     "",
     "Milliseconds that an observer waits before it looks for a leader."},
    {"observerMasterPort",
     Compatible,
     InEnsemble,
     ensemble<Number<0, 65535>, &E::observer_master_port>(),
     "none",
     "Port on which a follower serves observers: none is needed, they use the members' own; see "
     "`paddock.followersFeedObservers`."},
    {"observerMaster.sizeLimit",
     Accepted,
     NoEffect,
     kNoField,
     "33554432",
     "Bytes that a follower keeps for observers."},
    {"oraclePath",
     Compatible,
     Refused,
     kNoField,
     "none",
     "A file decides which of two servers leads: Paddock refuses this; run three servers."},
    {"multiAddress.enabled",
     Compatible,
     InEnsemble,
     ensemble<Flag, &E::multi_address>(),
     "",
     "A member may have several addresses."},
    {"multiAddress.reachabilityCheckEnabled",
     Accepted,
     NoEffect,
     kNoField,
     "true",
     "Probes addresses before use."},
    {"multiAddress.reachabilityCheckTimeoutMs",
     Accepted,
     NoEffect,
     kNoField,
     "1000",
     "Milliseconds of such a probe."},
    {"tcpKeepAlive",
     Compatible,
     InEnsemble,
     ensemble<Flag, &E::tcp_keep_alive>(),
     "",
     "As `clientTcpKeepAlive`, between servers."},
    {"leader.nodelay", Accepted, NoEffect, kNoField, "true", "Paddock never delays."},
    {"follower.nodelay", Accepted, NoEffect, kNoField, "true", "Paddock never delays."},
    {"leader.maxConcurrentSnapSyncs",
     Mapped,
     InEnsemble,
     ensemble<Number<1>, &E::concurrent_snapshot_syncs_max>(),
     "",
     "Followers that are sent a snapshot at once."},
    {"leader.maxConcurrentDiffSyncs",
     Mapped,
     InEnsemble,
     ensemble<Number<1>, &E::concurrent_diff_syncs_max>(),
     "",
     "Followers that are sent log at once."},
    {"leader.ackLoggingFrequency",
     Accepted,
     NoEffect,
     kNoField,
     "1000",
     "Acknowledgements between lines of Java's log."},
    {"learner.asyncSending", Accepted, NoEffect, kNoField, "false", "Paddock never waits to send."},
    {"learner.closeSocketAsync", Accepted, NoEffect, kNoField, "false", "Closing never blocks."},
    {"leader.closeSocketAsync", Accepted, NoEffect, kNoField, "false", "Closing never blocks."},
    {"forward_learner_requests_to_commit_processor_disabled",
     Accepted,
     NoEffect,
     kNoField,
     "false",
     "A stage that Paddock does not have."},
    {"follower.skipLearnerRequestToNextProcessor",
     Accepted,
     NoEffect,
     kNoField,
     "false",
     "A stage that Paddock does not have."},
    {"leaderConnectDelayDuringRetryMs",
     Accepted,
     NoEffect,
     kNoField,
     "100",
     "Milliseconds between attempts to reach the leader."},
    {"quorum.auth.enableSasl",
     Compatible,
     InEnsemble,
     ensemble<Flag, &E::sasl>(),
     "",
     "Servers authenticate to one another by SASL."},
    {"quorum.auth.learnerRequireSasl",
     Compatible,
     InEnsemble,
     ensemble<Flag, &E::learner_requires_sasl>(),
     "",
     "This server insists on it when it connects."},
    {"quorum.auth.serverRequireSasl",
     Compatible,
     InEnsemble,
     ensemble<Flag, &E::server_requires_sasl>(),
     "",
     "This server insists on it when others connect."},
    {"quorum.auth.learner.saslLoginContext",
     Compatible,
     InEnsemble,
     ensemble<Text, &E::sasl_learner_section>(),
     "",
     "Section of the JAAS file for connections made."},
    {"quorum.auth.server.saslLoginContext",
     Compatible,
     InEnsemble,
     ensemble<Text, &E::sasl_server_section>(),
     "",
     "Section of the JAAS file for connections taken."},
    {"quorum.auth.kerberos.servicePrincipal",
     Compatible,
     InEnsemble,
     ensemble<Text, &E::kerberos_principal>(),
     "",
     "Kerberos name of the servers; `_HOST` stands for the host."},
};

}  // namespace

std::span<const Key> ensemble_keys() {
  return kKeys;
}

}  // namespace paddock::config
