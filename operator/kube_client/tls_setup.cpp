// SPDX-License-Identifier: Apache-2.0
#include "kube_client/tls_setup.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <openssl/x509v3.h>

namespace paddock::kube {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

Result<> trust(asio::ssl::context& context, const Credentials& credentials) {
  error_code error;
  if (credentials.authority_pem.empty()) {
    context.set_default_verify_paths(error);
    return error ? fail("no certificates that the system trusts: " + error.message()) : Result<>();
  }
  context.add_certificate_authority(asio::buffer(credentials.authority_pem), error);
  if (error) return fail("the certificate authority is no PEM: " + error.message());
  return {};
}

Result<> show(asio::ssl::context& context, const Credentials& credentials) {
  if (credentials.certificate_pem.empty()) return {};
  error_code error;
  context.use_certificate_chain(asio::buffer(credentials.certificate_pem), error);
  if (error) return fail("our certificate is no PEM: " + error.message());
  context.use_private_key(asio::buffer(credentials.key_pem), asio::ssl::context::pem, error);
  if (error) return fail("our key is no PEM, or of another certificate: " + error.message());
  return {};
}

}  // namespace

Result<TlsSetup> make_tls_setup(const ClusterAccess& access, const Credentials& credentials) {
  if (!access.url.is_secure) return TlsSetup();
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  // An answer that is cut off is noticed by its own length.
  SSL_CTX_set_options(context->native_handle(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  error_code error;
  context->set_verify_mode(
      access.skips_verification ? asio::ssl::verify_none : asio::ssl::verify_peer, error);
  PADDOCK_TRY(trust(*context, credentials));
  PADDOCK_TRY(show(*context, credentials));
  return context;
}

Result<> expect_server(SSL* session, const ClusterAccess& access) {
  const std::string& name =
      access.tls_server_name.empty() ? access.url.host : access.tls_server_name;
  error_code error;
  asio::ip::make_address(name, error);
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(session);
  if (!error) {
    if (X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) != 1)
      return fail("no address: " + name);
    return {};
  }
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const bool is_good = X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size()) == 1 &&
                       SSL_set_tlsext_host_name(session, name.c_str()) == 1;
  return is_good ? Result<>() : fail("no host name: " + name);
}

std::string certificate_problem(const SSL* session) {
  const long result = SSL_get_verify_result(session);
  return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

}  // namespace paddock::kube
