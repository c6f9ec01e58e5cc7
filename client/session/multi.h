// SPDX-License-Identifier: Apache-2.0
//
// Transactions (all operations or none, in one zxid) and batches of reads, built operation by
// operation straight into wire form. A value of one thread. An illegal path makes the whole request
// BadArguments before anything is sent. Source: ZooKeeper MultiOperationRecord, Op.
#pragma once

#include "client_session/request.h"

namespace paddock::client {

class Transaction {
 public:
  explicit Transaction(const Chroot& chroot) : chroot_(chroot) {}

  Transaction& create(View path, const CreateOptions& options = {});
  Transaction& remove(View path, std::int32_t version = kAnyVersion);
  Transaction& set(View path, View data, std::int32_t version = kAnyVersion);
  /// Fails the transaction unless the node exists and has `version` (any, if -1).
  Transaction& check(View path, std::int32_t version = kAnyVersion);

  [[nodiscard]] std::size_t size() const { return count_; }
  /// The whole request. An empty transaction is BadArguments.
  [[nodiscard]] EncodedRequest finish() &&;

 private:
  template <class Record>
  void add(jute::Opcode opcode, const Record& record);

  Chroot chroot_;
  ByteBuffer body_;
  std::size_t count_ = 0;
  bool is_bad_ = false;
};

class ReadBatch {
 public:
  explicit ReadBatch(const Chroot& chroot) : chroot_(chroot) {}

  ReadBatch& get(View path);
  ReadBatch& children(View path);

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] EncodedRequest finish() &&;

 private:
  ReadBatch& add(jute::Opcode opcode, View path);

  Chroot chroot_;
  ByteBuffer body_;
  std::size_t count_ = 0;
  bool is_bad_ = false;
};

}  // namespace paddock::client
