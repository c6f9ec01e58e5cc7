// SPDX-License-Identifier: Apache-2.0
#include "runtime/backup_source.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/number_text.h"
#include "data/sha256.h"
#include "data/transactions.h"

namespace paddock::runtime {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10U;
constexpr std::size_t kLogBytes = std::size_t{4} << 20U;
constexpr const char* kBinary = "application/octet-stream";

/// A file on its way.
struct Shipment {
  std::unique_ptr<storage::SnapshotFile> file;
  std::uint64_t offset = 0;
  data::Sha256 sum;

  std::optional<std::string> next() {
    auto piece = file->read(offset, kPieceBytes);
    if (!piece) return std::nullopt;
    offset += piece->size();
    sum.add(*piece);
    return std::move(*piece);
  }
};

}  // namespace

Zxid BackupSource::applied() {
  const gate::SharedTree::ReadGate gate = tree_.read(slot_);
  return gate.tree().last_zxid();
}

std::string BackupSource::ensemble_header() const {
  return "X-Paddock-Ensemble: " + store_.metadata().ensemble_id();
}

http::Response BackupSource::answer_snapshot(const http::Request& /*request*/) {
  if (applied() == Zxid{}) {
    return {.status = 409, .body = "nothing was written yet: there is nothing to take\n"};
  }
  return {.later = [this](const http::Reply& reply) {
    background_.request_snapshot([this, reply](const Result<Zxid>& taken) {
      if (taken) return reply(stream(*taken));
      reply({.status = 503, .body = "no snapshot could be taken: " + taken.error().message + "\n"});
    });
  }};
}

http::Response BackupSource::stream(Zxid zxid) {
  auto file = store_.open_snapshot_file(zxid);
  if (!file) return {.status = 503, .body = file.error().message + "\n"};
  if (*file == nullptr) return {.status = 503, .body = "the snapshot has gone; ask again\n"};
  auto shipment = std::make_shared<Shipment>();
  shipment->file = std::move(*file);
  const std::string name =
      fmt::format("snapshot.{:016x}", static_cast<std::uint64_t>(shipment->file->zxid().value));
  return {.content_type = kBinary,
          .headers = {fmt::format("X-Paddock-Zxid: 0x{:x}", shipment->file->zxid().value),
                      ensemble_header(),
                      // As ZooKeeper's snapshot command names them.
                      fmt::format("last_zxid: 0x{:x}", shipment->file->zxid().value),
                      fmt::format("snapshot_size: {}", shipment->file->size()),
                      fmt::format("X-Paddock-Bytes: {}", shipment->file->size()),
                      "Content-Disposition: attachment; filename=" + name,
                      "Trailer: X-Paddock-Sha256"},
          .pieces = {.next = [shipment] { return shipment->next(); },
                     .trailers =
                         [shipment] {
                           return std::vector{"X-Paddock-Sha256: " + shipment->sum.hex()};
                         }}};
}

http::Response BackupSource::answer_log(const http::Request& request) {
  const auto given = request.query.find("after");
  const auto after = given == request.query.end() ? std::nullopt : parse_zxid(given->second);
  if (!after)
    return {.status = 400, .body = "after= a zxid is needed, as 4294967297 or 0x100000001\n"};
  const Zxid committed = applied();
  auto reader = store_.log().read(*after);
  if (!reader) {
    const bool is_gone = reader.error().fault == storage::LogFault::Gap;
    return {.status = is_gone ? 410U : 503U, .body = reader.error().message + "\n"};
  }
  std::string body;
  Zxid last = *after;
  while (body.size() < kLogBytes && last < committed) {
    const auto record = (*reader)->next();
    if (!record) return {.status = 503, .body = record.error().message + "\n"};
    if (!*record || (*record)->zxid > committed) break;
    last = (*record)->zxid;
    data::append_transaction(last, (*record)->payload, body);
  }
  return {.content_type = kBinary,
          .body = std::move(body),
          .headers = {fmt::format("X-Paddock-Last: 0x{:x}", last.value),
                      fmt::format("X-Paddock-Committed: 0x{:x}", committed.value),
                      ensemble_header()}};
}

http::Response BackupSource::answer_restore(const http::Request& /*request*/) {
  return {.status = 409,
          .body =
              "a server that runs is not restored: end it, and give its place to a directory "
              "that 'paddock restore' makes\n"};
}

}  // namespace paddock::runtime
