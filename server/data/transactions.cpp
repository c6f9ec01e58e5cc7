// SPDX-License-Identifier: Apache-2.0
#include "data/transactions.h"

#include <cstdint>

namespace paddock::data {
namespace {

constexpr std::size_t kHeaderBytes = 12;

}  // namespace

void append_transaction(Zxid zxid, View payload, std::string& to) {
  const std::size_t at = to.size();
  to.resize(at + kHeaderBytes);
  store_le(to.data() + at, zxid.value);
  store_le(to.data() + at + sizeof zxid.value, static_cast<std::uint32_t>(payload.size()));
  to.append(payload);
}

Result<> for_each_transaction(View bytes,
                              const std::function<Result<>(Zxid zxid, View payload)>& each) {
  while (!bytes.empty()) {
    if (bytes.size() < kHeaderBytes) return fail("a list of transactions ends too early");
    const Zxid zxid{load_le<std::int64_t>(bytes.data())};
    const auto length = load_le<std::uint32_t>(bytes.data() + sizeof zxid.value);
    bytes.remove_prefix(kHeaderBytes);
    if (length > bytes.size()) return fail("a list of transactions ends too early");
    PADDOCK_TRY(each(zxid, bytes.substr(0, length)));
    bytes.remove_prefix(length);
  }
  return {};
}

}  // namespace paddock::data
