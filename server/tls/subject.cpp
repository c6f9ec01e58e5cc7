// SPDX-License-Identifier: Apache-2.0
#include "tls/subject.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "base/number_text.h"

namespace paddock::tls {

namespace {

/// Those that RFC 2253 names.
std::string_view keyword_of(int nid) {
  switch (nid) {
    case NID_commonName:
      return "CN";
    case NID_countryName:
      return "C";
    case NID_localityName:
      return "L";
    case NID_stateOrProvinceName:
      return "ST";
    case NID_organizationName:
      return "O";
    case NID_organizationalUnitName:
      return "OU";
    case NID_streetAddress:
      return "STREET";
    case NID_domainComponent:
      return "DC";
    case NID_userId:
      return "UID";
    default:
      return {};
  }
}

std::string number_of(const ASN1_OBJECT* attribute) {
  std::array<char, 128> text{};
  static_cast<void>(OBJ_obj2txt(text.data(), static_cast<int>(text.size()), attribute, 1));
  return text.data();
}

std::string hexadecimal(const ASN1_STRING* value) {
  // The encoding with its tag and length, as for any value.
  ASN1_TYPE any{};
  any.type = ASN1_STRING_type(value);
  any.value.asn1_string = const_cast<ASN1_STRING*>(value);  // i2d only reads
  unsigned char* der = nullptr;
  const int length = i2d_ASN1_TYPE(&any, &der);
  std::string text = "#" + to_hex({reinterpret_cast<const char*>(der),
                                   static_cast<std::size_t>(std::max(length, 0))});
  OPENSSL_free(der);
  return text;
}

/// Nothing for kinds of values that are no text.
std::optional<std::string> utf8_of(const ASN1_STRING* value) {
  switch (ASN1_STRING_type(value)) {
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_UTF8STRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_GENERALSTRING:
    case V_ASN1_BMPSTRING:
    case V_ASN1_UNIVERSALSTRING:
      break;
    default:
      return std::nullopt;
  }
  unsigned char* bytes = nullptr;
  const int length = ASN1_STRING_to_UTF8(&bytes, value);
  if (length < 0) return std::nullopt;
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return text;
}

bool is_blank(char letter) {
  return letter == ' ' || letter == '\r';
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kEscaped = ",=+<>#;\"\\";
  std::size_t begin = 0;
  while (begin < text.size() && is_blank(text[begin])) ++begin;
  std::size_t end = text.size();
  while (end > begin && is_blank(text[end - 1])) --end;
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '\0') {
      result += "\\00";
      continue;
    }
    if (i < begin || i >= end || kEscaped.find(letter) != std::string_view::npos) result += '\\';
    result += letter;
  }
  return result;
}

std::string text_of(const X509_NAME_ENTRY* entry) {
  const ASN1_OBJECT* const attribute = X509_NAME_ENTRY_get_object(entry);
  const ASN1_STRING* const value = X509_NAME_ENTRY_get_data(entry);
  const std::string_view keyword = keyword_of(OBJ_obj2nid(attribute));
  if (keyword.empty()) return number_of(attribute) + "=" + hexadecimal(value);
  const auto text = utf8_of(value);
  return std::string(keyword) + "=" + (text ? escaped(*text) : hexadecimal(value));
}

}  // namespace

/// The last part first; the parts of one set, which have the same number, in their order.
std::string subject_text(const X509* certificate) {
  const X509_NAME* const name = X509_get_subject_name(certificate);
  std::string text;
  std::string part;
  for (int i = X509_NAME_entry_count(name); i > 0; --i) {
    const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(name, i - 1);
    part = part.empty() ? text_of(entry) : text_of(entry) + "+" + part;
    const bool is_set_complete = i == 1 || X509_NAME_ENTRY_set(X509_NAME_get_entry(name, i - 2)) !=
                                               X509_NAME_ENTRY_set(entry);
    if (!is_set_complete) continue;
    if (!text.empty()) text += ',';
    text += part;
    part.clear();
  }
  return text;
}

}  // namespace paddock::tls
