// SPDX-License-Identifier: Apache-2.0
#include "jwt/token.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "jwt/base64url.h"
#include "jwt/json_member.h"

namespace paddock::jwt {

namespace json = boost::json;

namespace {

/// Times beyond are nobody's; in seconds.
constexpr double kSecondsMax = 1e11;
constexpr std::size_t kSubjectBytesMax = 1024;

struct Parts {
  View header;
  View claims;
  View signature;
  View signed_text;
};

std::optional<Parts> split(View token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == View::npos ? View::npos : token.find('.', first + 1);
  if (second == View::npos || token.find('.', second + 1) != View::npos) return std::nullopt;
  return Parts{.header = token.substr(0, first),
               .claims = token.substr(first + 1, second - first - 1),
               .signature = token.substr(second + 1),
               .signed_text = token.substr(0, second)};
}

std::optional<json::object> object_of(View part) {
  const auto text = decode_base64url(part);
  if (!text) return std::nullopt;
  boost::system::error_code wrong;
  json::value value = json::parse(*text, wrong);
  if (wrong || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

/// A time of a token, in milliseconds; nothing if it is none.
std::optional<std::int64_t> time_of(const json::value& value) {
  const double at = value.is_int64()    ? static_cast<double>(value.get_int64())
                    : value.is_double() ? value.get_double()
                                        : -1;
  if (!(at >= 0 && at <= kSecondsMax)) return std::nullopt;
  return static_cast<std::int64_t>(std::floor(at * 1000));
}

Result<> check_header(const Parts& parts, const KeySet& keys) {
  const auto header = object_of(parts.header);
  if (!header) return fail("its header is malformed");
  const auto name = text_of(*header, "alg");
  if (name != "RS256" && name != "ES256") {
    return fail("it is signed by another algorithm than RS256 and ES256");
  }
  // Whoever marks an extension as critical means that nobody passes it over.
  if (header->if_contains("crit") != nullptr) return fail("it has extensions that are not known");
  const auto signature = decode_base64url(parts.signature);
  const Algorithm algorithm = name == "RS256" ? Algorithm::Rs256 : Algorithm::Es256;
  const bool is_signed =
      signature &&
      keys.has_signed(algorithm, text_of(*header, "kid"), parts.signed_text, *signature);
  if (!is_signed) return fail("none of the keys has signed it");
  return {};
}

bool names(const json::object& claims, std::string_view claim, const std::string& wanted) {
  const json::value* const value = claims.if_contains(claim);
  if (value == nullptr) return false;
  if (value->is_string()) return value->get_string() == wanted;
  const json::array* const list = value->if_array();
  return list != nullptr && std::ranges::any_of(*list, [&](const json::value& one) {
           return one.is_string() && one.get_string() == wanted;
         });
}

/// When the token ends.
Result<WallTime> check_times(const json::object& claims, milliseconds leeway, WallTime now) {
  const json::value* const ends = claims.if_contains("exp");
  const auto end = ends != nullptr ? time_of(*ends) : std::nullopt;
  if (!end) return fail("it does not say when it ends");
  if (now.ms >= *end + leeway.count()) {
    return fail("it has expired " + std::to_string((now.ms - *end) / 1000) + " s ago");
  }
  if (const json::value* const begins = claims.if_contains("nbf")) {
    const auto begin = time_of(*begins);
    if (!begin || now.ms < *begin - leeway.count()) return fail("it is not valid yet");
  }
  return WallTime{*end + leeway.count()};
}

/// An identity is shown in logs and lists.
bool is_presentable(View subject) {
  return !subject.empty() && subject.size() <= kSubjectBytesMax &&
         std::ranges::none_of(subject, [](char letter) {
           const auto code = static_cast<unsigned char>(letter);
           return code < 0x20 || code == 0x7f;
         });
}

}  // namespace

Result<Bearer> bearer_of(View token, const KeySet& keys, const Rules& rules, WallTime now) {
  if (token.size() > kTokenBytesMax) return fail("it is longer than 16 KiB");
  const auto parts = split(token);
  if (!parts) return fail("it is no signed token of three parts");
  PADDOCK_TRY(check_header(*parts, keys));
  const auto claims = object_of(parts->claims);
  if (!claims) return fail("its claims are malformed");
  if (text_of(*claims, "iss") != rules.issuer) return fail("it is from another issuer");
  if (!names(*claims, "aud", rules.audience)) return fail("it is for another audience");
  const auto ends = check_times(*claims, rules.leeway, now);
  PADDOCK_TRY(ends);
  auto subject = text_of(*claims, "sub");
  if (!subject || !is_presentable(*subject)) return fail("it names no subject");
  return Bearer{.subject = std::move(*subject), .ends = *ends};
}

}  // namespace paddock::jwt
