// SPDX-License-Identifier: Apache-2.0
//
// What servers and clients alike are to one another in SASL, and what they tell Cyrus SASL: to load
// the plugins of two mechanisms and no other, and to be quiet.
#pragma once

#include <string>

#include <sasl/sasl.h>

#include "base/error.h"

namespace paddock::cyrus {

/// What ZooKeeper's servers are in SASL, wherever they run.
inline constexpr const char* kService = "zookeeper";
/// Their name, and realm, with DIGEST-MD5.
inline constexpr const char* kDigestServer = "zk-sasl-md5";
/// No more than who somebody is: no layer that would encrypt what follows.
inline constexpr sasl_security_properties_t kSecurity{};

inline constexpr const char* kDigestMd5 = "DIGEST-MD5";
inline constexpr const char* kGssapi = "GSSAPI";

using CallbackFunction = decltype(sasl_callback_t::proc);

/// Cyrus has one type for all callbacks.
template <class Function>
[[nodiscard]] CallbackFunction callback(Function* function) {
  return reinterpret_cast<CallbackFunction>(reinterpret_cast<void (*)()>(function));
}

/// SASL_CB_VERIFYFILE: which files may be loaded.
int verify_file(void* context, const char* file, sasl_verify_type_t type);
/// SASL_CB_LOG. What failed is asked for afterwards, of the connection.
int log_nothing(void* context, int level, const char* message);

/// Of a library that was started. *Errors*: the plugin of the mechanism is not there, and what to
/// install.
[[nodiscard]] Result<> check_mechanism(const std::string& mechanism);
/// *Errors*: what the code stands for, unless it is SASL_OK.
[[nodiscard]] Result<> started(int code);

}  // namespace paddock::cyrus
