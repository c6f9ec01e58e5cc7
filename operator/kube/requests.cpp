// SPDX-License-Identifier: Apache-2.0
#include "kube/requests.h"

#include <boost/json/serialize.hpp>

#include "base/assert.h"

namespace paddock::kube {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kApply = "application/apply-patch+yaml";
constexpr std::string_view kMergePatch = "application/merge-patch+json";

Request read(std::string target) {
  return {.verb = Verb::Get, .target = std::move(target), .is_repeatable = true};
}

Request write(Verb verb, std::string target, std::string_view type, const json::value& body) {
  return {.verb = verb,
          .target = std::move(target),
          .content_type = std::string(type),
          .body = json::serialize(body)};
}

Query query_of(const Selection& selection) {
  Query query;
  query.add("labelSelector", selection.labels).add("fieldSelector", selection.fields);
  return query;
}

json::object options_of(const Preconditions& preconditions) {
  json::object wanted;
  if (!preconditions.uid.empty()) wanted["uid"] = preconditions.uid;
  if (!preconditions.resource_version.empty()) {
    wanted["resourceVersion"] = preconditions.resource_version;
  }
  json::object options{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
  if (!wanted.empty()) options["preconditions"] = std::move(wanted);
  return options;
}

Resource pod_resource() {
  return {.group = "", .version = "v1", .plural = "pods", .kind = "Pod"};
}

}  // namespace

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::Get:
      return "GET";
    case Verb::Post:
      return "POST";
    case Verb::Put:
      return "PUT";
    case Verb::Patch:
      return "PATCH";
    case Verb::Delete:
      return "DELETE";
  }
  PADDOCK_UNREACHABLE();
}

Request get(const Resource& resource, const ObjectKey& key) {
  return read(object_path(resource, key));
}

Request get(std::string target) {
  return read(std::move(target));
}

Request list(const Resource& resource,
             const Selection& selection,
             unsigned limit,
             std::string_view continue_token) {
  Query query = query_of(selection);
  if (limit > 0) query.add("limit", std::to_string(limit));
  query.add("continue", continue_token);
  return read(collection_path(resource, selection.ns) + query.text());
}

Request watch(const Resource& resource,
              const Selection& selection,
              std::string_view resource_version,
              seconds time_limit) {
  Query query = query_of(selection);
  query.add("watch", "1").add("allowWatchBookmarks", "true");
  query.add("resourceVersion", resource_version);
  query.add("timeoutSeconds", std::to_string(time_limit.count()));
  Request request = read(collection_path(resource, selection.ns) + query.text());
  // The server ends it; only one that has died does not.
  request.time_limit = time_limit + seconds(30);
  return request;
}

Request create(const Resource& resource, std::string_view ns, const json::value& object) {
  return write(Verb::Post, collection_path(resource, ns), kJson, object);
}

Request update(const Resource& resource, const ObjectKey& key, const json::value& object) {
  return write(Verb::Put, object_path(resource, key), kJson, object);
}

Request apply(const Resource& resource,
              const ObjectKey& key,
              const json::value& intent,
              const ApplyOptions& options) {
  Query query;
  // Servers before 1.22 remember one set of fields for a manager: of its labels, say, those that a
  // status does not name would be taken away.
  const std::string& part = options.subresource;
  query.add("fieldManager",
            part.empty() ? options.field_manager : options.field_manager + "-" + part);
  query.add("force", options.is_forced ? "true" : "");
  query.add("dryRun", options.rehearsal == Rehearsal::DryRun ? "All" : "");
  Request request = write(
      Verb::Patch, object_path(resource, key, options.subresource) + query.text(), kApply, intent);
  request.body = yaml_safe(request.body);
  request.is_repeatable = true;
  return request;
}

Request merge_patch(const Resource& resource,
                    const ObjectKey& key,
                    const json::value& patch,
                    std::string_view subresource) {
  return write(Verb::Patch, object_path(resource, key, subresource), kMergePatch, patch);
}

Request remove(const Resource& resource, const ObjectKey& key, const Preconditions& preconditions) {
  json::object options = options_of(preconditions);
  options["propagationPolicy"] = "Background";
  return write(Verb::Delete, object_path(resource, key), kJson, options);
}

Request get_scale(const Resource& resource, const ObjectKey& key) {
  return read(object_path(resource, key, "scale"));
}

Request set_scale(const Resource& resource, const ObjectKey& key, unsigned replicas) {
  return merge_patch(resource, key, {{"spec", {{"replicas", replicas}}}}, "scale");
}

Request evict(const ObjectKey& pod,
              const Preconditions& preconditions,
              std::string_view policy_version) {
  const json::value body{{"apiVersion", "policy/" + std::string(policy_version)},
                         {"kind", "Eviction"},
                         {"metadata", {{"name", pod.name}, {"namespace", pod.ns}}},
                         {"deleteOptions", options_of(preconditions)}};
  Request request = write(Verb::Post, object_path(pod_resource(), pod, "eviction"), kJson, body);
  request.tells_busy = true;
  return request;
}

Evicted evicted(const Reply& reply) {
  if (reply) return Evicted::Yes;
  const ApiError& error = reply.error();
  if (error.is(Failure::NotFound)) return Evicted::Gone;
  if (error.is(Failure::Conflict)) return Evicted::Another;
  if (error.is(Failure::TooManyRequests)) {
    // Without the cause it was the server's own limit, or one before 1.22: both pass.
    return Evicted::Blocked;
  }
  const bool is_ambiguous =
      error.message.find("more than one PodDisruptionBudget") != std::string::npos;
  return error.code == 500 && is_ambiguous ? Evicted::Misconfigured : Evicted::Failed;
}

std::string yaml_safe(std::string_view json_text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto escape = [&](std::string& out, unsigned char byte) {
    out.append("\\u00").append({kDigits[byte >> 4U], kDigits[byte & 0xFU]});
  };
  std::string out;
  out.reserve(json_text.size());
  for (std::size_t at = 0; at < json_text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(json_text[at]);
    const auto next =
        at + 1 < json_text.size() ? static_cast<unsigned char>(json_text[at + 1]) : 0U;
    if (byte == 0x7F) {
      escape(out, byte);
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
      escape(out, static_cast<unsigned char>(next));
      ++at;
    } else {
      out.push_back(json_text[at]);
    }
  }
  return out;
}

}  // namespace paddock::kube
