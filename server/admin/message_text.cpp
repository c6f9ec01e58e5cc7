// SPDX-License-Identifier: Apache-2.0
#include "admin/message_text.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include "admin/json_text.h"
#include "auth/base64.h"
#include "base/assert.h"

namespace paddock::admin {

namespace {

namespace json = boost::json;
namespace protobuf = google::protobuf;
using protobuf::FieldDescriptor;

json::object object_of(const protobuf::Message& message);

/// Of a list (`at` >= 0) its element.
json::value value_of(const protobuf::Message& message, const FieldDescriptor& field, int at) {
  const protobuf::Reflection& of = *message.GetReflection();
  const bool in_list = at >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return in_list ? of.GetRepeatedBool(message, &field, at) : of.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return in_list ? of.GetRepeatedInt32(message, &field, at) : of.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return in_list ? of.GetRepeatedUInt32(message, &field, at) : of.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return in_list ? of.GetRepeatedInt64(message, &field, at) : of.GetInt64(message, &field);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          in_list ? of.GetRepeatedString(message, &field, at) : of.GetString(message, &field);
      const bool is_text = field.type() == FieldDescriptor::TYPE_STRING;
      return json::value(is_text ? text : auth::to_base64(text));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return object_of(in_list ? of.GetRepeatedMessage(message, &field, at)
                               : of.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_ENUM:
      break;
  }
  PADDOCK_UNREACHABLE();  // admin.proto has none.
}

/// With its entries in order of their names, whatever order the map has.
json::object map_of(const protobuf::Message& message, const FieldDescriptor& field) {
  const FieldDescriptor& key = *field.message_type()->map_key();
  const FieldDescriptor& value = *field.message_type()->map_value();
  std::map<std::string, json::value> entries;
  const protobuf::Reflection& of = *message.GetReflection();
  for (int i = 0; i < of.FieldSize(message, &field); ++i) {
    const protobuf::Message& entry = of.GetRepeatedMessage(message, &field, i);
    entries.emplace(entry.GetReflection()->GetString(entry, &key), value_of(entry, value, -1));
  }
  json::object object;
  for (auto& [name, one] : entries) object[name] = std::move(one);
  return object;
}

json::value any_value_of(const protobuf::Message& message, const FieldDescriptor& field) {
  const protobuf::Reflection& of = *message.GetReflection();
  if (field.is_map()) return map_of(message, field);
  if (field.is_repeated()) {
    json::array array;
    for (int i = 0; i < of.FieldSize(message, &field); ++i) {
      array.push_back(value_of(message, field, i));
    }
    return array;
  }
  if (field.has_presence() && !of.HasField(message, &field)) return nullptr;
  return value_of(message, field, -1);
}

json::object object_of(const protobuf::Message& message) {
  json::object object;
  const protobuf::Descriptor& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    object[field.name()] = any_value_of(message, field);
  }
  return object;
}

json::array list_of(const std::string& text) {
  json::array list;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    list.push_back(json::value(text.substr(at, end - at)));
    at = end + 1;
  }
  return list;
}

}  // namespace

std::string to_json(const protobuf::Message& message) {
  return json_text(object_of(message));
}

Result<> from_json(View text, protobuf::Message& into) {
  // A message of its own: what is there already stays.
  const std::unique_ptr<protobuf::Message> read(into.New());
  const auto status = protobuf::util::JsonStringToMessage(std::string(text), read.get());
  if (!status.ok()) return fail("the JSON cannot be used: " + status.message().ToString());
  into.MergeFrom(*read);
  return {};
}

Result<> from_query(const std::map<std::string, std::string>& query, protobuf::Message& into) {
  json::object object;
  for (const auto& [name, value] : query) {
    const FieldDescriptor* const field = into.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) return fail(name + " is not known here");
    if (field->is_map() || (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)) {
      return fail(name + " can be given in a body of JSON only");
    }
    if (field->is_repeated()) {
      object[name] = list_of(value);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      if (value != "true" && value != "false") return fail(name + ": expected true or false");
      object[name] = value == "true";
    } else {
      object[name] = value;
    }
  }
  if (auto filled = from_json(json::serialize(object), into); !filled) {
    return fail("a parameter cannot be used: " + filled.error().message);
  }
  return {};
}

}  // namespace paddock::admin
