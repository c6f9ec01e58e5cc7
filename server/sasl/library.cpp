// SPDX-License-Identifier: Apache-2.0
#include "sasl/library.h"

#include <cstring>
#include <mutex>
#include <string_view>

#include <sasl/saslplug.h>

namespace paddock::sasl {

namespace {

constexpr const char* kPasswordPlugin = "paddock";

using cyrus::callback;

int get_option(void* /*context*/,
               const char* /*plugin*/,
               const char* option,
               const char** result,
               unsigned* length) {
  const std::string_view name(option);
  const char* value = nullptr;
  if (name == "auxprop_plugin") value = kPasswordPlugin;
  // Nobody is let in for what another connection has proved.
  if (name == "reauth_timeout") value = "0";
  if (value == nullptr) return SASL_FAIL;
  *result = value;
  if (length != nullptr) *length = static_cast<unsigned>(std::strlen(value));
  return SASL_OK;
}

/// Names are taken as they are: the library would leave blanks at their ends out.
int canonical_user(sasl_conn_t* /*connection*/,
                   void* /*context*/,
                   const char* in,
                   unsigned length,
                   unsigned /*flags*/,
                   const char* /*realm*/,
                   char* out,
                   unsigned out_max,
                   unsigned* out_length) {
  const std::string_view name(in, length);
  const auto is_blank = [](char c) {
    return static_cast<unsigned char>(c) <= ' ';
  };
  if (name.empty() || is_blank(name.front()) || is_blank(name.back())) return SASL_BADPROT;
  if (name.find('\0') != std::string_view::npos) return SASL_BADPROT;
  if (name.size() >= out_max) return SASL_BUFOVER;
  std::memcpy(out, name.data(), name.size());
  out[name.size()] = '\0';
  *out_length = length;
  return SASL_OK;
}

int proxy_policy(sasl_conn_t* /*connection*/,
                 void* context,
                 const char* wanted,
                 unsigned wanted_length,
                 const char* authenticated,
                 unsigned authenticated_length,
                 const char* /*realm*/,
                 unsigned /*realm_length*/,
                 struct propctx* /*properties*/) {
  const auto* callbacks = static_cast<const Callbacks*>(context);
  const bool may =
      callbacks->may_be({wanted, wanted_length}, {authenticated, authenticated_length});
  return may ? SASL_OK : SASL_NOAUTHZ;
}

/// A connection's own, which it has in the context of one of its callbacks.
const Callbacks* callbacks_of(const sasl_server_params_t& server) {
  sasl_callback_ft function = nullptr;
  void* context = nullptr;
  if (server.utils->getcallback(server.utils->conn, SASL_CB_PROXY_POLICY, &function, &context) !=
      SASL_OK) {
    return nullptr;
  }
  return static_cast<const Callbacks*>(context);
}

int look_up(void* /*global*/,
            sasl_server_params_t* server,
            unsigned flags,
            const char* user,
            unsigned length) {
  if ((flags & SASL_AUXPROP_AUTHZID) != 0) return SASL_OK;
  const Callbacks* callbacks = callbacks_of(*server);
  if (callbacks == nullptr) return SASL_FAIL;
  const std::string* password = callbacks->password_of({user, length});
  if (password == nullptr) return SASL_NOUSER;
  return server->utils->prop_set(
      server->propctx, SASL_AUX_PASSWORD, password->data(), static_cast<int>(password->size()));
}

int make_password_plugin(const sasl_utils_t* /*utils*/,
                         int max_version,
                         int* version,
                         sasl_auxprop_plug_t** plugin,
                         const char* /*name*/) {
  static std::string name = kPasswordPlugin;
  static sasl_auxprop_plug_t kPlugin{.features = 0,
                                     .spare_int1 = 0,
                                     .glob_context = nullptr,
                                     .auxprop_free = nullptr,
                                     .auxprop_lookup = &look_up,
                                     .name = name.data(),
                                     .auxprop_store = nullptr};
  if (max_version < SASL_AUXPROP_PLUG_VERSION) return SASL_BADVERS;
  *version = SASL_AUXPROP_PLUG_VERSION;
  *plugin = &kPlugin;
  return SASL_OK;
}

void* make_mutex() {
  return new std::mutex;
}

int lock_mutex(void* mutex) {
  static_cast<std::mutex*>(mutex)->lock();
  return 0;
}

int unlock_mutex(void* mutex) {
  static_cast<std::mutex*>(mutex)->unlock();
  return 0;
}

void free_mutex(void* mutex) {
  delete static_cast<std::mutex*>(mutex);
}

const sasl_callback_t* global_callbacks() {
  static const std::array<sasl_callback_t, 4> kCallbacks{
      {{SASL_CB_GETOPT, callback(&get_option), nullptr},
       {SASL_CB_VERIFYFILE, callback(&cyrus::verify_file), nullptr},
       {SASL_CB_LOG, callback(&cyrus::log_nothing), nullptr},
       {SASL_CB_LIST_END, nullptr, nullptr}}};
  return kCallbacks.data();
}

}  // namespace

CallbackTable callbacks_of(Callbacks& callbacks) {
  return {{{SASL_CB_CANON_USER, callback(&canonical_user), nullptr},
           {SASL_CB_PROXY_POLICY, callback(&proxy_policy), &callbacks},
           {SASL_CB_LOG, callback(&cyrus::log_nothing), nullptr},
           {SASL_CB_LIST_END, nullptr, nullptr}}};
}

Result<std::shared_ptr<const Library>> Library::open() {
  static std::mutex mutex;
  static std::weak_ptr<const Library> current;
  const std::scoped_lock lock(mutex);
  if (auto held = current.lock()) return held;
  sasl_set_mutex(&make_mutex, &lock_mutex, &unlock_mutex, &free_mutex);
  int code = sasl_server_init(global_callbacks(), nullptr);
  if (code == SASL_OK) code = sasl_auxprop_add_plugin(kPasswordPlugin, &make_password_plugin);
  PADDOCK_TRY(cyrus::started(code));
  auto opened = std::make_shared<const Library>();
  current = opened;
  return opened;
}

Library::~Library() {
  sasl_server_done();
}

}  // namespace paddock::sasl
