// SPDX-License-Identifier: Apache-2.0
#include "runtime/disk_worker.h"

#include <string_view>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace paddock::runtime {

namespace {

std::string_view failure_of(const DiskTask& task) {
  if (std::holds_alternative<storage::LogBatch>(task)) {
    return "the log cannot be written, so nothing can be acknowledged";
  }
  if (std::holds_alternative<Truncate>(task)) {
    return "the log cannot be brought in line with the leader's";
  }
  if (std::holds_alternative<ReceivedPiece>(task)) {
    return "the leader's snapshot cannot be written";
  }
  return "the metadata cannot be written, so no promise can be kept";
}

}  // namespace

Result<std::optional<DiskReport>> DiskWorker::carry_out(DiskTask& task) {
  auto report = std::visit([this](auto& one) { return carry_out(one); }, task);
  if (!report) return std::unexpected(std::move(report).error().within(failure_of(task)));
  return report;
}

Result<DiskWorker::Report> DiskWorker::carry_out(storage::LogBatch& batch) {
  received_.reset();
  auto durable = store_.log().commit(batch);
  if (!durable) return std::unexpected(std::move(durable).error());
  return Durable{*durable};
}

Result<DiskWorker::Report> DiskWorker::carry_out(const Truncate& task) {
  received_.reset();
  PADDOCK_TRY(store_.truncate(task.zxid));
  return Truncated{store_.log().last()};
}

Result<DiskWorker::Report> DiskWorker::carry_out(const PromiseEpochs& task) {
  received_.reset();
  PADDOCK_TRY(store_.update_metadata([&task](storage::Metadata& next) {
    PADDOCK_ASSERT(task.accepted >= next.accepted_epoch());
    PADDOCK_ASSERT(task.current >= next.current_epoch());
    next.set_accepted_epoch(task.accepted);
    next.set_current_epoch(task.current);
    next.set_may_not_vote(!task.may_vote);
  }));
  return EpochsPromised{
      .accepted = task.accepted, .current = task.current, .may_vote = task.may_vote};
}

Result<DiskWorker::Report> DiskWorker::carry_out(const NoteCommitted& task) {
  PADDOCK_TRY(store_.note_committed(task.zxid, task.mark));
  return std::nullopt;
}

Result<DiskWorker::Report> DiskWorker::carry_out(const ReceivedPiece& piece) {
  PADDOCK_TRY(write(piece));
  if (received_->bytes() >= piece.size) return install(piece);
  if (piece.offset + piece.bytes.size() >= piece.size) {
    // Whoever sent it waits for the installation.
    return InstallFailed{.epoch = piece.epoch,
                         .zxid = piece.zxid,
                         .reason = "its last piece does not continue what is there"};
  }
  return PieceWritten{.epoch = piece.epoch, .zxid = piece.zxid, .offset = received_->bytes()};
}

Result<> DiskWorker::write(const ReceivedPiece& piece) {
  const bool is_same =
      received_ != nullptr && received_->zxid() == piece.zxid && received_epoch_ == piece.epoch;
  if (!is_same) {
    received_.reset();  // its file goes before the next one is made
    auto begun = store_.begin_receive(piece.zxid);
    if (!begun) return std::unexpected(std::move(begun).error());
    received_ = std::move(*begun);
    received_epoch_ = piece.epoch;
  }
  if (received_->bytes() != piece.offset) return {};
  return received_->append(piece.bytes);
}

Result<DiskWorker::Report> DiskWorker::install(const ReceivedPiece& last) {
  auto installed = store_.complete_receive(std::move(received_));
  if (installed) return Installed{.epoch = last.epoch, .zxid = last.zxid};
  storage::SnapshotError error = std::move(installed).error();
  if (error.fault == storage::SnapshotFault::Io) return std::unexpected(std::move(error));
  return InstallFailed{.epoch = last.epoch,
                       .zxid = last.zxid,
                       .reason = std::move(error.message),
                       .is_damaged = true};
}

}  // namespace paddock::runtime
