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

std::string text_of(const http::Request& request) {
  PADDOCK_ASSERT(request.body.size() <= kBodyMax);
  return request.method + "|" + request.path + "|" + request.authorization + "|" + request.body +
         "\n";
}

void check_complaint(const RequestReader& reader) {
  const http::Response complaint = reader.complaint();
  PADDOCK_ASSERT(complaint.status >= 400 && complaint.status < 500);
  PADDOCK_ASSERT(!http::reply_text(complaint, false, true).empty());
}

/// The requests that are read of `bytes`, given in pieces of `piece`. What is none may show sooner
/// or later.
std::string read_all(View bytes, std::size_t piece) {
  RequestReader reader(kBodyMax);
  std::string seen;
  int requests = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto state = reader.put(bytes.substr(at, piece));
    while (state == RequestReader::State::Done) {
      seen += text_of(reader.request());
      if (++requests == kRequestsMax) return seen;
      state = reader.next();
    }
    if (state == RequestReader::State::Incomplete) continue;
    check_complaint(reader);
    return seen;
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
