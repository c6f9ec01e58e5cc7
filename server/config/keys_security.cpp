// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "config/fields.h"
#include "config/key_table.h"

namespace paddock::config {
namespace {

using enum KeyClass;
using enum Support;
using S = ServerConfig;

constexpr ChoiceNames<DigestAlgorithm, 7> kDigestAlgorithms{{
    {"SHA1", DigestAlgorithm::Sha1},
    {"SHA-1", DigestAlgorithm::Sha1},
    {"SHA256", DigestAlgorithm::Sha256},
    {"SHA-256", DigestAlgorithm::Sha256},
    {"SHA512", DigestAlgorithm::Sha512},
    {"SHA-512", DigestAlgorithm::Sha512},
    {"SHA3-256", DigestAlgorithm::Sha3256},
}};

constexpr ChoiceNames<AuthProvider, 5> kProviders{{
    {"org.apache.zookeeper.server.auth.DigestAuthenticationProvider", AuthProvider::Digest},
    {"org.apache.zookeeper.server.auth.IPAuthenticationProvider", AuthProvider::Ip},
    {"org.apache.zookeeper.server.auth.X509AuthenticationProvider", AuthProvider::X509},
    {"org.apache.zookeeper.server.auth.SASLAuthenticationProvider", AuthProvider::Sasl},
    {"org.apache.zookeeper.server.auth.EnsembleAuthenticationProvider", AuthProvider::Ensemble},
}};
using Provider = Choice<kProviders>;

Result<> parse_provider(std::string_view /*suffix*/, std::string_view value, Draft& draft) {
  AuthProvider provider{};
  if (!Provider::parse(value, provider)) return fail("");
  auto& providers = draft.config.auth.providers;
  if (std::ranges::find(providers, provider) == providers.end()) providers.push_back(provider);
  return {};
}

std::string show_providers(const S& config) {
  std::vector<std::string> names;
  for (const AuthProvider provider : config.auth.providers)
    names.push_back(Provider::show(provider));
  return List::show(names);
}

/// "super:" and the base64 of a digest of any algorithm.
struct SuperDigest {
  static std::string allowed() { return "user:<base64 of the digest of user:password>"; }
  static bool parse(std::string_view text, Secret& target) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return false;
    const std::string_view digest = text.substr(colon + 1);
    constexpr std::string_view kBase64 =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    if (digest.find_first_not_of(kBase64) != std::string_view::npos) return false;
    return Hidden::parse(text, target);
  }
  static std::string show(const Secret& value) { return Hidden::show(value); }
};

constexpr Field secret(Field field) {
  field.secret = true;
  return field;
}

Result<> parse_super_user(std::string_view /*suffix*/, std::string_view value, Draft& draft) {
  if (value.empty()) return fail("");
  draft.config.auth.sasl_super_users.emplace_back(value);
  return {};
}

constexpr Field kSuperUsers{
    &Text::allowed, &parse_super_user, &show_field<List, &S::auth, &AuthConfig::sasl_super_users>};

struct CommandWords {
  static std::string allowed() { return "* or four-letter words separated by commas"; }
  static bool parse(std::string_view text, CommandWhitelist& target) {
    target.words.clear();
    for (const std::string_view word : words(text, ", \t")) target.words.emplace_back(word);
    target.all = std::ranges::find(target.words, "*") != target.words.end();
    return true;
  }
  static std::string show(const CommandWhitelist& value) {
    return value.all ? "*" : List::show(value.words);
  }
};

template <class Kind, auto Member>
consteval Field auth() {
  return field<Kind, &S::auth, Member>();
}

template <class Kind, auto Member>
consteval Field kerberos() {
  return field<Kind, &S::auth, &AuthConfig::kerberos, Member>();
}

constexpr Key kKeys[] = {
    {"4lw.commands.whitelist",
     Essential,
     Honoured,
     field<CommandWords, &S::four_letter_words>(),
     "srvr",
     "Four-letter words that are answered; `*` is all. `srvr` always is."},
    {"DigestAuthenticationProvider.enabled",
     Essential,
     Honoured,
     auth<Flag, &AuthConfig::digest_enabled>(),
     "",
     "Clients may authenticate by name and password."},
    {"DigestAuthenticationProvider.superDigest",
     Essential,
     Honoured,
     secret(auth<SuperDigest, &AuthConfig::super_digest>()),
     "none",
     "Name and digest of the super user, whom no ACL stops."},
    {"DigestAuthenticationProvider.digestAlg",
     Compatible,
     Honoured,
     auth<Choice<kDigestAlgorithms>, &AuthConfig::digest_algorithm>(),
     "",
     "Hash of digest ids."},
    {"authProvider.N",
     Essential,
     Honoured,
     {&Provider::allowed, &parse_provider, &show_providers},
     "none",
     "Adds an authentication scheme by its class; digest, ip and, with a `secureClientPort`, x509 "
     "need no line."},
    {"enforce.auth.enabled",
     Essential,
     Honoured,
     auth<Flag, &AuthConfig::enforce>(),
     "",
     "Sessions must authenticate before anything else."},
    {"enforce.auth.schemes",
     Essential,
     Honoured,
     auth<List, &AuthConfig::enforced_schemes>(),
     "none",
     "Schemes that count for `enforce.auth.enabled`, separated by commas."},
    {"sessionRequireClientSASLAuth",
     Essential,
     Honoured,
     auth<Flag, &AuthConfig::session_requires_sasl>(),
     "",
     "The same with the scheme sasl alone."},
    {"allowSaslFailedClients",
     Compatible,
     Honoured,
     auth<Flag, &AuthConfig::allow_sasl_failed_clients>(),
     "",
     "Clients that fail SASL stay, unauthenticated."},
    {"superUser", Essential, Honoured, kSuperUsers, "none", "SASL id of a super user."},
    {"superUser.N", Essential, Honoured, kSuperUsers, "none", "SASL ids of further super users."},
    {"X509AuthenticationProvider.superUser",
     Essential,
     Honoured,
     auth<Text, &AuthConfig::x509_super_user>(),
     "none",
     "Subject of the super user's certificate, as in RFC 2253."},
    {"ssl.authProvider",
     Compatible,
     NotYet,
     auth<Text, &AuthConfig::tls_auth_provider>(),
     "",
     "Scheme that authenticates clients by their certificate."},
    {"ensembleAuthName",
     Compatible,
     NotYet,
     auth<Text, &AuthConfig::ensemble_name>(),
     "none",
     "Name that clients of this ensemble present."},
    {"sasl.serverconfig",
     Mapped,
     Honoured,
     auth<Text, &AuthConfig::sasl_section>(),
     "",
     "Section of the JAAS file for clients."},
    {"java.security.auth.login.config",
     Essential,
     Honoured,
     auth<Text, &AuthConfig::jaas_file>(),
     "none",
     "JAAS file: users and passwords, or a Kerberos key table."},
    {"kerberos.removeHostFromPrincipal",
     Compatible,
     Honoured,
     kerberos<Flag, &KerberosConfig::remove_host>(),
     "",
     "The host part is left out of ids."},
    {"kerberos.removeRealmFromPrincipal",
     Compatible,
     Honoured,
     kerberos<Flag, &KerberosConfig::remove_realm>(),
     "",
     "The realm is left out of ids."},
    {"kerberos.canonicalizeHostNames",
     Compatible,
     NotYet,
     kerberos<Flag, &KerberosConfig::canonicalize_host_names>(),
     "",
     "Host names are looked up before they are compared."},
    {"security.auth_to_local",
     Compatible,
     Honoured,
     kerberos<Text, &KerberosConfig::auth_to_local>(),
     "",
     "Rules that shorten Kerberos names."},
    {"kerberos.minReLoginTimeMs",
     Accepted,
     NoEffect,
     kNoField,
     "60000",
     "Java's renewal of its own ticket."},
    {"requireKerberosConfig",
     Accepted,
     NoEffect,
     kNoField,
     "false",
     "Java's Kerberos configuration must be there."},
    {"SASLAuthenticationProvider.superPassword",
     Unsafe,
     NoEffect,
     secret(kNoField),
     "none",
     "Password of a super user without a JAAS file."},
    {"letAnySaslUserDoX", Unsafe, NoEffect, kNoField, "none", "Every SASL user may do everything."},
    {"IPAuthenticationProvider.usexforwardedfor",
     Accepted,
     NoEffect,
     kNoField,
     "false",
     "The admin server would believe a header; Paddock never does."},
    {"fips-mode",
     Compatible,
     Honoured,
     auth<Flag, &AuthConfig::fips_mode>(),
     "",
     "Without DIGEST-MD5."},
};

}  // namespace

std::span<const Key> security_keys() {
  return kKeys;
}

}  // namespace paddock::config
