// SPDX-License-Identifier: Apache-2.0
//
// Reads with any payload from a small tree: an error appends nothing, an answer never wants a watch
// on what was not asked for.
#include "base/assert.h"
#include "input.h"
#include "request/read.h"
#include "tree_of_fuzz.h"

namespace paddock::fuzz {
namespace {

constexpr jute::Opcode kOpcodes[] = {
    jute::Opcode::Exists,
    jute::Opcode::GetData,
    jute::Opcode::GetAcl,
    jute::Opcode::GetChildren,
    jute::Opcode::GetChildren2,
    jute::Opcode::GetEphemerals,
    jute::Opcode::GetAllChildrenNumber,
    jute::Opcode::MultiRead,
};

void check(Input input) {
  static const TreeOfFuzz server;
  request::ReadRequest request;
  request.opcode = input.one_of(kOpcodes);
  request.session = input.one_of(kSessions);
  request.identities = server.identities_of(request.session);
  request.payload = input.rest();
  ByteBuffer bytes;
  bytes.append("before");
  jute::Writer writer(bytes);

  const request::ReadOutcome outcome = request::read(server.tree, request, writer);

  PADDOCK_ASSERT(bytes.view().starts_with("before"));
  PADDOCK_ASSERT((outcome.err == ErrorCode::Ok) == (bytes.size() > View("before").size()));
  if (outcome.wish == request::WatchWish::None) return;
  PADDOCK_ASSERT(outcome.err == ErrorCode::Ok || outcome.err == ErrorCode::NoNode);
  PADDOCK_ASSERT(!is_null(outcome.path));
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
