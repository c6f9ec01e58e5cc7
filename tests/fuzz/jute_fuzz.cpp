// SPDX-License-Identifier: Apache-2.0
//
// Every record that a client sends, decoded from any bytes. What decodes is encoded and decoded
// again and must then be the same bytes: nothing is lost or made up.
#include <string>

#include "base/assert.h"
#include "input.h"
#include "jute/records.h"
#include "jute/writer.h"

namespace paddock::fuzz {
namespace {

template <class Record>
std::string encode(const Record& record) {
  ByteBuffer bytes;
  jute::Writer(bytes).put(record);
  return std::string(bytes.view());
}

template <class Record>
void check(View bytes) {
  Record record;
  if (!jute::decode(bytes, record)) return;
  const std::string once = encode(record);
  Record again;
  PADDOCK_ASSERT(jute::decode(once, again));
  PADDOCK_ASSERT(encode(again) == once);
  PADDOCK_ASSERT(once.size() <= bytes.size());
}

using Check = void (*)(View);

constexpr Check kChecks[] = {
    check<jute::RequestHeader>,      check<jute::ConnectRequest>,
    check<jute::CreateRequest>,      check<jute::CreateTtlRequest>,
    check<jute::PathVersionRequest>, check<jute::PathWatchRequest>,
    check<jute::PathRequest>,        check<jute::SetDataRequest>,
    check<jute::SetAclRequest>,      check<jute::ReconfigRequest>,
    check<jute::PathTypeRequest>,    check<jute::AddWatchRequest>,
    check<jute::SetWatchesRequest>,  check<jute::SetWatches2Request>,
    check<jute::AuthPacket>,         check<jute::MultiHeader>,
    check<jute::ConnectResponse>,    check<jute::ReplyHeader>,
    check<jute::PathStatResponse>,   check<jute::DataResponse>,
    check<jute::AclResponse>,        check<jute::ChildrenStatResponse>,
    check<jute::WatcherEvent>,       check<jute::WhoAmIResponse>,
};

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::Input input(bytes, size);
  const auto check = input.one_of(paddock::fuzz::kChecks);
  check(input.rest());
  return 0;
}
