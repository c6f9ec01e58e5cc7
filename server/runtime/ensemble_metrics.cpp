// SPDX-License-Identifier: Apache-2.0
//
// Metrics of a member of an ensemble: its part, whoever follows it, the links to the others.
#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/metric_groups.h"

namespace paddock::runtime {
namespace {

std::string text_of(ServerId id) {
  return std::to_string(raw(id));
}

bool is_observer(const admin::EnsembleReport& ensemble, ServerId id) {
  return std::ranges::any_of(ensemble.members, [id](const admin::MemberReport& member) {
    return member.id == id && member.is_observer;
  });
}

/// Who is in step with a leader.
struct InStep {
  int voters = 0;
  int observers = 0;
  int others = 0;  // that are no members yet, or without weight
  int pending = 0;
};

InStep in_step(const admin::EnsembleReport& ensemble) {
  InStep found;
  for (const admin::FollowerReport& follower : ensemble.followers) {
    int& count = !follower.is_in_step                 ? found.pending
                 : follower.is_voter                  ? found.voters
                 : is_observer(ensemble, follower.id) ? found.observers
                                                      : found.others;
    ++count;
  }
  return found;
}

/// Source: ZooKeeper LeaderZooKeeperServer; followers is what learners was called before 3.6.
std::vector<Metric> leader_metrics(const admin::EnsembleReport& ensemble) {
  const double learners = number(ensemble.followers.size());
  const InStep followers = in_step(ensemble);
  const admin::LeadershipReport& leadership = *ensemble.leadership;
  return {
      gauge("learners", learners, "Servers that follow"),
      gauge("followers", learners, "Servers that follow"),
      gauge("synced_followers", number(followers.voters), "Voters that are in step"),
      gauge("synced_observers", number(followers.observers), "Observers that are in step"),
      gauge("synced_non_voting_followers",
            number(followers.others),
            "Others that are in step: no members yet, or without weight"),
      gauge("pending_syncs", number(followers.pending), "Servers that are not in step yet"),
      gauge("leader_uptime",
            number(leadership.uptime.count()),
            "Milliseconds since this server began to lead"),
      gauge("last_proposal_size",
            number(leadership.proposals.last),
            "Bytes of the last transaction that this leader proposed, -1 before the first"),
      gauge("max_proposal_size", number(leadership.proposals.max), "Bytes of the largest one"),
      gauge("min_proposal_size", number(leadership.proposals.min), "Bytes of the smallest one"),
  };
}

constexpr std::array<std::string_view, 7> kRoles = {
    "standalone", "leader", "follower", "observer", "joining", "looking", "read-only"};

std::string_view role_of(const admin::ServerReport& report) {
  if (report.read_only) return "read-only";
  return report.ensemble ? std::string_view(report.ensemble->role) : "standalone";
}

Metric follower_family(const char* name, const char* help) {
  return metrics::family(name, Kind::Gauge, help);
}

void add_followers(const admin::EnsembleReport& ensemble, std::vector<Metric>& into) {
  Metric in_step = follower_family("paddock_follower_in_step",
                                   "1 if a server that follows this leader has its history");
  Metric lag = follower_family("paddock_follower_lag_transactions",
                               "Transactions that it has not acknowledged");
  for (const admin::FollowerReport& follower : ensemble.followers) {
    metrics::add(in_step, "peer", text_of(follower.id), follower.is_in_step ? 1 : 0);
    if (follower.lag) metrics::add(lag, "peer", text_of(follower.id), number(*follower.lag));
  }
  into.push_back(std::move(in_step));
  into.push_back(std::move(lag));
}

/// One family of the links, a sample for each server.
template <class Value>
Metric of_links(const Gathered& from, const char* name, Kind kind, const char* help, Value value) {
  Metric found = metrics::family(name, kind, help);
  for (const PeerLinkStats& link : from.core.links) {
    if (link.peer == from.report.ensemble->self) continue;
    metrics::add(found, "peer", text_of(link.peer), number(value(link)));
  }
  return found;
}

void add_links(const Gathered& from, std::vector<Metric>& into) {
  using Stats = PeerLinkStats;
  const auto add = [&](const char* name, Kind kind, const char* help, auto value) {
    into.push_back(of_links(from, name, kind, help, value));
  };
  add("paddock_peer_up", Kind::Gauge, "1 if there is a link to this server", [](const Stats& link) {
    return link.is_up ? 1 : 0;
  });
  add("paddock_peer_queued_bytes",
      Kind::Gauge,
      "Bytes that wait for the link to take them",
      [](const Stats& link) { return link.queued_bytes; });
  add("paddock_peer_round_trip_seconds",
      Kind::Gauge,
      "As the system measures it on the link",
      [](const Stats& link) { return std::chrono::duration<double>(link.round_trip).count(); });
  add("paddock_peer_received_bytes_total",
      Kind::Counter,
      "Bytes that came over links",
      [](const Stats& link) { return link.traffic.bytes_in; });
  add("paddock_peer_sent_bytes_total",
      Kind::Counter,
      "Bytes that went over links",
      [](const Stats& link) { return link.traffic.bytes_out; });
  add("paddock_peer_links_total",
      Kind::Counter,
      "How often there was a new link",
      [](const Stats& link) { return link.links; });
  add("paddock_peer_dial_failures_total",
      Kind::Counter,
      "Tries to connect that failed",
      [](const Stats& link) { return link.dial_failures; });
  add("paddock_peer_overflows_total",
      Kind::Counter,
      "Links that were closed because too much waited for them",
      [](const Stats& link) { return link.overflows; });
}

}  // namespace

std::vector<Metric> ensemble_metrics(const admin::EnsembleReport& ensemble) {
  const auto voters = std::ranges::count_if(
      ensemble.members, [](const admin::MemberReport& member) { return !member.is_observer; });
  std::vector<Metric> found = {
      gauge("quorum_size", number(voters), "Members that vote"),
      counter("looking_count", number(ensemble.elections), "Times that a leader was looked for"),
      summary("election_time",
              metrics::observations(ensemble.election_times),
              "Milliseconds from the beginning of an election until this server had its part"),
      summary("unavailable_time",
              metrics::observations(ensemble.unavailable_times),
              "Milliseconds from the loss of a leader until this server had, or was, the next one"),
      summary("leader_unavailable_time",
              metrics::observations(ensemble.leader_unavailable_times),
              "The same, where this server was the next leader"),
      summary("follower_sync_time",
              metrics::observations(ensemble.follower_sync_times),
              "Milliseconds until this server, as follower, had its leader's history"),
      summary("observer_sync_time",
              metrics::observations(ensemble.observer_sync_times),
              "Milliseconds until this server, as observer, had its leader's history"),
      counter("diff_count",
              number(ensemble.diffs),
              "Learners that this leader has sent what they lacked of its history"),
      counter("snap_count",
              number(ensemble.snapshots),
              "Learners that this leader has sent a snapshot"),
      counter("learner_commit_received_count",
              number(ensemble.commits_received),
              "Messages that told this server how far the history is committed"),
      counter("learner_proposal_received_count",
              number(ensemble.proposals_received),
              "Transactions that this server was sent"),
      gauge("paddock_epoch", number(ensemble.epoch), "The leader's epoch; 0 while there is none"),
      gauge("paddock_configuration_committed_version",
            number(ensemble.committed_version),
            "Version of the configuration that is committed, and will be in force"),
      gauge("paddock_configuration_version",
            number(ensemble.activated_version),
            "Version of the configuration in force"),
  };
  if (ensemble.role == "follower") {
    found.push_back(gauge("synced_observers",
                          number(ensemble.fed_observers.size()),
                          "Observers that this follower feeds"));
  }
  if (ensemble.leadership) std::ranges::move(leader_metrics(ensemble), std::back_inserter(found));
  return found;
}

std::vector<Metric> peer_metrics(const Gathered& from, Quantiler& quantiler) {
  std::vector<Metric> found;
  add_links(from, found);
  if (!from.report.ensemble->leadership) return found;
  add_followers(*from.report.ensemble, found);
  Metric acked =
      metrics::family("ack_latency",
                      Kind::Summary,
                      "Milliseconds until a server acknowledged what this leader proposed");
  for (const auto& [id, times] : from.core.acked) {
    quantiler.fill(metrics::add(acked, "key", text_of(id)), "ack_latency." + text_of(id), times);
  }
  found.push_back(std::move(acked));
  return found;
}

std::vector<Metric> standing_metrics(const Gathered& from) {
  Metric role = metrics::family("paddock_role", Kind::Gauge, "1 for the part that this server has");
  for (const std::string_view name : kRoles) {
    metrics::add(role, "role", std::string(name), name == role_of(from.report) ? 1 : 0);
  }
  return {role,
          gauge("paddock_serving",
                from.report.serving && !from.report.read_only ? 1 : 0,
                "1 while all clients are served"),
          gauge("paddock_applied_zxid",
                number(from.report.last_zxid.value),
                "The last transaction that the tree has: epoch * 2^32 + counter")};
}

}  // namespace paddock::runtime
