// SPDX-License-Identifier: Apache-2.0
#include "sasl/kerberos.h"

#include <array>

#include <fmt/format.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

namespace paddock::sasl {

namespace {

/// A context, and what is freed with it.
class Library {
 public:
  Library() { failed_ = krb5_init_context(&context_); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (context_ == nullptr) return;
    if (table_ != nullptr) krb5_kt_close(context_, table_);
    if (principal_ != nullptr) krb5_free_principal(context_, principal_);
    krb5_free_context(context_);
  }

  [[nodiscard]] std::string realm() {
    char* name = nullptr;
    if (failed_ != 0 || krb5_get_default_realm(context_, &name) != 0) return {};
    std::string realm(name);
    krb5_free_default_realm(context_, name);
    return realm;
  }

  /// The name with its realm, if the key table has a key of it.
  Result<std::string> find_key(const KerberosLogin& login) {
    if (failed_ != 0) return fail("the Kerberos configuration is no good: " + text(failed_));
    if (const auto code = krb5_parse_name(context_, login.principal.c_str(), &principal_)) {
      return fail(fmt::format("'{}' is no principal: {}", login.principal, text(code)));
    }
    char* unparsed = nullptr;
    if (const auto code = krb5_unparse_name(context_, principal_, &unparsed)) {
      return fail(fmt::format("'{}' is no principal: {}", login.principal, text(code)));
    }
    std::string name(unparsed);
    krb5_free_unparsed_name(context_, unparsed);
    const auto opened = login.key_table.empty()
                            ? krb5_kt_default(context_, &table_)
                            : krb5_kt_resolve(context_, login.key_table.c_str(), &table_);
    const std::string table = login.key_table.empty() ? "of Kerberos' default" : login.key_table;
    if (opened != 0) return fail(fmt::format("the key table {}: {}", table, text(opened)));
    krb5_keytab_entry entry{};
    if (const auto code = krb5_kt_get_entry(context_, table_, principal_, 0, 0, &entry)) {
      return fail(fmt::format("the key table {} gives no key of {}: {}", table, name, text(code)));
    }
    krb5_free_keytab_entry_contents(context_, &entry);
    return name;
  }

 private:
  std::string text(krb5_error_code code) {
    const char* message = krb5_get_error_message(context_, code);
    std::string copy(message);
    krb5_free_error_message(context_, message);
    return copy;
  }

  krb5_context context_ = nullptr;
  krb5_error_code failed_ = 0;
  krb5_principal principal_ = nullptr;
  krb5_keytab table_ = nullptr;
};

std::string message_of(OM_uint32 minor) {
  OM_uint32 ignored = 0;
  OM_uint32 more = 0;
  gss_buffer_desc text{};
  if (gss_display_status(&ignored, minor, GSS_C_MECH_CODE, gss_mech_krb5, &more, &text) !=
      GSS_S_COMPLETE) {
    return "unknown reason";
  }
  std::string copy(static_cast<const char*>(text.value), text.length);
  gss_release_buffer(&ignored, &text);
  return copy;
}

/// No record is kept of tickets that were used: whoever repeats one cannot answer what the server
/// says next, for which the key in it is needed. And such a record would be a file that all clients
/// wait for.
constexpr gss_key_value_element_desc kNoReplayCache{"rcache", "none:"};

Result<gss_cred_id_t> acquire(gss_name_t name, const std::string& key_table) {
  std::array<gss_key_value_element_desc, 2> elements{kNoReplayCache, {"keytab", key_table.c_str()}};
  const gss_key_value_set_desc store{key_table.empty() ? 1U : 2U, elements.data()};
  gss_OID_set_desc mechanisms{1, gss_mech_krb5};
  gss_cred_id_t credentials = GSS_C_NO_CREDENTIAL;
  OM_uint32 minor = 0;
  const OM_uint32 major = gss_acquire_cred_from(&minor,
                                                name,
                                                GSS_C_INDEFINITE,
                                                &mechanisms,
                                                GSS_C_ACCEPT,
                                                &store,
                                                &credentials,
                                                nullptr,
                                                nullptr);
  if (GSS_ERROR(major)) return fail("the key cannot be used: " + message_of(minor));
  return credentials;
}

}  // namespace

std::string default_realm() {
  return Library().realm();
}

Result<std::unique_ptr<KerberosKey>> KerberosKey::open(const KerberosLogin& login) {
  auto principal = Library().find_key(login);
  PADDOCK_TRY(principal);
  gss_buffer_desc text{principal->size(), principal->data()};
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 minor = 0;
  // By its principal, not by its host, whose name would be looked up.
  if (GSS_ERROR(gss_import_name(&minor, &text, GSS_KRB5_NT_PRINCIPAL_NAME, &name))) {
    return fail("the principal cannot be used: " + message_of(minor));
  }
  const auto credentials = acquire(name, login.key_table);
  gss_release_name(&minor, &name);
  PADDOCK_TRY(credentials);
  return std::make_unique<KerberosKey>(*credentials);
}

KerberosKey::~KerberosKey() {
  auto* credentials = static_cast<gss_cred_id_t>(credentials_);
  OM_uint32 minor = 0;
  gss_release_cred(&minor, &credentials);
}

}  // namespace paddock::sasl
