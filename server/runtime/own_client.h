// SPDX-License-Identifier: Apache-2.0
//
// A client of this very server, for what the admin API changes in the tree: a session over a socket
// pair, one end of which a shard has like any client's. So everything holds that holds for clients:
// ACLs, quotas, limits, the audit log, the order of requests. One thread; its calls block it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "auth/identities.h"
#include "base/byte_buffer.h"
#include "base/error.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "base/time.h"
#include "jute/opcode.h"
#include "net/fd.h"
#include "net/socket.h"

namespace paddock::runtime {

/// On whose behalf.
struct OwnCaller {
  std::string ip{};
  std::shared_ptr<const auth::IdentitySet> identities{};
  /// The server's own: it is a super user.
  bool is_server = false;
};

/// Gives a shard its end. *Errors*: why it is not taken.
using AdoptOwn = std::function<Result<>(net::Accepted accepted, const OwnCaller& caller)>;

class OwnClient {
 public:
  struct Answer {
    ErrorCode err = ErrorCode::Ok;
    Zxid zxid;
    std::string record;
  };

  /// With a session. Once `stop` is set nothing is waited for. *Errors*: the server takes none at
  /// the moment, as without a quorum; `timeout` is over.
  [[nodiscard]] static Result<std::unique_ptr<OwnClient>> open(const AdoptOwn& adopt,
                                                               const OwnCaller& caller,
                                                               milliseconds timeout,
                                                               const std::atomic<bool>& stop);
  /// Closes the session; nobody waits for that.
  ~OwnClient();
  OwnClient(const OwnClient&) = delete;
  OwnClient& operator=(const OwnClient&) = delete;

  /// *Errors*: there is no answer in time; what was asked for may still happen.
  [[nodiscard]] Result<Answer> call(jute::Opcode opcode, View record);

 private:
  OwnClient(net::Fd socket, milliseconds timeout, const std::atomic<bool>& stop);
  [[nodiscard]] Result<> connect();
  [[nodiscard]] Result<> send(View bytes);
  /// The next frame, without its length.
  [[nodiscard]] Result<std::string> receive();
  [[nodiscard]] Result<> wait_for(short events) const;

  net::Fd socket_;
  MonotonicTime deadline_;
  const std::atomic<bool>& stop_;
  std::string input_;
  std::int32_t xid_ = 0;
  bool has_session_ = false;
};

}  // namespace paddock::runtime
