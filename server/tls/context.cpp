// SPDX-License-Identifier: Apache-2.0
#include "tls/context.h"

#include <ctime>

#include <openssl/bn.h>
#include <openssl/err.h>

#include "base/assert.h"
#include "base/number_text.h"
#include "tls/protocols.h"
#include "tls/stores.h"

namespace paddock::tls {

namespace {

/// How long a client may come back without a new look at its certificate.
constexpr long kSessionSeconds = 3600;
/// Sessions are resumed by those who name the same.
constexpr std::string_view kSessionContext = "paddock";

std::string serial_of(const X509* certificate) {
  const std::unique_ptr<BIGNUM, FreeWith<&BN_free>> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* const text = number ? BN_bn2hex(number.get()) : nullptr;
  std::string serial = text != nullptr ? text : "";
  OPENSSL_free(text);
  return serial;
}

WallTime end_of(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
  return {static_cast<std::int64_t>(timegm(&end)) * 1000};
}

std::string hex_of(const ASN1_OCTET_STRING* id) {
  if (id == nullptr) return {};
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(id));
  return to_hex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(id)), size});
}

int verify_mode_of(config::ClientAuth wanted) {
  switch (wanted) {
    case config::ClientAuth::None:
      return SSL_VERIFY_NONE;
    case config::ClientAuth::Want:
      return SSL_VERIFY_PEER;
    case config::ClientAuth::Need:
      break;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

void set_behaviour(SSL_CTX* context) {
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // What does not go at once is offered again, perhaps from elsewhere, and an idle connection keeps
  // no buffers.
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                       SSL_MODE_RELEASE_BUFFERS);
  // One system call for a record, and not one more for its header.
  SSL_CTX_set_read_ahead(context, 1);
  // Clients keep what is needed to resume: the server has no table of sessions that could fill up.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, kSessionSeconds);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_session_id_context(context,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned>(kSessionContext.size()));
}

void set_host(SSL* session, const std::string& host, bool verifies) {
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(session);
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  if (is_address && !verifies) X509_VERIFY_PARAM_set1_ip(wanted, nullptr, 0);
  if (is_address) return;
  SSL_set_tlsext_host_name(session, host.c_str());
  if (!verifies) return;
  SSL_set_hostflags(session, kHostFlags);
  SSL_set1_host(session, host.c_str());
}

}  // namespace

Result<std::shared_ptr<const Context>> Context::create(const config::TlsConfig& config,
                                                       const Files& files) {
  if (files.key_store.name.empty()) return fail("there is no key store; set its location");
  auto made = make(config, files);
  PADDOCK_TRY(made);
  if (files.trust_store.name.empty() && config.client_auth != config::ClientAuth::None) {
    return fail(
        "clients' certificates are to be checked, and no trust store says against what: "
        "set its location, or ask for no certificates");
  }
  return std::shared_ptr<const Context>(std::move(*made));
}

Result<std::shared_ptr<const Context>> Context::create_for_client(const config::TlsConfig& config,
                                                                  const Files& files) {
  auto made = make(config, files);
  PADDOCK_TRY(made);
  ERR_clear_error();
  if (files.trust_store.name.empty() &&
      SSL_CTX_set_default_verify_paths((*made)->context_.get()) != 1) {
    return fail("the system's authorities cannot be used: " + take_reason());
  }
  return std::shared_ptr<const Context>(std::move(*made));
}

Result<std::shared_ptr<Context>> Context::make(const config::TlsConfig& config,
                                               const Files& files) {
  const std::shared_ptr<Context> made(new Context);
  made->context_.reset(SSL_CTX_new(TLS_method()));
  if (!made->context_) return fail("TLS cannot be used here: " + take_reason());
  made->client_auth_ = config.client_auth;
  made->verifies_host_ = config.hostname_verification;
  set_behaviour(made->context_.get());
  PADDOCK_TRY(made->choose_protocols(config));
  if (!files.key_store.name.empty()) PADDOCK_TRY(made->use_credentials(files.key_store));
  if (!files.trust_store.name.empty()) PADDOCK_TRY(made->use_trust(files.trust_store, config.crl));
  return made;
}

Result<> Context::choose_protocols(const config::TlsConfig& config) {
  const auto chosen = protocols_of(config);
  PADDOCK_TRY(chosen);
  SSL_CTX* const context = context_.get();
  ERR_clear_error();
  const bool works = SSL_CTX_set_min_proto_version(context, chosen->version_min) == 1 &&
                     SSL_CTX_set_max_proto_version(context, chosen->version_max) == 1 &&
                     (chosen->ciphers_1_2.empty() ||
                      SSL_CTX_set_cipher_list(context, chosen->ciphers_1_2.c_str()) == 1) &&
                     (chosen->ciphers_1_3.empty() ||
                      SSL_CTX_set_ciphersuites(context, chosen->ciphers_1_3.c_str()) == 1);
  if (works) return {};
  return fail("the protocols and cipher suites cannot be used: " + take_reason());
}

Result<> Context::use_credentials(const StoreFile& file) {
  const auto found = credentials_of(file);
  PADDOCK_TRY(found);
  SSL_CTX* const context = context_.get();
  ERR_clear_error();
  bool works = SSL_CTX_use_certificate(context, found->certificate.get()) == 1 &&
               SSL_CTX_use_PrivateKey(context, found->key.get()) == 1;
  for (const CertificatePtr& one : found->chain) {
    works = works && SSL_CTX_add1_chain_cert(context, one.get()) == 1;
  }
  if (!works) return fail(file.name + ": the certificate cannot be used: " + take_reason());
  serial_ = serial_of(found->certificate.get());
  ends_ = end_of(found->certificate.get());
  authority_key_id_ = hex_of(X509_get0_authority_key_id(found->certificate.get()));
  return {};
}

Result<> Context::use_trust(const StoreFile& file, bool checks_revocation) {
  const auto trust = trust_of(file);
  PADDOCK_TRY(trust);
  if (checks_revocation && trust->revocations.empty()) {
    return fail(file.name +
                ": revocation lists are to be consulted, and there is none in it; add "
                "them in PEM form");
  }
  X509_STORE* const store = SSL_CTX_get_cert_store(context_.get());
  ERR_clear_error();
  bool works = true;
  for (const CertificatePtr& one : trust->certificates) {
    works = works && X509_STORE_add_cert(store, one.get()) == 1 &&
            SSL_CTX_add_client_CA(context_.get(), one.get()) == 1;
    std::string id = hex_of(X509_get0_subject_key_id(one.get()));
    if (!id.empty()) trusted_key_ids_.push_back(std::move(id));
  }
  for (const CrlPtr& one : trust->revocations) {
    works = works && X509_STORE_add_crl(store, one.get()) == 1;
  }
  if (!works) return fail(file.name + ": the certificates cannot be used: " + take_reason());
  // As in Java, what is in the trust store is trusted, whoever has signed it.
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
  if (checks_revocation) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  X509_STORE_set_flags(store, flags);
  return {};
}

SslPtr Context::new_session(net::Side side, const std::string& host) const {
  SslPtr session(SSL_new(context_.get()));
  PADDOCK_ASSERT(session != nullptr);
  if (side == net::Side::Accepted) {
    SSL_set_accept_state(session.get());
    SSL_set_verify(session.get(), verify_mode_of(client_auth_), nullptr);
    return session;
  }
  PADDOCK_ASSERT(!host.empty());
  SSL_set_connect_state(session.get());
  SSL_set_verify(session.get(), SSL_VERIFY_PEER, nullptr);
  set_host(session.get(), host, verifies_host_);
  ERR_clear_error();
  return session;
}

}  // namespace paddock::tls
