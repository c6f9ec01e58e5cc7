// SPDX-License-Identifier: Apache-2.0
#include "admin/schema.h"

#include "admin/admin.pb.h"
#include "base/assert.h"

namespace paddock::admin {

namespace {

namespace protobuf = google::protobuf;

Access access_of(const std::string& text) {
  if (text == "read") return Access::Read;
  if (text == "confidential") return Access::ConfidentialRead;
  PADDOCK_ASSERT(text == "change");
  return Access::Change;
}

Call call_of(const protobuf::MethodDescriptor& method) {
  const std::string http = method.options().GetExtension(admin::pb::http);
  const std::size_t space = http.find(' ');
  return {.name = method.name(),
          .method = http.substr(0, space),
          .path = http.substr(space + 1),
          .access = access_of(method.options().GetExtension(admin::pb::access)),
          .request = method.input_type()};
}

std::vector<Call> read_schema() {
  const protobuf::ServiceDescriptor* const service =
      admin::pb::Nothing::descriptor()->file()->FindServiceByName("Admin");
  PADDOCK_ASSERT(service != nullptr);
  std::vector<Call> found;
  for (int i = 0; i < service->method_count(); ++i) found.push_back(call_of(*service->method(i)));
  return found;
}

}  // namespace

const std::vector<Call>& calls() {
  static const std::vector<Call> all = read_schema();
  return all;
}

std::vector<const Call*> calls_at(View path) {
  std::vector<const Call*> found;
  for (const Call& call : calls()) {
    if (path == call.path) found.push_back(&call);
  }
  return found;
}

std::unique_ptr<protobuf::Message> new_request(const Call& call) {
  const protobuf::Message* const prototype =
      protobuf::MessageFactory::generated_factory()->GetPrototype(call.request);
  return std::unique_ptr<protobuf::Message>(prototype->New());
}

}  // namespace paddock::admin
