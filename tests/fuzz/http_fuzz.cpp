// SPDX-License-Identifier: Apache-2.0
//
// HTTP requests as anybody may send them to the admin port, in pieces of any size: what is read
// does not depend on where they are cut.
#include <string>

#include "base/assert.h"
#include "http/request_reader.h"
#include "input.h"

namespace paddock::fuzz {
namespace {

constexpr std::size_t kBodyMax = 64;
constexpr int kRequestsMax = 8;

using http::RequestReader;

std::string text_of(const RequestReader& reader, RequestReader::State state) {
  if (state != RequestReader::State::Done) {
    const http::Response complaint = reader.complaint();
    PADDOCK_ASSERT(complaint.status >= 400 && complaint.status < 500);
    PADDOCK_ASSERT(!http::reply_text(complaint, false, true).empty());
    return std::to_string(complaint.status);
  }
  const http::Request request = reader.request();
  PADDOCK_ASSERT(request.body.size() <= kBodyMax);
  return request.method + "|" + request.path + "|" + request.authorization + "|" + request.body;
}

/// What is read of `bytes`, given in pieces of `piece`.
std::string read_all(View bytes, std::size_t piece) {
  RequestReader reader(kBodyMax);
  std::string seen;
  int requests = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto state = reader.put(bytes.substr(at, piece));
    while (state == RequestReader::State::Done && ++requests < kRequestsMax) {
      seen += text_of(reader, state) + "\n";
      state = reader.next();
    }
    if (state == RequestReader::State::Incomplete) continue;
    return seen + text_of(reader, state);
  }
  return seen;
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace paddock;
  fuzz::Input input(bytes, size);
  const std::size_t piece = 1 + input.byte() % 7U;
  const View text = input.rest();
  const std::string whole = fuzz::read_all(text, text.size() + 1);
  PADDOCK_ASSERT(fuzz::read_all(text, piece) == whole);
  return 0;
}
