// SPDX-License-Identifier: Apache-2.0
#include "runtime/admin_api.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::runtime {

namespace {

constexpr milliseconds kCallMax{15000};

std::unique_ptr<google::protobuf::Message> message_of(const ApiRefusal& refusal) {
  auto message = std::make_unique<admin::pb::Refusal>();
  message->set_error(refusal.error);
  if (!refusal.code.empty()) message->set_code(refusal.code);
  return message;
}

template <class T>
ApiAnswer answer_of(ApiResult<T> result, unsigned status) {
  if (!result) return {result.error().status, message_of(result.error())};
  return {status, std::make_unique<T>(std::move(*result))};
}

template <class Out, class In>
struct MethodOf {
  using Request = In;
};
template <class Out, class In>
MethodOf<Out, In> method_of(ApiResult<Out> (AdminApi::*)(const In&, const ApiCaller&));

}  // namespace

struct AdminApi::Handler {
  std::string_view name;
  bool waits;
  ApiAnswer (*answer)(AdminApi& api,
                      const google::protobuf::Message& request,
                      const ApiCaller& caller);

  template <auto Method, unsigned Status = 200>
  static ApiAnswer call(AdminApi& api,
                        const google::protobuf::Message& request,
                        const ApiCaller& caller) {
    using Request = typename decltype(method_of(Method))::Request;
    PADDOCK_ASSERT(request.GetDescriptor() == Request::descriptor());
    return answer_of((api.*Method)(static_cast<const Request&>(request), caller), Status);
  }
};

const AdminApi::Handler& AdminApi::handler_of(const admin::Call& call) {
  static constexpr std::array kHandlers{
      Handler{"Member", false, Handler::call<&AdminApi::member>},
      Handler{"WhoAmI", false, Handler::call<&AdminApi::who_am_i>},
      Handler{"Config", false, Handler::call<&AdminApi::config>},
      Handler{"TransferLeader", false, Handler::call<&AdminApi::transfer_leader, 202>},
      Handler{"Drain", false, Handler::call<&AdminApi::drain>},
      Handler{"Barrier", true, Handler::call<&AdminApi::barrier>},
      Handler{"Initialize", false, Handler::call<&AdminApi::initialize>},
      Handler{"Reload", true, Handler::call<&AdminApi::reload>},
      Handler{"Reconfig", true, Handler::call<&AdminApi::reconfig>},
      Handler{"LogLevel", false, Handler::call<&AdminApi::log_level>},
      Handler{"SetLogLevel", false, Handler::call<&AdminApi::set_log_level>},
      Handler{"Limits", false, Handler::call<&AdminApi::limits>},
      Handler{"SetLimit", false, Handler::call<&AdminApi::set_limit>},
      Handler{"RemoveLimit", false, Handler::call<&AdminApi::remove_limit>},
      Handler{"SlowOperations", false, Handler::call<&AdminApi::slow_operations>},
      Handler{"Top", false, Handler::call<&AdminApi::top>},
      Handler{"CloseConnections", false, Handler::call<&AdminApi::close_connections>},
      Handler{"Node", false, Handler::call<&AdminApi::node>},
      Handler{"CreateNode", true, Handler::call<&AdminApi::create_node>},
      Handler{"SetNode", true, Handler::call<&AdminApi::set_node>},
      Handler{"DeleteNode", true, Handler::call<&AdminApi::delete_node>},
  };
  const auto found = std::ranges::find(kHandlers, std::string_view(call.name), &Handler::name);
  PADDOCK_ASSERT(found != kHandlers.end());
  return *found;
}

bool AdminApi::waits(const admin::Call& call) {
  return handler_of(call).waits;
}

ApiAnswer AdminApi::answer(const admin::Call& call,
                           const google::protobuf::Message& request,
                           const ApiCaller& caller) {
  return handler_of(call).answer(*this, request, caller);
}

ApiResult<OwnClient::Answer> AdminApi::call_as(const OwnCaller& caller,
                                               jute::Opcode opcode,
                                               View record) {
  const AdoptOwn adopt = [this](net::Accepted accepted, const OwnCaller& who) {
    return control_.adopt_own(std::move(accepted), who);
  };
  auto client = OwnClient::open(adopt, caller, kCallMax, is_stopping_);
  if (!client) return refused(503, client.error().message);
  auto answer = (*client)->call(opcode, record);
  if (!answer) return refused(503, answer.error().message);
  if (answer->err != ErrorCode::Ok) return std::unexpected(refusal_of(answer->err));
  return std::move(*answer);
}

ApiRefusal refusal_of(ErrorCode err) {
  struct Known {
    ErrorCode err;
    unsigned status;
    const char* sentence;
  };
  static constexpr Known kKnown[] = {
      {ErrorCode::NoNode, 404, "there is no such znode, or no parent for it"},
      {ErrorCode::NoAuth,
       403,
       "the znode's ACL does not allow it to you: GET /admin/whoami says who you are here"},
      {ErrorCode::NodeExists, 409, "there is such a znode already"},
      {ErrorCode::NotEmpty, 409, "the znode has children: delete those first"},
      {ErrorCode::BadVersion, 409, "it has another version by now: read it again"},
      {ErrorCode::NoChildrenForEphemerals, 409, "an ephemeral znode cannot have children"},
      {ErrorCode::BadArguments,
       400,
       "the path is none: it begins with /, and has no empty, . or .. parts and no / at its end"},
      {ErrorCode::InvalidAcl,
       400,
       "the ACL cannot be used: each entry needs perms of cdrwa, a scheme that is known and an id "
       "of that scheme"},
      {ErrorCode::QuotaExceeded, 409, "a quota or a limit of clients does not allow it"},
      {ErrorCode::NotReadOnly,
       503,
       "writes are refused: the disk is nearly full, or there is no quorum"},
      {ErrorCode::ReconfigDisabled,
       409,
       "reconfigEnabled is not true in the configuration: set it and restart"},
      {ErrorCode::ReconfigInProgress,
       409,
       "another change of the members is not finished: wait for GET /admin/member to show the same "
       "committed and activated configuration"},
      {ErrorCode::NewConfigNoQuorum,
       409,
       "a quorum of the new members and each new voter must be connected and in step: start them, "
       "as observers of the ensemble they learn its history"},
      {ErrorCode::SessionClosedRequireSaslAuth,
       401,
       "the server enforces authentication: say who you are"},
      {ErrorCode::ThrottledOp, 503, "the server is overloaded, or a limit of clients is reached"},
      {ErrorCode::Unimplemented, 409, "a standalone server cannot do that"},
  };
  const auto known = std::ranges::find(kKnown, err, &Known::err);
  const std::string code(name(err));
  if (known == std::end(kKnown)) {
    return {
        409, fmt::format("the request was refused: {} ({})", code, static_cast<int>(err)), code};
  }
  return {known->status, known->sentence, code};
}

}  // namespace paddock::runtime
