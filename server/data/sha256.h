// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 of bytes that come in pieces, and as a keyed hash.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"

struct evp_md_ctx_st;

namespace paddock::data {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(View bytes);
  /// 64 digits. Nothing may be added afterwards.
  [[nodiscard]] std::string hex();

 private:
  evp_md_ctx_st* context_;
};

[[nodiscard]] std::string sha256_hex(View bytes);
/// 32 bytes.
[[nodiscard]] std::string hmac_sha256(View key, View bytes);

}  // namespace paddock::data
