// SPDX-License-Identifier: Apache-2.0
#include "runtime/ensemble.h"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/version.h"
#include "runtime/membership.h"
#include "tls/either_stream.h"
#include "tls/tls_stream.h"

namespace paddock::runtime {
namespace {

bool holds_nothing(const storage::Store& store) {
  const storage::Metadata metadata = store.metadata();
  return store.recovery().last == Zxid{} && metadata.accepted_epoch() == 0 &&
         metadata.may_not_vote();
}

wire::Hello hello_of(const config::ServerConfig& config,
                     const replica::Replica& replica,
                     const storage::Store& store) {
  const storage::Metadata metadata = store.metadata();
  std::random_device random;
  wire::Hello hello;
  hello.ensemble_id = metadata.ensemble_id();
  hello.server = config.ensemble.my_id;
  hello.disk_id = metadata.disk_id();
  hello.incarnation = std::uint64_t{random()} << 32U | random();
  hello.feature_level = replica.feature_level();
  hello.feature_level_in_force = metadata.feature_level();
  hello.software = std::string(kVersion);
  hello.is_member = config.ensemble.members.contains(config.ensemble.my_id);
  hello.is_empty = holds_nothing(store);
  return hello;
}

/// Both ports of `server.N` take the same protocol, and each address of the server.
std::vector<config::Endpoint> listen_endpoints(const config::EnsembleConfig& ensemble) {
  std::vector<config::Endpoint> endpoints;
  const auto self = ensemble.members.find(ensemble.my_id);
  if (self == ensemble.members.end()) return endpoints;
  for (const config::PeerAddress& address : self->second.addresses) {
    const std::string host = ensemble.listen_on_all_addresses ? std::string() : address.host;
    for (const std::uint16_t port : {address.quorum_port, address.election_port}) {
      const config::Endpoint endpoint{host, port};
      if (std::ranges::find(endpoints, endpoint) == endpoints.end()) endpoints.push_back(endpoint);
    }
  }
  return endpoints;
}

/// How connections to other servers speak, whoever has dialed.
net::StreamFactory link_streams(const config::EnsembleConfig& ensemble, const TlsCredentials* tls) {
  if (tls == nullptr) return {};
  return [dials_tls = ensemble.tls, takes_both = ensemble.port_unification, tls](
             net::Fd socket, net::Side side, const std::string& host) -> net::StreamPtr {
    const bool is_dialed = side == net::Side::Dialed;
    if (is_dialed && !dials_tls) return std::make_unique<net::TcpStream>(std::move(socket));
    if (!is_dialed && takes_both) {
      return std::make_unique<tls::EitherStream>(tls->in_force(), std::move(socket));
    }
    return std::make_unique<tls::TlsStream>(*tls->in_force(), std::move(socket), side, host);
  };
}

PeerLinksOptions link_options(const config::ServerConfig& config, const TlsCredentials* tls) {
  const zab::PeerOptions peer = peer_options(config);
  PeerLinksOptions options;
  options.listen = listen_endpoints(config.ensemble);
  options.times.silence_max = peer.silence_max;
  options.times.heartbeat = peer.heartbeat;
  options.seed = std::random_device{}();
  options.make_stream = link_streams(config.ensemble, tls);
  options.checks_hosts = config.quorum_tls.client_hostname_verification;
  return options;
}

}  // namespace

Ensemble::Ensemble(const config::ServerConfig& config,
                   const TlsCredentials* tls,
                   net::EventLoop& loop,
                   Core& core,
                   storage::Store& store)
    : loop_(loop),
      core_(core),
      hello_(hello_of(config, core.replica(), store)),
      first_start_(core.replica().peer().quorums().committed,
                   config.ensemble.my_id,
                   hello_.is_empty && !config.storage.awaits_initialize),
      reads_(store, {}, [&core](LearnerReadThread::Answer answer) {
        core.on_read(std::move(answer));
      }) {
  links_ = std::make_unique<PeerLinks>(
      loop, hello_, link_options(config, tls), static_cast<PeerLinksHandler&>(*this));
  follow_configuration();
  core.set_ensemble(*links_, reads_);
  if (first_start_.is_waiting()) {
    spdlog::info(
        "this server's disk is empty, so it does not vote; the ensemble begins when all {} voters "
        "are linked and empty, and otherwise its leader takes this server in",
        core.replica().peer().quorums().committed.voters.size());
    if (first_start_.decide()) begin();
  } else if (hello_.is_empty && config.storage.awaits_initialize) {
    spdlog::info(
        "this server's disk is empty and db.autocreate=false, so it does not vote until POST "
        "/admin/initialize, or a file {}/initialize at its start, gives it the right to; the "
        "leader of a running ensemble takes it in",
        config.storage.data_dir);
  }
}

Ensemble::~Ensemble() = default;

void Ensemble::begin() {
  spdlog::info("all voters are here and all are empty: the ensemble begins");
  core_.replica().grant_vote(loop_.now());
}

/// Whoever decides must be reached, from the moment that it may have to.
void Ensemble::follow_configuration() {
  const zab::Peer& peer = core_.replica().peer();
  noted_changes_ = peer.quorum_changes();
  links_->set_peers(peers_of(peer.quorums(), hello_.server));
  if (std::exchange(hello_.is_member, peer.quorums().is_member(hello_.server)) !=
      hello_.is_member) {
    links_->set_self(hello_);
  }
}

/// Once for each change: who leads, as far as this server knows.
void Ensemble::say_standing() {
  const zab::Peer& peer = core_.replica().peer();
  std::string standing = "looks for a leader";
  if (peer.is_established()) {
    standing =
        peer.role() == zab::Role::Leading
            ? fmt::format("leads in epoch {}", peer.epoch())
            : fmt::format("follows server {} in epoch {}", raw(*peer.leader()), peer.epoch());
  } else if (peer.role() != zab::Role::Looking) {
    return;
  }
  if (standing == said_) return;
  spdlog::info("this server {}", standing);
  said_ = std::move(standing);
}

/// What has not been applied again since the start is known from before.
void Ensemble::follow_charter() {
  const replica::Charter& charter = core_.replica().charter();
  if (charter == noted_charter_) return;
  noted_charter_ = charter;
  spdlog::info(
      "the ensemble is {}, at feature level {}", charter.ensemble_id, charter.feature_level);
  if (!charter.ensemble_id.empty()) hello_.ensemble_id = charter.ensemble_id;
  hello_.feature_level_in_force = std::max(hello_.feature_level_in_force, charter.feature_level);
  links_->set_self(hello_);
}

/// Its links are from before the ensemble went on without it.
void Ensemble::stop_if_outdated() {
  if (!core_.replica().is_outdated() || !outcome_) return;
  outcome_ = fail(fmt::format(
      "the ensemble is at feature level {}, and this version has {}: upgrade this server",
      core_.replica().charter().feature_level,
      core_.replica().feature_level()));
  loop_.stop();
}

/// What is said in a Hello has to be true for as long as it counts: who has promised or holds
/// anything is not empty.
void Ensemble::end_turn() {
  if (core_.replica().peer().term() != noted_term_ ||
      core_.replica().peer().is_established() != was_established_) {
    noted_term_ = core_.replica().peer().term();
    was_established_ = core_.replica().peer().is_established();
    say_standing();
  }
  if (core_.replica().peer().quorum_changes() != noted_changes_) {
    const election::Quorums& quorums = core_.replica().peer().quorums();
    spdlog::info("the configuration is of version {:x}{}",
                 quorums.committed.version,
                 quorums.pending ? fmt::format("; {:x} is coming", quorums.pending->version) : "");
    follow_configuration();
  }
  follow_charter();
  stop_if_outdated();
  if (!hello_.is_empty) return;
  if (holds_nothing(core_.replica().peer().state())) return;
  hello_.is_empty = false;
  links_->set_self(hello_);
}

void Ensemble::on_up(ServerId peer, const PeerInfo& info) {
  spdlog::info("linked to server {} at {} ({})", raw(peer), info.address, info.hello.software);
  if (first_start_.on_up(peer, info.hello.is_empty)) begin();
  core_.replica().on_link_up(peer, info.hello.feature_level, loop_.now());
}

void Ensemble::on_down(ServerId peer) {
  spdlog::info("the link to server {} is gone", raw(peer));
  first_start_.on_down(peer);
  core_.replica().on_link_down(peer, loop_.now());
}

void Ensemble::on_message(ServerId peer, replica::PeerMessage message) {
  core_.replica().on_message(peer, std::move(message), loop_.now());
}

}  // namespace paddock::runtime
