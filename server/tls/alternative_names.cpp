// SPDX-License-Identifier: Apache-2.0
#include "tls/alternative_names.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include "base/bytes.h"
#include "tls/openssl.h"

namespace paddock::tls {

namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<&GENERAL_NAMES_free>>;

View bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// A zero byte in the middle has deceived others.
bool is_printable(View text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter < 0x7f; });
}

std::string address_of(View bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == 4 ? AF_INET : bytes.size() == 16 ? AF_INET6 : 0;
  if (family == 0) return {};
  return inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr ? text.data() : "";
}

void add(std::vector<std::string>& names, const char* kind, View text) {
  if (is_printable(text)) names.emplace_back(kind).append(text);
}

}  // namespace

std::vector<std::string> alternative_names(const X509* certificate) {
  const NamesPtr found(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; i < sk_GENERAL_NAME_num(found.get()); ++i) {
    const GENERAL_NAME* const one = sk_GENERAL_NAME_value(found.get(), i);
    switch (one->type) {
      case GEN_URI:
        add(names, "URI:", bytes_of(one->d.uniformResourceIdentifier));
        break;
      case GEN_DNS:
        add(names, "DNS:", bytes_of(one->d.dNSName));
        break;
      case GEN_EMAIL:
        add(names, "email:", bytes_of(one->d.rfc822Name));
        break;
      case GEN_IPADD:
        add(names, "IP:", address_of(bytes_of(one->d.iPAddress)));
        break;
      default:
        break;
    }
  }
  return names;
}

}  // namespace paddock::tls
