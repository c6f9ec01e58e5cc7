// SPDX-License-Identifier: Apache-2.0
//
// What servers say of failures, of themselves and of Leases: an error has a kind and words that can
// be shown.
#include <algorithm>
#include <string>

#include "base/assert.h"
#include "input.h"
#include "kube/api_error.h"
#include "kube/discovery.h"
#include "kube/lease.h"
#include "kube/requests.h"
#include "kube/time_text.h"

namespace paddock::fuzz {
namespace {

void check_error(const kube::ApiError& error) {
  PADDOCK_ASSERT(!kube::name_of(error.failure).empty());
  if (error.retry_after)
    PADDOCK_ASSERT(*error.retry_after >= seconds(0) && *error.retry_after <= seconds(3600));
  static_cast<void>(error.text());
  static_cast<void>(error.is_result_unknown());
  static_cast<void>(kube::evicted(std::unexpected(error)));
}

void check_document(const kube::json::value& document) {
  check_error(kube::error_of(document));
  kube::Discovery discovery;
  static_cast<void>(discovery.add_groups(document));
  static_cast<void>(discovery.add_resources(document));
  static_cast<void>(kube::parse_server_version(document));
  if (const auto lease = kube::parse_lease(document)) {
    const auto again = kube::parse_lease(kube::lease_object(*lease, {"n", "a"}, document));
    PADDOCK_ASSERT(again && *again == *lease);
  }
}

void check(Input input) {
  const unsigned code = input.word();
  const View header = input.part();
  const View body = input.rest();
  check_error(kube::error_of(code, body, kube::parse_retry_after(header)));
  if (const auto time = kube::parse_time(header)) {
    PADDOCK_ASSERT(kube::parse_time(kube::micro_time(*time)) == time);
  }
  if (const auto document = kube::parse_json(body)) check_document(*document);
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
