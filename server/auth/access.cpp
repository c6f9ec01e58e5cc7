// SPDX-License-Identifier: Apache-2.0
#include "auth/access.h"

#include <boost/unordered/unordered_flat_set.hpp>

#include "auth/ip_address.h"
#include "auth/kerberos_name.h"
#include "auth/x509_name.h"
#include "base/hash.h"

namespace paddock::auth {

namespace {

/// world:anyone with all permissions, as the wire has it: nearly every list is this one.
constexpr View kOpenAclBytes{
    "\0\0\0\x1f\0\0\0\x05world\0\0\0\x06"
    "anyone",
    23};

/// Entries that `auth` may expand to, so that a small request cannot become a huge transaction.
constexpr std::size_t kExpandedEntriesMax = 4096;

bool is_anyone(View scheme, View id) {
  return scheme == "world" && id == "anyone";
}

bool matches(const tree::AclEntry& entry, const jute::Id& identity) {
  if (entry.scheme != identity.scheme) return false;
  if (entry.scheme == "ip") return is_ip_in_range(identity.id, entry.id);
  // The user "super" is all that authenticate by SASL.
  if (entry.scheme == "sasl" && identity.id == "super") return true;
  return entry.id == identity.id;
}

bool grants(const tree::AclEntry& entry, Identities identities) {
  if (is_anyone(entry.scheme, entry.id)) return true;
  for (const jute::Id& identity : identities) {
    if (matches(entry, identity)) return true;
  }
  return false;
}

/// Whether ids of the scheme are names that others have given, of which nothing but their form is
/// known here: subjects of tokens, alternative names of certificates.
bool is_named(View scheme, const AclSchemes& schemes) {
  return (scheme == "jwt" && schemes.jwt) || (scheme == "san" && schemes.x509);
}

/// "URI:spiffe://…", "DNS:…", "email:…" or "IP:…"; of a token any text.
bool is_name(const jute::Id& id) {
  if (id.scheme == "jwt") return !id.id.empty();
  const std::size_t colon = id.id.find(':');
  const View kind = id.id.substr(0, colon);
  const bool is_kind = kind == "URI" || kind == "DNS" || kind == "email" || kind == "IP";
  return is_kind && colon + 1 < id.id.size();
}

/// Whether an identity proves who the user is, which an address does not; nor do hosts and
/// mailboxes of a certificate, which several may share.
bool is_authenticated(const jute::Id& identity, const AclSchemes& schemes) {
  if (identity.scheme == "digest") return schemes.digest;
  if (identity.scheme == "x509") return schemes.x509;
  if (identity.scheme == "sasl") return schemes.sasl;
  return is_named(identity.scheme, schemes) &&
         (identity.scheme == "jwt" || identity.id.starts_with("URI:"));
}

/// "user:hash": two parts, where empty parts at the end do not count.
bool is_digest_id(View id) {
  while (!id.empty() && id.back() == ':') id.remove_suffix(1);
  const std::size_t colon = id.find(':');
  return colon != View::npos && id.find(':', colon + 1) == View::npos;
}

ErrorCode check_id(const jute::Id& id, const AclSchemes& schemes) {
  const bool is_digest = id.scheme == "digest" && schemes.digest;
  const bool is_x509 = id.scheme == "x509" && schemes.x509;
  const bool is_sasl = id.scheme == "sasl" && schemes.sasl;
  const bool is_ip = id.scheme == "ip";
  const bool is_world = id.scheme == "world";
  const bool is_other = is_named(id.scheme, schemes);
  const bool is_known = is_digest || is_x509 || is_sasl || is_ip || is_world || is_other;
  if (!is_known) return ErrorCode::InvalidAcl;
  if (is_null(id.id)) return ErrorCode::MarshallingError;
  if (is_other) return is_name(id) ? ErrorCode::Ok : ErrorCode::InvalidAcl;
  if (is_digest && is_digest_id(id.id)) return ErrorCode::Ok;
  if (is_x509 && is_x509_name(id.id)) return ErrorCode::Ok;
  if (is_sasl && KerberosName::parse(id.id)) return ErrorCode::Ok;
  if (is_ip && is_ip_range(id.id)) return ErrorCode::Ok;
  if (is_world && id.id == "anyone") return ErrorCode::Ok;
  return ErrorCode::InvalidAcl;
}

tree::AclEntry entry_of(std::int32_t perms, const jute::Id& id) {
  return {perms, std::string(id.scheme), std::string(id.id)};
}

/// Appends one entry of a client's list in the form that is stored.
ErrorCode fixup_entry(const jute::Acl& acl,
                      Identities identities,
                      const AclSchemes& schemes,
                      std::vector<tree::AclEntry>& into) {
  if (acl.id.scheme != "auth") {
    const ErrorCode err = check_id(acl.id, schemes);
    if (err == ErrorCode::Ok) into.push_back(entry_of(acl.perms, acl.id));
    return err;
  }
  const std::size_t before = into.size();
  for (const jute::Id& identity : identities) {
    if (!is_authenticated(identity, schemes)) continue;
    if (into.size() >= kExpandedEntriesMax) return ErrorCode::InvalidAcl;
    into.push_back(entry_of(acl.perms, identity));
  }
  return into.size() > before ? ErrorCode::Ok : ErrorCode::InvalidAcl;
}

View masked(View digest) {
  return digest.substr(0, digest.find(':'));
}

}  // namespace

bool is_super(Identities identities) {
  for (const jute::Id& identity : identities) {
    if (identity.scheme == "super") return true;
  }
  return false;
}

bool permits(std::span<const tree::AclEntry> acl, std::int32_t perms, Identities identities) {
  if (acl.empty()) return true;
  for (const tree::AclEntry& entry : acl) {
    if ((entry.perms & perms) != 0 && grants(entry, identities)) return true;
  }
  return is_super(identities);
}

bool is_open_acl(const jute::List<jute::Acl>& acl) {
  return acl.count() == 1 && acl.bytes() == kOpenAclBytes;
}

std::expected<std::vector<tree::AclEntry>, ErrorCode> fixup_acl(const jute::List<jute::Acl>& acl,
                                                                Identities identities,
                                                                const AclSchemes& schemes) {
  std::vector<tree::AclEntry> entries;
  boost::unordered_flat_set<View, ViewHash> seen;
  jute::Reader reader(acl.bytes());
  for (std::size_t left = acl.size(); left > 0; --left) {
    const View before = reader.rest();
    jute::Acl entry;
    static_cast<void>(reader.get(entry));
    if (!seen.insert(before.substr(0, before.size() - reader.remaining())).second) continue;
    const ErrorCode err = fixup_entry(entry, identities, schemes, entries);
    if (err != ErrorCode::Ok) return std::unexpected(err);
  }
  if (entries.empty()) return std::unexpected(ErrorCode::InvalidAcl);
  return entries;
}

void write_acl(std::span<const tree::AclEntry> acl, AclDisclosure disclosure, jute::Writer& out) {
  out.put(static_cast<std::int32_t>(acl.size()));
  for (const tree::AclEntry& entry : acl) {
    if (disclosure == AclDisclosure::Full || entry.scheme != "digest") {
      out.put(jute::Acl{entry.perms, {entry.scheme, entry.id}});
      continue;
    }
    std::string id(masked(entry.id));
    id.append(":x");
    out.put(jute::Acl{entry.perms, {entry.scheme, id}});
  }
}

}  // namespace paddock::auth
