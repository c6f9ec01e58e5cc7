// SPDX-License-Identifier: Apache-2.0
//
// Carries out the calls of the admin API (admin/admin.proto). Who may is decided before. Calls that
// wait for a quorum or the disk run on the admin worker's thread, all others on the admin server's.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <string>

#include <google/protobuf/message.h>

#include "admin/admin.pb.h"
#include "admin/authority.h"
#include "admin/schema.h"
#include "runtime/own_client.h"
#include "runtime/reporter.h"
#include "runtime/server_control.h"

namespace paddock::runtime {

/// Who asks, proven.
struct ApiCaller {
  OwnCaller as_client;
  bool may_read_confidential = false;
  bool may_change = false;
};

/// Why not: what is said, with which status.
struct ApiRefusal {
  unsigned status = 400;
  std::string error;
  std::string code{};  // ZooKeeper's name of the error
};

template <class T>
using ApiResult = std::expected<T, ApiRefusal>;

[[nodiscard]] inline std::unexpected<ApiRefusal> refused(unsigned status, std::string error) {
  return std::unexpected(ApiRefusal{status, std::move(error)});
}

struct ApiAnswer {
  unsigned status = 200;
  std::unique_ptr<google::protobuf::Message> message;
};

class AdminApi {
 public:
  /// Both outlive it.
  AdminApi(Reporter& reporter, ServerControl& control) : reporter_(reporter), control_(control) {}

  /// Calls that wait give up. Any thread.
  void stop() { is_stopping_ = true; }
  /// Whether a call has to be made on the worker's thread.
  [[nodiscard]] static bool waits(const admin::Call& call);
  [[nodiscard]] ApiAnswer answer(const admin::Call& call,
                                 const google::protobuf::Message& request,
                                 const ApiCaller& caller);

 private:
  struct Handler;
  [[nodiscard]] static const Handler& handler_of(const admin::Call& call);

  // The server (admin_api_server.cpp).
  ApiResult<admin::pb::MemberAnswer> member(const admin::pb::Nothing& in, const ApiCaller& caller);
  ApiResult<admin::pb::WhoAmIAnswer> who_am_i(const admin::pb::Nothing& in,
                                              const ApiCaller& caller);
  ApiResult<admin::pb::ConfigAnswer> config(const admin::pb::Nothing& in, const ApiCaller& caller);
  ApiResult<admin::pb::DrainAnswer> drain(const admin::pb::DrainRequest& in,
                                          const ApiCaller& caller);
  ApiResult<admin::pb::ReloadAnswer> reload(const admin::pb::Nothing& in, const ApiCaller& caller);
  ApiResult<admin::pb::LogLevelAnswer> log_level(const admin::pb::Nothing& in,
                                                 const ApiCaller& caller);
  ApiResult<admin::pb::LogLevelAnswer> set_log_level(const admin::pb::SetLogLevelRequest& in,
                                                     const ApiCaller& caller);
  // The ensemble (admin_api_ensemble.cpp).
  ApiResult<admin::pb::TransferLeaderAnswer> transfer_leader(
      const admin::pb::TransferLeaderRequest& in, const ApiCaller& caller);
  ApiResult<admin::pb::BarrierAnswer> barrier(const admin::pb::Nothing& in,
                                              const ApiCaller& caller);
  ApiResult<admin::pb::InitializeAnswer> initialize(const admin::pb::InitializeRequest& in,
                                                    const ApiCaller& caller);
  ApiResult<admin::pb::ReconfigAnswer> reconfig(const admin::pb::ReconfigRequest& in,
                                                const ApiCaller& caller);
  // Clients (admin_api_clients.cpp).
  ApiResult<admin::pb::LimitsAnswer> limits(const admin::pb::Nothing& in, const ApiCaller& caller);
  ApiResult<admin::pb::LimitsAnswer> set_limit(const admin::pb::Limit& in, const ApiCaller& caller);
  ApiResult<admin::pb::LimitsAnswer> remove_limit(const admin::pb::RemoveLimitRequest& in,
                                                  const ApiCaller& caller);
  ApiResult<admin::pb::SlowOperationsAnswer> slow_operations(const admin::pb::Nothing& in,
                                                             const ApiCaller& caller);
  ApiResult<admin::pb::TopAnswer> top(const admin::pb::Nothing& in, const ApiCaller& caller);
  ApiResult<admin::pb::CloseConnectionsAnswer> close_connections(
      const admin::pb::CloseConnectionsRequest& in, const ApiCaller& caller);
  // The tree (admin_api_tree.cpp).
  ApiResult<admin::pb::NodeAnswer> node(const admin::pb::NodeRequest& in, const ApiCaller& caller);
  ApiResult<admin::pb::NodeChangedAnswer> create_node(const admin::pb::CreateNodeRequest& in,
                                                      const ApiCaller& caller);
  ApiResult<admin::pb::NodeChangedAnswer> set_node(const admin::pb::SetNodeRequest& in,
                                                   const ApiCaller& caller);
  ApiResult<admin::pb::NodeChangedAnswer> delete_node(const admin::pb::DeleteNodeRequest& in,
                                                      const ApiCaller& caller);

  /// One request in a session of its own. *Errors*: no answer; `what` was refused.
  [[nodiscard]] ApiResult<OwnClient::Answer> call_as(const OwnCaller& caller,
                                                     jute::Opcode opcode,
                                                     View record);

  Reporter& reporter_;
  ServerControl& control_;
  std::atomic<bool> is_stopping_{false};
};

/// The status that goes with what a client would be told, and a sentence.
[[nodiscard]] ApiRefusal refusal_of(ErrorCode err);

}  // namespace paddock::runtime
