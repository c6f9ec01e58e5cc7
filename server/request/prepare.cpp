// SPDX-License-Identifier: Apache-2.0
#include "request/prepare.h"

#include <algorithm>

#include "base/assert.h"
#include "request/judge.h"
#include "request/operation.h"
#include "request/overlay.h"
#include "request/path.h"
#include "request/pending_sessions.h"
#include "request/txn_fields.h"
#include "txn/txn.pb.h"

namespace paddock::request {

namespace {

constexpr PrepareOutcome kOk{};
constexpr PrepareOutcome kMalformed{.err = ErrorCode::MarshallingError};
constexpr PrepareOutcome kNotForClients{.err = ErrorCode::Unimplemented, .close_connection = true};

struct Stamp {
  SessionId session{};
  std::int32_t xid = 0;
  Zxid zxid;
  WallTime now;
};

void put_stamp(const Stamp& stamp, txn::pb::Txn& txn) {
  txn.set_zxid(stamp.zxid.value);
  txn.set_session(raw(stamp.session));
  txn.set_xid(stamp.xid);
  txn.set_time_ms(stamp.now.ms);
}

/// The only operation of a transaction that the server makes up.
txn::pb::Op& start_single(const Stamp& stamp, jute::Opcode opcode, txn::pb::Txn& txn) {
  txn.Clear();
  put_stamp(stamp, txn);
  txn::pb::Op& op = *txn.add_ops();
  op.set_opcode(static_cast<std::int32_t>(opcode));
  return op;
}

}  // namespace

struct Preparer::Impl {
  Impl(const tree::DataTree& the_tree,
       const session::SessionTable& the_sessions,
       PrepareOptions the_options)
      : tree(the_tree),
        sessions(the_sessions),
        options(the_options),
        overlay(the_tree),
        judge(the_tree, overlay, options) {}

  [[nodiscard]] ErrorCode standing(SessionId id) const;
  [[nodiscard]] Author author_of(const WriteRequest& request) const;
  [[nodiscard]] PrepareOutcome prepare_single(const WriteRequest& request,
                                              const Stamp& stamp,
                                              txn::pb::Txn& txn);
  [[nodiscard]] PrepareOutcome prepare_multi(const WriteRequest& request,
                                             const Stamp& stamp,
                                             txn::pb::Txn& txn);
  [[nodiscard]] PrepareOutcome refuse_multi(std::size_t failed, ErrorCode err, txn::pb::Txn& txn);
  [[nodiscard]] PrepareOutcome refuse_reconfig(const WriteRequest& request) const;
  void set_configuration(View text, const Stamp& stamp, jute::Opcode opcode, txn::pb::Txn& txn);
  void close_session(const Stamp& stamp, txn::pb::Txn& txn);
  [[nodiscard]] bool is_expired(View path, WallTime now) const;

  const tree::DataTree& tree;
  const session::SessionTable& sessions;
  PrepareOptions options;
  Overlay overlay;
  PendingSessions pending_sessions;
  Judge judge;
  std::vector<Operation> operations;
  std::vector<ErrorCode> multi_errors;
};

ErrorCode Preparer::Impl::standing(SessionId id) const {
  if (const auto pending = pending_sessions.find(id)) {
    return *pending == PendingSessions::Change::Created ? ErrorCode::Ok : ErrorCode::SessionExpired;
  }
  const session::Session* session = sessions.find(id);
  if (session == nullptr) return ErrorCode::UnknownSession;
  return session->closing ? ErrorCode::SessionExpired : ErrorCode::Ok;
}

Author Preparer::Impl::author_of(const WriteRequest& request) const {
  return {.session = request.session,
          .standing = request.is_local_session ? ErrorCode::Ok : standing(request.session),
          .identities = request.identities,
          .is_local = request.is_local_session};
}

PrepareOutcome Preparer::Impl::prepare_single(const WriteRequest& request,
                                              const Stamp& stamp,
                                              txn::pb::Txn& txn) {
  jute::Reader reader(request.payload);
  Operation operation;
  if (!read_operation(request.opcode, reader, operation)) return kMalformed;
  const Author author = author_of(request);
  const ErrorCode err = judge.judge(operation, author, *txn.add_ops());
  if (err != ErrorCode::Ok) {
    txn.Clear();
    return {.err = err};
  }
  overlay.commit(stamp.zxid);
  put_stamp(stamp, txn);
  return kOk;
}

PrepareOutcome Preparer::Impl::prepare_multi(const WriteRequest& request,
                                             const Stamp& stamp,
                                             txn::pb::Txn& txn) {
  if (!read_multi(request.payload, operations)) return kMalformed;
  const Author author = author_of(request);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const ErrorCode err = judge.judge(operations[i], author, *txn.add_ops());
    if (err != ErrorCode::Ok) return refuse_multi(i, err, txn);
  }
  overlay.commit(stamp.zxid);
  put_stamp(stamp, txn);
  txn.set_multi(true);
  return kOk;
}

PrepareOutcome Preparer::Impl::refuse_multi(std::size_t failed, ErrorCode err, txn::pb::Txn& txn) {
  overlay.rollback();
  txn.Clear();
  if (err == ErrorCode::MarshallingError) return kMalformed;
  multi_errors.assign(operations.size(), ErrorCode::RuntimeInconsistency);
  std::fill_n(multi_errors.begin(), failed, ErrorCode::Ok);
  multi_errors[failed] = err;
  return {.multi_failed = true};
}

PrepareOutcome Preparer::Impl::refuse_reconfig(const WriteRequest& request) const {
  jute::ReconfigRequest reconfig;
  if (!jute::decode(request.payload, reconfig)) return kMalformed;
  if (!options.reconfig_enabled) return {.err = ErrorCode::ReconfigDisabled};
  const ErrorCode err = author_of(request).standing;
  return {.err = err == ErrorCode::Ok ? ErrorCode::Unimplemented : err};
}

/// Clients see no version of the node but that in its text. Source: ZooKeeper, SetDataTxn of -1.
void Preparer::Impl::set_configuration(View text,
                                       const Stamp& stamp,
                                       jute::Opcode opcode,
                                       txn::pb::Txn& txn) {
  NodeState& state = overlay.change(tree::kConfigPath);
  state.version = -1;
  state.data_size = static_cast<std::int64_t>(text.size());
  overlay.commit(stamp.zxid);
  txn::pb::SetData& change = *start_single(stamp, opcode, txn).mutable_set_data();
  set_bytes(*change.mutable_path(), tree::kConfigPath);
  set_bytes(*change.mutable_data(), text);
  change.set_version(-1);
}

void Preparer::Impl::close_session(const Stamp& stamp, txn::pb::Txn& txn) {
  for (const std::string& path : overlay.ephemerals(stamp.session)) {
    overlay.change(parent_of(path)).children -= 1;
    overlay.remove(path);
  }
  overlay.commit(stamp.zxid);
  pending_sessions.add(stamp.session, PendingSessions::Change::Closing, stamp.zxid);
  static_cast<void>(start_single(stamp, jute::Opcode::CloseSession, txn).mutable_close_session());
}

/// Whether a node may be removed because it is a container or has a time to live. Nothing that an
/// outstanding transaction has changed may: it is in use.
bool Preparer::Impl::is_expired(View path, WallTime now) const {
  Overlay::Node node;
  if (!overlay.look(path, node) || node.is_pending || node.state.children > 0) return false;
  if (tree::is_container(node.state.owner)) return true;
  const std::int64_t mtime = tree.stat(*tree.find(path)).mtime;
  return tree::is_ttl(node.state.owner) && now.ms - mtime > tree::ttl_ms(node.state.owner);
}

Preparer::Preparer(const tree::DataTree& tree,
                   const session::SessionTable& sessions,
                   PrepareOptions options)
    : impl_(std::make_unique<Impl>(tree, sessions, options)) {}

Preparer::~Preparer() = default;

PrepareOutcome Preparer::prepare(const WriteRequest& request,
                                 Zxid zxid,
                                 WallTime now,
                                 txn::pb::Txn& txn) {
  txn.Clear();
  const Stamp stamp{request.session, request.xid, zxid, now};
  switch (request.opcode) {
    case jute::Opcode::Create:
    case jute::Opcode::Create2:
    case jute::Opcode::CreateContainer:
    case jute::Opcode::CreateTtl:
    case jute::Opcode::Delete:
    case jute::Opcode::SetData:
    case jute::Opcode::SetAcl:
      return impl_->prepare_single(request, stamp, txn);
    case jute::Opcode::Multi:
      return impl_->prepare_multi(request, stamp, txn);
    case jute::Opcode::CloseSession:
      impl_->close_session(stamp, txn);
      return kOk;
    case jute::Opcode::Reconfig:
      return impl_->refuse_reconfig(request);
    case jute::Opcode::Notification:
    case jute::Opcode::Exists:
    case jute::Opcode::GetData:
    case jute::Opcode::GetAcl:
    case jute::Opcode::GetChildren:
    case jute::Opcode::Sync:
    case jute::Opcode::Ping:
    case jute::Opcode::GetChildren2:
    case jute::Opcode::Check:
    case jute::Opcode::CheckWatches:
    case jute::Opcode::RemoveWatches:
    case jute::Opcode::DeleteContainer:
    case jute::Opcode::MultiRead:
    case jute::Opcode::Auth:
    case jute::Opcode::SetWatches:
    case jute::Opcode::Sasl:
    case jute::Opcode::GetEphemerals:
    case jute::Opcode::GetAllChildrenNumber:
    case jute::Opcode::SetWatches2:
    case jute::Opcode::AddWatch:
    case jute::Opcode::WhoAmI:
    case jute::Opcode::CreateSession:
    case jute::Opcode::Error:
      break;
  }
  return kNotForClients;
}

ErrorCode Preparer::prepare_configuration(
    const WriteRequest& request, View text, Zxid zxid, WallTime now, txn::pb::Txn& txn) {
  const Author author = impl_->author_of(request);
  if (const ErrorCode err = impl_->judge.may_configure(author); err != ErrorCode::Ok) return err;
  impl_->set_configuration(
      text, {request.session, request.xid, zxid, now}, jute::Opcode::Reconfig, txn);
  txn.set_configuration_step(txn::pb::CONFIGURATION_STEP_BEGIN);
  return ErrorCode::Ok;
}

void Preparer::prepare_configuration_text(View text, Zxid zxid, WallTime now, txn::pb::Txn& txn) {
  impl_->set_configuration(text, {{}, 0, zxid, now}, jute::Opcode::SetData, txn);
}

void Preparer::prepare_configuration_finish(Zxid zxid, WallTime now, txn::pb::Txn& txn) {
  txn.Clear();
  put_stamp({{}, 0, zxid, now}, txn);
  txn.set_configuration_step(txn::pb::CONFIGURATION_STEP_FINISH);
}

bool creates_ephemeral(jute::Opcode opcode, View payload) {
  std::vector<Operation> operations;
  if (opcode == jute::Opcode::Create || opcode == jute::Opcode::Create2) {
    jute::Reader reader(payload);
    if (!read_operation(opcode, reader, operations.emplace_back())) return false;
  } else if (opcode != jute::Opcode::Multi || !read_multi(payload, operations)) {
    return false;
  }
  return std::ranges::any_of(operations, needs_upgrade);
}

const std::vector<ErrorCode>& Preparer::multi_errors() const {
  return impl_->multi_errors;
}

void Preparer::prepare_create_session(
    SessionId id, milliseconds timeout, Zxid zxid, WallTime now, txn::pb::Txn& txn) {
  start_single({id, 0, zxid, now}, jute::Opcode::CreateSession, txn)
      .mutable_create_session()
      ->set_timeout_ms(static_cast<std::int32_t>(timeout.count()));
  impl_->pending_sessions.add(id, PendingSessions::Change::Created, zxid);
}

void Preparer::prepare_close_session(SessionId id, Zxid zxid, WallTime now, txn::pb::Txn& txn) {
  impl_->close_session({id, 0, zxid, now}, txn);
}

bool Preparer::prepare_delete_expired(View path, Zxid zxid, WallTime now, txn::pb::Txn& txn) {
  if (is_special_path(path) || !impl_->is_expired(path, now)) return false;
  impl_->overlay.change(parent_of(path)).children -= 1;
  impl_->overlay.remove(path);
  impl_->overlay.commit(zxid);
  set_bytes(*start_single({{}, 0, zxid, now}, jute::Opcode::DeleteContainer, txn)
                 .mutable_delete_()
                 ->mutable_path(),
            path);
  return true;
}

void Preparer::on_applied(Zxid zxid) {
  impl_->overlay.on_applied(zxid);
  impl_->pending_sessions.on_applied(zxid);
}

void Preparer::set_options(PrepareOptions options) {
  impl_->options = options;
}

void Preparer::check_invariants() const {
  impl_->overlay.check_invariants();
}

}  // namespace paddock::request
