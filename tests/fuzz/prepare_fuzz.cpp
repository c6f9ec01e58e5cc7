// SPDX-License-Identifier: Apache-2.0
//
// Writes with any payload, pipelined onto a small tree: whatever is accepted can be applied,
// whatever is refused leaves nothing behind.
#include <deque>

#include "base/assert.h"
#include "input.h"
#include "tree_of_fuzz.h"

namespace paddock::fuzz {
namespace {

constexpr jute::Opcode kOpcodes[] = {
    jute::Opcode::Create,
    jute::Opcode::Create2,
    jute::Opcode::CreateContainer,
    jute::Opcode::CreateTtl,
    jute::Opcode::Delete,
    jute::Opcode::SetData,
    jute::Opcode::SetAcl,
    jute::Opcode::Multi,
    jute::Opcode::CloseSession,
    jute::Opcode::Reconfig,
    jute::Opcode::Check,
};

class Pipeline {
 public:
  void request(Input& input) {
    request::WriteRequest request;
    request.opcode = input.one_of(kOpcodes);
    request.session = input.one_of(kSessions);
    request.identities = server_.identities_of(request.session);
    request.payload = input.part();
    txn::pb::Txn txn;
    const auto outcome = server_.preparer.prepare(request, server_.last.next(), WallTime{2}, txn);
    server_.preparer.check_invariants();
    if (outcome.err == ErrorCode::Ok && !outcome.multi_failed) {
      server_.last = server_.last.next();
      outstanding_.push_back(std::move(txn));
      return;
    }
    PADDOCK_ASSERT(txn.ByteSizeLong() == 0);
    if (!outcome.multi_failed) return;
    ByteBuffer reply;
    jute::Writer writer(reply);
    request::write_multi_errors(server_.preparer.multi_errors(), writer);
  }

  void apply(std::size_t count) {
    for (; count > 0 && !outstanding_.empty(); --count) {
      server_.apply(outstanding_.front());
      outstanding_.pop_front();
    }
  }

  void finish() {
    apply(outstanding_.size());
    server_.tree.check_invariants();
    server_.preparer.check_invariants();
  }

 private:
  TreeOfFuzz server_;
  std::deque<txn::pb::Txn> outstanding_;
};

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::Input input(bytes, size);
  paddock::fuzz::Pipeline pipeline;
  while (!input.empty()) {
    pipeline.apply(input.byte() % 4);
    pipeline.request(input);
  }
  pipeline.finish();
  return 0;
}
