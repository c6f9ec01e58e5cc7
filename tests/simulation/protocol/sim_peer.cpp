// SPDX-License-Identifier: Apache-2.0
#include "simulation/protocol/sim_peer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::simulation {
namespace {

// The last byte of a snapshot, and of a damaged one.
constexpr char kEnd = '.';
constexpr char kRot = '!';

std::string to_bytes(const std::vector<Record>& records) {
  std::string bytes;
  for (const Record& record : records) {
    bytes += fmt::format("{} {}\n", record.zxid.value, record.payload);
  }
  return bytes + kEnd;
}

std::vector<Record> from_bytes(const std::string& bytes) {
  std::vector<Record> records;
  std::size_t at = 0;
  while (at < bytes.size() && bytes[at] != kEnd) {
    const std::size_t space = bytes.find(' ', at);
    const std::size_t end = bytes.find('\n', space);
    records.push_back(
        {Zxid{std::stoll(bytes.substr(at, space - at))}, bytes.substr(space + 1, end - space - 1)});
    at = end + 1;
  }
  return records;
}

constexpr View kBegin = "begin ";
constexpr View kFinish = "finish";

election::ServerSet parse_servers(View text) {
  election::ServerSet servers;
  for (const char one : text) servers.insert(ServerId{one - '0'});
  return servers;
}

std::string text_of(const election::ServerSet& servers) {
  std::string text;
  servers.for_each([&](ServerId id) { text += static_cast<char>('0' + raw(id)); });
  return text;
}

std::optional<zab::ConfigurationStep> step_of(Zxid zxid, View payload) {
  if (payload == kFinish) return zab::ConfigurationStep{zab::ConfigurationStep::Kind::Finish, {}};
  if (!payload.starts_with(kBegin)) return std::nullopt;
  payload.remove_prefix(kBegin.size());
  const std::size_t bar = payload.find('|');
  zab::ConfigurationStep step{.kind = zab::ConfigurationStep::Kind::Begin, .next = {}};
  step.next.version = zxid.value;
  step.next.voters = parse_servers(payload.substr(0, bar));
  step.next.observers = parse_servers(payload.substr(bar + 1));
  return step;
}

}  // namespace

std::string begin_payload(const election::Configuration& next) {
  return fmt::format("{}{}|{}", kBegin, text_of(next.voters), text_of(next.observers));
}

std::string finish_payload() {
  return std::string(kFinish);
}

SimPeer::SimPeer(SimPeerOptions options, SimDisk disk)
    : options_(std::move(options)), disk_(std::move(disk)) {
  options_.peer.configuration_step_of = &step_of;
  if (options_.is_joining) disk_.epochs.may_vote = false;
}

// --- Life.

void SimPeer::start(MonotonicTime now) {
  PADDOCK_ASSERT(!is_up());
  applied_ = disk_.snapshot;
  Zxid committed = disk_.snapshot_zxid;
  auto tail = std::make_shared<zab::EntryBatch>();
  for (const Record& record : disk_.log) {
    if (record.zxid <= disk_.snapshot_zxid) continue;
    if (record.zxid <= disk_.committed) {
      applied_.push_back(record);
      committed = record.zxid;
    } else {
      tail->add(record.zxid, record.payload);
    }
  }
  peer_ = std::make_unique<zab::Peer>(options_.peer,
                                      zab::Recovered{.epochs = disk_.epochs,
                                                     .quorums = applied_quorums(),
                                                     .last = std::max(disk_.log_end(), committed),
                                                     .committed = committed,
                                                     .tail = std::move(tail)});
  peer_->start(now, effects_);
  after_step();
}

election::Quorums SimPeer::applied_quorums() const {
  zab::Membership membership({options_.configuration, {}}, &step_of);
  if (applied_.empty()) return membership.quorums();
  zab::EntryBatch batch;
  for (const Record& record : applied_) batch.add(record.zxid, record.payload);
  membership.append(batch, Zxid{});
  return membership.quorums();
}

void SimPeer::crash() {
  peer_.reset();
  effects_ = {};
  disk_queue_.clear();
  log_reads_.clear();
  snapshot_reads_.clear();
  sends_.clear();
  received_.clear();
}

// --- Steps.

void SimPeer::after_step() {
  for (zab::Envelope& envelope : effects_.sends) sends_.push_back(std::move(envelope));
  for (zab::DiskTask& task : effects_.disk) disk_queue_.push_back(std::move(task));
  for (const zab::LogRead& read : effects_.log_reads) log_reads_.push_back(read);
  for (const zab::SnapshotRead& read : effects_.snapshot_reads) snapshot_reads_.push_back(read);
  effects_ = {};
  apply_committed();
}

void SimPeer::apply_committed() {
  Zxid at = applied_.empty() ? Zxid{} : applied_.back().zxid;
  const zab::History& history = peer_->state().history;
  while (at < peer_->committed() && at >= history.base()) {
    const zab::SharedBatch batch = history.batch_after(at);
    PADDOCK_ASSERT(batch != nullptr);
    for (const zab::Entry& entry : batch->entries()) {
      if (entry.zxid <= at || entry.zxid > peer_->committed()) continue;
      applied_.push_back({entry.zxid, std::string(batch->payload(entry))});
      at = entry.zxid;
    }
  }
  peer_->on_applied(at);
}

void SimPeer::on_link_up(ServerId peer, MonotonicTime now) {
  peer_->on_link_up(peer, now, effects_);
  after_step();
}

void SimPeer::on_link_down(ServerId peer, MonotonicTime now) {
  peer_->on_link_down(peer, now, effects_);
  after_step();
}

void SimPeer::on_message(ServerId from, zab::Message message, MonotonicTime now) {
  peer_->on_message(from, std::move(message), now, effects_);
  after_step();
}

void SimPeer::on_time(MonotonicTime now) {
  if (now < peer_->next_time()) return;
  peer_->on_time(now, effects_);
  after_step();
}

// --- The disk.

void SimPeer::move_disk(MonotonicTime now) {
  if (disk_queue_.empty()) return;
  const zab::DiskTask task = std::move(disk_queue_.front());
  disk_queue_.pop_front();
  if (const auto* one = std::get_if<zab::LogAppend>(&task)) {
    append(*one);
    peer_->on_log_durable(disk_.log_end(), now, effects_);
  }
  if (const auto* one = std::get_if<zab::LogTruncate>(&task)) truncate(*one, now);
  if (const auto* one = std::get_if<zab::SnapshotPiece>(&task)) write_piece(*one, now);
  if (const auto* one = std::get_if<zab::Epochs>(&task)) {
    disk_.epochs = *one;
    peer_->on_epochs_durable(*one, now, effects_);
  }
  after_step();
}

void SimPeer::move_log(MonotonicTime now) {
  while (!disk_queue_.empty() && std::holds_alternative<zab::LogAppend>(disk_queue_.front())) {
    append(std::get<zab::LogAppend>(disk_queue_.front()));
    disk_queue_.pop_front();
  }
  peer_->on_log_durable(disk_.log_end(), now, effects_);
  after_step();
}

void SimPeer::append(const zab::LogAppend& task) {
  PADDOCK_ASSERT(disk_.log_end() == task.after);
  for (const zab::Entry& entry : task.batch->entries()) {
    if (entry.zxid <= task.after) continue;
    const Zxid previous = disk_.log_end();
    disk_.log.push_back({entry.zxid, std::string(task.batch->payload(entry))});
    logged_.push_back({previous, disk_.log.back()});
  }
}

void SimPeer::truncate(const zab::LogTruncate& task, MonotonicTime now) {
  ++truncations_;
  PADDOCK_ASSERT(task.zxid >= disk_.base && task.zxid >= disk_.snapshot_zxid);
  std::erase_if(disk_.log, [&](const Record& record) { return record.zxid > task.zxid; });
  PADDOCK_ASSERT(disk_.log_end() == task.zxid);
  peer_->on_truncated(task.zxid, now, effects_);
}

void SimPeer::write_piece(const zab::SnapshotPiece& piece, MonotonicTime now) {
  if (received_of_ != std::pair(piece.epoch, piece.zxid)) received_.clear();
  received_of_ = {piece.epoch, piece.zxid};
  if (received_.size() == piece.offset) received_ += piece.bytes;
  if (received_.size() < piece.size && piece.offset + piece.bytes.size() >= piece.size) {
    received_of_ = {};
    peer_->on_install_failed(false, now, effects_);
    return;
  }
  if (received_.size() < piece.size) {
    peer_->on_snapshot_written({piece.epoch, piece.zxid, received_.size()}, now, effects_);
    return;
  }
  received_of_ = {};
  if (received_.ends_with(kRot)) {
    ++snapshots_refused_;
    peer_->on_install_failed(true, now, effects_);
    return;
  }
  ++snapshots_installed_;
  disk_.snapshot = from_bytes(received_);
  disk_.snapshot_zxid = piece.zxid;
  disk_.log.clear();
  disk_.base = piece.zxid;
  applied_ = disk_.snapshot;
  peer_->on_snapshot_installed(piece.zxid, applied_quorums(), now, effects_);
}

std::size_t SimPeer::take_snapshot() {
  if (applied_.empty() || peer_->state().rewrites > 0) return 0;
  // Only what the log has made durable.
  if (applied_.back().zxid > disk_.log_end()) return 0;
  is_rotten_ = false;
  disk_.snapshot = applied_;
  disk_.snapshot_zxid = applied_.back().zxid;
  disk_.committed = std::max(disk_.committed, disk_.snapshot_zxid);
  return static_cast<std::size_t>(std::ranges::count_if(
      disk_.log, [&](const Record& one) { return one.zxid <= disk_.snapshot_zxid; }));
}

void SimPeer::shorten_log(std::size_t count) {
  if (count == 0) return;
  disk_.base = disk_.log[count - 1].zxid;
  PADDOCK_ASSERT(disk_.base <= disk_.snapshot_zxid);
  disk_.log.erase(disk_.log.begin(), disk_.log.begin() + static_cast<std::ptrdiff_t>(count));
}

void SimPeer::move_reads(MonotonicTime now) {
  if (!log_reads_.empty()) {
    const zab::LogRead read = log_reads_.front();
    log_reads_.erase(log_reads_.begin());
    read_log(read, now);
  } else if (!snapshot_reads_.empty()) {
    const zab::SnapshotRead read = snapshot_reads_.front();
    snapshot_reads_.erase(snapshot_reads_.begin());
    read_snapshot(read, now);
  }
}

void SimPeer::read_log(const zab::LogRead& read, MonotonicTime now) {
  zab::LogReadResult result{.learner = read.learner,
                            .ticket = read.ticket,
                            .is_there = read.after >= disk_.base,
                            .position = disk_.base,
                            .batch = nullptr};
  auto batch = std::make_shared<zab::EntryBatch>();
  for (const Record& record : disk_.log) {
    if (record.zxid <= read.after) {
      result.position = record.zxid;
    } else if (batch->size() < options_.read_records) {
      batch->add(record.zxid, record.payload);
    }
  }
  result.batch = std::move(batch);
  peer_->on_log_read(std::move(result), now, effects_);
  after_step();
}

/// A damaged one is found damaged when it is looked at again, and then there is another.
void SimPeer::read_snapshot(const zab::SnapshotRead& read, MonotonicTime now) {
  if (read.refused == disk_.snapshot_zxid) is_rotten_ = false;
  if (disk_.snapshot_zxid == Zxid{}) static_cast<void>(take_snapshot());
  std::string bytes = to_bytes(disk_.snapshot);
  if (is_rotten_) bytes.back() = kRot;
  const std::uint64_t offset = read.zxid == disk_.snapshot_zxid ? read.offset : 0;
  peer_->on_snapshot_read({.learner = read.learner,
                           .ticket = read.ticket,
                           .zxid = disk_.snapshot_zxid,
                           .offset = offset,
                           .size = bytes.size(),
                           .bytes = bytes.substr(offset, options_.piece_bytes)},
                          now,
                          effects_);
  after_step();
}

void SimPeer::lose_disk() {
  PADDOCK_ASSERT(!is_up());
  disk_ = {};
  disk_.epochs.may_vote = false;
}

bool SimPeer::is_quiet() const {
  return disk_queue_.empty() && log_reads_.empty() && snapshot_reads_.empty() && sends_.empty();
}

// --- Requests.

void SimPeer::propose(const std::vector<std::string>& payloads, MonotonicTime now) {
  if (!peer_->is_open()) return;
  auto batch = std::make_shared<zab::EntryBatch>();
  Zxid zxid = peer_->last();
  const auto epoch = static_cast<std::uint32_t>(peer_->epoch());
  if (zxid.epoch() != epoch) zxid = Zxid::of(epoch, 0);
  for (const std::string& payload : payloads) {
    zxid = zxid.next();
    batch->add(zxid, payload);
  }
  peer_->propose(batch, now, effects_);
  after_step();
}

bool SimPeer::reconfigure(const election::Configuration& next, MonotonicTime now) {
  // What is being changed has to be finished, and known to be by those who decide.
  if (!peer_->is_open() || peer_->quorums().pending || applied_quorums() != peer_->quorums()) {
    return false;
  }
  const election::ServerSet in_step = peer_->in_step();
  bool is_ready = next.has_quorum(in_step);
  next.voters.for_each([&](ServerId id) {
    if (!peer_->quorums().is_voter(id) && !in_step.contains(id)) is_ready = false;
  });
  if (!is_ready) return false;
  propose({begin_payload(next)}, now);
  return true;
}

void SimPeer::finish_reconfiguration(MonotonicTime now) {
  if (!peer_->is_open() || !peer_->quorums().pending) return;
  if (applied_quorums() == peer_->quorums()) propose({finish_payload()}, now);
}

std::uint64_t SimPeer::ask_quorum(MonotonicTime now) {
  const std::uint64_t beat = peer_->ask_quorum(now, effects_);
  after_step();
  return beat;
}

bool SimPeer::begin_handover(std::optional<ServerId> successor, MonotonicTime now) {
  const bool begun = peer_->begin_handover(successor, now, effects_);
  after_step();
  return begun;
}

void SimPeer::begin_rebuild(MonotonicTime now) {
  peer_->begin_rebuild(now, effects_);
  after_step();
}

std::vector<zab::Envelope> SimPeer::take_sends() {
  if (is_up() && !applied_.empty()) {
    // From time to time the log notes how far it is committed.
    if (applied_.back().zxid <= disk_.log_end() && peer_->state().rewrites == 0 &&
        applied_.back().zxid.counter() % 7 == 0) {
      disk_.committed = std::max(disk_.committed, applied_.back().zxid);
    }
  }
  return std::exchange(sends_, {});
}

void SimPeer::check_invariants() const {
  if (is_up()) peer_->check_invariants();
}

}  // namespace paddock::simulation
