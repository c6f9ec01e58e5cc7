// SPDX-License-Identifier: Apache-2.0
#include "digest_client/digest_client.h"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace paddock::sasl {

namespace {

std::string md5(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_md5(), nullptr);
  return {reinterpret_cast<const char*>(hash.data()), size};
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string nonce_in(const std::string& challenge) {
  const std::size_t begin = challenge.find("nonce=\"") + 7;
  return challenge.substr(begin, challenge.find('"', begin) - begin);
}

}  // namespace

std::string DigestClient::answer(const std::string& challenge) const {
  const std::string nonce = nonce_in(challenge);
  const std::string of_client = "0123456789";
  std::string a1 = md5(user + ":" + realm + ":" + password) + ":" + nonce + ":" + of_client;
  if (!authzid.empty()) a1 += ":" + authzid;
  const std::string response = hex(md5(fmt::format("{}:{}:{}:{}:{}:{}",
                                                   hex(md5(a1)),
                                                   nonce,
                                                   count,
                                                   of_client,
                                                   qop,
                                                   hex(md5("AUTHENTICATE:" + uri)))));
  std::string text = fmt::format(
      R"(charset=utf-8,username="{}",realm="{}",nonce="{}",nc={},cnonce="{}",digest-uri="{}",)"
      R"(maxbuf=65536,response={},qop={})",
      user,
      realm,
      nonce,
      count,
      of_client,
      uri,
      response,
      qop);
  if (!authzid.empty()) text += fmt::format(R"(,authzid="{}")", authzid);
  return text;
}

}  // namespace paddock::sasl
